"""Line charts and sparklines, in units of the SVG's view box. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from textwrap import wrap

from imgportal.lib import numbers
from stats.charts.chart_parts import (
    SHAPES,
    Number,
    Tick,
    drawn_once,
    mark,
    nice_top,
    path_through,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedValue:
    """A value that no document states and that follows from others, within a range."""

    year: int
    least: Fraction
    most: Fraction
    reason: str  # from what it follows, for the note below the chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line to draw. `values` has one entry a year; None is a gap.

    A derived value stands in a gap: hollow, and joined by a broken line.
    """

    key: str
    label: str
    values: tuple[Number | None, ...]
    derived: tuple[DerivedValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Break:
    """A year in which a series stops being comparable, and why in a few words."""

    year: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLine:
    key: str
    label: str
    path: str  # the pieces of line; empty when no two neighbours are known
    marks: str  # one path with the series' shape at every known value
    derived_path: str  # from each derived value to its neighbours
    derived_marks: str
    end_x: float
    end_y: float
    label_y: float
    end_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The strip of one year, which shows its values on hover and on focus."""

    year: int
    x: float
    width: float
    centre: float
    readout: str
    # The same, broken into lines that fit above the plot.
    readout_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakMark:
    x: float
    y: float  # the foot of the first of its lines
    lines: tuple[str, ...]
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    name: str
    title: str
    description: str
    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    lines: tuple[ChartLine, ...]
    bands: tuple[Band, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    breaks: tuple[BreakMark, ...]
    notes: tuple[str, ...]  # one for each derived value

    @property
    def plot_height(self) -> float:
        return self.bottom - self.top


def _spread(heights: Sequence[float], gap: float, lowest: float) -> list[float]:
    """Label positions as near as possible to these heights, at least `gap` apart."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    placed = [0.0] * len(heights)
    previous = float("-inf")
    for index in order:
        placed[index] = previous = max(heights[index], previous + gap)
    # Push back up what ran over the lower edge.
    limit = lowest
    for index in reversed(order):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - gap
    return placed


PLOT_WIDTH = 545
PLOT_HEIGHT = 260
# How wide a letter of a label may be, in units of the view box: a wide sans serif.
LETTER = 9.0
BREAK_LETTER = 7.5
BREAK_LINE = 14
VALUES_A_LINE = 3


@drawn_once
def line_chart(
    *,
    name: str,
    title: str,
    description: str,
    years: Sequence[int],
    series: Sequence[Series],
    breaks: Sequence[Break] = (),
    write: Callable[[Fraction], str] = numbers.percent,
) -> LineChart | None:
    """Lines over years, from zero up. None when there is no value to draw.

    Each line is named at its end, with its last value; a line that ends before the
    others says in which year.
    """
    values = [value for line in series for value in line.values if value is not None]
    if not values or not years:
        return None
    first, last = min(years), max(years)
    span = max(last - first, 1)
    highest, step = nice_top(max(values))
    # Room for the readout above the plot and for the names beside it.
    readout_rows = -(-len(series) // VALUES_A_LINE)
    left, right = 46.0, 46.0 + PLOT_WIDTH
    top = 24.0 + 17 * readout_rows
    bottom = top + PLOT_HEIGHT

    def x_of(year: int) -> float:
        return round(left + (right - left) * (year - first) / span, 1)

    def y_of(value: Number) -> float:
        return round(bottom - (bottom - top) * float(value) / highest, 1)

    lines: list[ChartLine] = []
    # A year without any row is a gap too, so walk the calendar, not the rows.
    calendar = range(first, last + 1)
    for line in series:
        by_year = dict(zip(years, line.values, strict=True))
        points = [
            None if (value := by_year.get(year)) is None else (x_of(year), y_of(value))
            for year in calendar
        ]
        present = [point for point in points if point is not None]
        if not present:
            continue
        derived = [
            (
                value.year - first,
                (x_of(value.year), y_of((value.least + value.most) / 2)),
            )
            for value in line.derived
        ]
        shape = SHAPES.get(line.key, "cross")
        end, newest = next(
            (year, value)
            for year in reversed(calendar)
            if (value := by_year.get(year)) is not None
        )
        end_x, end_y = present[-1]
        lines.append(
            ChartLine(
                key=line.key,
                label=line.label,
                path=path_through(points),
                marks="".join(mark(shape, x, y) for x, y in present),
                derived_path="".join(
                    path_through([points[at - 1] if at else None, here])
                    + path_through([here, *points[at + 1 : at + 2]])
                    for at, here in derived
                ),
                derived_marks="".join(mark(shape, *here) for _, here in derived),
                end_x=end_x,
                end_y=end_y,
                label_y=end_y,
                end_text=write(Fraction(newest)) + ("" if end == last else f" ({end})"),
            )
        )
    longest = max(len(f"{line.label} {line.end_text}") for line in lines)
    width = round(right + 16 + longest * LETTER)
    label_ys = _spread([line.end_y for line in lines], 17, bottom)
    every = next(step for step in (1, 2, 5, 10) if span / step <= 8 or step == 10)
    return LineChart(
        name=name,
        title=title,
        description=description,
        width=width,
        height=round(bottom + 30),
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        lines=tuple(
            replace(line, label_y=label_y)
            for line, label_y in zip(lines, label_ys, strict=True)
        ),
        bands=tuple(
            _band(year, x_of(year), (right - left) / span, readouts)
            for index, year in enumerate(years)
            if (
                readouts := [
                    f"{line.label} {words}"
                    for line in series
                    if (words := _readout(line, index, year, write))
                ]
            )
        ),
        x_ticks=tuple(
            Tick(at=x_of(year), label=str(year))
            for year in calendar
            if year % every == 0 or len(calendar) == 1
        ),
        y_ticks=tuple(
            Tick(at=y_of(value), label=write(Fraction(value)).replace(".0%", "%"))
            for value in range(0, highest + 1, step)
        ),
        breaks=_break_marks(
            [item for item in breaks if first <= item.year <= last],
            x_of,
            left=left,
            right=right,
            foot=bottom - 7,
        ),
        notes=tuple(
            f"{value.year}, {line.label}: {_range_in_words(value, write)}, derived. {value.reason}"
            for line in series
            for value in line.derived
        ),
    )


def _readout(
    line: Series, index: int, year: int, write: Callable[[Fraction], str]
) -> str:
    """The value of a year in words; empty where there is none."""
    value = line.values[index]
    if value is not None:
        return write(Fraction(value))
    derived = next((value for value in line.derived if value.year == year), None)
    return f"{_range_in_words(derived, write)} (derived)" if derived else ""


def _range_in_words(value: DerivedValue, write: Callable[[Fraction], str]) -> str:
    least, most = write(value.least), write(value.most)
    return least if least == most else f"{least} to {most}"


def _band(year: int, x: float, width: float, readouts: Sequence[str]) -> Band:
    return Band(
        year=year,
        x=round(x - width / 2, 1),
        width=round(width, 1),
        centre=x,
        readout=f"{year}: {' · '.join(readouts)}",
        readout_lines=tuple(
            (f"{year}: " if start == 0 else "")
            + " · ".join(readouts[start : start + VALUES_A_LINE])
            for start in range(0, len(readouts), VALUES_A_LINE)
        ),
    )


def _break_marks(
    breaks: Sequence[Break],
    x_of: Callable[[int], float],
    *,
    left: float,
    right: float,
    foot: float,
) -> tuple[BreakMark, ...]:
    """Words stand behind their own line, broken so that they end before the next one;
    where that is too narrow, before it.
    """
    edges = [left, *(x_of(item.year) for item in breaks), right]
    marks = []
    for at, item in enumerate(breaks, start=1):
        text = f"{item.year}: {item.text}"
        longest = max(map(len, text.split()))
        behind, before = (
            int((edges[at + 1] - edges[at] - 10) / BREAK_LETTER),
            int((edges[at] - edges[at - 1] - 10) / BREAK_LETTER),
        )
        is_behind = behind >= longest or behind >= before
        lines = wrap(text, max(behind if is_behind else before, longest))
        marks.append(
            BreakMark(
                x=edges[at],
                y=foot - BREAK_LINE * (len(lines) - 1),
                lines=tuple(lines),
                anchor="start" if is_behind else "end",
            )
        )
    return tuple(marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """A trend as small as a word."""

    width: int
    height: int
    path: str
    marks: str
    end: str
    ground: float  # where zero lies


@drawn_once
def sparkline(
    points: Sequence[tuple[int, Number | None]],
    *,
    first: int,
    last: int,
    top: Number | None = None,
) -> Spark | None:
    """A trend over the years `first` to `last`, from zero up to `top`, or else to its
    own largest value. Those with the same years and top can be compared.

    None when fewer than two values are known: one value is no trend.
    """
    values = {year: value for year, value in points if value is not None}
    if len(values) < 2:
        return None
    width, height, edge = 96, 26, 4.0
    highest = float(max(*values.values(), top or 0)) or 1.0
    span = max(last - first, 1)
    placed = [
        (
            edge + (width - 2 * edge) * (year - first) / span,
            height - edge - (height - 2 * edge) * float(values[year]) / highest,
        )
        if year in values
        else None
        for year in range(first, last + 1)
    ]
    present = [point for point in placed if point is not None]
    return Spark(
        width=width,
        height=height,
        path=path_through(placed),
        marks="".join(mark("circle", x, y, 1.4) for x, y in present[:-1]),
        end=mark("circle", *present[-1], 2.8),
        ground=height - edge,
    )
