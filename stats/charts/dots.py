"""Dot-range charts, in percent of their track. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stats.charts.chart_parts import (
    SHAPES,
    Number,
    Tick,
    drawn_once,
    mark,
    place,
    scale,
    ticks,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DotItem:
    """One row of a dot-range chart; a point that is None is left out."""

    label: str
    points: tuple[tuple[str, Number | None], ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    key: str
    x: float
    path: str  # around the origin


@dataclass(frozen=True, slots=True, kw_only=True)
class DotRow:
    label: str
    dots: tuple[Dot, ...]
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DotChart:
    name: str
    title: str
    low: int
    rows: tuple[DotRow, ...]
    ticks: tuple[Tick, ...]


@drawn_once
def dot_chart(
    *,
    name: str,
    title: str,
    items: Sequence[DotItem],
    low: int,
    high: int,
    step: int = 10,
) -> DotChart | None:
    """Points on a shared scale from `low` to `high`, one row an item.

    Values outside the scale widen it. None when there is no point to draw.
    """
    values = [value for item in items for _, value in item.points if value is not None]
    if not values:
        return None
    low, high = scale(values, low, high, step)
    rows = []
    for item in items:
        placed = [
            (key, place(value, low, high))
            for key, value in item.points
            if value is not None
        ]
        if not placed:
            continue
        rows.append(
            DotRow(
                label=item.label,
                dots=tuple(
                    Dot(key=key, x=x, path=mark(SHAPES.get(key, ""), 0, 0, 5))
                    for key, x in placed
                ),
                low=min(x for _, x in placed),
                high=max(x for _, x in placed),
                text=item.text,
            )
        )
    return DotChart(
        name=name,
        title=title,
        low=low,
        rows=tuple(rows),
        ticks=ticks(low, high, step),
    )
