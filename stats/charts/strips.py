"""Score strips: the quartiles or means of two outcomes on one axis, in percent. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from stats.charts.chart_parts import Tick, drawn_once, place, scale, ticks

# The axis ends with the scale of the exam. It begins below every passing score since 2013,
# and where the scale begins (1) nothing could be read any more: what lies lower is said.
LOWEST_DRAWN = 200
HIGHEST_SCORE = 300
STEP = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Quartiles:
    """The published quartiles of one outcome, and of how many people."""

    outcome: str
    label: str
    q1: Decimal
    median: Decimal
    q3: Decimal
    n: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The published mean of one outcome, where its edition gives no quartiles."""

    outcome: str
    label: str
    mean: Decimal
    n: int | None


# Room for the numbers beside a band, in percent of the narrowest track.
ROOM_FOR_NUMBERS = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class StripBand:
    quartiles: Quartiles
    q1: float
    width: float
    median: float

    @property
    def end(self) -> float:
        return self.q1 + self.width

    @property
    def has_room_behind(self) -> bool:
        """May its numbers stand behind it? Else they stand before it."""
        return self.end + ROOM_FOR_NUMBERS <= 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StripPoint:
    mean: Mean
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreStrip:
    """What is published of each outcome, on one axis."""

    low: int
    high: int
    bands: tuple[StripBand, ...]
    points: tuple[StripPoint, ...]
    ticks: tuple[Tick, ...]

    def place_of(self, score: int) -> float:
        """Where a score lies on the axis; one beyond an end stands at that end."""
        return place(min(max(score, self.low), self.high), self.low, self.high)

    def holds(self, score: int) -> bool:
        """Is a score within what is drawn?"""
        return self.low <= score <= self.high


def score_axis(
    quartiles: Sequence[Quartiles],
    means: Sequence[Mean] = (),
    *,
    low: int = LOWEST_DRAWN,
    high: int = HIGHEST_SCORE,
) -> tuple[int, int]:
    """The ends of an axis on which all of these lie."""
    values = [value for item in quartiles for value in (item.q1, item.q3)]
    values += [item.mean for item in means]
    if not values:
        return low, high
    return scale([Fraction(value) for value in values], low, high, STEP)


@drawn_once
def score_strip(
    quartiles: Sequence[Quartiles],
    means: Sequence[Mean] = (),
    *,
    low: int = LOWEST_DRAWN,
    high: int = HIGHEST_SCORE,
) -> ScoreStrip | None:
    """None when nothing is published. Values outside the axis widen it."""
    if not quartiles and not means:
        return None
    low, high = score_axis(quartiles, means, low=low, high=high)
    return ScoreStrip(
        low=low,
        high=high,
        bands=tuple(
            StripBand(
                quartiles=item,
                q1=place(Fraction(item.q1), low, high),
                width=place(Fraction(item.q3 - item.q1), 0, high - low),
                median=place(Fraction(item.median), low, high),
            )
            for item in quartiles
        ),
        points=tuple(
            StripPoint(mean=item, at=place(Fraction(item.mean), low, high))
            for item in means
        ),
        ticks=ticks(low, high, STEP),
    )
