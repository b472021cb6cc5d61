"""Days of Match seasons that nobody has published yet, from the pattern of those before.

A day is expected only where the pattern explains each of the newest seasons that are
known. Bodies move days at will, so an expected one is unconfirmed and blocks nobody; what
is published takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from profiles.choices import Confidence, Event
from profiles.rules.days import add_days
from profiles.rules.reference import Deadline, GradedValue, Season

# How many seasons after the newest known one, and how many the pattern has to explain.
SEASONS_AHEAD = 3
SEASONS_EXPLAINED = 3
NOTE = "expected from the seasons before; not published yet"
WEDNESDAY, FRIDAY, SATURDAY = 2, 4, 5

Pattern = Callable[[int], date]


def _day_of_month(month: int, number: int) -> Pattern:
    return lambda match_year: date(_year(match_year, month), month, number)


def _weekday_of_month(month: int, weekday: int, nth: int) -> Pattern:
    """The nth such weekday of the month: the third Friday of March."""

    def day(match_year: int) -> date:
        first = date(_year(match_year, month), month, 1)
        return add_days(first, (weekday - first.weekday()) % 7 + 7 * (nth - 1))

    return day


def _working_day_from(month: int, number: int) -> Pattern:
    """That day of the month, or the Monday after it."""

    def day(match_year: int) -> date:
        on = date(_year(match_year, month), month, number)
        while on.weekday() >= SATURDAY:
            on += timedelta(days=1)
        return on

    return day


def _working_day_to(month: int, number: int) -> Pattern:
    """That day of the month, or the Friday before it."""

    def day(match_year: int) -> date:
        on = date(_year(match_year, month), month, number)
        while on.weekday() >= SATURDAY:
            on -= timedelta(days=1)
        return on

    return day


def _from_match_day(days: int) -> Pattern:
    return lambda match_year: add_days(MATCH_DAY(match_year), days)


def _year(match_year: int, month: int) -> int:
    """A season begins in the June before its Match."""
    return match_year - 1 if month >= SEASON_BEGINS else match_year


SEASON_BEGINS = 6
MATCH_DAY = _weekday_of_month(3, FRIDAY, 3)
PATTERNS: Mapping[Event, Pattern] = MappingProxyType(
    {
        Event.ERAS_OPENS: _weekday_of_month(6, WEDNESDAY, 1),
        Event.ERAS_SUBMISSION: _weekday_of_month(9, WEDNESDAY, 1),
        Event.ERAS_REVIEW: _weekday_of_month(9, WEDNESDAY, 4),
        Event.MSPE: _weekday_of_month(9, WEDNESDAY, 4),
        Event.NRMP_REGISTRATION: _working_day_from(9, 15),
        Event.NRMP_STANDARD_END: _working_day_to(1, 31),
        Event.PATHWAYS_DEADLINE: _day_of_month(1, 31),
        Event.RANKING_OPENS: _working_day_from(2, 1),
        Event.RANK_LIST: _from_match_day(-16),
        Event.MATCH_WEEK: _from_match_day(-4),
        Event.MATCH_DAY: MATCH_DAY,
        Event.ERAS_ENDS: _day_of_month(5, 31),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedSeasons:
    """What is to be expected beside the published rows."""

    deadlines: tuple[Deadline, ...] = ()
    seasons: tuple[Season, ...] = ()


def expected_seasons(
    deadlines: Sequence[Deadline], seasons: Sequence[Season]
) -> ExpectedSeasons:
    """What follows the published rows. Nothing, where there are too few of them."""
    newest = max(
        (row.match_year for row in deadlines if row.event == Event.RANK_LIST),
        default=None,
    )
    if newest is None:
        return ExpectedSeasons()
    # The newest one may be published in part.
    years = range(newest, newest + 1 + SEASONS_AHEAD)
    return ExpectedSeasons(
        deadlines=tuple(_expected_deadlines(deadlines, years)),
        seasons=tuple(_expected_pathways(seasons, years)),
    )


def _expected_deadlines(
    deadlines: Sequence[Deadline], years: Iterable[int]
) -> Iterator[Deadline]:
    published = {(row.match_year, row.event): row.on for row in deadlines}
    for event, pattern in PATTERNS.items():
        of_event = {year: on for (year, kind), on in published.items() if kind == event}
        if not _explains(pattern, of_event):
            continue
        for year in years:
            if year not in of_event:
                yield Deadline(
                    match_year=year,
                    event=event,
                    on=pattern(year),
                    confidence=Confidence.UNCONFIRMED,
                    sources=(),
                    note=NOTE,
                    is_expected=True,
                )


def _expected_pathways(
    seasons: Sequence[Season], years: Iterable[int]
) -> Iterator[Season]:
    """What a season of the Pathways asks: a licence, a degree and OET not older than a
    first of January, so many years before the Match.
    """
    published = {row.match_year for row in seasons}
    licence, graduated, oet = (
        _years_before({row.match_year: getattr(row, name) for row in seasons})
        for name in ("licence_from", "graduated_from", "oet_from")
    )
    for year in years:
        if year not in published:
            yield Season(
                match_year=year,
                licence_from=_first_of_january(year, licence),
                graduated_from=_first_of_january(year, graduated),
                oet_from=_first_of_january(year, oet),
                is_expected=True,
            )


def _years_before(days: Mapping[int, GradedValue[date] | None]) -> int | None:
    """How many years before the Match that first of January lies. None: they differ."""
    published = {year: day.value for year, day in days.items() if day is not None}
    for years in {year - day.year for year, day in published.items()}:
        if _explains(_january(years), published):
            return years
    return None


def _january(years: int) -> Pattern:
    return lambda match_year: date(match_year - years, 1, 1)


def _first_of_january(match_year: int, years: int | None) -> GradedValue[date] | None:
    if years is None:
        return None
    return GradedValue(
        value=_january(years)(match_year), confidence=Confidence.UNCONFIRMED
    )


def _explains(pattern: Pattern, published: Mapping[int, date]) -> bool:
    """Does the pattern give each of the newest published days?"""
    newest = sorted(published, reverse=True)[:SEASONS_EXPLAINED]
    return len(newest) == SEASONS_EXPLAINED and all(
        pattern(year) == published[year] for year in newest
    )
