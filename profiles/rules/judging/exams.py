"""The Steps of a record: each sitting, each Step, and the seven years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from profiles.choices import Answer, AttemptState, Exam
from profiles.rules.attempts import (
    Standing,
    StepStatus,
    earliest_retake,
    standing,
    started,
)
from profiles.rules.days import add_days, in_words, listed
from profiles.rules.facts import Attempt
from profiles.rules.judgement import JudgedAttempt
from profiles.rules.judging.case import NEVER_STARTED, Case, verdict
from profiles.rules.numbers import PASS_FAIL_FROM, RESULT_DAYS, STEP2CS_LAST_MONTH_END
from profiles.rules.outcomes import (
    STARTED,
    Outcome,
    derived,
    has_number,
    minimum_of,
    outcome,
)
from profiles.rules.reference import Reference
from profiles.rules.time_limit import (
    REQUIRED,
    REQUIRED_WITH_CS,
    Window,
    WindowStatus,
    deadline_of,
    window,
)
from profiles.rules.validation import (
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


# --- The seven years ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SevenYears:
    """Table T4 for a record, and what became of a Step 2 CS pass."""

    window: Window
    verdict: Verdict
    # Does a Step 2 CS pass count for ECFMG? None: nobody can say here.
    cs_counts: bool | None
    # The passes of Step 1 and Step 2 CK that still count.
    counting: Mapping[Exam, tuple[Attempt, ...]]


def seven_years(case: Case, of: Mapping[Exam, Standing]) -> SevenYears:
    """Table T4. Step 2 CS is in the set only while its pass is used (E-7Y-2)."""
    passes = {
        exam: [sitting.on for sitting in of[exam].passes] for exam in REQUIRED_WITH_CS
    }
    without = window(passes, required=REQUIRED, today=case.today)
    cs_counts: bool | None = False
    used = without
    if passes[Exam.STEP2CS]:
        with_cs = window(passes, required=REQUIRED_WITH_CS, today=case.today)
        if with_cs.status != WindowStatus.EXPIRED:
            cs_counts, used = True, with_cs
        elif Exam.STEP2CS in with_cs.invalid:
            cs_counts = False
        elif without.status == WindowStatus.EXPIRED:
            # Another pass ran out; that of Step 2 CS still stands by itself.
            cs_counts, used = Exam.STEP2CS in with_cs.still_counts or None, with_cs
        else:
            cs_counts = None
    elif Outcome.PENDING in of[Exam.STEP2CS].outcomes:
        cs_counts = None
    return SevenYears(
        window=used,
        verdict=_window_verdict(case, of, used, cs_counts=cs_counts),
        cs_counts=cs_counts,
        counting={
            exam: tuple(
                sitting for sitting in of[exam].passes if _counts(sitting, used, case)
            )
            for exam in REQUIRED
        },
    )


def _counts(sitting: Attempt, used: Window, case: Case) -> bool:
    if used.status == WindowStatus.COMPLETE and used.opened_on and used.deadline:
        return used.opened_on <= sitting.on <= used.deadline
    return sitting.exam not in used.invalid and deadline_of(sitting.on) >= case.today


def _window_verdict(
    case: Case, of: Mapping[Exam, Standing], found: Window, *, cs_counts: bool | None
) -> Verdict:
    steps = REQUIRED_WITH_CS if cs_counts else REQUIRED
    missing = [exam.label for exam in steps if not of[exam].passes]
    rules = ["E-7Y-1", *(["E-7Y-2"] if cs_counts else [])]
    look = _second_pass_too_soon(of)
    if found.status == WindowStatus.NOT_STARTED:
        open_ = not case.has_begun or any(
            {Outcome.NEEDS_CHECK, Outcome.PENDING} & set(of[exam].outcomes)
            for exam in REQUIRED
        )
        return verdict(
            Answer.NOT_KNOWN if open_ else Answer.NOT_MET,
            found.status,
            "The seven years begin with the exam day of the first pass. None is "
            "recorded.",
            rules,
            settles=("attempts",),
        )
    if found.opened_on is None or found.deadline is None:
        raise AssertionError("A window that was opened has its days.")
    opened, deadline = in_words(found.opened_on), in_words(found.deadline)
    if found.status == WindowStatus.COMPLETE and found.completed_on is not None:
        both = "All three exams" if cs_counts else "Both Steps"
        return verdict(
            Answer.MET,
            found.status,
            f"{both} were passed within seven years: between {opened} and "
            f"{in_words(found.completed_on)}; the limit was {deadline}.",
            rules,
            decided_on=found.deadline,
            needs_look=look,
        )
    if found.status in {WindowStatus.RUNNING, WindowStatus.EXPIRING}:
        return verdict(
            Answer.NOT_MET,
            found.status,
            f"The seven years run since the pass of {opened}. "
            f"{listed(missing)} must be passed by {deadline}, that day included.",
            rules,
            decided_on=found.deadline,
            next_step=f"Pass {listed(missing)} by {deadline}.",
            next_date=found.deadline,
            needs_look=look,
        )
    if in_doubt := _open_in_time(case, of, steps, found.deadline):
        named = listed(
            [f"{one.exam.label} of {in_words(one.on)}" for one in in_doubt], last="or"
        )
        return verdict(
            Answer.NOT_KNOWN,
            "RESULT_OPEN",
            f"The seven years since the pass of {opened} ended on {deadline}. Whether "
            f"{named} was passed is not entered; a pass was in time.",
            rules,
            decided_on=found.deadline,
            settles=("attempts.outcome",),
            needs_look=look,
        )
    return _expired(of, found, steps, rules, look)


def _open_in_time(
    case: Case, of: Mapping[Exam, Standing], steps: Sequence[Exam], deadline: date
) -> list[Attempt]:
    """Sittings of what is missing that may have been passed in time, for all we know."""
    waiting = {Outcome.NEEDS_CHECK, Outcome.PENDING}
    return [
        attempt
        for exam in steps
        if not of[exam].passes
        for attempt in case.attempts_of(exam)
        if attempt.on <= min(deadline, case.today)
        and (
            attempt.state == AttemptState.PLANNED
            or (
                attempt.state in STARTED and outcome(attempt, case.reference) in waiting
            )
        )
    ]


def _expired(
    of: Mapping[Exam, Standing],
    found: Window,
    steps: Sequence[Exam],
    rules: list[str],
    look: str,
) -> Verdict:
    ended = in_words(found.deadline) if found.deadline else ""
    reason = (
        f"The seven years ended on {ended}. {_passes_of(found.invalid)} no longer "
        f"{_count(found.invalid)} for ECFMG."
    )
    needed = [*found.invalid, *(exam for exam in steps if not of[exam].passes)]
    if found.still_counts and found.next_deadline is not None:
        reason += (
            f" {_passes_of(found.still_counts)} {_count(found.still_counts)} until "
            f"{in_words(found.next_deadline)}."
        )
    else:
        # Measured by itself, what was passed later has run out since, too.
        later = [
            exam for exam in steps if of[exam].passes and exam not in found.invalid
        ]
        if later:
            last = max(deadline_of(of[exam].passes[-1].on) for exam in later)
            reason += (
                f" The seven years of the later pass ended on {in_words(last)} as well."
            )
            needed += later
    names = listed([exam.label for exam in steps if exam in needed])
    by = f" by {in_words(found.next_deadline)}" if found.next_deadline else ""
    return verdict(
        Answer.NOT_MET,
        found.status,
        reason,
        [*rules, "E-7Y-3"],
        decided_on=found.deadline,
        next_step=f"Pass {names}{by}. USMLE lets you repeat a passed Step for a time "
        "limit that has run out; ask ECFMG which passes it still takes.",
        next_date=found.next_deadline,
        needs_look=look,
    )


def _passes_of(exams: Sequence[Exam]) -> str:
    names = listed([exam.label for exam in exams])
    return f"The pass of {names}" if len(exams) == 1 else f"The passes of {names}"


def _count(exams: Sequence[Exam]) -> str:
    return "counts" if len(exams) == 1 else "count"


def _second_pass_too_soon(of: Mapping[Exam, Standing]) -> str:
    """A Step passed twice within seven years: USMLE allows that only afterwards."""
    for exam in REQUIRED:
        days = [sitting.on for sitting in of[exam].passes]
        for first, second in pairwise(days):
            if second <= deadline_of(first):
                return (
                    f"{exam.label} has two passes, of {in_words(first)} and "
                    f"{in_words(second)}. A passed Step is taken again only after a "
                    "time limit has run out."
                )
    return ""


def with_look(found: Verdict, look: str) -> Verdict:
    return replace(found, needs_look=look) if look and not found.needs_look else found
