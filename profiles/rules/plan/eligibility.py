"""The eligibility period of a Step: from when to when an application is good (U-EP-1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from profiles.choices import AttemptState, Exam
from profiles.rules.days import add_days
from profiles.rules.facts import Attempt
from profiles.rules.judge_record.case import as_known
from profiles.rules.judge_record.match_season import CLOSED
from profiles.rules.numbers import DAYS_AFTER_PERIOD
from profiles.rules.plan.needs import OwnDay, OwnDayKind
from profiles.rules.plan.situation import Situation
from profiles.rules.tables.attempts import StepStatus
from profiles.rules.tables.outcomes import STARTED

# A day that was given back leaves the application as it was.
PERIOD_RUNS = (AttemptState.PLANNED, AttemptState.CANCELLED)
USES_APPLICATION_UP = STARTED | {AttemptState.NOT_ATTENDED}


def end_of_period(exam: Exam) -> str:
    return f"Your eligibility period for {exam.label} ends"


def period_days(member: Situation, exam: Exam) -> Iterator[OwnDay]:
    """The last days of the periods in which the Step can still be sat."""
    for on in sorted({ends for ends, _ in _running(member, exam)}):
        yield OwnDay(
            kind=OwnDayKind.ELIGIBILITY,
            on=on,
            title=end_of_period(exam),
            about=exam.value,
        )


def unplanned_period(member: Situation, exam: Exam) -> Attempt | None:
    """The entry whose period runs, or is to come, without a planned exam day: that day
    was cancelled. None: there is no such period.
    """
    running = [
        attempt
        for _, attempt in _running(member, exam)
        if attempt.state == AttemptState.CANCELLED
    ]
    return running[0] if running else None


def next_application(member: Situation, exam: Exam) -> tuple[Attempt, date] | None:
    """The sitting that was not attended and used its application up, and from when on
    a new one is processed (U-ATT-5). None: that is not so, not known, or over.
    """
    unattended = [
        attempt
        for attempt in _of(member, exam)
        if attempt.state == AttemptState.NOT_ATTENDED and attempt.on <= member.today
    ]
    last = max(unattended, key=lambda attempt: attempt.on, default=None)
    if last is None or last.period_ends is None:
        return None
    first = add_days(last.period_ends, DAYS_AFTER_PERIOD)
    return (last, first) if first > member.today else None


def _of(member: Situation, exam: Exam) -> list[Attempt]:
    return [
        as_known(judged.attempt, member.today)
        for judged in member.judgement.attempts
        if judged.attempt.exam == exam
    ]


def _running(member: Situation, exam: Exam) -> list[tuple[date, Attempt]]:
    """The entries whose period has not ended and whose application is not used up, each
    with its last day, the first one first.
    """
    status = member.judgement.steps[exam].status
    if status in CLOSED:
        return []
    entries = _of(member, exam)
    used_on = [
        attempt.on for attempt in entries if attempt.state in USES_APPLICATION_UP
    ]
    running = [
        (attempt.period_ends, attempt)
        for attempt in entries
        if attempt.period_ends is not None
        and attempt.period_ends >= member.today
        and attempt.state in PERIOD_RUNS
        and (
            attempt.on >= member.today
            if attempt.state == AttemptState.PLANNED
            # What is passed needs no new day.
            else status != StepStatus.PASSED
            and not any(
                (attempt.period_from or attempt.on) <= on <= attempt.period_ends
                for on in used_on
            )
        )
    ]
    return sorted(running, key=lambda pair: (pair[0], pair[1].on))
