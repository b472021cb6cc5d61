"""A season in the order of its days, in plain data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from profiles.choices import (
    AttemptState,
    Confidence,
    Event,
    Exam,
    ReportedOutcome,
    SubTest,
)
from profiles.rules.facts import Attempt, EnglishSittingFacts, Person, Record
from profiles.rules.reference import Deadline, GradedValue, Reference, Season
from profiles.rules.timeline import EntryKind, TimelineEntry, timeline
from tests.profiles.rules.given import tables
from tests.profiles.rules.planned import plan_of

TODAY = date(2026, 11, 22)
RANK_LIST = Deadline(
    match_year=2027,
    event=Event.RANK_LIST,
    on=date(2027, 3, 3),
    at=time(21),
    confidence=Confidence.REPORTED,
    sources=("s63",),
)
OPENS = replace(RANK_LIST, event=Event.ERAS_OPENS, on=date(2026, 6, 3), at=None)
PLANNED = Attempt(
    exam=Exam.STEP2CK, on=date(2027, 2, 10), state=AttemptState.PLANNED, key=7
)


def entries(
    *attempts: Attempt,
    sittings: tuple[EnglishSittingFacts, ...] = (),
    season: int | None = 2027,
    deadlines: tuple[Deadline, ...] = (OPENS, RANK_LIST),
    seasons: tuple[Season, ...] = (),
    today: date = TODAY,
) -> dict[str, TimelineEntry]:
    record = Record(person=Person(season=season), attempts=attempts, sittings=sittings)
    reference = Reference(
        deadlines=deadlines, seasons=seasons, numbers=tables().numbers
    )
    plan = plan_of(record, today=today, reference=reference)
    found = timeline(record, reference, plan, today=today)
    assert [entry.on for entry in found] == sorted(entry.on for entry in found)
    assert len({entry.key for entry in found}) == len(found)
    return {entry.key: entry for entry in found}


def test_a_season_holds_its_deadlines_and_the_last_exam_day() -> None:
    found = entries()

    assert set(found) == {
        "2027/eras_season_opens",
        "2027/nrmp_rol_certification_deadline",
        "2027/last_exam",
        "2027/training",
    }
    last = found["2027/last_exam"]
    assert (last.on, last.confidence) == (date(2026, 12, 31), Confidence.REPORTED)
    assert last.is_estimate


def test_a_deadline_is_a_moment_in_new_york_whatever_the_season_of_the_year() -> None:
    winter = entries()["2027/nrmp_rol_certification_deadline"].moment
    summer = entries(
        deadlines=(replace(RANK_LIST, on=date(2026, 7, 1)),),
    )["2027/nrmp_rol_certification_deadline"].moment

    assert winter is not None
    assert summer is not None
    assert winter.astimezone(UTC) == datetime(2027, 3, 4, 2, tzinfo=UTC)
    assert summer.astimezone(UTC) == datetime(2026, 7, 2, 1, tzinfo=UTC)
    assert winter.astimezone(ZoneInfo("Asia/Kolkata")).isoformat() == (
        "2027-03-04T07:30:00+05:30"
    )


def test_the_pathways_deadline_is_one_thing_wherever_it_is_kept() -> None:
    first = replace(RANK_LIST, event=Event.PATHWAYS_DEADLINE, on=date(2027, 1, 31))
    extended = replace(first, event=Event.PATHWAYS_EXTENDED, on=date(2027, 2, 15))
    settled = Season(
        match_year=2027,
        application_deadline=GradedValue(
            value=date(2027, 2, 20), confidence=Confidence.UNCONFIRMED
        ),
    )
    key = "2027/ecfmg_pathways_application_deadline"

    days = [
        entries(deadlines=deadlines, seasons=seasons)[key].on
        for deadlines, seasons in (
            ((first,), ()),
            ((first, extended), ()),
            ((first, extended), (settled,)),
        )
    ]

    assert days == [date(2027, 1, 31), date(2027, 2, 15), date(2027, 2, 20)]
    assert not entries(deadlines=(first,), seasons=(settled,))[key].is_firm


def test_a_planned_exam_brings_the_day_of_its_result() -> None:
    found = entries(PLANNED)

    assert found["attempt/7"].on == date(2027, 2, 10)
    assert found["attempt/7"].comes_late
    assert found["attempt/7"].confidence is None
    result = found["result/7"]
    assert (result.on, result.is_estimate) == (date(2027, 3, 10), True)


def test_an_exam_on_the_last_day_is_not_late() -> None:
    for on, late in ((date(2027, 1, 6), False), (date(2027, 1, 7), True)):
        assert entries(replace(PLANNED, on=on))["attempt/7"].comes_late is late
    # ECFMG confirms no Step 3.
    step3 = replace(PLANNED, exam=Exam.STEP3)
    assert not entries(step3)["attempt/7"].comes_late


def test_a_result_of_step_3_counts_from_its_second_day() -> None:
    two_days = replace(PLANNED, exam=Exam.STEP3, second_day=date(2027, 2, 13))

    found = entries(two_days)

    assert found["attempt/7"].last_day == date(2027, 2, 13)
    assert found["result/7"].on == date(2027, 3, 13)


def test_an_exam_that_waits_for_its_result_is_shown_until_it_is_entered() -> None:
    sat = replace(PLANNED, on=date(2026, 11, 2), state=AttemptState.TAKEN)
    waits = entries(sat, deadlines=())
    came = replace(sat, outcome=ReportedOutcome.FAIL, result_on=date(2026, 11, 18))

    assert set(waits) == {"attempt/7", "result/7"}
    assert waits["result/7"].on == date(2026, 11, 30)
    assert entries(came, deadlines=()) == {}
    in_season = entries(came)["result/7"]
    assert (in_season.on, in_season.is_estimate) == (date(2026, 11, 18), False)
    assert "fail" not in repr(entries(came)).lower()


def test_what_never_took_place_is_left_out() -> None:
    for state in (AttemptState.CANCELLED, AttemptState.NOT_ATTENDED):
        assert "attempt/7" not in entries(replace(PLANNED, state=state))


def test_old_exams_are_left_out() -> None:
    old = replace(PLANNED, on=date(2024, 5, 1), state=AttemptState.TAKEN)

    assert set(entries(old)) == set(entries())


def test_without_a_season_there_are_only_own_exams() -> None:
    oet = EnglishSittingFacts(on=date(2027, 1, 9), scores=dict.fromkeys(SubTest), key=3)

    found = entries(PLANNED, sittings=(oet,), season=None)

    assert set(found) == {*("attempt/7", "result/7", "sitting/3", "sitting_result/3")}
    assert {entry.kind for entry in found.values()} == {
        EntryKind.EXAM,
        EntryKind.RESULT,
    }
    assert not found["attempt/7"].comes_late


def test_a_season_without_any_date_is_empty() -> None:
    assert entries(season=2040) == {}
