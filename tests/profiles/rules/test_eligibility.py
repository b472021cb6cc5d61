"""Eligibility periods in the plan, the calendar and the reminders (U-EP-1, U-ATT-5)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from profiles.choices import AttemptState, Confidence, Exam, ReportedOutcome
from profiles.rules.days import add_months
from profiles.rules.facts import Attempt, Person, Record
from profiles.rules.plan.needs import OwnDayKind
from profiles.rules.reminder_days import reminder_days
from profiles.rules.tables.validation import attempt_findings
from profiles.rules.timeline import timeline
from tests.effort import part_of
from tests.profiles.rules.given import TODAY, day, step1, step2ck, tables
from tests.profiles.rules.obedient_member import ObedientMember, StuckError
from tests.profiles.rules.planned import plan_of
from tests.profiles.rules.plausible_records import plausible_record, season_day
from tests.profiles.rules.test_plan import contradictions

PASSED = step1("2025-03-10", "pass")
WINTER: dict[str, Any] = {
    "period_from": day("2026-11-01"),
    "period_to": day("2027-01-31"),
}
SUMMER: dict[str, Any] = {
    "period_from": day("2027-05-01"),
    "period_to": day("2027-07-31"),
}


def record(*attempts: Attempt, season: int | None = None) -> Record:
    person = Person(us_citizen=False, school_country="IN", season=season)
    return Record(person=person, attempts=(PASSED, *attempts))


def steps(*attempts: Attempt, season: int | None = None) -> dict[str, Any]:
    plan = plan_of(record(*attempts, season=season))
    return {step.what: step for step in plan.steps if step.anchor == "step2ck"}


def days(*attempts: Attempt) -> list[date]:
    plan = plan_of(record(*attempts))
    return [each.on for each in plan.days if each.kind == OwnDayKind.ELIGIBILITY]


# --- What cannot be right ------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "first", "last", "extended", "field"),
    [
        ("2026-12-01", "2026-11-01", "2026-10-31", None, "period_to"),
        ("2026-12-01", "2026-11-01", "2027-02-01", None, "period_to"),
        ("2026-10-31", "2026-11-01", "2027-01-31", None, "on"),
        ("2027-02-01", "2026-11-01", "2027-01-31", None, "on"),
        ("2027-02-01", None, "2027-01-31", None, "on"),
        ("2027-05-01", "2026-11-01", "2027-01-31", "2027-04-30", "on"),
        ("2026-12-01", "2026-11-01", "2027-01-31", "2027-01-31", "extended_to"),
        ("2026-12-01", "2026-11-01", None, None, "period_from"),
        ("2026-12-01", None, None, "2027-04-30", "extended_to"),
        ("2026-12-01", "2026-11-01", "2027-01-31", None, None),
        ("2027-01-31", "2026-11-01", "2027-01-31", None, None),
        ("2027-04-30", "2026-11-01", "2027-01-31", "2027-04-30", None),
        ("2026-12-01", "2026-11-01", "2026-12-31", None, None),
        ("2026-12-01", None, "2027-01-31", None, None),
    ],
)
def test_a_period_is_three_months_and_the_exam_within_it(
    on: str, first: str | None, last: str | None, extended: str | None, field: str
) -> None:
    attempt = step2ck(
        on,
        "planned",
        period_from=first and day(first),
        period_to=last and day(last),
        extended_to=extended and day(extended),
    )
    findings = attempt_findings(attempt, today=TODAY)

    assert [found.field for found in findings] == ([field] if field else [])
    assert all(found.rule == "U-EP-1" and found.refuses for found in findings)


def test_a_longer_period_is_asked_about() -> None:
    attempt = step2ck(
        "2026-12-01", "planned", **WINTER | {"period_to": day("2027-04-30")}
    )
    (found,) = attempt_findings(attempt, today=TODAY)

    assert "Three months from 1 November 2026 end on 31 January 2027" in found.message
    assert "“Extended to”" in found.message


# --- The last day ---------------------------------------------------------------------


def test_the_last_day_is_a_day_of_the_members_own_everywhere() -> None:
    planned = step2ck("2026-12-10", "planned", **WINTER)
    plan = plan_of(record(planned))

    assert days(planned) == [day("2027-01-31")]
    assert "Your eligibility period for Step 2 CK ends" in {
        entry.title
        for entry in timeline(record(planned), tables(), plan, today=TODAY)
        if entry.on == day("2027-01-31")
    }
    assert ("eligibility:step2ck", day("2027-01-31")) in set(
        reminder_days(plan, tables())
    )
    assert list(steps(planned)) == ["Sit Step 2 CK."]


def test_an_extension_moves_it() -> None:
    extended = WINTER | {"extended_to": day("2027-04-30")}

    assert days(step2ck("2027-02-10", "planned", **extended)) == [day("2027-04-30")]


def test_without_a_planned_day_it_is_a_step_of_the_plan() -> None:
    cancelled = step2ck("2026-11-10", "cancelled", **WINTER)
    found = steps(cancelled)

    step = found[
        "Sit Step 2 CK by 31 January 2027, the last day of your eligibility period."
    ]
    assert step.on == day("2027-01-31")
    assert step.rules == ("U-EP-1",)
    assert len(found) == 1
    assert days(cancelled) == [day("2027-01-31")]
    # A day in it is planned by another entry.
    assert list(steps(cancelled, step2ck("2026-12-10", "planned"))) == [
        "Sit Step 2 CK."
    ]


def test_who_plans_the_last_day_reads_that_it_is_the_last() -> None:
    found = steps(step2ck("2027-01-31", "planned", **WINTER))

    assert list(found) == [
        "Sit Step 2 CK by 31 January 2027, the last day of your eligibility period."
    ]


@pytest.mark.parametrize(
    "over",
    [
        step2ck("2026-11-10", "pass", **WINTER),
        step2ck("2026-11-10", "fail", **WINTER),
        step2ck("2026-11-10", "not_attended", **WINTER),
        step2ck("2026-10-10", "cancelled", period_to=day("2026-11-21")),
    ],
)
def test_a_period_that_is_used_up_or_over_has_no_day(over: Attempt) -> None:
    assert days(over) == []
    assert not any("eligibility" in what for what in steps(over))


def test_a_cancelled_day_is_over_once_the_exam_was_sat_in_its_period() -> None:
    cancelled = step2ck("2026-11-10", "cancelled", **WINTER)

    assert days(cancelled, step2ck("2026-11-20", "fail")) == []


# --- Together with the Match -----------------------------------------------------------


def test_the_match_comes_first_when_it_is_sooner() -> None:
    found = steps(step2ck("2026-11-10", "cancelled", **WINTER), season=2027)
    step = found["Plan Step 2 CK for 31 December 2026 or before."]

    assert step.on == day("2026-12-31")
    assert "Your eligibility period ends on 31 January 2027." in step.why


def test_nobody_is_told_to_move_an_exam_out_of_its_period() -> None:
    found = steps(step2ck("2027-06-10", "planned", **SUMMER), season=2027)

    step = found["Sit Step 2 CK."]
    assert "begins only on 1 May 2027: once approved it cannot be changed" in step.why
    assert not any(what.startswith("Move") for what in found)


def test_the_seven_years_end_before_the_period_begins() -> None:
    old = step1("2020-03-10", "pass")
    planned = step2ck("2027-06-10", "planned", **SUMMER)
    person = Person(us_citizen=False, school_country="IN")
    plan = plan_of(Record(person=person, attempts=(old, planned)))
    (step,) = [each for each in plan.steps if each.anchor == "step2ck"]

    assert step.what == "Ask USMLE how to sit Step 2 CK by 10 March 2027."
    assert step.on == day("2027-03-10")
    assert {"U-EP-1", "E-7Y-1"} <= set(step.rules)


def test_a_retake_that_is_allowed_only_afterwards_needs_more() -> None:
    failed = [step2ck(on, "fail") for on in ("2026-01-10", "2026-05-10", "2026-10-10")]
    found = steps(*failed, step2ck("2026-12-10", "planned", **WINTER))
    step = found["Move Step 2 CK to 10 April 2027 or later."]

    assert "you need an extension or a new application" in step.why
    assert "U-EP-1" in step.rules


# --- Not attended -----------------------------------------------------------------------


def test_after_a_sitting_not_attended_a_new_application_waits() -> None:
    missed = step2ck("2026-11-10", "not_attended", **WINTER)
    (step,) = steps(missed, season=2027).values()

    # 28 days after 31 January: too late for the day that the Match asks for.
    assert step.what == "Plan Step 2 CK for 28 February 2027 or later."
    assert step.on is None
    assert "U-ATT-5" in step.rules
    assert step.confidence == Confidence.UNCONFIRMED
    (without,) = steps(step2ck("2026-11-10", "not_attended"), season=2027).values()
    assert without.what == "Plan Step 2 CK for 31 December 2026 or before."


# --- On many records -------------------------------------------------------------------


def with_application(chance: Random, record: Record, today: date) -> Record:
    """The record, with an application for a Step whose period is about that day."""
    exam = chance.choice([Exam.STEP1, Exam.STEP2CK, Exam.STEP2CK])
    on = today + timedelta(days=chance.randint(-40, 60))
    first = add_months(on.replace(day=1), -chance.randrange(3))
    state = chance.choice(
        [AttemptState.PLANNED, AttemptState.CANCELLED, AttemptState.CANCELLED]
        if on > today
        else [AttemptState.CANCELLED, AttemptState.NOT_ATTENDED]
    )
    application = Attempt(
        exam=exam,
        on=on,
        state=state,
        period_from=first,
        period_to=add_months(first, 3) - timedelta(days=1),
        extended_to=chance.choice([None, add_months(first, 6) - timedelta(days=1)]),
        key=1_000,
    )
    others = tuple(
        attempt
        for attempt in record.attempts
        if attempt.exam != exam
        or (attempt.on < first and attempt.outcome != ReportedOutcome.PASS)
    )
    return replace(record, attempts=(*others, application))


def test_no_part_contradicts_a_period() -> None:
    chance = Random(20261201)  # noqa: S311 - the same records every time
    found: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for _ in range(part_of(4_000)):
        today = season_day(chance)
        record = with_application(chance, plausible_record(chance), today)
        found.update(contradictions(record, today))
        plan = plan_of(record, today=today)
        said.update(
            words
            for step in plan.steps
            for words in ("last day of your eligibility period", "or later")
            if words in step.what
        )

    assert found == Counter()
    assert said["last day of your eligibility period"] > part_of(200)
    assert said["or later"] > part_of(20)


def test_who_obeys_with_a_period_comes_to_an_end() -> None:
    chance = Random(20261202)  # noqa: S311 - the same records every time
    for _ in range(part_of(400)):
        today = season_day(chance)
        record = with_application(chance, plausible_record(chance), today)
        member = ObedientMember(record, today)
        try:
            member.go()
        except StuckError as stuck:
            raise AssertionError("\n".join([*member.log, str(stuck)])) from stuck
