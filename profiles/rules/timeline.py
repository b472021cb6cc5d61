"""One season in the order of its days: its deadlines, and a member's exams among them.

No outcome and no score is in it: what is here may stand in a calendar that others see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from profiles.choices import AttemptState, Confidence, Event, Quantity
from profiles.rules.facts import Attempt, EnglishSittingFacts, Record
from profiles.rules.judge_record.case import as_known
from profiles.rules.plan.needs import OwnDay, TrainingPlan
from profiles.rules.reference import EASTERN, Deadline, Reference
from profiles.rules.tables.outcomes import STARTED
from profiles.rules.tables.season import (
    STEPS_NEEDED,
    closed_weeks,
    last_low_risk_exam,
    late_after,
    training_day,
)
from profiles.rules.text.rulebook import RULES


class EntryKind(StrEnum):
    DEADLINE = "deadline"
    LAST_EXAM = "last_exam"  # that allows for its result (U-RPT-1)
    TRAINING = "training"
    OWN_DAY = "own_day"  # something of the member's ends or begins
    EXAM = "exam"
    RESULT = "result"


# A Pathway application has one deadline, kept in either of these events or in the
# table of seasons.
TRAINING_RULE = "E-NRMP-4"
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
    is_firm_day: bool = True  # False: no official text gives an own day

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
        return self.is_firm_day and self.confidence != Confidence.UNCONFIRMED


def deadlines(match_year: int, reference: Reference) -> list[Deadline]:
    """The dated events of one Match, by day; the Pathways deadline once."""
    rows = [
        row for row in reference.deadlines_of(match_year) if row.event not in PATHWAYS
    ]
    pathways = reference.pathways_deadline(match_year)
    rows += [] if pathways is None else [pathways]
    return sorted(rows, key=lambda row: (row.on, row.at or time.min, row.event))


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
                title="Last exam day that allows for a late result",
                on=last,
                confidence=rank_list.confidence,
                match_year=match_year,
                event=Event.RANK_LIST,
                sources=rank_list.sources,
                note=closed_weeks(match_year, reference).strip("."),
                is_estimate=True,
            )
        )
    begins = training_day(match_year)
    if begins is not None and entries:
        entries.append(
            TimelineEntry(
                key=f"{match_year}/training",
                kind=EntryKind.TRAINING,
                title="Training begins",
                on=begins,
                confidence=RULES[TRAINING_RULE].confidence or Confidence.UNCONFIRMED,
                match_year=match_year,
                sources=RULES[TRAINING_RULE].sources,
            )
        )
    return _by_day(entries)


def timeline(
    record: Record, reference: Reference, plan: TrainingPlan, *, today: date
) -> tuple[TimelineEntry, ...]:
    """The season aimed at with the member's own days in it, by day.

    Of the season there is what the plan says concerns the member. Own days are the
    exams inside the season, those that are planned or wait for a result, and what ends
    or begins by the plan. Without a season there are only these.
    """
    year = record.person.season
    entries = (
        []
        if year is None
        else [
            entry
            for entry in season_entries(year, reference)
            # Training begins for who can still have this Match.
            if (plan.follows_match and entry.event is None)
            or (entry.event is not None and plan.concerns(entry.event))
        ]
    )
    first_day = min(
        (entry.on for entry in entries if entry.kind == EntryKind.DEADLINE),
        default=date.max,
    )
    last = None if year is None else late_after(year, reference)
    for attempt in record.attempts:
        entries += _of_attempt(
            as_known(attempt, today),
            reference,
            first_day=first_day,
            last=last,
            today=today,
        )
    for sitting in record.sittings:
        entries += _of_sitting(sitting, reference, first_day=first_day, today=today)
    entries += map(_of_own_day, plan.days)
    return _by_day(entries)


def _of_own_day(day: OwnDay) -> TimelineEntry:
    return TimelineEntry(
        # With the day in it: one that moves is another event of a calendar.
        key=f"own/{day.kind.value}/{day.about}/{day.on.isoformat()}",
        kind=EntryKind.OWN_DAY,
        title=day.title,
        on=day.on,
        is_firm_day=day.is_firm,
    )


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
    attempt: Attempt,
    reference: Reference,
    *,
    first_day: date,
    last: date | None,
    today: date,
) -> Iterator[TimelineEntry]:
    planned = attempt.state == AttemptState.PLANNED
    waits = awaits_result(attempt)
    if not planned and attempt.state not in STARTED:
        return
    ahead = planned and attempt.on >= today
    # After the time to allow for it the result is there and was not entered.
    latest = reference.result_day(Quantity.RESULT_ALLOWED, attempt.on)
    waits = waits and (latest is None or latest >= today)
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
    expected = reference.result_day(
        Quantity.RESULT_TYPICAL, attempt.second_day or attempt.on
    )
    if attempt.result_on is not None and attempt.result_on >= first_day:
        yield _result(attempt, attempt.result_on, is_estimate=False)
    elif attempt.result_on is None and expected is not None and (ahead or waits):
        yield _result(attempt, expected, is_estimate=True)


def _result(attempt: Attempt, on: date, *, is_estimate: bool) -> TimelineEntry:
    words = "is typically there" if is_estimate else "came"
    return TimelineEntry(
        key=f"result/{attempt.key}",
        kind=EntryKind.RESULT,
        title=f"Result of {attempt.exam.label} {words}",
        on=on,
        is_estimate=is_estimate,
        attempt=attempt.key,
    )


def _of_sitting(
    sitting: EnglishSittingFacts,
    reference: Reference,
    *,
    first_day: date,
    today: date,
) -> Iterator[TimelineEntry]:
    if sitting.on >= min(first_day, today):
        yield TimelineEntry(
            key=f"sitting/{sitting.key}",
            kind=EntryKind.EXAM,
            title="OET Medicine exam",
            on=sitting.on,
            sitting=sitting.key,
        )
    expected = reference.result_day(Quantity.RESULT_TYPICAL, sitting.on)
    is_known = any(score is not None for score in sitting.scores.values())
    if expected is not None and expected >= today and not is_known:
        yield TimelineEntry(
            key=f"sitting_result/{sitting.key}",
            kind=EntryKind.RESULT,
            title="Result of OET Medicine is typically there",
            on=expected,
            is_estimate=True,
            sitting=sitting.key,
        )
