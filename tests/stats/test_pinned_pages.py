"""`edition=` and `as_of=`: a page and its data as they were, and what changed since."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from imgportal.lib import clock
from imgportal.models import User
from stats import public
from stats.choices import ApplicantType
from tests.factories import NOW, corrected_by, published_by
from tests.pages import DATA
from tests.reading import (
    csv_of,
    html_of,
    json_of,
    links_of,
    tables_of,
    tags_of,
    text_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

PAGES = (
    *("/match/", "/match/2024/", "/match/2024/v1/", "/match/all-applicants/"),
    *("/specialties/", "/specialties/?year=2022", "/specialties/internal-medicine/"),
    *("/specialties/compare/?s=neurology", "/scores/", "/scores/?edition=2022"),
    *("/changes/", "/sources/", "/sources/nrmp-2021-rd/"),
)
LATER = NOW + timedelta(days=3)


@pytest.fixture
def corrected(alice: User, bert: User) -> None:
    """Edition 2: US IMGs of 2024 are another number."""
    row = public.everything().years[2024].of_type(ApplicantType.US_IMG)
    assert row is not None
    assert row.matched_to_pgy1 is not None
    corrected_by(
        alice, bert, now=NOW, matched_to_pgy1=row.matched_to_pgy1 + 1, by_value=""
    )


@pytest.fixture
def noted(alice: User, bert: User) -> None:
    """Edition 2: a note on the US IMGs of 2024 is another one."""
    corrected_by(alice, bert, now=NOW, note="Looked up again.")


def pin(address: str, asked: str = "edition=1") -> str:
    return f"{address}{'&' if '?' in address else '?'}{asked}"


def us_imgs(rows: list[dict[str, Any]]) -> Any:
    (value,) = {
        str(row["matched_to_pgy1"])
        for row in rows
        if row["applicant_type"] == "us_img" and str(row["match_year"]) == "2024"
    }
    return value


@pytest.mark.parametrize("address", PAGES)
def test_pinned_page_is_what_was_published(
    client: Client, address: str, request: pytest.FixtureRequest
) -> None:
    before = tables_of(client.get(address))
    request.getfixturevalue("corrected")

    pinned = client.get(pin(address))

    assert pinned.status_code == 200
    assert tables_of(pinned) == before
    assert "Edition 1 of the figures" in text_of(pinned)
    assert "the newest is edition 2" in text_of(pinned)
    assert 'name="robots" content="noindex"' in html_of(pinned)
    assert "<title>Edition 1 of the figures: " in html_of(pinned)


@pytest.mark.usefixtures("corrected")
@pytest.mark.parametrize("address", PAGES)
def test_a_pinned_page_stays_in_its_edition(client: Client, address: str) -> None:
    pinned = client.get(pin(address))

    (canonical,) = [
        tag["href"] for tag in tags_of(pinned, "link") if tag.get("rel") == "canonical"
    ]
    assert "edition=1" in canonical.partition("?")[2].split("&")
    downloads = [
        link
        for link in links_of(pinned)
        # A document has no editions, and is cited alike in all of them.
        if (".csv" in link or ".json" in link) and "/cite/source-" not in link
    ]
    assert all("edition=1" in link for link in downloads), downloads
    for link in downloads:
        assert client.get(link).status_code == 200
    assert client.get(canonical).status_code == 200
    assert text_of(client.get(canonical)) == text_of(pinned)
    # What sorts and filters the page as well.
    again = [link for link in links_of(pinned) if link.startswith("?")]
    assert all("edition=1" in link.partition("?")[2].split("&") for link in again)


@pytest.mark.parametrize("address", PAGES[:10])
def test_every_page_of_figures_has_a_lasting_link(client: Client, address: str) -> None:
    page = client.get(address)

    (link,) = set(re.findall(r'<a href="([^"]+)">Lasting link</a>', html_of(page)))
    assert link.partition("?")[2].startswith("edition=1")
    lasting = client.get(unescape(link))
    assert lasting.status_code == 200
    assert tables_of(lasting) == tables_of(page)
    assert "current. No figure has been published since." in text_of(lasting)


@pytest.mark.usefixtures("corrected")
def test_data_of_an_edition_have_the_former_value(client: Client) -> None:
    for address in ("/match", "/match/2024/applicants"):
        (now,), (then,) = (
            {us_imgs(csv_of(client.get(f"{address}.csv{query}")))}
            for query in ("", "?edition=1")
        )
        assert int(then) == int(now) - 1
        pinned = client.get(f"{address}.json?as_of=2026-11-21")
        assert us_imgs(json_of(pinned)["rows"]) == then
        assert pinned.headers["Link"] == (
            f'<http://testserver{address}.json?edition=1>; rel="canonical"'
        )
        assert json_of(pinned)["notices"] == [
            "Edition 1 of 21 November 2026; the newest is 2."
        ]
        assert us_imgs(csv_of(client.get(f"{address}.csv?edition=2"))) == now
    year = json_of(client.get("/match/2024.json?edition=1"))
    assert (year["version"], year["is_current"]) == (1, True)


@pytest.mark.usefixtures("corrected")
def test_changed_values_are_said_only_where_they_are_shown(client: Client) -> None:
    for address in ("/match/", "/match/2024/", "/match/2024/v1/"):
        said = text_of(client.get(pin(address)))
        assert "1 value on this page changed since:" in said
        assert "2024, US IMGs, Matched to PGY-1: was 3,181, is 3,182." in said
    for address in (
        *("/specialties/", "/scores/", "/match/2023/", "/match/?until=2020"),
        *("/specialties/internal-medicine/", "/specialties/compare/?s=neurology"),
        "/match/?group=us_md_senior",
    ):
        assert "nothing on this page has changed since" in text_of(
            client.get(pin(address))
        )


@pytest.mark.usefixtures("noted")
def test_a_changed_note_is_no_changed_value(client: Client) -> None:
    assert "Only notes changed" in text_of(client.get(pin("/match/2024/")))
    assert "Only notes changed" not in text_of(client.get(pin("/match/2023/")))


def test_a_new_year_is_said(client: Client, alice: User, bert: User) -> None:
    published_by(alice, bert, 1990)

    assert "New since: the Match of 1990." in text_of(client.get(pin("/match/")))
    assert client.get("/match/1990/").status_code == 200
    assert client.get("/match/1990/?edition=1").status_code == 404
    assert json.loads(client.get("/match/1990.csv?edition=1").content)["nearby"]


@pytest.mark.usefixtures("corrected")
def test_version_that_was_replaced_says_what_changed(client: Client) -> None:
    assert "1 value on this page changed since:" in text_of(
        client.get("/match/2024/v1/")
    )
    assert "changed since" not in text_of(client.get("/match/2024/v2/"))


def test_edition_and_year_of_charting_outcomes_go_together(client: Client) -> None:
    plain = csv_of(client.get("/scores.csv?charting_outcomes=2022"))

    for query in (
        *("edition=2022", "edition=1&charting_outcomes=2022"),
        *("edition=2022&edition=1", "charting_outcomes=2022&as_of=2026-11-21"),
    ):
        assert csv_of(client.get(f"/scores.csv?{query}")) == plain
    page = client.get("/scores/?edition=2022&edition=1")
    assert "Edition 1 of the figures" in text_of(page)
    assert "Step 2 CK scores, edition 2022" in text_of(page)


@pytest.mark.usefixtures("corrected")
@pytest.mark.parametrize(
    ("asked", "parameters"),
    [
        ("edition=3", {"edition"}),
        ("edition=01", {"edition"}),
        ("edition=0", {"edition"}),
        ("edition=-1", {"edition"}),
        ("edition=1.0", {"edition"}),
        ("edition=٣", {"edition"}),
        ("edition=1&edition=2", {"edition"}),
        ("edition=1&as_of=2026-11-22", {"as_of"}),
        ("edition=x&as_of=y&z=1", {"edition", "as_of", "z"}),
        ("as_of=2026-11-20", {"as_of"}),
        ("as_of=20261122", {"as_of"}),
        ("as_of=2026-W47-7", {"as_of"}),
        ("as_of=2026-02-30", {"as_of"}),
        ("as_of=9999-12-31", {"as_of"}),
    ],
)
def test_an_edition_that_cannot_be_had_is_refused(
    client: Client, asked: str, parameters: set[str]
) -> None:
    for address in DATA:
        refused = client.get(f"{address}?{asked}")
        assert refused.status_code == 400, address
        faults = json.loads(refused.content)["errors"]
        assert {fault["parameter"] for fault in faults} == parameters
    for address in PAGES:
        page = client.get(pin(address, asked.replace("z=1", "")))
        assert page.status_code == 200
        assert "We show the default: the figures of today." in text_of(page)
        assert tables_of(page) == tables_of(client.get(address))


def test_a_day_means_the_last_publication_until_then(
    client: Client, alice: User, bert: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected_by(alice, bert, now=NOW, note="Looked up again.")
    corrected_by(alice, bert, now=LATER, note="Looked up twice.")
    monkeypatch.setattr(clock, "now", lambda: LATER + timedelta(days=9))

    for day, number in {
        **dict.fromkeys(("2026-11-21",), 1),
        **dict.fromkeys(("2026-11-22", "2026-11-24"), 2),
        **dict.fromkeys(("2026-11-25", "2026-12-01"), 3),
    }.items():
        link = client.get(f"/match.csv?as_of={day}").headers["Link"]
        assert f"edition={number}>" in link
    assert client.get("/match.csv?as_of=2026-12-05").status_code == 400


@pytest.mark.usefixtures("corrected")
def test_pages_about_the_site_take_no_edition(client: Client) -> None:
    for address in ("/about/", "/about/measures/", "/changes.atom", "/"):
        asked = client.get(f"{address}?edition=1")
        assert asked.content == client.get(address).content


def test_earlier_edition_needs_no_further_query(
    client: Client, corrected: None, django_assert_num_queries: Any
) -> None:
    client.get("/match/")
    with django_assert_num_queries(1):
        client.get("/match/?edition=1")


@pytest.mark.usefixtures("corrected")
def test_tables_of_all_years_have_editions(client: Client) -> None:
    now, then = (
        us_imgs(csv_of(client.get(f"/data/applicants.csv{query}")))
        for query in ("", "?as_of=2026-11-21")
    )
    assert (int(then), int(now)) == (3181, 3182)
    pinned = client.get("/data/applicants.json?as_of=2026-11-21")
    assert json_of(pinned)["edition"] == 1
    assert (
        "<http://testserver/data/applicants.json?edition=1>" in (pinned.headers["Link"])
    )
    # Byte by byte what is kept of that edition.
    for name in ("applicants", "scores", "changes"):
        kept = client.get(f"/data/editions/1/data/{name}.csv")
        assert kept.content == client.get(f"/data/{name}.csv?edition=1").content
    refused = client.get("/data/applicants.csv?edition=9&as_of=x&z=1")
    faults = json.loads(refused.content)["errors"]
    assert [fault["parameter"] for fault in faults][:1] == ["z"]
    assert {fault["parameter"] for fault in faults} == {"z", "edition", "as_of"}
    # Dated rules have no editions.
    assert client.get("/data/passing-standards.csv").status_code == 200
    assert client.get("/data/passing-standards.csv?edition=1").status_code == 400


def test_a_day_that_comes_is_answered_anew(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    early = client.get("/match/?as_of=2026-11-25")
    assert "later than today" in text_of(early)

    monkeypatch.setattr(clock, "now", lambda: LATER)
    again = client.get(
        "/match/?as_of=2026-11-25", headers={"If-None-Match": early.headers["ETag"]}
    )

    assert again.status_code == 200
    assert "Edition 1 of the figures" in text_of(again)
