"""The calendar of a season: in the reader's time zone, and as a file."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import vobject
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from imgportal.lib import clock
from profiles import reference_tables
from profiles.actions import change_rule
from profiles.choices import Event
from profiles.models import PathwaySeason, SeasonDeadline
from tests import factories
from tests.reading import html_of, links_of, text_of

pytestmark = pytest.mark.django_db

PAGE = "/guide/match/"
FILE = "/guide/match/2027.ics"
RANK_LIST = "Rank order list must be certified (2027 Match)"
SOAP = "Unconfirmed: SOAP, first round of offers (2027 Match)"


@pytest.fixture(autouse=True)
def _same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: factories.NOW)


# --- In the reader's time zone ---------------------------------------------------------


def hours_in(client: Client, zone: str) -> list[str]:
    page = html_of(client.get(f"{PAGE}?zone={quote(zone)}"))
    return re.findall(r'<span class="calendar__here">([^<]+)</span>', page)


@pytest.mark.parametrize(
    ("zone", "rank_list", "match_week", "round_one"),
    [
        # On 14 March New York puts its clocks forward, these places later or never.
        ("UTC", "Thu 4 Mar, 2:00 am GMT", "2:00 pm GMT", "1:00 pm to 3:00 pm GMT"),
        (
            "Asia/Kolkata",
            "Thu 4 Mar, 7:30 am GMT+5:30",
            "7:30 pm GMT+5:30",
            "6:30 pm to 8:30 pm GMT+5:30",
        ),
        (
            "Asia/Kathmandu",
            "Thu 4 Mar, 7:45 am GMT+5:45",
            "7:45 pm GMT+5:45",
            "6:45 pm to 8:45 pm GMT+5:45",
        ),
        (
            "Europe/Berlin",
            "Thu 4 Mar, 3:00 am GMT+1",
            "3:00 pm GMT+1",
            "2:00 pm to 4:00 pm GMT+1",
        ),
        (
            "America/New_York",
            "9:00 pm GMT-5",
            "10:00 am GMT-4",
            "9:00 am to 11:00 am GMT-4",
        ),
        (
            "Pacific/Auckland",
            "Thu 4 Mar, 3:00 pm GMT+13",
            "Tue 16 Mar, 3:00 am GMT+13",
            "Fri 19 Mar, 2:00 am to 4:00 am GMT+13",
        ),
        (
            "America/St_Johns",
            "10:30 pm GMT-3:30",
            "11:30 am GMT-2:30",
            "10:30 am to 12:30 pm GMT-2:30",
        ),
    ],
)
def test_hours_stand_in_the_chosen_zone_with_its_daylight_saving(
    client: Client, zone: str, rank_list: str, match_week: str, round_one: str
) -> None:
    found = hours_in(client, zone)

    assert rank_list in found
    assert match_week in found
    assert round_one in found


def test_range_over_midnight_names_both_days(client: Client) -> None:
    # The third round, 3 pm to 5 pm in New York on 18 March.
    assert "11:00 pm to Fri 19 Mar, 1:00 am GMT+4" in hours_in(client, "Asia/Dubai")


def test_date_without_an_hour_is_moved_by_no_zone(client: Client) -> None:
    row = re.compile(
        r'<time datetime="2027-01-31">Sun 31 Jan 2027</time>\s+'
        r'<span class="unsure nowrap">\? unconfirmed</span>\s+</th>\s+'
        r'<td class="event"><strong>Pathways application for this Match</strong>'
    )

    assert row.search(html_of(client.get(PAGE)))
    assert row.search(html_of(client.get(f"{PAGE}?zone=Pacific/Auckland")))


@pytest.mark.parametrize(
    "zone",
    [
        "Mars/Olympus",
        "../../etc/passwd",
        "\x00",
        "EST5EDT",
        "Asia/Kolkata\x00",
        "x" * 9000,
    ],
)
def test_zone_that_nobody_knows_is_said_and_left_out(client: Client, zone: str) -> None:
    page = client.get(f"{PAGE}?zone={quote(zone)}")

    assert page.status_code == 200
    assert "We do not know the time zone" in text_of(page)
    assert 'class="calendar__here" data-moment' in html_of(page)
    assert hours_in(client, zone) == []


def test_page_without_a_choice_is_the_same_for_everybody(client: Client) -> None:
    plain = client.get(PAGE)
    abroad = Client(headers={"accept-language": "hi", "cookie": "zone=Asia/Kolkata"})

    assert abroad.get(PAGE).content == plain.content
    # Places for the browser to write into, and nothing in them.
    assert re.search(
        r'data-moment="2027-03-03T21:00:00-05:00" hidden></span>', html_of(plain)
    )
    assert client.get(f"{PAGE}?zone=UTC")["Cache-Control"] == "no-store"


# --- As a file ---------------------------------------------------------------------------


def calendar_of(client: Client, path: str = FILE) -> Any:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content)


def events(calendar: Any) -> dict[str, Any]:
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


def test_file_holds_the_season_with_its_doubts(client: Client) -> None:
    calendar = calendar_of(client)
    found = events(calendar)

    assert calendar["X-WR-CALNAME"] == "2027 Match"
    assert found[RANK_LIST].start == datetime(2027, 3, 4, 2, tzinfo=UTC)
    # Reported by others: no official text that we read confirms it.
    assert found[RANK_LIST]["STATUS"] == "TENTATIVE"
    assert found["Training begins (2027 Match)"]["STATUS"] == "CONFIRMED"
    assert found[RANK_LIST]["CLASS"] == "PUBLIC"
    assert str(found[RANK_LIST]["DESCRIPTION"]) == (
        "Reported by other sites than the official one. Confirm it on nrmp.org. "
        "http://testserver/guide/match/"
    )
    assert found[SOAP]["STATUS"] == "TENTATIVE"
    assert found[SOAP].end - found[SOAP].start == timedelta(hours=2)
    day = found["Unconfirmed: Pathways application for this Match (2027 Match)"]
    assert day.start == date(2027, 1, 31)
    assert "ecfmg.org" in str(day["DESCRIPTION"])
    last = found["Last exam day that allows for a late result (2027 Match)"]
    assert last.start == date(2026, 12, 31)


def test_events_are_the_same_under_every_name_of_the_site(client: Client) -> None:
    uids = [
        {
            str(event["UID"])
            for event in Calendar.from_ical(
                client.get(FILE, HTTP_HOST=host).content
            ).walk("VEVENT")
        }
        for host in ("testserver", "127.0.0.1:8000")
    ]

    assert uids[0] == uids[1]
    assert len(uids[0]) > 15


def test_file_follows_the_standard(client: Client) -> None:
    body = client.get(FILE).content

    lines = body.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    calendar: Any = Calendar.from_ical(body)
    assert calendar.errors == []
    uids = [event["UID"] for event in calendar.walk("VEVENT")]
    assert len(set(uids)) == len(uids) > 15
    for event in calendar.walk("VEVENT"):
        assert event.errors == []
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE"} <= set(event)
    assert set(re.findall(rb"TZID=([^:;]+)", body)) == {b"America/New_York"}


def test_another_program_reads_the_same_from_it(client: Client) -> None:
    read = vobject.readOne(client.get(FILE).content.decode())
    ours = events(calendar_of(client))

    theirs = {event.summary.value: event for event in read.vevent_list}
    assert set(theirs) == set(ours)
    for summary, event in theirs.items():
        assert event.uid.value == ours[summary]["UID"]
        assert event.dtstart.value == ours[summary].start
        assert event.status.value == ours[summary]["STATUS"]
        assert event.description.value == ours[summary]["DESCRIPTION"]
    assert theirs[RANK_LIST].dtstart.value.utcoffset() == timedelta(hours=-5)
    assert theirs["Match Day (2027 Match)"].dtstart.value.utcoffset() == timedelta(
        hours=-4
    )


def test_date_that_changes_moves_the_event_that_is_there(client: Client) -> None:
    before = events(calendar_of(client))[RANK_LIST]
    row = SeasonDeadline.objects.get(match_year=2027, event=Event.RANK_LIST)
    row.on = date(2027, 3, 10)
    change_rule.save(row=row, columns=["on"], note="Moved.", now=factories.NOW)

    after = events(calendar_of(client))[RANK_LIST]

    assert after["UID"] == before["UID"]
    assert after.start == datetime(2027, 3, 11, 2, tzinfo=UTC)
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["LAST-MODIFIED"].dt == factories.NOW


def test_file_is_the_same_until_something_changes(client: Client) -> None:
    first = client.get(FILE)
    reference_tables.memo.forget()

    again = client.get(FILE)
    unchanged = client.get(FILE, headers={"if-none-match": first["ETag"]})

    assert again.content == first.content
    assert unchanged.status_code == 304
    assert first["Cache-Control"] == "public, max-age=60"
    assert first.cookies == {}
    assert "cookie" not in first["Vary"].lower()


def test_file_asks_the_database_three_times(client: Client) -> None:
    """Is anything new in the figures and in the tables, and how often was a row changed?"""
    client.get(FILE)

    with CaptureQueriesContext(connection) as queries:
        client.get(FILE)

    assert len(queries) == 3


def test_every_season_that_is_known_has_a_file_and_a_link(client: Client) -> None:
    links = links_of(client.get(PAGE))

    years = set(SeasonDeadline.objects.values_list("match_year", flat=True))
    assert {f"/guide/match/{year}.ics" for year in years} <= set(links)
    for year in years:
        assert events(calendar_of(client, f"/guide/match/{year}.ics"))
    # Only a season that still changes is worth subscribing to.
    assert [link for link in links if link.startswith("webcal:")] == [
        "webcal://testserver/guide/match/2027.ics"
    ]


def test_season_without_dates_offers_those_that_have_some(client: Client) -> None:
    response = client.get("/guide/match/2050.ics")

    assert response.status_code == 404
    assert "We know no dates of that Match." in text_of(response)
    assert FILE in links_of(response)
    for path in (
        "02027.ics",
        "0.ics",
        "-1.ics",
        f"{'9' * 5000}.ics",
        "x.ics",
    ):
        assert client.get(f"/guide/match/{path}").status_code == 404


def test_calendar_is_empty_when_no_table_is_loaded(client: Client) -> None:
    SeasonDeadline.objects.all().delete()
    # They hold the day of the application for a Pathway.
    PathwaySeason.objects.all().delete()

    assert client.get(FILE).status_code == 404
    assert "webcal:" not in html_of(client.get(PAGE))
