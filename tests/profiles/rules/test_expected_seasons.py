"""Seasons that nobody has published yet: what the pattern of those before lets expect."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from profiles.choices import Answer, Confidence, Event
from profiles.reference_tables import reference_of
from profiles.rules.expected_seasons import (
    MATCH_DAY,
    PATTERNS,
    SEASONS_EXPLAINED,
    expected_seasons,
)
from profiles.rules.facts import Person, Record
from profiles.rules.judge_record import judge
from profiles.rules.reference import Deadline
from profiles.rules.timeline import timeline
from tests.profiles.rules.given import TODAY, day, step1, step2ck, tables
from tests.profiles.rules.planned import plan_of

NEWEST = 2027


@pytest.mark.parametrize("event", list(PATTERNS))
def test_each_pattern_explains_the_newest_seasons(event: Event) -> None:
    known = {row.match_year: row.on for row in tables().deadlines if row.event == event}
    newest = sorted(known, reverse=True)[:SEASONS_EXPLAINED]

    assert len(newest) == SEASONS_EXPLAINED
    assert {year: PATTERNS[event](year) for year in newest} == {
        year: known[year] for year in newest
    }


def test_match_day_is_the_third_friday_of_march_in_every_season() -> None:
    known = {
        row.match_year: row.on
        for row in tables().deadlines
        if row.event == Event.MATCH_DAY
    }
    assert len(known) == 7
    assert {year: MATCH_DAY(year) for year in known} == known


def test_three_seasons_are_expected_and_no_more() -> None:
    expected = {row.match_year for row in tables().expected_deadlines}

    assert expected == {2028, 2029, 2030}
    assert {row.match_year for row in tables().expected_seasons} == expected
    rank_lists = [tables().rank_list(year) for year in (2028, 2029, 2030, 2031)]
    assert [row and row.on for row in rank_lists] == [
        day("2028-03-01"),
        day("2029-02-28"),
        day("2030-02-27"),
        None,
    ]
    assert all(
        row.confidence == Confidence.UNCONFIRMED and row.is_expected
        for row in tables().expected_deadlines
    )


def test_a_pattern_that_was_broken_lets_expect_nothing() -> None:
    moved = [
        replace(row, on=row.on.replace(day=4))
        if (row.match_year, row.event) == (2026, Event.MATCH_DAY)
        else row
        for row in tables().deadlines
    ]
    expected = expected_seasons(moved, tables().seasons).deadlines

    assert Event.MATCH_DAY not in {row.event for row in expected}
    assert Event.RANK_LIST in {row.event for row in expected}


def test_what_is_published_takes_the_place_of_what_was_expected() -> None:
    published = Deadline(
        match_year=2028,
        event=Event.RANK_LIST,
        on=date(2028, 3, 8),
        confidence=Confidence.CONFIRMED,
        sources=("s82",),
    )
    rows = (*tables().deadlines, published)
    expected = expected_seasons(rows, tables().seasons)
    reference = replace(
        tables(),
        deadlines=rows,
        expected_deadlines=expected.deadlines,
        expected_seasons=expected.seasons,
    )

    assert reference.rank_list(2028) == published
    # Another season is known now, so one more is expected.
    assert {row.match_year for row in expected.deadlines} == {2028, 2029, 2030, 2031}


def test_nothing_is_expected_from_nothing() -> None:
    assert reference_of([]).match_years == ()


def test_a_student_has_a_plan_for_a_match_that_is_not_published() -> None:
    record = Record(
        person=Person(season=2028, school_country="IN", us_citizen=False),
        attempts=(step1("2026-03-10", "pass"),),
    )
    plan = plan_of(record)
    titles = {
        (entry.title, entry.on): entry
        for entry in timeline(record, tables(), plan, today=TODAY)
    }

    assert not any("Look it up" in step.what for step in plan.steps)
    entry = titles["Rank order list must be certified", day("2028-03-01")]
    assert entry.confidence == Confidence.UNCONFIRMED
    assert "not published yet" in entry.note
    match = judge(record, tables(), TODAY).match
    assert "by 1 March 2028 (expected)" in match.reason
    assert match.provisional


def test_an_expected_day_that_has_passed_takes_no_match_away() -> None:
    record = Record(
        person=Person(season=2028, school_country="IN", us_citizen=False),
        attempts=(step1("2026-03-10", "pass"), step2ck("2028-03-02", "planned")),
    )
    match = judge(record, tables(), day("2028-03-02")).match

    assert match.answer == Answer.NOT_KNOWN
