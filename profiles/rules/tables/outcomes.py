"""Table T2: what one sitting of a Step came to, and what counts as a sitting at all."""

from __future__ import annotations

from enum import StrEnum

from profiles.choices import AttemptState, Exam, ReportedOutcome
from profiles.rules.facts import Attempt
from profiles.rules.numbers import PASS_FAIL_FROM
from profiles.rules.reference import MEASURED_STEPS, Reference, Standard


class SittingOutcome(StrEnum):
    """The words of table T2."""

    PASS = "PASS"  # noqa: S105 - the result of an exam
    FAIL = "FAIL"
    PENDING = "PENDING"
    INCOMPLETE = "INCOMPLETE"
    INVALIDATED = "INVALIDATED"
    NEEDS_CHECK = "NEEDS_CHECK"


OF_REPORTED = {
    ReportedOutcome.PASS: SittingOutcome.PASS,
    ReportedOutcome.FAIL: SittingOutcome.FAIL,
}

# Started, so each uses up an attempt (U-ATT-1, U-ATT-5; for invalidated U-INV-1).
STARTED = frozenset(
    {
        AttemptState.TAKEN,
        AttemptState.INCOMPLETE,
        AttemptState.INVALIDATED,
        AttemptState.WITHHELD,
    }
)


def has_number(attempt: Attempt) -> bool:
    """Does this exam report a three-digit score for that day (U-SCORE-1, 2)?"""
    if attempt.exam == Exam.STEP2CS:
        return False
    return attempt.exam != Exam.STEP1 or attempt.on < PASS_FAIL_FROM


def minimum_of(attempt: Attempt, reference: Reference) -> Standard | None:
    """The minimum that the score is compared with; None when nothing is derived."""
    if not has_number(attempt):
        return None
    return reference.standard(MEASURED_STEPS[attempt.exam], attempt.on)


def derived(attempt: Attempt, reference: Reference) -> SittingOutcome | None:
    """What the score alone says; None when it says nothing."""
    standard = minimum_of(attempt, reference)
    if standard is None or attempt.score is None:
        return None
    return (
        SittingOutcome.PASS
        if attempt.score >= standard.minimum
        else SittingOutcome.FAIL
    )


def outcome(attempt: Attempt, reference: Reference) -> SittingOutcome:
    """Table T2. The state decides before the score report does (U-PASS-1 to 4)."""
    if attempt.state == AttemptState.INCOMPLETE:
        return SittingOutcome.INCOMPLETE
    if attempt.state == AttemptState.INVALIDATED:
        return SittingOutcome.INVALIDATED
    reported = OF_REPORTED.get(attempt.outcome) if attempt.outcome else None
    if not has_number(attempt) or attempt.score is None:
        return reported or SittingOutcome.PENDING
    from_score = derived(attempt, reference)
    if from_score is None:
        return reported or SittingOutcome.NEEDS_CHECK
    if reported is not None and reported != from_score:
        return SittingOutcome.NEEDS_CHECK
    return from_score
