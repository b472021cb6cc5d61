"""Table T3: where somebody stands with one Step, and the numbers of the sittings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from profiles.choices import Exam
from profiles.rules.days import add_months
from profiles.rules.facts import Attempt
from profiles.rules.numbers import (
    CLOSING_OTHERS_FROM,
    MONTHS_AFTER_FIRST,
    MONTHS_AFTER_LAST,
    SITTINGS_BEFORE_WAIT,
    attempt_limit,
)
from profiles.rules.reference import Reference
from profiles.rules.tables.outcomes import STARTED, SittingOutcome, outcome


class StepStatus(StrEnum):
    """The words of table T3."""

    PASSED = "PASSED"
    BLOCKED_ATTEMPT_LIMIT = "BLOCKED_ATTEMPT_LIMIT"
    BLOCKED_BY_OTHER_STEP = "BLOCKED_BY_OTHER_STEP"
    RESULT_PENDING = "RESULT_PENDING"
    NOT_TAKEN = "NOT_TAKEN"
    RETAKE_WAIT = "RETAKE_WAIT"
    MAY_RETAKE = "MAY_RETAKE"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStanding:
    """The answer of table T3 for one Step."""

    step: Exam
    status: StepStatus
    sittings: tuple[Attempt, ...]  # the started ones, by date
    outcomes: tuple[SittingOutcome, ...]  # of the sittings, in their order
    limit: int  # for an application of the day asked about
    earliest: date | None = None  # of RETAKE_WAIT: the first day that is allowed
    closed_by: Exam | None = None  # of BLOCKED_BY_OTHER_STEP

    @property
    def passes(self) -> tuple[Attempt, ...]:
        return self.sittings_with(SittingOutcome.PASS)

    def sittings_with(self, outcome: SittingOutcome) -> tuple[Attempt, ...]:
        """Those that came to this, by date."""
        pairs = zip(self.sittings, self.outcomes, strict=True)
        return tuple(sitting for sitting, result in pairs if result == outcome)


Standings = Mapping[Exam, StepStanding]


def started(attempts: Iterable[Attempt], step: Exam, today: date) -> list[Attempt]:
    """The sittings of a Step that count, by date; what lies ahead is no sitting yet.

    Two on one day keep no order of entry: they are told apart by what they hold.
    """
    return sorted(
        (
            attempt
            for attempt in attempts
            if attempt.exam == step and attempt.state in STARTED and attempt.on <= today
        ),
        key=in_order,
    )


def in_order(attempt: Attempt) -> tuple[date, str, str, int]:
    return (
        attempt.on,
        attempt.state,
        attempt.outcome or "",
        -1 if attempt.score is None else attempt.score,
    )


def is_used_up(outcomes: Sequence[SittingOutcome], limit: int) -> bool:
    """As many sittings as allowed, none of them passed, none still open."""
    return (
        len(outcomes) >= limit
        and SittingOutcome.PASS not in outcomes
        and SittingOutcome.PENDING not in outcomes
    )


def standing(
    step: Exam,
    attempts: Iterable[Attempt],
    *,
    reference: Reference,
    today: date,
    applied_on: date | None = None,
) -> StepStanding:
    """Table T3 on the day `today`.

    `applied_on` is the day on which the application for the next sitting was
    submitted: it decides the limit. None: it would be submitted today.
    """
    attempts = list(attempts)
    applied_on = applied_on or today
    limit = attempt_limit(applied_on)
    sittings = tuple(started(attempts, step, today))
    outcomes = tuple(outcome(sitting, reference) for sitting in sittings)

    def answer(
        status: StepStatus,
        earliest: date | None = None,
        closed_by: Exam | None = None,
    ) -> StepStanding:
        return StepStanding(
            step=step,
            status=status,
            sittings=sittings,
            outcomes=outcomes,
            limit=limit,
            earliest=earliest,
            closed_by=closed_by,
        )

    if SittingOutcome.PASS in outcomes:
        return answer(StepStatus.PASSED)
    if is_used_up(outcomes, limit):
        return answer(StepStatus.BLOCKED_ATTEMPT_LIMIT)
    if applied_on >= CLOSING_OTHERS_FROM:
        for exam in Exam:
            theirs = [
                outcome(sitting, reference)
                for sitting in started(attempts, exam, today)
            ]
            if exam != step and is_used_up(theirs, limit):
                return answer(StepStatus.BLOCKED_BY_OTHER_STEP, closed_by=exam)
    if SittingOutcome.PENDING in outcomes:
        return answer(StepStatus.RESULT_PENDING)
    if not sittings:
        return answer(StepStatus.NOT_TAKEN)
    earliest = earliest_retake(sittings)
    if earliest is not None and today < earliest:
        return answer(StepStatus.RETAKE_WAIT, earliest=earliest)
    return answer(StepStatus.MAY_RETAKE)


def earliest_retake(sittings: Sequence[Attempt]) -> date | None:
    """U-ATT-3: the first day of another sitting; None when no wait is asked for.

    `sittings` are in order of their dates. The anniversaries themselves are allowed.
    """
    if len(sittings) < SITTINGS_BEFORE_WAIT:
        return None
    return max(
        add_months(sittings[0].on, MONTHS_AFTER_FIRST),
        add_months(sittings[-1].on, MONTHS_AFTER_LAST),
    )
