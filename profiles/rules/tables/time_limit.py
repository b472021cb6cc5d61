"""Table T4: the seven years within which the required exams must be passed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from profiles.choices import Exam
from profiles.rules.days import add_months, add_years
from profiles.rules.numbers import WARNING_MONTHS, WINDOW_YEARS

REQUIRED = (Exam.STEP1, Exam.STEP2CK)  # E-EXAM-1
REQUIRED_WITH_CS = (*REQUIRED, Exam.STEP2CS)  # E-7Y-2


class WindowStatus(StrEnum):
    """The words of table T4."""

    NOT_STARTED = "NOT_STARTED"
    COMPLETE = "COMPLETE"
    EXPIRED = "EXPIRED"
    EXPIRING = "EXPIRING"
    RUNNING = "RUNNING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The answer of table T4."""

    status: WindowStatus
    opened_on: date | None = None  # the pass that starts the seven years
    deadline: date | None = None  # seven years later; that day counts
    completed_on: date | None = None  # of COMPLETE: the last of the passes
    invalid: tuple[Exam, ...] = ()  # of EXPIRED: whose passes no longer count
    # Of EXPIRED: the passes that still count, and how long the others may take.
    still_counts: tuple[Exam, ...] = ()
    next_deadline: date | None = None


def deadline_of(passed_on: date) -> date:
    return add_years(passed_on, WINDOW_YEARS)


def window(
    passes: Mapping[Exam, Collection[date]],
    *,
    required: Collection[Exam] = REQUIRED,
    today: date,
    warning_months: int = WARNING_MONTHS,
) -> Window:
    """Table T4 on the day `today`; passes after it are not there yet.

    A Step may have been passed more than once (U-ATT-4): then the passes that fit
    together are the ones that count, so a further pass never makes it worse.
    """
    dates = {
        step: sorted({day for day in passes.get(step, ()) if day <= today})
        for step in Exam
        if step in required
    }
    passed = {step: days for step, days in dates.items() if days}
    if not passed:
        return Window(status=WindowStatus.NOT_STARTED)
    if len(passed) == len(dates) and (complete := _complete(passed)) is not None:
        return complete

    # Each Step counts by its newest pass: of all it has, that lasts the longest.
    newest = {step: days[-1] for step, days in passed.items()}
    opened_on = min(newest.values())
    deadline = deadline_of(opened_on)
    if len(passed) < len(dates) and today <= deadline:
        near = deadline <= add_months(today, warning_months)
        return Window(
            status=WindowStatus.EXPIRING if near else WindowStatus.RUNNING,
            opened_on=opened_on,
            deadline=deadline,
        )
    # Too late for some. Measured by the last pass when all are there (E-7Y-1 names
    # the earliest), else by today.
    until = max(newest.values()) if len(passed) == len(dates) else today
    counts = {step: day for step, day in newest.items() if deadline_of(day) >= today}
    return Window(
        status=WindowStatus.EXPIRED,
        opened_on=opened_on,
        deadline=deadline,
        invalid=tuple(step for step, day in newest.items() if deadline_of(day) < until),
        still_counts=tuple(counts),
        next_deadline=deadline_of(min(counts.values())) if counts else None,
    )


def _complete(passed: Mapping[Exam, list[date]]) -> Window | None:
    """The first seven years in which every Step was passed, if there are any."""
    windows = []
    for opened_on in sorted({day for days in passed.values() for day in days}):
        deadline = deadline_of(opened_on)
        # The first pass of each Step from that day on.
        first = [
            next((day for day in days if day >= opened_on), None)
            for days in passed.values()
        ]
        in_time = [day for day in first if day is not None and day <= deadline]
        if len(in_time) == len(passed):
            windows.append((max(in_time), opened_on, deadline))
    if not windows:
        return None
    completed_on, opened_on, deadline = min(windows)
    return Window(
        status=WindowStatus.COMPLETE,
        opened_on=opened_on,
        deadline=deadline,
        completed_on=completed_on,
    )
