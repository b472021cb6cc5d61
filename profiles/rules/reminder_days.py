"""Which days a plan wants its member to be reminded of, and by what kind of reminder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from profiles.choices import Event
from profiles.rules.plan.needs import PATHWAY_APPLICATION, TrainingPlan
from profiles.rules.reference import Deadline, Reference
from profiles.rules.tables.season import last_low_risk_exam
from profiles.rules.timeline import deadlines

# What somebody has to do by that day, or waits for. The rest of a season is in the
# calendar only.
WORTH_A_MESSAGE = PATHWAY_APPLICATION | {
    *(Event.ERAS_SUBMISSION, Event.NRMP_REGISTRATION, Event.NRMP_STANDARD_END),
    *(Event.CAS_SUBMISSION, Event.CAS_DEADLINE),
    *(Event.ATTESTATION, Event.RANKING_OPENS, Event.RANK_LIST, Event.MATCH_WEEK),
    Event.MATCH_DAY,
}

LAST_EXAM = "last_exam"


def kind_of_deadline(deadline: Deadline) -> str:
    is_pathways = deadline.event in PATHWAY_APPLICATION
    event = Event.PATHWAYS_DEADLINE if is_pathways else deadline.event
    return f"deadline:{deadline.match_year}:{event.value}"


def kind_of_last_exam(match_year: int) -> str:
    return f"{LAST_EXAM}:{match_year}"


def reminder_days(
    plan: TrainingPlan, reference: Reference
) -> Iterator[tuple[str, date]]:
    """The kind of each reminder, as it is stored, and the day it is of."""
    if plan.season is not None:
        for row in deadlines(plan.season, reference):
            if row.event in WORTH_A_MESSAGE and plan.reminds_of(row.event):
                yield kind_of_deadline(row), row.on
        last = last_low_risk_exam(plan.season, reference)
        if last is not None and plan.asks_for_exam_by(last):
            yield kind_of_last_exam(plan.season), last
    for day in plan.days:
        yield f"{day.kind}:{day.about}" if day.about else day.kind.value, day.on
    for step in plan.steps:
        if step.is_result and step.on is not None:
            yield f"result:{step.anchor}", step.on
    for exam, on in plan.exam_days:
        yield f"exam:{exam}", on
