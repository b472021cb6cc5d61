"""The Steps of a record: each sitting, and each Step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from profiles.choices import Answer, AttemptState, Exam
from profiles.rules.days import add_days, in_words
from profiles.rules.facts import Attempt
from profiles.rules.judge_record.case import NEVER_STARTED, Case, verdict
from profiles.rules.judgement import JudgedAttempt
from profiles.rules.numbers import PASS_FAIL_FROM, RESULT_DAYS, STEP2CS_LAST_MONTH_END
from profiles.rules.reference import Reference
from profiles.rules.tables.attempts import (
    Standing,
    StepStatus,
    earliest_retake,
    standing,
    started,
)
from profiles.rules.tables.outcomes import (
    STARTED,
    Outcome,
    derived,
    has_number,
    minimum_of,
    outcome,
)
from profiles.rules.tables.time_limit import REQUIRED
from profiles.rules.tables.validation import (
    Code,
    Finding,
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
    found = [
        _judged(case, entered, known, place, numbers.get(id(known)))
        for place, (entered, known) in enumerate(case.pairs)
    ]
    return tuple(sorted(found, key=lambda judged: judged.attempt.on))


def _judged(
    case: Case, entered: Attempt, known: Attempt, place: int, number: int | None
) -> JudgedAttempt:
    others = [attempt for other, attempt in enumerate(case.attempts) if other != place]
    findings = attempt_findings(known, today=case.today)
    findings += among_others(known, others, reference=case.reference, today=case.today)
    is_sitting = known.state in STARTED
    return JudgedAttempt(
        attempt=entered,
        number=number,
        outcome=outcome(known, case.reference) if is_sitting else None,
        minimum=minimum_of(known, case.reference),
        findings=tuple(findings),
        needs_look=_contradiction(known, findings, case),
    )


def _contradiction(attempt: Attempt, findings: Sequence[Finding], case: Case) -> str:
    """What cannot be true together, in one sentence; empty: nothing."""
    label = f"{attempt.exam.label} on {in_words(attempt.on)}"
    if attempt.state == AttemptState.PLANNED and attempt.on <= case.today:
        return f"{label}: the planned day has come. Say what became of it."
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
        and outcome(attempt, case.reference) == Outcome.NEEDS_CHECK
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


def standings(case: Case) -> Mapping[Exam, Standing]:
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


def step_verdict(case: Case, of: Standing, all_of: Mapping[Exam, Standing]) -> Verdict:
    """Table T3 in a sentence. An outcome that nobody can tell leaves it open."""
    label = of.step.label
    if of.status == StepStatus.PASSED:
        return _passed(case, of)
    if of.status == StepStatus.BLOCKED_ATTEMPT_LIMIT:
        return _used_up(case, of)
    if of.status == StepStatus.BLOCKED_BY_OTHER_STEP and of.closed_by is not None:
        return _closed(case, of, all_of[of.closed_by])
    if unclear := _unclear(of.sittings, of.outcomes):
        return verdict(
            Answer.NOT_KNOWN,
            of.status,
            f"Whether {label} is passed cannot be told from the sitting of "
            f"{in_words(unclear.on)}: its outcome is missing or in doubt.",
            ("U-PASS-4", "U-PASS-3", "U-PASS-1"),
            decided_on=unclear.on,
            settles=("attempts.outcome",),
        )
    if of.status == StepStatus.RESULT_PENDING:
        return _pending(case, of)
    if of.status == StepStatus.NOT_TAKEN:
        return _not_taken(case, of)
    if of.step == Exam.STEP2CS and case.today > STEP2CS_LAST_MONTH_END:
        return verdict(
            Answer.NOT_MET,
            of.status,
            f"{label} is not passed after {_attempts(of)}, and it is no longer given.",
            ("E-PATH-2",) if Outcome.FAIL in of.outcomes else ("E-PATH-1",),
            decided_on=of.sittings[-1].on,
        )
    if of.status == StepStatus.RETAKE_WAIT and of.earliest is not None:
        return verdict(
            Answer.NOT_MET,
            of.status,
            f"{label} is not passed after {_attempts(of)}. The next one is allowed "
            f"from {in_words(of.earliest)}.",
            ("U-ATT-3", "U-ATT-1"),
            decided_on=of.earliest,
            next_step=f"Plan {label} for that day or later.",
            next_date=of.earliest,
        )
    left = max(of.limit - len(of.sittings), 0)
    return verdict(
        Answer.NOT_MET,
        of.status,
        f"{label} is not passed after {_attempts(of)}. It may be taken again; "
        f"{left} of {of.limit} attempts {'is' if left == 1 else 'are'} left.",
        ("U-ATT-1", "U-ATT-3"),
        decided_on=of.sittings[-1].on,
        next_step=_plan(case, of.step),
        next_date=_planned_day(case, of.step),
    )


def _attempts(of: Standing) -> str:
    count = len(of.sittings)
    return "one attempt" if count == 1 else f"{count} attempts"


def _passed(case: Case, of: Standing) -> Verdict:
    sitting = of.passes[0]
    number = of.sittings.index(sitting) + 1
    minimum = minimum_of(sitting, case.reference)
    scored = sitting.score is not None and minimum is not None
    how = (
        f" with {sitting.score} (the minimum was {minimum.minimum})"
        if (scored and minimum is not None)
        else ""
    )
    which = "" if len(of.sittings) == 1 else f", on attempt {number}"
    return verdict(
        Answer.MET,
        of.status,
        f"{of.step.label} was passed on {in_words(sitting.on)}{how}{which}.",
        passed_rules(sitting, case.reference),
        dated=[minimum if scored else None],
        decided_on=sitting.on,
    )


def _rests_on_invalidated(of: Standing) -> bool:
    """Are there fewer than the limit without the invalidated sittings (U-INV-1)?"""
    sure = [found for found in of.outcomes if found != Outcome.INVALIDATED]
    return len(sure) < of.limit


def _used_up(case: Case, of: Standing) -> Verdict:
    label = of.step.label
    sentence = (
        f"All {of.limit} attempts at {label} are used up without a pass, so USMLE "
        "takes no further application for any Step."
    )
    doubt = _unclear(of.sittings, of.outcomes)
    if doubt is not None or _rests_on_invalidated(of):
        why = (
            "a score was declared invalid, and whether that uses up an attempt is not "
            "known"
            if doubt is None
            else f"the outcome of {in_words(doubt.on)} is missing or in doubt"
        )
        return verdict(
            Answer.NOT_KNOWN,
            of.status,
            f"{len(of.sittings)} attempts at {label} are recorded, and {of.limit} are "
            f"allowed. But {why}.",
            ("U-ATT-1", "U-INV-1" if doubt is None else "U-PASS-4"),
            decided_on=of.sittings[-1].on,
            next_step="Ask USMLE before you rely on this.",
            settles=("attempts.outcome",) if doubt is not None else (),
        )
    return verdict(
        Answer.NOT_MET,
        of.status,
        sentence,
        ("U-ATT-1", "U-ATT-2"),
        decided_on=of.sittings[-1].on,
    )


def _closed(case: Case, of: Standing, other: Standing) -> Verdict:
    doubt = _unclear(other.sittings, other.outcomes)
    sure = doubt is None and not _rests_on_invalidated(other)
    return verdict(
        Answer.NOT_MET if sure else Answer.NOT_KNOWN,
        of.status,
        f"{of.step.label} cannot be taken: all {of.limit} attempts at "
        f"{other.step.label} are used up without a pass."
        if sure
        else f"{of.step.label} may be closed, because {len(other.sittings)} attempts at "
        f"{other.step.label} are recorded without a pass. One of them is in doubt.",
        ("U-ATT-2", "U-ATT-1"),
        decided_on=other.sittings[-1].on,
        settles=() if sure or doubt is None else ("attempts.outcome",),
    )


def _unclear(
    sittings: Sequence[Attempt], outcomes: Sequence[Outcome]
) -> Attempt | None:
    """The first sitting of which nobody can tell whether it was passed."""
    return next(
        (
            sitting
            for sitting, found in zip(sittings, outcomes, strict=True)
            if found == Outcome.NEEDS_CHECK
        ),
        None,
    )


def _pending(case: Case, of: Standing) -> Verdict:
    waiting = [
        sitting
        for sitting, found in zip(of.sittings, of.outcomes, strict=True)
        if found == Outcome.PENDING
    ][-1]
    label = of.step.label
    expected = add_days(waiting.on, RESULT_DAYS)
    if waiting.state == AttemptState.WITHHELD:
        return verdict(
            Answer.NOT_KNOWN,
            of.status,
            f"The result of {label} on {in_words(waiting.on)} is withheld.",
            ("U-RPT-1",),
            decided_on=waiting.on,
            next_step="Enter the result when it is released.",
            settles=("attempts.outcome",),
        )
    late = case.today > expected
    return verdict(
        Answer.NOT_KNOWN,
        of.status,
        f"No result of {label} on {in_words(waiting.on)} is entered"
        + (
            "."
            if late
            else f" yet. Most are there within four weeks, by {in_words(expected)}."
        ),
        ("U-RPT-1",),
        decided_on=waiting.on,
        next_step="Enter the result." if late else "Enter the result when it comes.",
        next_date=None if late else expected,
        settles=("attempts.outcome",),
    )


def _not_taken(case: Case, of: Standing) -> Verdict:
    label = of.step.label
    rules = NEEDED_BY[of.step]
    overdue = [
        attempt
        for attempt in case.attempts_of(of.step)
        if attempt.state == AttemptState.PLANNED and attempt.on <= case.today
    ]
    if overdue:
        return verdict(
            Answer.NOT_KNOWN,
            of.status,
            f"{label} was planned for {in_words(overdue[-1].on)}. Nothing says yet "
            "what became of it.",
            rules,
            decided_on=overdue[-1].on,
            next_step="Say whether you sat it.",
            settles=("attempts.state",),
        )
    if planned := case.planned(of.step):
        return verdict(
            Answer.NOT_MET,
            of.status,
            f"{label} is planned for {in_words(planned[0].on)}.",
            rules,
            decided_on=planned[0].on,
            next_date=planned[0].on,
        )
    if case.has_begun:
        return verdict(
            Answer.NOT_MET,
            of.status,
            f"No sitting of {label} is recorded.",
            rules,
            next_step=f"Plan {label}." if of.step in REQUIRED else "",
            settles=("attempts",),
        )
    return verdict(
        Answer.NOT_KNOWN,
        of.status,
        f"We do not know yet: no exam is recorded, so nothing about {label}.",
        rules,
        settles=("attempts",),
    )


def _plan(case: Case, exam: Exam) -> str:
    planned = case.planned(exam)
    if planned:
        return f"{exam.label} is planned for {in_words(planned[0].on)}."
    return f"Plan {exam.label} again."


def _planned_day(case: Case, exam: Exam) -> date | None:
    planned = case.planned(exam)
    return planned[0].on if planned else None


def too_early(case: Case, of: Standing) -> str:
    """A planned sitting before the day on which it is allowed; empty: none."""
    earliest = earliest_retake(of.sittings)
    planned = case.planned(of.step)
    if (
        earliest is None
        or of.status == StepStatus.PASSED
        or not planned
        or planned[0].on >= earliest
    ):
        return ""
    return (
        f"{of.step.label} is planned for {in_words(planned[0].on)}, but the next "
        f"attempt is allowed only from {in_words(earliest)}."
    )


def with_look(found: Verdict, look: str) -> Verdict:
    return replace(found, needs_look=look) if look and not found.needs_look else found
