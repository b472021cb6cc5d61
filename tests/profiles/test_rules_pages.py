"""The public pages of the rules."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from profiles.actions import change_rule
from profiles.models import Country, PassingStandard, SeasonDeadline
from profiles.rules.text.rulebook import RULES
from tests.factories import NOW
from tests.pages import RULE_PAGES
from tests.reading import text_of

pytestmark = pytest.mark.django_db

PATHS = list(RULE_PAGES.values())


def move_the_rank_list(note: str = "NRMP moved it.") -> None:
    row = SeasonDeadline.objects.get(
        match_year=2027, event="nrmp_rol_certification_deadline"
    )
    row.on = date(2027, 3, 10)
    change_rule.save(row=row, columns=["on"], note=note, now=NOW + timedelta(days=400))


def test_every_rule_stands_there_with_its_place(client: Client) -> None:
    html = client.get("/rules/").content.decode()

    for rule in RULES.values():
        assert f'id="{rule.id}"' in html
    assert html.count('class="rule"') == len(RULES)


def test_minimums_of_step_2_ck_are_data_for_the_page_of_scores(client: Client) -> None:
    response = client.get("/rules/passing-scores.json")
    standards = response.json()["step2ck"]

    assert "public" in response.headers["Cache-Control"]
    assert [row["from"] for row in standards] == sorted(
        row["from"] for row in standards
    )
    assert standards[-1] == {
        "minimum": 218,
        "from": "2025-07-01",
        "from_in_words": "1 July 2025",
        "confidence": "reported",
    }


def test_every_row_of_the_tables_is_public(client: Client) -> None:
    text = text_of(client.get("/rules/"))

    assert "USMLE Step 2 CK 218 1 July 2025 reported" in text
    assert "Rank order list must be certified 3 March 2027 reported 21:00" in text
    for country in Country.objects.all():
        assert country.name in text
    assert "**" not in text


def test_what_is_unconfirmed_says_so(client: Client) -> None:
    text = text_of(client.get("/rules/"))

    assert "1 January 2025 ?" in text
    assert "IMG-3a unconfirmed: check the official site" in text
    assert "U-PASS-4 a convention of this site" in text


def test_sources_lead_to_their_pages(client: Client) -> None:
    html = client.get("/rules/").content.decode()

    assert '<a href="/sources/s25/">s25</a>' in html
    assert client.get("/sources/s25/").status_code == 200


def test_a_change_is_listed_with_its_day_and_reason(client: Client) -> None:
    assert "Nothing has been changed" in text_of(client.get("/rules/changes/"))

    move_the_rank_list()

    text = text_of(client.get("/rules/changes/"))
    assert "NRMP moved it." in text
    assert (
        "2027: Rank order list must be certified date 3 March 2027 10 March 2027"
        in text
    )
    assert "10 March 2027" in text_of(client.get("/rules/"))


def test_a_note_is_text_and_no_markup(client: Client) -> None:
    move_the_rank_list(note="<b>because</b>")

    html = client.get("/rules/changes/").content.decode()

    assert "&lt;b&gt;because&lt;/b&gt;" in html


@pytest.mark.parametrize("path", PATHS)
def test_the_page_may_be_kept_and_is_not_sent_twice(client: Client, path: str) -> None:
    client.cookies["sessionid"] = "somebody"

    with CaptureQueriesContext(connection) as queries:
        first = client.get(path)

    sql = " ".join(query["sql"] for query in queries)
    assert "django_session" not in sql
    assert first.cookies == {}
    assert "cookie" not in first.headers["Vary"].lower()
    assert first.headers["Cache-Control"] == "public, max-age=60"
    for name, sent in (
        ("If-None-Match", "ETag"),
        ("If-Modified-Since", "Last-Modified"),
    ):
        again = client.get(path, headers={name: first.headers[sent]})
        assert again.status_code == 304


@pytest.mark.parametrize("path", PATHS)
def test_a_change_shows_at_once(client: Client, path: str) -> None:
    first = client.get(path)

    move_the_rank_list()

    for name, sent in (
        ("If-None-Match", "ETag"),
        ("If-Modified-Since", "Last-Modified"),
    ):
        assert client.get(path, headers={name: first.headers[sent]}).status_code == 200


@pytest.mark.parametrize(("path", "queries"), [("/rules/", 2), ("/rules/changes/", 3)])
def test_a_page_made_anew_needs_few_queries(
    client: Client,
    path: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client.get(path)

    # Is there anything new in the tables, and is there in the figures? Then the changes.
    with django_assert_num_queries(queries):
        client.get(path)


@pytest.mark.parametrize("path", PATHS)
def test_only_reading(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_empty_tables_are_said(client: Client) -> None:
    PassingStandard.objects.all().delete()
    SeasonDeadline.objects.all().delete()
    Country.objects.all().delete()

    text = text_of(client.get("/rules/"))

    assert "No date is entered yet." in text
    assert "No country is entered yet." in text
