"""What is recorded of the season aimed at leaves the next steps and the reminders."""

from __future__ import annotations

from datetime import date

from profiles.choices import Event
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
