"""`/changes/`: every publication, and what it changed value by value."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from stats import public
from stats.views import changes
from tests.factories import NOW, publish, stored_draft, stored_result
from tests.reading import csv_of, json_of, links_of, number_in, table_of, text_of

pytestmark = pytest.mark.django_db

# What NRMP restated for the Match of 2013: row, column, before, after.
RESTATED = [
    ("All applicants", "pgy1_positions_offered", 26392, 26138),
    ("All applicants", "matched_to_pgy1", 25463, None),
    ("All applicants", "published_match_rate", 74.1, 73.5),
    ("US IMGs", "matched_to_pgy1", 2706, 2691),
    ("US IMGs", "published_match_rate", 53.1, None),
    ("Non-US IMGs", "matched_to_pgy1", 3601, 3556),
    ("Non-US IMGs", "published_match_rate", 47.6, None),
]


def test_page_shows_what_was_and_what_is(client: Client) -> None:
    rows = table_of(client.get("/changes/"), "7 values changed")

    assert [
        (row[0], row[1].split()[-1], number_in(row[2]), number_in(row[3]))
        for row in rows
    ] == RESTATED


def test_value_that_is_gone_says_why(client: Client) -> None:
    rows = table_of(client.get("/changes/"), "7 values changed")

    assert "restated since" in rows[1][3].lower()


def test_page_says_why_the_source_changed_and_links_the_version(client: Client) -> None:
    response = client.get("/changes/")
    note = public.everything().years[2013].release.public_note

    assert "The 2013 Match, version 2: revision" in text_of(response)
    assert note
    assert note in text_of(response)
    assert "/match/2013/v2/" in links_of(response)


def test_downloads_hold_the_same_changes(client: Client) -> None:
    rows = csv_of(client.get("/changes.csv"))
    data = json_of(client.get("/changes.json"))["rows"]

    values = len(RESTATED)
    assert [(row["column"], row["before"], row["after"]) for row in rows[:values]] == [
        (column, _cell(before), _cell(after)) for _, column, before, after in RESTATED
    ]
    assert [(row["column"], row["before"], row["after"]) for row in data[:values]] == [
        (column, before, after) for _, column, before, after in RESTATED
    ]
    # Then what the version says otherwise of its values.
    assert {row["column"] for row in data[values:]} == {
        *("confidence", "sources", "by_value", "note")
    }
    assert len(rows) == len(data)
    assert {(row["match_year"], row["version"], row["kind"]) for row in data} == {
        (2013, 2, "revision")
    }


def _cell(value: float | None) -> str:
    return "" if value is None else str(value)


def test_every_first_publication_is_listed(client: Client) -> None:
    links = links_of(client.get("/changes/"))

    assert [
        year for year in public.everything().years if f"/match/{year}/v1/" not in links
    ] == []


def test_correction_appears_on_top(client: Client) -> None:
    for version, matched in ((1, 100), (2, 117)):
        release = stored_draft(2060, version)
        stored_result(release, matched_to_pgy1=matched)
        publish(release, now=NOW + timedelta(days=version))

    text = text_of(client.get("/changes/"))

    assert "The 2060 Match, version 2: correction" in text
    assert text.index("The 2060 Match, version 2") < text.index("The 2013 Match")
    (row,) = table_of(client.get("/changes/"), "1 value changed")
    assert row[:4] == ["US IMGs", "Matched to PGY-1 matched_to_pgy1", "100", "117"]


def test_other_digits_of_the_same_number_are_told_apart(client: Client) -> None:
    for version, rate in ((1, "50"), (2, "50.0")):
        release = stored_draft(2060, version)
        stored_result(release, published_match_rate=Decimal(rate))
        publish(release, now=NOW + timedelta(days=version))

    (row,) = table_of(client.get("/changes/"), "1 value changed")
    assert row[2:4] == ["50", "50.0"]
    feed = client.get("/changes.atom").content.decode()
    assert "was printed as 50, is printed as 50.0" in feed


def regraded(**changes: Any) -> None:
    """A year whose second version says the same values otherwise."""
    first = stored_draft()
    stored_result(first)
    publish(first)
    second = stored_draft(version=2)
    stored_result(second, **changes)
    publish(second, now=NOW + timedelta(days=1))


def test_changed_grade_and_note_are_told_though_no_value_changed(
    client: Client,
) -> None:
    regraded(confidence="C", note="From a reading of a picture.")

    seen = text_of(client.get("/changes/"))

    assert "No value changed." in seen
    assert "US IMGs, grade: was “Confirmed”, is “Use with care”." in seen
    assert "US IMGs, note: was empty, is “From a reading of a picture.”." in seen
    rows = [row for row in csv_of(client.get("/changes.csv")) if row["version"] == "2"]
    assert ("confidence", "A", "C") in {
        (row["column"], row["before"], row["after"]) for row in rows
    }


def test_many_changed_notes_stand_in_the_downloads(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST_OTHERS", 1)
    regraded(confidence="C", note="From a reading of a picture.", locator="Table 2")

    seen = text_of(client.get("/changes/"))

    assert "US IMGs, grade: was “Confirmed”, is “Use with care”." in seen
    assert "From a reading of a picture." not in seen
    assert "2 more are in the downloads below." in seen
