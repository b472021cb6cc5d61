"""Score strips: the quartiles or means of two outcomes on one axis, in percent. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from stats.charts.chart_parts import Tick, drawn_once, place, scale, ticks


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StripBand:
    quartiles: Quartiles
    q1: float
    width: float
    median: float


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


@drawn_once
def score_strip(
    quartiles: Sequence[Quartiles],
    means: Sequence[Mean] = (),
    *,
    low: int = 210,
    high: int = 280,
) -> ScoreStrip | None:
    """None when nothing is published. Values outside the axis widen it."""
    if not quartiles and not means:
        return None
    values = [value for item in quartiles for value in (item.q1, item.q3)]
    values += [item.mean for item in means]
    low, high = scale([Fraction(value) for value in values], low, high, 10)
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
        ticks=ticks(low, high, 10),
    )
