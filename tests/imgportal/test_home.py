"""The home page: what the site is, the next dates, and the ways in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from imgportal.lib import clock
from imgportal.views import DATES_SHOWN
from profiles import reference_tables
from profiles.choices import Confidence, Event
from profiles.models import SeasonDeadline
from tests.factories import NOW, publish, stored_draft, stored_result
from tests.reading import html_of, links_of, tags_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

TODAY = datetime(2026, 11, 28, 17, tzinfo=UTC)
# Whether anything was published, and whether anything was written in the dated tables.
WARM = 2


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: TODAY)


def dates_of(client: Client) -> list[str]:
    html = html_of(client.get("/"))
    part = html.partition('class="next-dates__list"')[2].partition("</ol>")[0]
    return part.split("<li>")[1:]


def test_title_says_what_the_site_is(client: Client) -> None:
    html = html_of(client.get("/"))

    assert "international medical graduates</title>" in html


def test_page_is_the_same_for_everybody(client: Client, admin_client: Client) -> None:
    client.cookies["sessionid"] = "somebody"

    with CaptureQueriesContext(connection) as queries:
        response = client.get("/")

    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert response.headers["ETag"].startswith('W/"')
    # It changes with the day: no time says when it was changed last.
    assert "Last-Modified" not in response.headers
    assert response.cookies == {}
    assert "cookie" not in response.headers["Vary"].lower()
    assert "django_session" not in " ".join(query["sql"] for query in queries)
    assert admin_client.get("/").content == response.content


def test_page_asks_as_little_as_the_guide(
    client: Client, django_assert_num_queries: Any
) -> None:
    client.get("/")

    with django_assert_num_queries(WARM):
        client.get("/")


def test_page_is_kept_until_the_day_ends(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get("/")
    again = client.get("/", headers={"if-none-match": first["ETag"]})
    monkeypatch.setattr(clock, "now", lambda: TODAY + timedelta(days=1))
    tomorrow = client.get("/", headers={"if-none-match": first["ETag"]})

    assert again.status_code == 304
    assert tomorrow.status_code == 200


def test_page_changes_with_a_publication_and_with_a_date(client: Client) -> None:
    tags = [client.get("/")["ETag"]]
    release = stored_draft(2060)
    stored_result(release)
    publish(release, now=NOW + timedelta(days=1))
    tags.append(client.get("/")["ETag"])
    rank_list = SeasonDeadline.objects.get(match_year=2027, event=Event.RANK_LIST)
    rank_list.confidence = Confidence.UNCONFIRMED
    rank_list.save()
    reference_tables.memo.forget()
    tags.append(client.get("/")["ETag"])

    assert len(set(tags)) == 3


def test_the_next_dates_stand_in_their_order(client: Client) -> None:
    season = [
        row
        for row in reference_tables.everything().reference.deadlines
        if row.match_year == 2027 and row.on >= TODAY.date()
    ]
    expected = sorted(row.on for row in season)[:DATES_SHOWN]
    shown = [
        tag["datetime"][:10]
        for tag in tags_of(client.get("/"), "time")
        if "datetime" in tag
    ]

    assert shown[:DATES_SHOWN] == [day.isoformat() for day in expected]
    assert "Next dates of the 2027 Match" in text_of(client.get("/"))


def test_no_uncertain_date_stands_without_its_mark(client: Client) -> None:
    reference = reference_tables.everything().reference
    grades = {
        row.event.label: row.confidence
        for row in reference.deadlines
        if row.match_year == 2027
    }
    lines = dates_of(client)

    assert len(lines) == DATES_SHOWN
    for line in lines:
        (grade,) = [grade for label, grade in grades.items() if label in line]
        if grade != Confidence.CONFIRMED:
            before_event = line.partition("</time>")[2].partition("</span>")[0]
            assert grade.value in before_event


def test_a_date_that_is_over_is_gone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime(2027, 3, 4, 17, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert "Rank order list must be certified" not in " ".join(dates_of(client))


def test_a_season_without_dates_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime(2030, 6, 4, 17, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert "no further dates of the 2031 Match" in text_of(client.get("/"))


def test_there_is_a_door_to_my_record(client: Client) -> None:
    assert {"/me/", "/accounts/signup/"} <= set(links_of(client.get("/")))
