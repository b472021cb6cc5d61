"""Where the marks of a chart go. Pure: values in, coordinates out.

Templates in `components/` draw what is computed here, in units of the SVG's view
box. A missing value is a gap: it starts a new piece of line and never becomes a
zero. One group keeps one shape, so that colour is never the only sign.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from imgportal.lib import numbers

Number = Fraction | int

SHAPES = {
    "non_us_img": "circle",
    "us_img": "square",
    "us_md_senior": "triangle",
    "us_md_grad": "triangle",
    "us_do_senior": "diamond",
    "us_do_grad": "diamond",
    "us_do_all": "diamond",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line to draw. `values` has one entry a year; None is a gap."""

    key: str
    label: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """A year in which a series stops being comparable, and why in a few words."""

    year: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    key: str
    label: str
    path: str  # the pieces of line; empty when no two neighbours are known
    marks: str  # one path with the series' shape at every known value
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakMark:
    x: float
    text: str
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
    lines: tuple[Line, ...]
    bands: tuple[Band, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    breaks: tuple[BreakMark, ...]

    @property
    def plot_height(self) -> float:
        return self.bottom - self.top


def mark(shape: str, x: float, y: float, size: float = 3.6) -> str:
    """The outline of one mark, as a piece of an SVG path."""
    s = size
    match shape:
        case "square":
            return f"M{x - s:.1f} {y - s:.1f}h{2 * s:.1f}v{2 * s:.1f}h{-2 * s:.1f}z"
        case "triangle":
            return f"M{x:.1f} {y - s * 1.2:.1f}l{s * 1.2:.1f} {s * 2.1:.1f}h{-s * 2.4:.1f}z"
        case "diamond":
            d = s * 1.3
            return f"M{x:.1f} {y - d:.1f}l{d:.1f} {d:.1f}l{-d:.1f} {d:.1f}l{-d:.1f} {-d:.1f}z"
        case "cross":
            return f"M{x - s:.1f} {y:.1f}h{2 * s:.1f}M{x:.1f} {y - s:.1f}v{2 * s:.1f}"
        case _:
            return (
                f"M{x - s:.1f} {y:.1f}a{s:.1f} {s:.1f} 0 1 0 {2 * s:.1f} 0"
                f"a{s:.1f} {s:.1f} 0 1 0 {-2 * s:.1f} 0z"
            )


def segments(
    points: Sequence[tuple[float, float] | None],
) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Runs of neighbouring known points. None ends a run."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return tuple(tuple(run) for run in runs if run)


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in run)
        for run in segments(points)
        if len(run) > 1
    )


def _nice_top(largest: Number) -> tuple[int, int]:
    """(top of the axis, step): four to six round steps that reach the largest value."""
    largest = max(largest, 1)
    step = 1
    while True:
        for factor in (1, 2, 5):
            if largest <= step * factor * 6:
                size = step * factor
                top = -(-Fraction(largest) // size) * size
                return max(int(top), size), size
        step *= 10


def _spread(wanted: Sequence[float], gap: float, lowest: float) -> list[float]:
    """Label positions as near as possible to those wanted, at least `gap` apart."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    previous = float("-inf")
    for index in order:
        placed[index] = previous = max(wanted[index], previous + gap)
    # Push back up what ran over the lower edge.
    limit = lowest
    for index in reversed(order):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - gap
    return placed


def line_chart(
    *,
    name: str,
    title: str,
    description: str,
    years: Sequence[int],
    series: Sequence[Series],
    breaks: Sequence[Break] = (),
    write: Callable[[Fraction], str] = numbers.percent,
    width: int = 760,
    height: int = 330,
) -> LineChart | None:
    """Lines over years, from zero up. None when there is no value to draw."""
    known = [value for line in series for value in line.values if value is not None]
    if not known or not years:
        return None
    left, right, top, bottom = 46.0, width - 172.0, 40.0, height - 30.0
    first, last = min(years), max(years)
    span = max(last - first, 1)
    highest, step = _nice_top(max(known))

    def x_of(year: int) -> float:
        return round(left + (right - left) * (year - first) / span, 1)

    def y_of(value: Number) -> float:
        return round(bottom - (bottom - top) * float(value) / highest, 1)

    drawn: list[tuple[Series, str, str, float, float, str]] = []
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
        shape = SHAPES.get(line.key, "cross")
        newest = next(
            value
            for year in reversed(calendar)
            if (value := by_year.get(year)) is not None
        )
        drawn.append(
            (
                line,
                _path(points),
                "".join(mark(shape, x, y) for x, y in present),
                *present[-1],
                write(Fraction(newest)),
            )
        )
    label_ys = _spread([end_y for *_, end_y, _ in drawn], 17, bottom)
    lines = tuple(
        Line(
            key=line.key,
            label=line.label,
            path=path,
            marks=marks,
            end_x=end_x,
            end_y=end_y,
            label_y=label_y,
            end_text=text,
        )
        for (line, path, marks, end_x, end_y, text), label_y in zip(
            drawn, label_ys, strict=True
        )
    )
    band = (right - left) / span
    bands = []
    for index, year in enumerate(years):
        said = [
            f"{line.label} {write(Fraction(value))}"
            for line in series
            if (value := line.values[index]) is not None
        ]
        if said:
            bands.append(
                Band(
                    year=year,
                    x=round(x_of(year) - band / 2, 1),
                    width=round(band, 1),
                    centre=x_of(year),
                    readout=f"{year}: {' · '.join(said)}",
                )
            )
    every = next(step for step in (1, 2, 5, 10) if span / step <= 8 or step == 10)
    return LineChart(
        name=name,
        title=title,
        description=description,
        width=width,
        height=height,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        lines=lines,
        bands=tuple(bands),
        x_ticks=tuple(
            Tick(at=x_of(year), label=str(year))
            for year in calendar
            if year % every == 0 or len(calendar) == 1
        ),
        y_ticks=tuple(
            Tick(at=y_of(value), label=write(Fraction(value)).replace(".0%", "%"))
            for value in range(0, highest + 1, step)
        ),
        breaks=tuple(
            BreakMark(
                x=x_of(item.year),
                text=f"{item.year}: {item.text}",
                # Words that would leave the picture stand before the line.
                anchor="end"
                if x_of(item.year) + 7 * len(item.text) + 45 > width
                else "start",
            )
            for item in breaks
            if first <= item.year <= last
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """A trend as small as a word."""

    width: int
    height: int
    path: str
    marks: str
    end: str


def sparkline(
    points: Sequence[tuple[int, Number | None]], *, first: int, last: int
) -> Spark | None:
    """A trend over the years `first` to `last`, from zero up.

    None when fewer than two values are known: one value is no trend.
    """
    known = {year: value for year, value in points if value is not None}
    if len(known) < 2:
        return None
    width, height, edge = 96, 26, 4.0
    highest = max(float(value) for value in known.values()) or 1.0
    span = max(last - first, 1)
    placed = [
        (
            edge + (width - 2 * edge) * (year - first) / span,
            height - edge - (height - 2 * edge) * float(known[year]) / highest,
        )
        if year in known
        else None
        for year in range(first, last + 1)
    ]
    present = [point for point in placed if point is not None]
    return Spark(
        width=width,
        height=height,
        path=_path(placed),
        marks="".join(mark("circle", x, y, 1.4) for x, y in present[:-1]),
        end=mark("circle", *present[-1], 2.8),
    )


# Bars, dots and strips are drawn in percent of their width, so that they fit any
# screen while their words keep their size.


def _place(value: Number, low: Number, high: Number) -> float:
    """Where a value lies between two others, in percent."""
    return round(float(Fraction(value - low) * 100 / Fraction(high - low)), 2)


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
    highest, step = _nice_top(top if top is not None else max(sums))
    bars = []
    for item in items:
        so_far: Number = 0
        parts = []
        for key, value in item.parts or ():
            parts.append(
                BarPart(
                    key=key,
                    x=_place(so_far, 0, highest),
                    width=_place(value, 0, highest),
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
        ticks=tuple(
            Tick(
                at=_place(value, 0, highest),
                label=write(Fraction(value)).replace(".0%", "%"),
            )
            for value in range(0, highest + 1, step)
        ),
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


def _scale(values: Sequence[Number], low: int, high: int, step: int) -> tuple[int, int]:
    """The given scale, widened in whole steps until every value lies on it."""
    return (
        min(low, int(min(values) // step * step)),
        max(high, int(-(-Fraction(max(values)) // step) * step)),
    )


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
    low, high = _scale(values, low, high, step)
    rows = []
    for item in items:
        placed = [
            (key, _place(value, low, high))
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
        ticks=tuple(
            Tick(at=_place(value, low, high), label=str(value))
            for value in range(low, high + 1, step)
        ),
    )


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


def score_strip(
    quartiles: Sequence[Quartiles], *, low: int = 210, high: int = 280
) -> ScoreStrip | None:
    """None when no outcome has quartiles. Values outside the axis widen it."""
    if not quartiles:
        return None
    low, high = _scale(
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
                q1=_place(Fraction(item.q1), low, high),
                width=_place(Fraction(item.q3 - item.q1), 0, high - low),
                median=_place(Fraction(item.median), low, high),
            )
            for item in quartiles
        ),
        ticks=tuple(
            Tick(at=_place(value, low, high), label=str(value))
            for value in range(low, high + 1, 10)
        ),
    )
