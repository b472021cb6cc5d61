"""Charts as files that stand alone: the geometry of the pages with title, source and date
inside, so that a picture that travels still says what it shows. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from imgportal.lib import numbers
from stats.charts.bars import BarChart
from stats.charts.chart_parts import SHAPES, Tick, mark
from stats.charts.lines import ChartLine, LineChart
from stats.charts.palette import PALETTES
from stats.charts.strips import ScoreStrip
from stats.charts.svg import (
    Anchor,
    Pen,
    as_text,
    balance_lines,
    break_lines,
    new_drawing,
    width_of,
)

WIDTH = 800
MARGIN = 28
HATCH = "hatch"
# Groups whose line is broken, as they share a colour, and whose mark is a plus.
BROKEN = frozenset({"us_md_grad", "us_do_grad", "us_do_all"})
OPEN = frozenset({"all", "all_imgs", "imgs", "img_total"})
# How many of three circles are full.
CIRCLES = {"A": 3, "B": 2, "C": 1, "W": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around a drawing that stands alone."""

    title: str
    subtitle: str
    description: str  # for whoever cannot see the drawing
    # Of the least certain value: "A", "B", "C", or "W" (withdrawn). Empty: nothing is graded.
    grade: str
    trust: str  # how far the values can be trusted, in words
    sources: str
    as_of: str  # which state of the figures this is, and where later ones stand
    address: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendItem:
    key: str
    label: str
    is_hatched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StripPanel:
    """One score strip with whose scores it shows."""

    heading: str
    key: str
    group: str
    strip: ScoreStrip


@dataclass(frozen=True, slots=True, kw_only=True)
class StripPanels:
    """Score strips below one another."""

    panels: tuple[StripPanel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeFigure:
    """One number, of what it is, and what belongs to it."""

    number: str
    of_what: str
    parts: tuple[tuple[str, str], ...] = ()  # (group, words)
    beside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedBars:
    """Bars of more than one part, with what the parts are."""

    chart: BarChart
    legend: tuple[LegendItem, ...]


Drawing = LineChart | BarChart | KeyedBars | StripPanels | LargeFigure


def standalone(drawing: Drawing, frame: Frame, *, theme: str = "light") -> str:
    """The drawing with its frame, as an SVG file."""
    root, pen = new_drawing(
        PALETTES[theme], title=frame.title, description=frame.description
    )
    width = max(
        WIDTH, drawing.width + 2 * MARGIN if isinstance(drawing, LineChart) else 0
    )
    inner = width - 2 * MARGIN
    palette = pen.palette
    # Its height is known at the end.
    ground = pen.add("rect", width="100%", height="100%", fill=palette.paper)
    y = 20.0
    pen.line(f"M{MARGIN} {y:.0f}h{inner}", palette.ink, stroke_width=2)
    y += 14
    for line in balance_lines(frame.title, 23, inner):
        y += 27
        pen.text(MARGIN, y - 5, line, size=23, fill=palette.ink, is_serif=True)
    for line in balance_lines(frame.subtitle, 14, inner):
        y += 20
        pen.text(MARGIN, y - 3, line, size=14)
    y += 12
    y += draw(pen.moved(MARGIN, y), drawing, inner)
    for note in frame.notes:
        y += 4
        for line in break_lines(note, 12, inner):
            y += 16
            pen.text(MARGIN, y, line, size=12)
    y += 20
    y = _foot(pen, frame, y, inner)
    ground.set("width", f"{width}")
    ground.set("height", f"{y:.0f}")
    return as_text(root, width=width, height=round(y))


def _foot(pen: Pen, frame: Frame, y: float, inner: float) -> float:
    """Source, trust, date and address; where it ends."""
    palette = pen.palette
    pen.line(f"M{MARGIN} {y:.1f}h{inner}", palette.line)
    y += 6
    if frame.grade:
        y += 18
        indent = draw_grade(pen, MARGIN, y - 4.5, frame.grade)
        lines = break_lines(frame.trust, 12.5, inner - indent)
        for at, line in enumerate(lines):
            y += 17 if at else 0
            pen.text(
                MARGIN + indent, y, line, size=12.5, fill=palette.ink, is_bold=not at
            )
    for words in (frame.sources, frame.as_of):
        for line in break_lines(words, 12.5, inner):
            y += 17
            pen.text(MARGIN, y, line, size=12.5)
    y += 22
    draw_name(pen, MARGIN, y, 12)
    address = frame.address
    if width_of(address, 12.5, is_bold=True) > inner - 110:
        address = address.partition("?")[0]
    pen.text(
        MARGIN + 110,
        y,
        address,
        size=12.5,
        fill=palette.accent,
        is_bold=True,
    )
    return y + 20


def draw_grade(pen: Pen, x: float, y: float, grade: str, radius: float = 4) -> float:
    """Three circles, of which the first are full; how much room they take."""
    ink = pen.palette.ink
    for place in range(3):
        pen.add(
            "circle",
            cx=x + radius + place * 2.7 * radius,
            cy=y,
            r=radius - 0.6,
            fill=ink if place < CIRCLES[grade] else "none",
            stroke=ink,
            stroke_width=1.2,
        )
    return radius * 10.5


def draw_name(pen: Pen, x: float, y: float, size: float) -> None:
    """The mark of the site and its name, standing on a line."""
    palette, middle, radius = pen.palette, y - size * 0.36, size * 0.42
    pen.add(
        "circle",
        cx=x + radius,
        cy=middle,
        r=radius,
        fill=palette.of_group("non_us_img"),
    )
    pen.add(
        "rect",
        x=x + size,
        y=middle - radius,
        width=2 * radius,
        height=2 * radius,
        fill=palette.of_group("us_img"),
    )
    pen.text(
        x + size * 2.15,
        y,
        "IMG portal",
        size=size * 1.2,
        fill=palette.ink,
        is_serif=True,
    )


def draw(pen: Pen, drawing: Drawing, width: float) -> float:
    """The drawing alone, from the pen's zero down; its height."""
    match drawing:
        case LineChart():
            return _draw_lines(pen, drawing)
        case BarChart():
            return _draw_bars(pen, drawing, width)
        case KeyedBars():
            y = _draw_legend(pen, drawing.legend)
            return y + _draw_bars(pen.moved(0, y), drawing.chart, width)
        case StripPanels():
            return _draw_strips(pen, drawing.panels, width)
        case LargeFigure():
            return _draw_large(pen, drawing, width)


# --- Lines -------------------------------------------------------------------------------


def _draw_lines(pen: Pen, chart: LineChart) -> float:
    palette = pen.palette
    # Pages keep room above the plot for what the pointer rests on.
    above = chart.top - 12
    pen = pen.moved(-6, -above)
    for at, tick in enumerate(chart.y_ticks):
        stroke = palette.line if at else palette.line_strong
        pen.line(f"M{chart.left} {tick.at}H{chart.right}", stroke)
        pen.text(chart.left - 8, tick.at + 4.2, tick.label, anchor="end")
    for tick in chart.x_ticks:
        pen.text(tick.at, chart.bottom + 20, tick.label, anchor="middle")
    for item in chart.breaks:
        pen.line(
            f"M{item.x} {chart.top}V{chart.bottom}",
            palette.line_strong,
            stroke_dasharray="3 3",
        )
        is_before = item.anchor == "end"
        for at, words in enumerate(item.lines):
            pen.text(
                item.x + (-5 if is_before else 5),
                item.y + 14 * at,
                words,
                size=12,
                anchor="end" if is_before else "start",
                has_halo=True,
            )
    for line in chart.lines:
        _draw_line(pen, line, chart.right)
    for line in chart.lines:
        colour = palette.of_group(line.key)
        if line.derived_marks:
            pen.line(
                line.derived_path, colour, stroke_width=2.25, stroke_dasharray="2 4"
            )
            pen.add(
                "path",
                d=line.derived_marks,
                fill=palette.paper,
                stroke=colour,
                stroke_width=1.5,
            )
    return chart.bottom + 30 - above


def _draw_line(pen: Pen, line: ChartLine, right: float) -> None:
    colour = pen.palette.of_group(line.key)
    if line.path:
        broken = {"stroke_dasharray": "6 4"} if line.key in BROKEN else {}
        pen.line(
            line.path, colour, stroke_width=2.25, stroke_linejoin="round", **broken
        )
    if line.key in OPEN:
        pen.line(line.marks, colour, stroke_width=1.75)
    else:
        pen.add(
            "path", d=line.marks, fill=colour, stroke=pen.palette.paper, stroke_width=1
        )
    pen.text(
        right + 12,
        line.label_y + 4.2,
        f"{line.label} {line.end_text}",
        fill=colour,
        is_bold=True,
    )


# --- Bars --------------------------------------------------------------------------------

ROW, BAR, LABEL_SIZE = 27, 16, 14


def _draw_bars(pen: Pen, chart: BarChart, width: float) -> float:
    """Label, track and value of each bar, and the axis below them."""
    palette = pen.palette
    if chart.has_parts:
        _define_hatch(pen)
    chips = 18 if any(bar.key for bar in chart.bars) else 0
    labels = [
        break_lines(bar.label, LABEL_SIZE, width * 0.42 - chips) for bar in chart.bars
    ]
    label_width = chips + 12.0
    label_width += max(width_of(line, LABEL_SIZE) for lines in labels for line in lines)
    value_width = (
        max(width_of(bar.text, LABEL_SIZE, is_bold=True) for bar in chart.bars) + 12
    )
    track = max(width - label_width - value_width, width * 0.2)
    y = 0.0
    for bar, lines in zip(chart.bars, labels, strict=True):
        height = ROW + 17 * (len(lines) - 1)
        middle = y + height / 2
        if bar.key:
            _draw_chip(pen, 5, middle, bar.key)
        for at, line in enumerate(lines):
            pen.text(
                chips,
                middle + 5 + 17 * at - 8.5 * (len(lines) - 1),
                line,
                size=LABEL_SIZE,
                fill=palette.ink,
            )
        pen.line(f"M{label_width:.1f} {middle + BAR / 2:.1f}h{track:.1f}", palette.line)
        for at, part in enumerate(bar.parts):
            place = {
                "x": label_width + part.x * track / 100,
                "y": middle - BAR / 2,
                "width": part.width * track / 100,
                "height": BAR,
            }
            pen.add("rect", **place, fill=palette.of_group(part.key))
            if at:
                pen.add("rect", **place, fill=f"url(#{HATCH})")
        pen.text(
            width,
            middle + 5,
            bar.text,
            size=LABEL_SIZE,
            fill=palette.ink if bar.parts else palette.quiet,
            is_bold=bool(bar.parts),
            anchor="end",
        )
        y += height
    _draw_scale(pen.moved(label_width, y + 16), chart.ticks, track)
    return y + 24


def _draw_scale(pen: Pen, ticks: Sequence[Tick], width: float) -> None:
    size = 11.5
    last = len(ticks) - 1
    room = width / max(last, 1)
    # Where they would touch, only the ends are named.
    is_tight = 1.6 * max(width_of(tick.label, size) for tick in ticks) > room
    for at, tick in enumerate(ticks):
        if not is_tight or at in (0, last):
            anchor: Anchor = "start" if not at else "end" if at == last else "middle"
            pen.text(tick.at * width / 100, 0, tick.label, size=size, anchor=anchor)


def _define_hatch(pen: Pen) -> None:
    pattern = Pen(
        pen.add(
            "pattern",
            id=HATCH,
            width=5,
            height=5,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        ),
        pen.palette,
    )
    pattern.line("M1 0V5", pen.palette.paper, stroke_width=2)


def _draw_chip(pen: Pen, x: float, y: float, key: str) -> None:
    """The shape of a group in its colour, around that point."""
    colour = pen.palette.of_group(key)
    shape = mark(SHAPES.get(key, "cross"), x, y, 4.4)
    if key in SHAPES:
        pen.add("path", d=shape, fill=colour)
    else:
        pen.line(shape, colour, stroke_width=2)


def _draw_legend(pen: Pen, legend: Sequence[LegendItem]) -> float:
    if any(item.is_hatched for item in legend):
        _define_hatch(pen)
    x = 0.0
    for item in legend:
        colour = pen.palette.of_group(item.key)
        pen.add("rect", x=x, y=2, width=14, height=12, fill=colour)
        if item.is_hatched:
            pen.add("rect", x=x, y=2, width=14, height=12, fill=f"url(#{HATCH})")
        pen.text(x + 20, 13, item.label, size=13)
        x += 44 + width_of(item.label, 13)
    return 26


# --- Score strips ------------------------------------------------------------------------

TRACK_ROW = 22


def _draw_strips(pen: Pen, panels: Sequence[StripPanel], width: float) -> float:
    palette = pen.palette
    left = min(
        max(
            *(width_of(panel.heading, LABEL_SIZE, is_bold=True) for panel in panels),
            *(width_of(panel.group, 12.5) + 18 for panel in panels),
        ),
        width * 0.38,
    )
    left += 16
    # The people behind each strip stand after it.
    people = max(
        width_of(words, 12)
        for panel in panels
        for words in _people_of(panel.strip).values()
    )
    track = width - left - people - 14
    y = 0.0
    for at, panel in enumerate(panels):
        strip = panel.strip
        outcomes = list(_people_of(strip).items())
        heading = break_lines(panel.heading, LABEL_SIZE, left - 16)
        height = max(
            TRACK_ROW * len(outcomes) + 8,
            17 * len(heading) + (17 if panel.group else 0),
        )
        for row, line in enumerate(heading):
            pen.text(
                0,
                y + 16 + 17 * row,
                line,
                size=LABEL_SIZE,
                fill=palette.ink,
                is_bold=True,
            )
        if panel.group:
            foot = y + 15 + 17 * len(heading)
            _draw_chip(pen, 5, foot - 4.5, panel.key)
            pen.text(16, foot, panel.group, size=12.5)
        _draw_tracks(pen.moved(left, y + 4), strip, track)
        for row, (_, words) in enumerate(outcomes):
            pen.text(left + track + 14, y + 4 + TRACK_ROW * row + 15, words, size=12)
        y += height + 4
        following = panels[at + 1].strip if at + 1 < len(panels) else None
        if following is None or following.ticks != strip.ticks:
            _draw_scale(pen.moved(left, y + 10), strip.ticks, track)
            y += 22
        if following is not None:
            pen.line(f"M0 {y:.1f}h{width:.1f}", palette.line)
            y += 6
    return y


def _people_of(strip: ScoreStrip) -> dict[str, str]:
    """Of how many people each outcome is, in words, in the order of the tracks."""
    shown = [band.quartiles for band in strip.bands] + [
        point.mean for point in strip.points
    ]
    return {
        item.outcome: f"{item.label}, n = "
        + (numbers.count(item.n) if item.n is not None else "not known")
        for item in shown
    }


def _draw_tracks(pen: Pen, strip: ScoreStrip, width: float) -> None:
    palette = pen.palette

    def x_of(place: float) -> float:
        return round(place * width / 100, 1)

    rows = len(strip.bands) + len(strip.points)
    for tick in strip.ticks:
        pen.line(f"M{x_of(tick.at)} 0V{TRACK_ROW * rows}", palette.line)
    for row, band in enumerate(strip.bands):
        y = TRACK_ROW * row + 4
        is_matched = band.quartiles.outcome == "matched"
        paint: dict[str, str | float] = (
            {"fill": palette.ink, "fill_opacity": 0.72}
            if is_matched
            else {
                "fill": "none",
                "stroke": palette.ink,
                "stroke_width": 1.5,
                "stroke_dasharray": "4 2",
            }
        )
        pen.add(
            "rect",
            x=x_of(band.q1),
            y=y,
            width=x_of(band.width),
            height=14,
            rx=2,
            **paint,
        )
        pen.line(
            f"M{x_of(band.median)} {y - 2}v18",
            palette.paper if is_matched else palette.ink,
            stroke_width=3,
        )
        is_behind = band.has_room_behind
        pen.text(
            x_of(band.end) + 7 if is_behind else x_of(band.q1) - 7,
            y + 11.3,
            " · ".join(
                numbers.printed(value)
                for value in (
                    band.quartiles.q1,
                    band.quartiles.median,
                    band.quartiles.q3,
                )
            ),
            size=12,
            fill=palette.ink,
            anchor="start" if is_behind else "end",
            has_halo=True,
        )
    for row, point in enumerate(strip.points, start=len(strip.bands)):
        x, y = x_of(point.at), TRACK_ROW * row + 11
        is_matched = point.mean.outcome == "matched"
        pen.add(
            "path",
            d=f"M{x} {y - 7}l7 7l-7 7l-7 -7z",
            fill=palette.ink if is_matched else palette.paper,
            stroke=palette.ink,
            stroke_width=1.5,
        )
        pen.text(
            x + 13,
            y + 4.3,
            numbers.printed(point.mean.mean),
            size=12,
            fill=palette.ink,
            has_halo=True,
        )


# --- One number --------------------------------------------------------------------------


def _draw_large(pen: Pen, figure: LargeFigure, width: float) -> float:
    palette = pen.palette
    pen.text(0, 66, figure.number, size=72, fill=palette.ink, is_serif=True)
    y = 84.0
    for line in break_lines(figure.of_what, 24, width):
        y += 30
        pen.text(0, y, line, size=24, fill=palette.ink)
    if figure.parts:
        y += 32
        x = 0.0
        for key, words in figure.parts:
            _draw_chip(pen, x + 6, y - 5.5, key)
            pen.text(
                x + 20, y, words, size=16, fill=palette.of_group(key), is_bold=True
            )
            x += 20 + width_of(words, 16, is_bold=True) + 28
    if figure.beside:
        y += 26
        pen.text(0, y, figure.beside, size=15)
    return y + 10


# --- The picture that social networks show -----------------------------------------------

SOCIAL_WIDTH, SOCIAL_HEIGHT = 1200, 630
EDGE = 64
# Bars and strips are drawn as narrow as their rows leave room, and then enlarged: readable
# as small as a stamp.
NATURAL_WIDTHS = (480, 540, 620, 700)


def social_picture(drawing: Drawing | None, frame: Frame) -> str:
    """A drawing of 1200 by 630 for links; without one, the title alone."""
    root, pen = new_drawing(
        PALETTES["light"], title=frame.title, description=frame.description
    )
    palette, inner = pen.palette, SOCIAL_WIDTH - 2 * EDGE
    pen.add("rect", width=SOCIAL_WIDTH, height=SOCIAL_HEIGHT, fill=palette.paper)
    pen.line(f"M{EDGE} 40h{inner}", palette.ink, stroke_width=4)
    pen.line(f"M{EDGE} 47h{inner}", palette.line_strong, stroke_width=1.5)
    size, y, most = (62, 104.0, 4) if drawing is None else (36, 56.0, 2)
    for line in balance_lines(frame.title, size, inner)[:most]:
        y += size * 1.22
        pen.text(EDGE, y - 4, line, size=size, fill=palette.ink, is_serif=True)
    y += 6 if drawing is not None else 22
    small = 24 if drawing is not None else 30
    for line in balance_lines(frame.subtitle, small, inner)[:most]:
        y += small * 1.4
        pen.text(EDGE, y - 6, line, size=small)
    if drawing is None and y < LOWEST_WORDS:
        _draw_mark(pen)
    foot = _social_foot(pen, frame, inner)
    if drawing is not None:
        _fit(pen, drawing, top=y + 14, bottom=foot - 14, width=inner)
    return as_text(root, width=SOCIAL_WIDTH, height=SOCIAL_HEIGHT)


# Above the mark of the site, where a title leaves it room.
LOWEST_WORDS = 360


def _draw_mark(pen: Pen) -> None:
    palette, right, y = pen.palette, SOCIAL_WIDTH - EDGE, 452
    pen.line(f"M{EDGE} {y}H{right}", palette.line, stroke_width=2)
    pen.add("circle", cx=right - 240, cy=y, r=58, fill=palette.of_group("non_us_img"))
    pen.add(
        "rect",
        x=right - 116,
        y=y - 58,
        width=116,
        height=116,
        fill=palette.of_group("us_img"),
    )


def _social_foot(pen: Pen, frame: Frame, inner: float) -> float:
    """What lies at the lower edge; where it begins."""
    palette = pen.palette
    y = SOCIAL_HEIGHT - 32
    draw_name(pen, EDGE, y, 22)
    pen.text(EDGE + inner, y, frame.as_of, size=20, anchor="end")
    room = inner - 230 - width_of(frame.as_of, 20)
    address = frame.address
    if width_of(address, 20, is_bold=True) > room:
        address = address.partition("/")[0]
    pen.text(EDGE + 210, y, address, size=20, fill=palette.accent, is_bold=True)
    if not frame.grade:
        return y - 40
    y -= 38
    indent = draw_grade(pen, EDGE, y - 7, frame.grade, 6.5)
    # Whose they are stands on the page as well, so it gives way to how far to trust them.
    sentences = (
        f"{frame.trust} {frame.sources}",
        f"{frame.trust} Sources on the page.",
    )
    fits = (words for words in sentences if width_of(words, 20) <= inner - indent)
    pen.text(EDGE + indent, y, next(fits, frame.trust), size=20)
    pen.line(f"M{EDGE} {y - 30}h{inner}", palette.line)
    return y - 30


def _fit(
    pen: Pen, drawing: Drawing, *, top: float, bottom: float, width: float
) -> None:
    """The drawing as large as the room allows; of a long list its beginning."""
    room = bottom - top
    every = _count_rows(drawing)
    scrap = new_drawing(PALETTES["light"], title="", description="")[1]
    natural_width = next(
        (
            narrow
            for narrow in NATURAL_WIDTHS
            if draw(scrap, drawing, narrow) * width / narrow <= room
        ),
        NATURAL_WIDTHS[-1],
    )
    if isinstance(drawing, LineChart):
        natural_width = drawing.width
    scale = width / natural_width
    drawing = _shortened(drawing, room / scale, natural_width)
    element = pen.add("g")
    height = draw(Pen(element, pen.palette), drawing, natural_width)
    if left_out := every - _count_rows(drawing):
        pen.text(
            EDGE + width, bottom + 4, f"and {left_out} more", size=18, anchor="end"
        )
    scale = min(scale, room / height)
    element.set(
        "transform",
        f"translate({EDGE} {top + (room - height * scale) / 2:.1f}) scale({scale:.4f})",
    )


def _shortened(drawing: Drawing, room: float, width: float) -> Drawing:
    """Fewer rows, so that those that remain can be read."""
    scrap = new_drawing(PALETTES["light"], title="", description="")[1]
    rows = _count_rows(drawing)
    while rows > 1 and draw(scrap, _first_rows(drawing, rows), width) > room * 1.15:
        rows -= 1
    return _first_rows(drawing, rows)


def _count_rows(drawing: Drawing) -> int:
    match drawing:
        case BarChart():
            return len(drawing.bars)
        case KeyedBars():
            return len(drawing.chart.bars)
        case StripPanels():
            return len(drawing.panels)
    return 1


def _first_rows(drawing: Drawing, count: int) -> Drawing:
    match drawing:
        case BarChart():
            return replace(drawing, bars=drawing.bars[:count])
        case KeyedBars():
            bars = drawing.chart.bars[:count]
            return replace(drawing, chart=replace(drawing.chart, bars=bars))
        case StripPanels():
            return replace(drawing, panels=drawing.panels[:count])
    return drawing
