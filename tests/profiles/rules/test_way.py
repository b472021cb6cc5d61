"""The way of every history: all of its days once, in order, on the right side of today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from profiles.choices import AttemptState, Exam, ReportedOutcome
from profiles.rules.facts import Attempt, Person, Record
from profiles.rules.judge_record import judge
from profiles.rules.timeline import EntryKind, timeline
from profiles.rules.way import LONGEST_GAP, MARKS_AT_MOST, MarkKind, Way, draw_way
from tests.effort import part_of
from tests.profiles.rules.given import TODAY, tables
from tests.profiles.rules.histories import NAMES, history
from tests.profiles.rules.planned import plan_of
from tests.profiles.rules.plausible_records import plausible_record, season_day


def way_of(record: Record, *, today: date = TODAY) -> Way:
    plan = plan_of(record, today=today)
    return draw_way(
        record,
        judge(record, tables(), today),
        timeline(record, tables(), plan, today=today),
        zone=None,
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_history_is_in_order_and_holds_its_timeline(name: str) -> None:
    record = history(name)
    way = way_of(record)
    marks = [*way.behind, *way.ahead]

    assert [mark.on for mark in marks] == sorted(mark.on for mark in marks)
    assert all(mark.on < TODAY for mark in way.behind)
    assert all(mark.on >= TODAY for mark in way.ahead)
    assert all(
        mark.on <= TODAY for mark in marks if mark.kind in {MarkKind.DONE, MarkKind.SAT}
    )
    entries = timeline(record, tables(), plan_of(record), today=TODAY)
    days = {mark.on for mark in marks}
    assert (way.earlier, way.later) == (0, 0)
    assert {
        entry.on
        for entry in entries
        if entry.kind != EntryKind.TRAINING or entry.on >= TODAY
    } <= days
    exams = [mark for mark in marks if mark.title.startswith("OET Medicine")]
    assert len(exams) == len({(mark.on, mark.title) for mark in exams})


FIRST = Attempt(
    exam=Exam.STEP1,
    on=date(2019, 5, 1),
    state=AttemptState.TAKEN,
    outcome=ReportedOutcome.PASS,
    key=1,
)


def test_what_contradicts_itself_is_not_called_passed() -> None:
    sound = way_of(Record(attempts=(FIRST,))).behind[0]
    doubtful = way_of(Record(attempts=(replace(FIRST, score=150),))).behind[0]

    assert (sound.kind, sound.title) == (MarkKind.DONE, "Step 1 passed")
    assert (doubtful.kind, doubtful.title) == (MarkKind.SAT, "Step 1 exam")


def test_a_long_gap_is_drawn_shorter_and_said() -> None:
    graduation = FIRST.on + timedelta(days=60)
    record = Record(person=Person(graduation=graduation), attempts=(FIRST,))
    way = way_of(record, today=date(2021, 5, 1))

    assert [(mark.gap, mark.months) for mark in way.behind] == [(0, 0), (2, 0)]
    assert (way.today_gap, way.today_months) == (LONGEST_GAP, 22)


def test_the_oldest_days_are_left_out_and_counted() -> None:
    record = Record(
        attempts=tuple(
            replace(FIRST, on=FIRST.on + timedelta(days=number), key=number)
            for number in range(MARKS_AT_MOST + 5)
        )
    )
    way = way_of(record)

    assert (len(way.behind), way.earlier) == (MARKS_AT_MOST, 5)
    assert way.behind[-1].on == FIRST.on + timedelta(days=MARKS_AT_MOST + 4)


def test_a_result_that_came_is_not_called_open() -> None:
    came = replace(FIRST, result_on=date(2026, 10, 1), on=date(2026, 9, 1))
    titles = [
        mark.title
        for mark in way_of(Record(person=Person(season=2027), attempts=(came,))).behind
    ]

    assert "Result of Step 1 came" in titles


def test_any_record_has_its_line() -> None:
    chance = Random(20261130)  # noqa: S311 - the same records every time
    for _ in range(part_of(500)):
        record, today = plausible_record(chance), season_day(chance)
        way = way_of(record, today=today)

        days = [mark.on for mark in (*way.behind, *way.ahead)]
        assert days == sorted(days)
        assert all(mark.on < today for mark in way.behind)
        assert all(mark.on >= today for mark in way.ahead)
        assert len(way.behind) <= MARKS_AT_MOST
        assert MarkKind.TRAINING not in {mark.kind for mark in way.behind}
        assert all(
            mark.title.endswith("nothing entered since")
            for mark in way.behind
            if mark.kind == MarkKind.PLANNED
            or (mark.kind == MarkKind.RESULT and mark.is_estimate)
        )
        assert MarkKind.DONE not in {mark.kind for mark in way.ahead if mark.on > today}
