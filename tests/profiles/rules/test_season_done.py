"""What is recorded of the season aimed at leaves the next steps and the reminders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from profiles.choices import Event, SeasonOutcome
from profiles.rules.facts import Person, Record, SeasonFacts
from profiles.rules.judge_record import judge
from profiles.rules.plan import make_plan
from profiles.rules.plan.needs import TrainingPlan
from profiles.rules.reminder_days import reminder_days
from tests.profiles.rules.given import tables

LATE = date(2027, 2, 20)  # after the standard deadline, before the rank order list day
STUDENT = Person(us_citizen=False, school_country="US", season=2027)


def plan_of(today: date, *seasons: SeasonFacts) -> TrainingPlan:
    record = Record(person=STUDENT, seasons=seasons)
    return make_plan(record, tables(), judge(record, tables(), today), eastern=today)


def asked(plan: TrainingPlan, words: str) -> bool:
    return any(step.what.startswith(words) for step in plan.steps)


def reminded(plan: TrainingPlan, event: Event) -> bool:
    return any(event.value in kind for kind, _ in reminder_days(plan, tables()))


def test_late_registration_is_asked_for_until_it_is_recorded() -> None:
    registered = SeasonFacts(season=2027, registered_on=LATE)

    assert asked(plan_of(LATE), "Register with NRMP late")
    assert not asked(plan_of(LATE, registered), "Register with NRMP")
    assert not reminded(plan_of(LATE, registered), Event.NRMP_STANDARD_END)


def test_a_registration_ahead_or_of_another_match_settles_nothing() -> None:
    ahead = SeasonFacts(season=2027, registered_on=date(2027, 2, 21))
    other = SeasonFacts(season=2026, registered_on=date(2025, 10, 1))

    assert asked(plan_of(LATE, ahead, other), "Register with NRMP late")


def test_a_certified_list_is_asked_for_no_more() -> None:
    registered = SeasonFacts(season=2027, registered_on=date(2026, 10, 1))
    certified = SeasonFacts(season=2027, certified_on=date(2027, 2, 10))
    before, after = plan_of(LATE, registered), plan_of(LATE, certified)

    assert asked(before, "Certify your rank order list")
    assert reminded(before, Event.RANK_LIST)
    assert not asked(after, "Certify your rank order list")
    assert not asked(after, "Register with NRMP")
    # Results are due by that day, too.
    assert reminded(after, Event.RANK_LIST)


def test_late_registration_names_the_rule_that_ends_it() -> None:
    (late,) = (
        step
        for step in plan_of(LATE).steps
        if step.what.startswith("Register with NRMP late")
    )

    assert late.rules == ("E-NRMP-3",)


def test_applications_are_asked_for_until_they_are_recorded_or_the_list_is_due() -> (
    None
):
    opened, last = date(2026, 9, 30), date(2027, 3, 4)
    applied = SeasonFacts(season=2027, eras_on=opened)

    assert asked(plan_of(opened), "Submit your applications in ERAS, if you have not")
    assert asked(plan_of(LATE), "Submit your applications in ERAS, if you have not")
    assert not asked(plan_of(opened, applied), "Submit your applications in ERAS")
    assert not asked(plan_of(last), "Submit your applications in ERAS")


def test_residencycas_is_ticked_off_by_its_own_day_alone() -> None:
    day, here = date(2026, 9, 20), {"specialties": ("obstetrics-gynecology",)}
    before = SeasonFacts(season=2027, eras_on=day)
    after = SeasonFacts(season=2027, residencycas_on=day)

    def asks(*seasons: SeasonFacts) -> bool:
        person = replace(STUDENT, **here)  # type: ignore[arg-type]
        record = Record(person=person, seasons=seasons)
        plan = make_plan(record, tables(), judge(record, tables(), day), eastern=day)
        return any(
            "ResidencyCAS takes applications" in step.what for step in plan.steps
        )

    assert asks()
    assert asks(before)
    assert not asks(after)


@pytest.mark.parametrize(
    ("outcome", "next_step"),
    [
        (None, "Did you match in 2027?"),
        (SeasonOutcome.NOT_MATCHED, "Choose the next Match that you aim at."),
        (SeasonOutcome.WITHDREW, "Choose the next Match that you aim at."),
        (SeasonOutcome.MATCHED, ""),
        (SeasonOutcome.SOAP, ""),
    ],
)
def test_the_outcome_answers_whether_the_member_matched(
    outcome: SeasonOutcome | None, next_step: str
) -> None:
    plan = plan_of(date(2027, 4, 1), SeasonFacts(season=2027, outcome=outcome))

    assert asked(plan, "Did you match in") == (outcome is None)
    if next_step:
        assert plan.steps[0].what.startswith(next_step)
    else:
        assert not asked(plan, "Choose the next Match")


def test_who_takes_no_part_is_asked_for_nothing_of_the_season() -> None:
    plan = plan_of(LATE, SeasonFacts(season=2027, outcome=SeasonOutcome.WITHDREW))

    assert asked(plan, "Choose the next Match that you aim at.")
    assert not any(asked(plan, words) for words in ("Register", "Submit", "Certify"))
    assert not reminded(plan, Event.NRMP_STANDARD_END)
