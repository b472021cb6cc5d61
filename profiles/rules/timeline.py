"""One season in the order of its days: its deadlines, and a member's exams among them.

No outcome and no score is in it: what is here may stand in a calendar that others see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from profiles.choices import AttemptState, Confidence, Event
from profiles.rules.days import add_days
from profiles.rules.facts import Attempt, EnglishSittingFacts, Record
from profiles.rules.numbers import RESULT_DAYS
from profiles.rules.reference import EASTERN, Deadline, Reference
from profiles.rules.tables.outcomes import STARTED
from profiles.rules.tables.season import STEPS_NEEDED


class EntryKind(StrEnum):
    DEADLINE = "deadline"
    LAST_EXAM = "last_exam"  # whose result should be there in time (U-RPT-1)
    EXAM = "exam"
    RESULT = "result"


# A Pathway application has one deadline, kept in either of these events or in the
# table of seasons.
PATHWAYS = frozenset({Event.PATHWAYS_DEADLINE, Event.PATHWAYS_EXTENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One dated thing of a season."""

    key: str  # the same for the same thing, whatever becomes of its date
    kind: EntryKind
    title: str
    on: date  # of a deadline: in New York
    last_day: date | None = None  # of an exam of two days
    at: time | None = None  # Eastern; None: no hour is known
    until: time | None = None  # Eastern
    confidence: Confidence | None = None  # None: the member's own date
    match_year: int | None = None
    event: Event | None = None
    sources: tuple[str, ...] = ()
    note: str = ""
    is_estimate: bool = False  # worked out, and promised by nobody
    comes_late: bool = False  # its result may come after the rank list deadline
    attempt: int | None = None  # the stored row of a Step
    sitting: int | None = None  # the stored row of OET

    @property
    def moment(self) -> datetime | None:
        """When it begins, with its zone; None without an hour."""
        return None if self.at is None else datetime.combine(self.on, self.at, EASTERN)

    @property
    def end(self) -> datetime | None:
        if self.until is None:
            return None
        return datetime.combine(self.on, self.until, EASTERN)

    @property
    def is_firm(self) -> bool:
        """May it be said without "unconfirmed"?"""
        return self.confidence != Confidence.UNCONFIRMED


def deadlines(match_year: int, reference: Reference) -> list[Deadline]:
    """The dated events of one Match, by day; the Pathways deadline once."""
    rows = [
        row
        for row in reference.deadlines
        if row.match_year == match_year and row.event not in PATHWAYS
    ]
    pathways = reference.pathways_deadline(match_year)
    rows += [] if pathways is None else [pathways]
    return sorted(rows, key=lambda row: (row.on, row.at or time.min, row.event))


def last_low_risk_exam(match_year: int, reference: Reference) -> date | None:
    """The last exam day whose result should be there for the rank list (table T8)."""
    deadline = reference.deadline(match_year, Event.RANK_LIST)
    return None if deadline is None else add_days(deadline.on, -RESULT_DAYS)


def season_entries(match_year: int, reference: Reference) -> tuple[TimelineEntry, ...]:
    """What everybody who aims at this Match has before them, by day."""
    entries = [_of_deadline(row) for row in deadlines(match_year, reference)]
    last = last_low_risk_exam(match_year, reference)
    rank_list = reference.deadline(match_year, Event.RANK_LIST)
    if rank_list is not None and last is not None:
        entries.append(
            TimelineEntry(
                key=f"{match_year}/last_exam",
                kind=EntryKind.LAST_EXAM,
                title="Last exam day with little risk of a late result",
                on=last,
                confidence=rank_list.confidence,
                match_year=match_year,
                event=Event.RANK_LIST,
                sources=rank_list.sources,
                is_estimate=True,
            )
        )
    return _by_day(entries)


def timeline(
    record: Record, reference: Reference, *, today: date
) -> tuple[TimelineEntry, ...]:
    """The season aimed at with the member's own days in it, by day.

    Own days are those inside the season, and every exam that is planned or waits for
    its result. Without a season there are only these.
    """
    year = record.person.season
    entries = [] if year is None else [*season_entries(year, reference)]
    first_day = min(
        (entry.on for entry in entries if entry.kind == EntryKind.DEADLINE),
        default=date.max,
    )
    last = None if year is None else last_low_risk_exam(year, reference)
    for attempt in record.attempts:
        entries += _of_attempt(attempt, first_day=first_day, last=last, today=today)
    for sitting in record.sittings:
        entries += _of_sitting(sitting, first_day=first_day, today=today)
    return _by_day(entries)


def _by_day(entries: list[TimelineEntry]) -> tuple[TimelineEntry, ...]:
    return tuple(
        sorted(entries, key=lambda entry: (entry.on, entry.at or time.min, entry.key))
    )


def _of_deadline(row: Deadline) -> TimelineEntry:
    event = Event.PATHWAYS_DEADLINE if row.event in PATHWAYS else row.event
    return TimelineEntry(
        key=f"{row.match_year}/{event.value}",
        kind=EntryKind.DEADLINE,
        title=str(event.label),
        on=row.on,
        at=row.at,
        until=row.until,
        confidence=row.confidence,
        match_year=row.match_year,
        event=row.event,
        sources=row.sources,
        note=row.note,
    )


def awaits_result(attempt: Attempt) -> bool:
    """Was it sat, and is no result entered?"""
    return attempt.state == AttemptState.TAKEN and not (
        attempt.outcome or attempt.score is not None
    )


def _of_attempt(
    attempt: Attempt, *, first_day: date, last: date | None, today: date
) -> Iterator[TimelineEntry]:
    planned = attempt.state == AttemptState.PLANNED
    waits = awaits_result(attempt)
    if not planned and attempt.state not in STARTED:
        return
    ahead = planned and attempt.on >= today
    # After twice the usual time the result is there and was not entered.
    waits = waits and add_days(attempt.on, 2 * RESULT_DAYS) >= today
    if ahead or waits or attempt.on >= first_day:
        yield TimelineEntry(
            key=f"attempt/{attempt.key}",
            kind=EntryKind.EXAM,
            title=f"{attempt.exam.label} exam",
            on=attempt.on,
            last_day=attempt.second_day,
            comes_late=bool(
                planned
                and last is not None
                and attempt.on > last
                and attempt.exam in STEPS_NEEDED
            ),
            attempt=attempt.key,
        )
    expected = add_days(attempt.second_day or attempt.on, RESULT_DAYS)
    if attempt.result_on is not None and attempt.result_on >= first_day:
        yield _result(attempt, attempt.result_on, is_estimate=False)
    elif attempt.result_on is None and (ahead or waits):
        yield _result(attempt, expected, is_estimate=True)


def _result(attempt: Attempt, on: date, *, is_estimate: bool) -> TimelineEntry:
    words = "may be there" if is_estimate else "came"
    return TimelineEntry(
        key=f"result/{attempt.key}",
        kind=EntryKind.RESULT,
        title=f"Result of {attempt.exam.label} {words}",
        on=on,
        is_estimate=is_estimate,
        attempt=attempt.key,
    )


def _of_sitting(
    sitting: EnglishSittingFacts, *, first_day: date, today: date
) -> Iterator[TimelineEntry]:
    if sitting.on >= min(first_day, today):
        yield TimelineEntry(
            key=f"sitting/{sitting.key}",
            kind=EntryKind.EXAM,
            title="OET Medicine exam",
            on=sitting.on,
            sitting=sitting.key,
        )
