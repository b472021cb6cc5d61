"""What every public page has in common: headers, freshness, queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import http_date
from pytest_django import DjangoAssertNumQueries, Settings

from stats import public
from stats.choices import ApplicantType
from tests.factories import NOW, publish, stored_draft, stored_result
from tests.pages import DATA, DATED_PAGES, OPEN_DATA_PAGES, PAGES, RULE_PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

# Those of the rules are made of other tables: tests/profiles/test_rules_pages.py.
OF_OTHER_TABLES = frozenset(
    {*RULE_PAGES.values(), *DATED_PAGES.values(), *OPEN_DATA_PAGES.values()}
)
EVERYTHING = [*(path for path in PAGES.values() if path not in OF_OTHER_TABLES), *DATA]

# What `public.everything()` asks: once whether anything was published since, and
# only if so for the figures themselves.
WARM = 1
COLD = 16


def publish_2060(version: int = 1, **changes: Any) -> None:
    release = stored_draft(2060, version)
    stored_result(release, **changes)
    publish(release, now=NOW + timedelta(days=version))


@pytest.mark.parametrize("path", EVERYTHING)
def test_public_page_may_be_kept_by_everybody(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert response.headers["ETag"].startswith('W/"')
    published_at = public.everything().publication.published_at
    assert published_at is not None
    assert response.headers["Last-Modified"] == http_date(published_at.timestamp())


@pytest.mark.parametrize("path", EVERYTHING)
def test_public_page_neither_sets_nor_reads_a_cookie(client: Client, path: str) -> None:
    client.cookies["sessionid"] = "somebody"

    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(path)

    assert response.cookies == {}
    assert "Set-Cookie" not in response.headers
    assert "cookie" not in response.headers["Vary"].lower()
    sql = " ".join(query["sql"] for query in queries)
    assert "stats_release" in sql
    assert "django_session" not in sql
    assert "imgportal_user" not in sql


@pytest.mark.parametrize("path", EVERYTHING)
def test_public_page_is_the_same_for_a_member_of_the_staff(
    client: Client, admin_client: Client, path: str
) -> None:
    assert admin_client.get(path).content == client.get(path).content


@pytest.mark.parametrize("path", EVERYTHING)
def test_page_that_has_not_changed_is_not_sent_again(client: Client, path: str) -> None:
    first = client.get(path)

    by_tag = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    by_time = client.get(
        path, headers={"If-Modified-Since": first.headers["Last-Modified"]}
    )

    for response in (by_tag, by_time):
        assert response.status_code == 304
        assert response.content == b""
        assert response.headers["ETag"] == first.headers["ETag"]
        assert response.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert response.headers["Vary"] == first.headers["Vary"]


@pytest.mark.parametrize("path", ["/match/", "/match/2024/", "/changes.json"])
def test_page_is_sent_again_after_a_publication(client: Client, path: str) -> None:
    first = client.get(path)
    publish_2060()

    by_tag = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    by_time = client.get(
        path, headers={"If-Modified-Since": first.headers["Last-Modified"]}
    )

    assert by_tag.status_code == by_time.status_code == 200
    assert by_tag.headers["ETag"] != first.headers["ETag"]
    assert by_tag.headers["Last-Modified"] == http_date(
        (NOW + timedelta(days=1)).timestamp()
    )


def test_publication_shows_although_the_page_was_kept(client: Client) -> None:
    assert "2060" not in client.get("/match/").content.decode()

    publish_2060(matched_to_pgy1=123)
    kept = client.get("/match/2060/").content.decode()
    publish_2060(version=2, matched_to_pgy1=145)

    assert "2060" in client.get("/match/").content.decode()
    assert ">123<" in kept
    assert ">145<" in client.get("/match/2060/").content.decode()


def test_query_that_is_refused_has_never_been_unchanged(client: Client) -> None:
    known = {"If-None-Match": client.get("/scores.csv").headers["ETag"]}

    for _ in range(2):
        answer = client.get("/scores.csv?specialty=astrology", headers=known)
        assert answer.status_code == 400


def test_page_that_is_not_there_has_never_been_unchanged(client: Client) -> None:
    first = client.get("/match/")

    for header, value in (
        ("If-None-Match", first.headers["ETag"]),
        ("If-None-Match", "*"),
        ("If-Modified-Since", first.headers["Last-Modified"]),
    ):
        assert client.get("/match/1900/", headers={header: value}).status_code == 404


@pytest.mark.parametrize("path", EVERYTHING)
def test_head_says_what_get_would(client: Client, path: str) -> None:
    got, asked = client.get(path), client.head(path)

    assert asked.status_code == 200
    assert asked.headers == got.headers
    assert asked.content == b""


@pytest.mark.parametrize("path", EVERYTHING)
def test_page_read_before_needs_one_query(
    client: Client, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(path)

    with django_assert_num_queries(WARM):
        client.get(path)


@pytest.mark.parametrize("path", EVERYTHING)
def test_page_made_anew_needs_one_query_too(
    client: Client,
    path: str,
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    public.everything()

    with django_assert_num_queries(WARM):
        client.get(path)


@pytest.mark.parametrize("more_years", [0, 5])
@pytest.mark.parametrize("path", ["/match/", "/match/2024/", "/scores/", "/sources/"])
def test_first_page_of_a_process_needs_as_many_queries_for_any_number_of_years(
    client: Client,
    path: str,
    more_years: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for year in range(2060, 2060 + more_years):
        release = stored_draft(year)
        for kind in (ApplicantType.US_IMG, ApplicantType.NON_US_IMG):
            stored_result(release, applicant_type=kind)
        publish(release)
    public.memo.forget()

    with django_assert_num_queries(WARM + COLD - 1):
        response = client.get(path)

    assert (
        f"/match/{2059 + more_years}/" in client.get("/match/").content.decode()
    ) is (more_years > 0)
    assert response.status_code == 200


def test_pages_of_two_hosts_are_kept_apart(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]

    one = client.get("/about/", headers={"Host": "one.example"})
    two = client.get("/about/", headers={"Host": "two.example"})

    assert b"http://one.example/about/" in one.content
    assert b"http://two.example/about/" in two.content
    assert b"one.example" not in two.content
