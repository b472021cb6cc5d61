"""Through which service a specialty takes applications, and what a member reads of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from profiles.choices import Confidence, Event, Service
from profiles.rules.facts import Person, Record, SeasonFacts
from profiles.rules.plan.needs import TrainingPlan
from profiles.rules.reference import Deadline, Reference, UsedService
from profiles.rules.reminder_days import reminder_days
from profiles.rules.tables.application_services import (
    application_services,
    used_elsewhere,
    why_service,
)
from profiles.rules.timeline import timeline
from tests.profiles.rules.given import tables
from tests.profiles.rules.planned import plan_of

EM, OBGYN, PLASTIC = "emergency-medicine", "obstetrics-gynecology", "plastic-surgery"
AUGUST = date(2026, 8, 25)
ERAS, CAS = Service.ERAS, Service.RESIDENCYCAS


def aiming_at(*specialties: str, season: int = 2027) -> Record:
    return Record(person=Person(season=season, specialties=specialties))


@pytest.mark.parametrize(
    ("specialties", "season", "services"),
    [
        ((), 2027, (ERAS,)),
        (("neurology",), 2027, (ERAS,)),
        ((EM,), 2025, (ERAS,)),
        ((EM,), 2026, (CAS,)),
        ((EM,), 2027, (CAS,)),
        ((OBGYN,), 2024, (ERAS,)),
        ((OBGYN, EM), 2028, (CAS,)),
        ((OBGYN, "neurology"), 2027, (ERAS, CAS)),
        # Not confirmed: it takes ERAS from nobody.
        ((PLASTIC,), 2027, (ERAS, Service.PSCA)),
        (("no-longer-published",), 2027, (ERAS,)),
    ],
)
def test_services_follow_specialty_and_match(
    specialties: tuple[str, ...], season: int, services: tuple[Service, ...]
) -> None:
    assert application_services(specialties, season, tables()) == services


def test_a_later_row_ends_an_earlier_one() -> None:
    back = UsedService(
        specialty=EM,
        specialty_name="Emergency Medicine",
        from_season=2028,
        service=ERAS,
        confidence=Confidence.CONFIRMED,
        sources=("s73",),
    )
    reference = replace(tables(), services=(back, *tables().services))

    assert application_services([EM], 2027, reference) == (CAS,)
    assert application_services([EM], 2028, reference) == (ERAS,)
    assert used_elsewhere(2028, reference, [EM]) == ()


def test_every_row_says_how_far_it_can_be_trusted() -> None:
    """What names no text of this season is not called confirmed for it."""
    rows = {row.specialty: row for row in used_elsewhere(2027, tables())}

    assert rows[EM].confidence == rows[OBGYN].confidence == Confidence.REPORTED
    assert rows[PLASTIC].confidence == Confidence.UNCONFIRMED
    assert all(row.sources and row.last_checked for row in rows.values())


def steps(plan: TrainingPlan) -> list[str]:
    return [step.what for step in plan.steps]


def test_who_aims_at_one_service_reads_that_one_everywhere() -> None:
    record = aiming_at(EM)
    plan = plan_of(record, today=AUGUST)
    told = [
        *steps(plan),
        *(row.title for row in timeline(record, tables(), plan, today=AUGUST)),
        *(kind for kind, _ in reminder_days(plan, tables())),
    ]

    assert not [words for words in told if "eras" in words.lower()]
    (step,) = [step for step in plan.steps if "ResidencyCAS" in step.what]
    # No source has its day, so none is told.
    assert step.on is None
    assert "were not found" in step.why
    assert "ECFMG" in step.why


def test_who_aims_at_both_reads_both() -> None:
    plan = plan_of(aiming_at(EM, "neurology"), today=AUGUST)

    (eras,) = [step for step in plan.steps if "in ERAS" in step.what]
    assert "Emergency Medicine takes applications in ResidencyCAS" in eras.why
    assert any("ResidencyCAS" in step for step in steps(plan))


def test_who_named_none_reads_eras_and_the_exceptions() -> None:
    plan = plan_of(aiming_at(), today=AUGUST)

    (eras,) = [step for step in plan.steps if "in ERAS" in step.what]
    assert "Some specialties use another service" in eras.why
    assert "Plastic Surgery (PSCA, not confirmed)" in eras.why
    assert not any("ResidencyCAS" in step for step in steps(plan))
    assert why_service(["neurology"], 2027, tables()) == ""


def test_what_is_not_confirmed_is_asked_of_the_programs() -> None:
    plan = plan_of(aiming_at(PLASTIC), today=AUGUST)

    assert any(
        step.startswith("Submit your applications in ERAS") for step in steps(plan)
    )
    (ask,) = [step for step in plan.steps if step.what.startswith("Ask each program")]
    assert ask.is_provisional


@pytest.mark.parametrize(
    ("recorded", "asked"),
    [
        ({}, True),
        ({"psca_on": AUGUST}, False),
        ({"psca_on": AUGUST + timedelta(days=1)}, True),
        ({"eras_on": AUGUST}, True),
        ({"eras_on": AUGUST, "eras_specialties": (PLASTIC,)}, False),
        ({"eras_on": AUGUST, "eras_specialties": ("neurology",)}, True),
        ({"residencycas_on": AUGUST, "residencycas_specialties": (PLASTIC,)}, False),
        ({"season": 2026, "psca_on": AUGUST}, True),
        ({"certified_on": AUGUST}, False),
    ],
)
def test_programs_are_asked_until_it_is_recorded_where_one_applied(
    recorded: dict[str, Any], asked: bool
) -> None:
    season = SeasonFacts(**{"season": 2027, **recorded})
    record = replace(aiming_at(PLASTIC), seasons=(season,))

    said = steps(plan_of(record, today=AUGUST))

    assert any(step.startswith("Ask each program") for step in said) is asked


def with_days(reference: Reference) -> Reference:
    days = {
        Event.CAS_SUBMISSION: date(2026, 9, 9),
        Event.CAS_DEADLINE: date(2026, 9, 30),
    }
    return replace(
        reference,
        deadlines=(
            *reference.deadlines,
            *(
                Deadline(
                    match_year=2027,
                    event=event,
                    on=on,
                    confidence=Confidence.CONFIRMED,
                    sources=("rcas-liaison",),
                )
                for event, on in days.items()
            ),
        ),
    )


def test_days_that_staff_enter_are_told_as_those_of_eras_are() -> None:
    reference, record = with_days(tables()), aiming_at(EM)
    plan = plan_of(record, today=AUGUST, reference=reference)

    dated = {step.on: step.what for step in plan.steps if "ResidencyCAS" in step.what}
    assert set(dated) == {date(2026, 9, 9), date(2026, 9, 30)}
    kinds = dict(reminder_days(plan, reference))
    assert kinds["deadline:2027:residencycas_submission_opens"] == date(2026, 9, 9)
    titles = [row.title for row in timeline(record, reference, plan, today=AUGUST)]
    assert "Applications in ResidencyCAS are due" in titles

    others = plan_of(aiming_at("neurology"), today=AUGUST, reference=reference)
    assert not any("ResidencyCAS" in step for step in steps(others))


def test_after_the_rank_order_list_nothing_is_looked_up() -> None:
    assert not any(
        "ResidencyCAS" in step
        for step in steps(plan_of(aiming_at(EM), today=date(2027, 3, 4)))
    )
