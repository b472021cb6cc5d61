"""Which Match season it is, and the calendar of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from profiles.choices import Confidence, Event
from profiles.rules.reference import EASTERN, Deadline, Reference

# Match Day is in March: a season whose Match Day we do not know ends with that month.
LAST_MONTH = 3


def find_season(reference: Reference, *, today: date) -> int:
    """The Match year whose season it is: until Match Day, that day included."""
    match_day = reference.deadline(today.year, Event.MATCH_DAY)
    is_over = (
        today > match_day.on if match_day is not None else today.month > LAST_MONTH
    )
    return today.year + 1 if is_over else today.year


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonDate:
    """One dated event of a season, as it stands on the day of reading."""

    row: Deadline
    is_over: bool
    is_next: bool  # the first that is not over
    is_key: bool

    @property
    def iso_moment(self) -> str:
        """For programs that read the page: with its zone where a time is known."""
        moment = self.row.moment
        return self.row.on.isoformat() if moment is None else moment.isoformat()

    @property
    def end(self) -> datetime | None:
        """When it ends, with its zone; None without such an hour."""
        if self.row.until is None:
            return None
        return datetime.combine(self.row.on, self.row.until, EASTERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonCalendar:
    """The dates of one Match season."""

    match_year: int
    lines: tuple[SeasonDate, ...]

    @property
    def is_doubtful(self) -> bool:
        return any(line.row.confidence != Confidence.CONFIRMED for line in self.lines)


KEY_EVENTS = frozenset({Event.RANK_LIST, Event.MATCH_DAY, Event.PATHWAYS_DEADLINE})


def build_calendar(
    reference: Reference, match_year: int, *, today: date
) -> SeasonCalendar | None:
    """The events of one season in their order; None when no date is known."""
    order = list(Event)
    rows = sorted(
        (row for row in reference.deadlines if row.match_year == match_year),
        # What has no time holds the whole day: it stands before what has one.
        key=lambda row: (row.on, row.at or time.min, order.index(row.event)),
    )
    if not rows:
        return None
    upcoming = next((row for row in rows if row.on >= today), None)
    return SeasonCalendar(
        match_year=match_year,
        lines=tuple(
            SeasonDate(
                row=row,
                is_over=row.on < today,
                is_next=row is upcoming,
                is_key=row.event in KEY_EVENTS,
            )
            for row in rows
        ),
    )


def next_dates(
    reference: Reference, match_year: int, *, today: date
) -> tuple[SeasonDate, ...]:
    """The dates of a season that are not over, in their order; none when none is known."""
    calendar = build_calendar(reference, match_year, today=today)
    lines = calendar.lines if calendar else ()
    return tuple(line for line in lines if not line.is_over)


def list_years(reference: Reference) -> tuple[int, ...]:
    """The seasons of which any date is known, the newest first."""
    return tuple(sorted({row.match_year for row in reference.deadlines}, reverse=True))
