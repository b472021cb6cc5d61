"""Horizontal bars, in percent of their track. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from imgportal.lib import numbers
from stats.charts.chart_parts import Number, Tick, drawn_once, nice_top, place, ticks


@dataclass(frozen=True, slots=True, kw_only=True)
class BarItem:
    """One bar to draw, of one or more parts. None: there is no value, so no bar."""

    label: str
    parts: tuple[tuple[str, Number], ...] | None
    text: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarPart:
    key: str
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    label: str
    key: str
    parts: tuple[BarPart, ...]  # empty: the value is missing
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    name: str
    title: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]

    @property
    def has_parts(self) -> bool:
        return any(len(bar.parts) > 1 for bar in self.bars)


@drawn_once
def bar_chart(
    *,
    name: str,
    title: str,
    items: Sequence[BarItem],
    write: Callable[[Fraction], str] = numbers.percent,
    top: int | None = None,
) -> BarChart | None:
    """Horizontal bars from zero, up to `top` or a round number above the largest.

    None when no bar has a value.
    """
    sums = [
        sum(value for _, value in item.parts)
        for item in items
        if item.parts is not None
    ]
    if not sums:
        return None
    highest, step = nice_top(top if top is not None else max(sums))
    bars = []
    for item in items:
        so_far: Number = 0
        parts = []
        for key, value in item.parts or ():
            parts.append(
                BarPart(
                    key=key,
                    x=place(so_far, 0, highest),
                    width=place(value, 0, highest),
                )
            )
            so_far += value
        bars.append(
            Bar(label=item.label, key=item.key, parts=tuple(parts), text=item.text)
        )
    return BarChart(
        name=name,
        title=title,
        bars=tuple(bars),
        ticks=ticks(
            0, highest, step, lambda value: write(Fraction(value)).replace(".0%", "%")
        ),
    )
