"""The Steps of a record: each sitting, and each Step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from profiles.choices import Answer, AttemptState, Exam, Quantity
from profiles.rules.days import in_words
from profiles.rules.facts import Attempt
from profiles.rules.judge_record.case import NEVER_STARTED, Case, verdict
from profiles.rules.judgement import JudgedAttempt
from profiles.rules.numbers import PASS_FAIL_FROM, STEP2CS_LAST_MONTH_END
from profiles.rules.reference import Reference
from profiles.rules.tables.attempts import (
    Standings,
    StepStanding,
    StepStatus,
    earliest_retake,
    standing,
    started,
)
from profiles.rules.tables.outcomes import (
    STARTED,
    SittingOutcome,
    derived,
    has_number,
    minimum_of,
    outcome,
)
from profiles.rules.tables.time_limit import REQUIRED
from profiles.rules.tables.validation import (
    Code,
    EntryFinding,
    among_others,
    attempt_findings,
)
from profiles.rules.verdicts import Verdict

# Which rule asks for a Step at all.
NEEDED_BY = {
    Exam.STEP1: ("E-EXAM-1",),
    Exam.STEP2CK: ("E-EXAM-1",),
    Exam.STEP2CS: ("E-PATH-1",),
    Exam.STEP3: ("U-S3-1",),
}

# --- One sitting ------------------------------------------------------------------


def judged_attempts(case: Case) -> tuple[JudgedAttempt, ...]:
    """Every entry by date, judged beside the others."""
    numbers = {
        id(sitting): number
        for exam in Exam
        for number, sitting in enumerate(
            started(case.attempts, exam, case.today), start=1
        )
    }
    judged = [
        _judged(case, entered, attempt, place, numbers.get(id(attempt)))
        for place, (entered, attempt) in enumerate(case.pairs)
    ]
    return tuple(sorted(judged, key=lambda judged: judged.attempt.on))


def _judged(
    case: Case, entered: Attempt, attempt: Attempt, place: int, number: int | None
) -> JudgedAttempt:
    """One entry, judged by `attempt`: what was known of it on the day."""
    beside = (*case.attempts[:place], *case.attempts[place + 1 :])
    findings = attempt_findings(attempt, today=case.today)
    findings += among_others(
        attempt, beside, reference=case.reference, today=case.today
    )
    is_sitting = attempt.state in STARTED
    return JudgedAttempt(
        attempt=entered,
        number=number,
        outcome=outcome(attempt, case.reference) if is_sitting else None,
        minimum=minimum_of(attempt, case.reference),
        findings=tuple(findings),
        needs_look=_contradiction(attempt, findings, case),
    )


def _contradiction(
    attempt: Attempt, findings: Sequence[EntryFinding], case: Case
) -> str:
    """What cannot be true together, in one sentence; empty: nothing."""
    label = f"{attempt.exam.label} on {in_words(attempt.on)}"
    if attempt.state == AttemptState.PLANNED and attempt.on < case.today:
        return f"{label}: the planned day has passed. Say what became of it."
    if attempt.state in NEVER_STARTED and (
        attempt.outcome or attempt.score is not None
    ):
        return (
            f"{label}: it is entered as “{attempt.state.label}”, and yet it has a "
            "result."
        )
    if attempt.state == AttemptState.INCOMPLETE and attempt.outcome:
        return f"{label}: it was not finished, and yet an outcome is reported."
    from_score = derived(attempt, case.reference)
    if (
        from_score is not None
        and attempt.outcome
        and outcome(attempt, case.reference) == SittingOutcome.NEEDS_CHECK
    ):
        minimum = minimum_of(attempt, case.reference)
        needed = "" if minimum is None else f" (the minimum was {minimum.minimum})"
        return (
            f"{label}: reported is “{attempt.outcome.label}”, but the score "
            f"{attempt.score} makes it {from_score.lower()}{needed}. Both are kept."
        )
    for finding in findings:
        if finding.code != Code.FUTURE_DATE_WITH_RESULT:
            return f"{label}: {finding.message}"
    return ""


# --- One Step -----------------------------------------------------------------------


def standings(case: Case) -> Standings:
    """Table T3 for every Step."""
    return {
        exam: standing(
            exam,
            case.attempts,
            reference=case.reference,
            today=case.today,
            applied_on=_application(case, exam),
        )
        for exam in Exam
    }


def _application(case: Case, exam: Exam) -> date | None:
    """When the application in hand was submitted: that of the next planned sitting."""
    submitted = [
        attempt.applied_on
        for attempt in case.planned(exam)
        if attempt.applied_on is not None and attempt.applied_on <= case.today
    ]
    return min(submitted, default=None)


def passed_rules(sitting: Attempt, reference: Reference) -> tuple[str, ...]:
    """By which rule a sitting counts as passed."""
    if sitting.exam == Exam.STEP1 and sitting.on >= PASS_FAIL_FROM:
        return ("U-PASS-2",)
    if has_number(sitting) and minimum_of(sitting, reference) is None:
        return ("U-PASS-3", "U-PASS-1")
    return ("U-PASS-1",)


def step_verdict(case: Case, standing: StepStanding, standings: Standings) -> Verdict:
    """Table T3 in a sentence. An outcome that nobody can tell leaves it open."""
    label = standing.step.label
    if standing.status == StepStatus.PASSED:
        return _passed(case, standing)
    if standing.status == StepStatus.BLOCKED_ATTEMPT_LIMIT:
        return _used_up(case, standing)
    if (
        standing.status == StepStatus.BLOCKED_BY_OTHER_STEP
        and standing.closed_by is not None
    ):
        return _closed(case, standing, standings[standing.closed_by])
    if unclear := _unclear(standing):
        return verdict(
            Answer.NOT_KNOWN,
            standing.status,
            f"Whether {label} is passed cannot be told from the sitting of "
            f"{in_words(unclear.on)}: its outcome is missing or in doubt.",
            ("U-PASS-4", "U-PASS-3", "U-PASS-1"),
            decided_on=unclear.on,
            settles=("attempts.outcome",),
        )
    if standing.status == StepStatus.RESULT_PENDING:
        return _pending(case, standing)
    if standing.status == StepStatus.NOT_TAKEN:
        return _not_taken(case, standing)
    if standing.step == Exam.STEP2CS and case.today > STEP2CS_LAST_MONTH_END:
        return verdict(
            Answer.NOT_MET,
            standing.status,
            f"{label} is not passed after {_attempts(standing)}, and it is no longer given.",
            ("E-PATH-2",)
            if SittingOutcome.FAIL in standing.outcomes
            else ("E-PATH-1",),
            decided_on=standing.sittings[-1].on,
        )
    if SittingOutcome.INVALIDATED in standing.outcomes:
        return _invalidated(standing)
    if standing.status == StepStatus.RETAKE_WAIT and standing.earliest is not None:
        return verdict(
            Answer.NOT_MET,
            standing.status,
            f"{label} is not passed after {_attempts(standing)}. The next one is allowed "
            f"from {in_words(standing.earliest)}.",
            ("U-ATT-3", "U-ATT-1"),
            decided_on=standing.earliest,
            next_step=f"Plan {label} for that day or later.",
            next_date=standing.earliest,
        )
    left = max(standing.limit - len(standing.sittings), 0)
    planned_on = next((attempt.on for attempt in case.planned(standing.step)), None)
    return verdict(
        Answer.NOT_MET,
        standing.status,
        f"{label} is not passed after {_attempts(standing)}. It may be taken again; "
        f"{left} of {standing.limit} attempts {'is' if left == 1 else 'are'} left.",
        ("U-ATT-1", "U-ATT-3"),
        decided_on=standing.sittings[-1].on,
        next_step=f"{label} is planned for {in_words(planned_on)}."
        if planned_on
        else f"Plan {label} again.",
        next_date=planned_on,
    )


def _invalidated(standing: StepStanding) -> Verdict:
    """A score that was declared invalid asks for a validation exam, not for another
    ordinary sitting (U-INV-1).
    """
    label = standing.step.label
    sitting = standing.sittings_with(SittingOutcome.INVALIDATED)[-1]
    return verdict(
        Answer.NOT_MET,
        standing.status,
        f"The {label} score of {in_words(sitting.on)} was declared invalid, so it does "
        "not count for ECFMG. A validation exam is asked for.",
        ("U-INV-1",),
        decided_on=sitting.on,
        next_step=f"Ask USMLE how to take the validation exam for {label}.",
    )


def _attempts(standing: StepStanding) -> str:
    count = len(standing.sittings)
    return "one attempt" if count == 1 else f"{count} attempts"


def _passed(case: Case, standing: StepStanding) -> Verdict:
    sitting = standing.passes[0]
    number = standing.sittings.index(sitting) + 1
    minimum = None if sitting.score is None else minimum_of(sitting, case.reference)
    how = (
        ""
        if minimum is None
        else f" with {sitting.score} (the minimum was {minimum.minimum})"
    )
    attempt_number = "" if len(standing.sittings) == 1 else f", on attempt {number}"
    return verdict(
        Answer.MET,
        standing.status,
        f"{standing.step.label} was passed on {in_words(sitting.on)}{how}{attempt_number}.",
        passed_rules(sitting, case.reference),
        dated=[minimum],
        decided_on=sitting.on,
    )


def _rests_on_invalidated(standing: StepStanding) -> bool:
    """Are there fewer than the limit without the invalidated sittings (U-INV-1)?"""
    invalidated = standing.outcomes.count(SittingOutcome.INVALIDATED)
    return len(standing.outcomes) - invalidated < standing.limit


def _used_up(case: Case, standing: StepStanding) -> Verdict:
    label = standing.step.label
    doubt = _unclear(standing)
    if doubt is not None or _rests_on_invalidated(standing):
        why = (
            "a score was declared invalid, and whether that uses up an attempt is not "
            "known"
            if doubt is None
            else f"the outcome of {in_words(doubt.on)} is missing or in doubt"
        )
        return verdict(
            Answer.NOT_KNOWN,
            standing.status,
            f"{len(standing.sittings)} attempts at {label} are recorded, and {standing.limit} are "
            f"allowed. But {why}.",
            ("U-ATT-1", "U-INV-1" if doubt is None else "U-PASS-4"),
            decided_on=standing.sittings[-1].on,
            next_step="Ask USMLE before you rely on this.",
            settles=("attempts.outcome",) if doubt is not None else (),
        )
    return verdict(
        Answer.NOT_MET,
        standing.status,
        f"All {standing.limit} attempts at {label} are used up without a pass, so USMLE "
        "takes no further application for any Step.",
        ("U-ATT-1", "U-ATT-2"),
        decided_on=standing.sittings[-1].on,
    )


def _closed(case: Case, standing: StepStanding, closing: StepStanding) -> Verdict:
    doubt = _unclear(closing)
    sure = doubt is None and not _rests_on_invalidated(closing)
    return verdict(
        Answer.NOT_MET if sure else Answer.NOT_KNOWN,
        standing.status,
        f"{standing.step.label} cannot be taken: all {standing.limit} attempts at "
        f"{closing.step.label} are used up without a pass."
        if sure
        else f"{standing.step.label} may be closed, because {len(closing.sittings)} attempts at "
        f"{closing.step.label} are recorded without a pass. One of them is in doubt.",
        ("U-ATT-2", "U-ATT-1"),
        decided_on=closing.sittings[-1].on,
        settles=() if sure or doubt is None else ("attempts.outcome",),
    )


def _unclear(standing: StepStanding) -> Attempt | None:
    """The first sitting of which nobody can tell whether it was passed."""
    return next(iter(standing.sittings_with(SittingOutcome.NEEDS_CHECK)), None)


def _pending(case: Case, standing: StepStanding) -> Verdict:
    waiting = standing.sittings_with(SittingOutcome.PENDING)[-1]
    label = standing.step.label
    expected = case.reference.result_day(Quantity.RESULT_TYPICAL, waiting.on)
    if waiting.state == AttemptState.WITHHELD:
        return verdict(
            Answer.NOT_KNOWN,
            standing.status,
            f"The result of {label} on {in_words(waiting.on)} is withheld.",
            ("U-RPT-1",),
            decided_on=waiting.on,
            next_step="Enter the result when it is released.",
            settles=("attempts.outcome",),
        )
    late = expected is None or case.today > expected
    return verdict(
        Answer.NOT_KNOWN,
        standing.status,
        f"No result of {label} on {in_words(waiting.on)} is entered"
        + (
            "."
            if late or expected is None
            else f" yet. It is typically there by {in_words(expected)}."
        ),
        ("U-RPT-1",),
        decided_on=waiting.on,
        next_step="Enter the result." if late else "Enter the result when it comes.",
        next_date=None if late else expected,
        settles=("attempts.outcome",),
    )


def _not_taken(case: Case, standing: StepStanding) -> Verdict:
    label = standing.step.label
    rules = NEEDED_BY[standing.step]
    overdue = [
        attempt
        for attempt in case.attempts_of(standing.step)
        if attempt.state == AttemptState.PLANNED and attempt.on < case.today
    ]
    if overdue:
        return verdict(
            Answer.NOT_KNOWN,
            standing.status,
            f"{label} was planned for {in_words(overdue[-1].on)}. Nothing says yet "
            "what became of it.",
            rules,
            decided_on=overdue[-1].on,
            next_step="Say whether you sat it.",
            settles=("attempts.state",),
        )
    if planned := case.planned(standing.step):
        return verdict(
            Answer.NOT_MET,
            standing.status,
            f"{label} is planned for {in_words(planned[0].on)}.",
            rules,
            decided_on=planned[0].on,
            next_date=planned[0].on,
        )
    if case.has_begun:
        return verdict(
            Answer.NOT_MET,
            standing.status,
            f"No sitting of {label} is recorded.",
            rules,
            next_step=f"Plan {label}." if standing.step in REQUIRED else "",
            settles=("attempts",),
        )
    return verdict(
        Answer.NOT_KNOWN,
        standing.status,
        f"We do not know yet: no exam is recorded, so nothing about {label}.",
        rules,
        settles=("attempts",),
    )


def too_early(case: Case, standing: StepStanding) -> str:
    """A planned sitting before the day on which it is allowed; empty: none."""
    earliest = earliest_retake(standing.sittings)
    planned = case.planned(standing.step)
    if (
        earliest is None
        or standing.status == StepStatus.PASSED
        or not planned
        or planned[0].on >= earliest
    ):
        return ""
    return (
        f"{standing.step.label} is planned for {in_words(planned[0].on)}, but the next "
        f"attempt is allowed only from {in_words(earliest)}."
    )


def with_look(step: Verdict, look: str) -> Verdict:
    return replace(step, needs_look=look) if look and not step.needs_look else step
