"""Score strips: the quartiles of two outcomes on one axis, in percent. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from stats.charts.drawing import Tick, drawn_once, place, scale


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
class StripBand:
    quartiles: Quartiles
    q1: float
    width: float
    median: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreStrip:
    """The quartile bands of the outcomes on one axis."""

    low: int
    high: int
    bands: tuple[StripBand, ...]
    ticks: tuple[Tick, ...]


@drawn_once
def score_strip(
    quartiles: Sequence[Quartiles], *, low: int = 210, high: int = 280
) -> ScoreStrip | None:
    """None when no outcome has quartiles. Values outside the axis widen it."""
    if not quartiles:
        return None
    low, high = scale(
        [Fraction(value) for item in quartiles for value in (item.q1, item.q3)],
        low,
        high,
        10,
    )
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
        ticks=tuple(
            Tick(at=place(value, low, high), label=str(value))
            for value in range(low, high + 1, 10)
        ),
    )
