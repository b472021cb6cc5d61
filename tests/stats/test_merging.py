"""What the public sees when NRMP renames specialties or puts two together."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from stats import public
from stats.actions import edit_catalogue, open_version
from stats.models import Specialty, SpecialtyResult
from tests.factories import NOW, person

pytestmark = pytest.mark.django_db

OLD, NEW = "pathology", "neurology"


def merge(old: str = OLD, new: str = NEW) -> None:
    row = Specialty.objects.get(slug=old)
    row.successor = Specialty.objects.get(slug=new)
    row.full_clean()
    edit_catalogue.save(row=row, columns=["successor"], now=NOW + timedelta(days=400))


def rename(slug: str, short_name: str) -> None:
    row = Specialty.objects.get(slug=slug)
    row.short_name = short_name
    edit_catalogue.save(row=row, columns=["short_name"], now=NOW + timedelta(days=400))


@pytest.mark.parametrize("ending", ["/", ".csv", ".json"])
def test_address_of_a_merged_specialty_leads_to_its_successor(
    client: Client, ending: str
) -> None:
    merge()

    response = client.get(f"/specialties/{OLD}{ending}")

    assert response.status_code == 301
    assert response.headers["Location"] == f"/specialties/{NEW}{ending}"
    assert response.headers["Cache-Control"].startswith("public")
    # The second time, from whatever was kept of the first.
    assert client.get(f"/specialties/{OLD}{ending}").status_code == 301


def test_two_mergers_are_one_step_for_the_reader(client: Client) -> None:
    merge(OLD, NEW)
    merge(NEW, "dermatology")

    response = client.get(f"/specialties/{OLD}/")

    assert response.headers["Location"] == "/specialties/dermatology/"


def test_reader_of_the_old_page_is_not_told_that_nothing_changed(
    client: Client,
) -> None:
    etag = client.get(f"/specialties/{OLD}/").headers["ETag"]
    merge()

    response = client.get(f"/specialties/{OLD}/", headers={"If-None-Match": etag})

    assert response.status_code == 301


def test_successor_shows_the_figures_of_both_under_their_own_names(
    client: Client,
) -> None:
    own = public.everything().specialty_years[NEW]
    former = public.everything().specialty_years[OLD]
    merge()

    html = client.get(f"/specialties/{NEW}/").content.decode()
    rows = list(
        csv.DictReader(
            client.get(f"/specialties/{NEW}.csv").content.decode().splitlines()
        )
    )

    assert "Under the name of Pathology" in html
    assert [row["slug"] for row in rows] == [NEW] * len(own) + [OLD] * len(former)


def test_published_versions_keep_the_merged_specialty(client: Client) -> None:
    year = public.everything().specialty_years[OLD][-1].provenance.match_year
    address = reverse("stats:version_table_data", args=[year, 1, "specialties", "csv"])
    before = client.get(address).content
    merge()

    assert client.get(address).content == before


def test_merged_specialty_is_left_out_of_what_is_chosen_from(client: Client) -> None:
    merge()

    compare = client.get("/specialties/compare/").content.decode()
    sitemap = client.get("/sitemap.xml").content.decode()

    assert f'value="{NEW}"' in compare
    assert f'value="{OLD}"' not in compare
    assert f"/specialties/{NEW}/" in sitemap
    assert f"/specialties/{OLD}/" not in sitemap


def test_comparison_with_an_old_address_shows_the_successor(client: Client) -> None:
    merge()

    html = client.get(f"/specialties/compare/?s={OLD}").content.decode()

    assert f"/specialties/{NEW}/" in html
    assert "We do not know" not in html


def test_merged_specialty_is_left_out_of_new_years() -> None:
    merge()

    release = open_version.start_year(match_year=2060, by=person("alice"), now=NOW)

    slugs = SpecialtyResult.objects.filter(release=release).values_list(
        "specialty__slug", flat=True
    )
    assert NEW in slugs
    assert OLD not in slugs


def test_renamed_specialty_keeps_its_address(client: Client) -> None:
    rename(OLD, "Pathology and Laboratory Medicine")

    response = client.get(f"/specialties/{OLD}/")

    assert response.status_code == 200
    assert "Pathology and Laboratory Medicine" in response.content.decode()


def test_circle_in_the_database_does_not_hang_the_site(client: Client) -> None:
    # No form allows it; a shell may.
    one, two = (Specialty.objects.get(slug=slug) for slug in (OLD, NEW))
    Specialty.objects.filter(pk=one.pk).update(successor=two)
    Specialty.objects.filter(pk=two.pk).update(successor=one)
    public.memo.forget()

    assert client.get(f"/specialties/{OLD}/").status_code in {200, 301}
    assert client.get("/specialties/").status_code == 200
