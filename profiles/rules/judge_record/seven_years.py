"""Table T4 for a record: both Steps within seven years, and what a Step 2 CS pass is
worth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from profiles.choices import Answer, AttemptState, Exam
from profiles.rules.days import in_words, listed
from profiles.rules.facts import Attempt
from profiles.rules.judge_record.case import Case, verdict
from profiles.rules.tables.attempts import Standings
from profiles.rules.tables.outcomes import STARTED, SittingOutcome, outcome
from profiles.rules.tables.time_limit import (
    REQUIRED,
    REQUIRED_WITH_CS,
    Window,
    WindowStatus,
    deadline_of,
    window,
)
from profiles.rules.verdicts import Verdict

# Outcomes that may still turn out as a pass.
WITHOUT_RESULT = frozenset({SittingOutcome.NEEDS_CHECK, SittingOutcome.PENDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class SevenYears:
    """Table T4 for a record, and what became of a Step 2 CS pass."""

    window: Window
    verdict: Verdict
    # Does a Step 2 CS pass count for ECFMG? None: the record does not tell.
    cs_counts: bool | None
    # The passes of Step 1 and Step 2 CK that still count.
    counting: Mapping[Exam, tuple[Attempt, ...]]


def seven_years(case: Case, standings: Standings) -> SevenYears:
    """Table T4. Step 2 CS is in the set only while its pass is used (E-7Y-2)."""
    passes = {
        exam: [sitting.on for sitting in standings[exam].passes]
        for exam in REQUIRED_WITH_CS
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
    elif SittingOutcome.PENDING in standings[Exam.STEP2CS].outcomes:
        cs_counts = None
    return SevenYears(
        window=used,
        verdict=_window_verdict(case, standings, used, cs_counts=cs_counts),
        cs_counts=cs_counts,
        counting={
            exam: tuple(
                sitting
                for sitting in standings[exam].passes
                if _counts(sitting, used, case)
            )
            for exam in REQUIRED
        },
    )


def _counts(sitting: Attempt, used: Window, case: Case) -> bool:
    if used.status == WindowStatus.COMPLETE and used.opened_on and used.deadline:
        return used.opened_on <= sitting.on <= used.deadline
    return sitting.exam not in used.invalid and deadline_of(sitting.on) >= case.today


def _window_verdict(
    case: Case, standings: Standings, limit: Window, *, cs_counts: bool | None
) -> Verdict:
    steps = REQUIRED_WITH_CS if cs_counts else REQUIRED
    missing = [exam.label for exam in steps if not standings[exam].passes]
    rules = ["E-7Y-1", *(["E-7Y-2"] if cs_counts else [])]
    look = _second_pass_too_soon(standings)
    if limit.status == WindowStatus.NOT_STARTED:
        open_ = not case.has_begun or any(
            WITHOUT_RESULT & set(standings[exam].outcomes) for exam in REQUIRED
        )
        return verdict(
            Answer.NOT_KNOWN if open_ else Answer.NOT_MET,
            limit.status,
            "The seven years begin with the exam day of the first pass. None is "
            "recorded.",
            rules,
            settles=("attempts",),
        )
    if limit.opened_on is None or limit.deadline is None:
        raise AssertionError("A window that was opened has its days.")
    opened, deadline = in_words(limit.opened_on), in_words(limit.deadline)
    if limit.status == WindowStatus.COMPLETE and limit.completed_on is not None:
        both = "All three exams" if cs_counts else "Both Steps"
        return verdict(
            Answer.MET,
            limit.status,
            f"{both} were passed within seven years: between {opened} and "
            f"{in_words(limit.completed_on)}; the limit was {deadline}.",
            rules,
            decided_on=limit.deadline,
            needs_look=look,
        )
    if limit.status in {WindowStatus.RUNNING, WindowStatus.EXPIRING}:
        return verdict(
            Answer.NOT_MET,
            limit.status,
            f"The seven years run since the pass of {opened}. "
            f"{listed(missing)} must be passed by {deadline}, that day included.",
            rules,
            decided_on=limit.deadline,
            next_step=f"Pass {listed(missing)} by {deadline}.",
            next_date=limit.deadline,
            needs_look=look,
        )
    if in_doubt := _open_in_time(case, standings, steps, limit.deadline):
        named = listed(
            [f"{attempt.exam.label} of {in_words(attempt.on)}" for attempt in in_doubt],
            last="or",
        )
        return verdict(
            Answer.NOT_KNOWN,
            "RESULT_OPEN",
            f"The seven years since the pass of {opened} ended on {deadline}. Whether "
            f"{named} was passed is not entered; a pass on that day was in time.",
            rules,
            decided_on=limit.deadline,
            settles=("attempts.outcome",),
            needs_look=look,
        )
    return _expired(standings, limit, steps, rules, look)


def _open_in_time(
    case: Case, standings: Standings, steps: Sequence[Exam], deadline: date
) -> list[Attempt]:
    """Sittings of what is missing that may have been passed in time, for all we know."""
    return [
        attempt
        for exam in steps
        if not standings[exam].passes
        for attempt in case.attempts_of(exam)
        if attempt.on <= min(deadline, case.today)
        and (
            attempt.state == AttemptState.PLANNED
            or (
                attempt.state in STARTED
                and outcome(attempt, case.reference) in WITHOUT_RESULT
            )
        )
    ]


def _expired(
    standings: Standings,
    limit: Window,
    steps: Sequence[Exam],
    rules: list[str],
    look: str,
) -> Verdict:
    ended = in_words(limit.deadline) if limit.deadline else ""
    reason = (
        f"The seven years ended on {ended}. {_passes_of(limit.invalid)} no longer "
        f"{_count(limit.invalid)} for ECFMG."
    )
    needed = [*limit.invalid, *(exam for exam in steps if not standings[exam].passes)]
    if limit.still_counts and limit.next_deadline is not None:
        reason += (
            f" {_passes_of(limit.still_counts)} {_count(limit.still_counts)} until "
            f"{in_words(limit.next_deadline)}."
        )
    else:
        # The seven years of every later pass have ended since.
        later = [
            exam
            for exam in steps
            if standings[exam].passes and exam not in limit.invalid
        ]
        if later:
            last = max(deadline_of(standings[exam].passes[-1].on) for exam in later)
            reason += (
                f" The seven years of the later pass ended on {in_words(last)} as well."
            )
            needed += later
    names = listed([exam.label for exam in steps if exam in needed])
    by = f" by {in_words(limit.next_deadline)}" if limit.next_deadline else ""
    return verdict(
        Answer.NOT_MET,
        limit.status,
        reason,
        [*rules, "E-7Y-3"],
        decided_on=limit.deadline,
        next_step=f"Pass {names}{by}. USMLE lets you repeat a passed Step for a time "
        "limit that has run out; ask ECFMG which passes it still takes.",
        next_date=limit.next_deadline,
        needs_look=look,
    )


def _passes_of(exams: Sequence[Exam]) -> str:
    names = listed([exam.label for exam in exams])
    return f"The pass of {names}" if len(exams) == 1 else f"The passes of {names}"


def _count(exams: Sequence[Exam]) -> str:
    return "counts" if len(exams) == 1 else "count"


def _second_pass_too_soon(standings: Standings) -> str:
    """A Step passed twice within seven years: USMLE allows that only afterwards."""
    for exam in REQUIRED:
        for first, second in pairwise(standings[exam].passes):
            if second.on <= deadline_of(first.on):
                return (
                    f"{exam.label} has two passes, of {in_words(first.on)} and "
                    f"{in_words(second.on)}. A passed Step is taken again only after a "
                    "time limit has run out."
                )
    return ""
