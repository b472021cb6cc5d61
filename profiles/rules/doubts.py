"""What history does not know about a change of the dated tables. Pure.

A doubt asks; it does not refuse. Whoever proposes the change says why it is right all the
same, and whoever approves it reads that beside the doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from profiles.rules.days import in_words
from profiles.rules.reference import (
    DatedNumber,
    Deadline,
    Season,
    Standard,
    UsedService,
)

# The largest step that needs no asking where there is no history: points of a score.
STEP_WITHOUT_HISTORY = 5
# A season's own events lie between the June before its Match and the July after.
SEASON_BEGINS, SEASON_ENDS = (6, 1), (7, 31)
# How far a day may lie from the same day of other seasons.
USUAL_SPREAD = timedelta(days=45)
# How many earlier seasons make an order of two events a rule.
ENOUGH_SEASONS = 3
FURTHEST_SEASON = 3


def of_standard(
    row: Standard, others: Iterable[Standard], *, today: date
) -> Iterator[str]:
    """Doubts about a minimum score beside the others of its exam."""
    label = row.measured.label
    values = {other.effective_from: other.minimum for other in others}
    yield from _steps(label, row.effective_from, row.minimum, values)
    if row.effective_from < today:
        yield _past(row.effective_from, "Exams taken since then would be judged anew.")


def of_number(
    row: DatedNumber, others: Iterable[DatedNumber], *, today: date
) -> Iterator[str]:
    """Doubts about a number of the rules beside the others of its kind."""
    values = {other.effective_from: other.value for other in others}
    yield from _steps(row.quantity.label, row.effective_from, row.value, values)
    if row.effective_from < today:
        yield _past(row.effective_from, "Answers since then would be judged anew.")


def _steps(label: str, day: date, value: int, values: dict[date, int]) -> Iterator[str]:
    """A step from the value before, or to the value after, that is larger than any."""
    history = [values[each] for each in sorted(values) if each != day]
    steps = [abs(after - before) for before, after in pairwise(history)]
    largest = max(steps, default=STEP_WITHOUT_HISTORY)
    never_fell = steps and all(before <= after for before, after in pairwise(history))
    before = max((each for each in values if each < day), default=None)
    after = min((each for each in values if each > day), default=None)
    for neighbour, word in ((before, "before"), (after, "after")):
        if neighbour is None:
            continue
        other = values[neighbour]
        if abs(value - other) > largest:
            yield (
                f"{label}: the row {word} it, from {in_words(neighbour)}, says {other}, "
                f"and this one {value}. That is a step of {abs(value - other)}; the "
                f"largest so far was {largest}."
            )
    if never_fell and before is not None and value < values[before]:
        yield (
            f"{label}: it has never been lowered. From {in_words(before)} it is "
            f"{values[before]}, and this row says {value}."
        )


def _past(day: date, what: str) -> str:
    return f"{in_words(day)} is past. {what}"


def of_deadline(
    row: Deadline, others: Iterable[Deadline], *, today: date
) -> Iterator[str]:
    """Doubts about a day of a season beside the days of all seasons."""
    first = date(row.match_year - 1, *SEASON_BEGINS)
    last = date(row.match_year, *SEASON_ENDS)
    label = row.event.label
    if not first <= row.on <= last:
        yield (
            f"{label}: {in_words(row.on)} lies outside the {row.match_year} season, which "
            f"lasts from {in_words(first)} to {in_words(last)}."
        )
    rows = [other for other in others if other is not row]
    usual = {other.match_year: other.on for other in rows if other.event == row.event}
    yield from _spread(label, row.match_year, row.on, usual)
    yield from _order(row, rows)
    if row.on < today:
        yield _past(
            row.on, "Who planned by the day that stood here is told another one."
        )


def _spread(
    label: str, match_year: int, on: date, usual: dict[int, date]
) -> Iterator[str]:
    shifted = [
        _in_year(day, match_year - year)
        for year, day in usual.items()
        if year != match_year
    ]
    if shifted and min(abs(on - day) for day in shifted) > USUAL_SPREAD:
        newest = max(year for year in usual if year != match_year)
        yield (
            f"{label}: {in_words(on)} is more than {USUAL_SPREAD.days} days away from "
            f"the same day of every other season, e.g. {in_words(usual[newest])} "
            f"({newest})."
        )


def _in_year(day: date, years: int) -> date:
    """The same day some years later; 28 February where there is no 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _order(row: Deadline, rows: Sequence[Deadline]) -> Iterator[str]:
    """Two events that came in one order in every other season, and not in this."""
    of_season: dict[int, dict[str, Deadline]] = {}
    for other in rows:
        of_season.setdefault(other.match_year, {})[other.event] = other
    here = of_season.pop(row.match_year, {})
    for event, other in here.items():
        pairs = [
            (season[row.event].on, season[event].on)
            for season in of_season.values()
            if row.event in season and event in season
        ]
        if len(pairs) < ENOUGH_SEASONS:
            continue
        label, than = row.event.label, other.event.label
        if all(mine < theirs for mine, theirs in pairs) and row.on > other.on:
            yield (
                f"{label} has always come before “{than}”, which is on "
                f"{in_words(other.on)} in this season."
            )
        if all(mine > theirs for mine, theirs in pairs) and row.on < other.on:
            yield (
                f"{label} has always come after “{than}”, which is on "
                f"{in_words(other.on)} in this season."
            )


SEASON_DAYS = {
    "licence_from": "Licence valid on or after",
    "graduated_from": "Graduated on or after",
    "application_deadline": "Application deadline",
    "accepted_valid_to": "Accepted Pathways are valid to",
    "oet_from": "OET taken on or after",
}


def of_season(row: Season, others: Iterable[Season]) -> Iterator[str]:
    """Doubts about a season of the Pathways beside the other seasons."""
    seasons = [other for other in others if other.match_year != row.match_year]
    for name, label in SEASON_DAYS.items():
        value = getattr(row, name)
        usual = {
            other.match_year: graded.value
            for other in seasons
            if (graded := getattr(other, name)) is not None
        }
        if value is not None:
            yield from _spread(label, row.match_year, value.value, usual)
    deadline, valid_to = row.application_deadline, row.accepted_valid_to
    if deadline and row.closes_on and row.closes_on < deadline.value:
        yield (
            f"The season closes on {in_words(row.closes_on)}, before its application "
            f"deadline of {in_words(deadline.value)}."
        )
    if deadline and valid_to and valid_to.value < deadline.value:
        yield (
            f"Accepted Pathways end on {in_words(valid_to.value)}, before the application "
            f"deadline of {in_words(deadline.value)}."
        )
    fees = {other.match_year: other.fee.value for other in seasons if other.fee}
    before = max((year for year in fees if year < row.match_year), default=None)
    if row.fee is not None and before is not None:
        usual_fee = fees[before]
        if not usual_fee / 2 <= row.fee.value <= usual_fee * 2:
            yield (
                f"The fee is ${row.fee.value}, and it was ${usual_fee} in {before}: less "
                "than half, or more than twice as much."
            )


def of_service(
    row: UsedService, others: Iterable[UsedService], *, today: date
) -> Iterator[str]:
    """Doubts about the service of a specialty."""
    if row.from_season < today.year:
        yield (
            f"The {row.from_season} Match is over: who applied for it reads another "
            "service since."
        )
    if row.from_season > today.year + FURTHEST_SEASON:
        yield f"The {row.from_season} Match is more than {FURTHEST_SEASON} years ahead."
    before = [other for other in others if other.from_season < row.from_season]
    newest = max(before, key=lambda other: other.from_season, default=None)
    if newest is not None and newest.service == row.service:
        yield (
            f"From the {newest.from_season} Match on it is {row.service.label} already, "
            "so this row changes nothing but its grade."
        )
