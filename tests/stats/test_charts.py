from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats import charts
from stats.charts import (
    BarItem,
    Break,
    DerivedValue,
    LineChart,
    Quartiles,
    Series,
    bar_chart,
    line_chart,
    score_axis,
    score_strip,
    segments,
    sparkline,
)

POINT = re.compile(r"(-?[\d.]+) (-?[\d.]+)")

# Nothing between 0 and 100: coordinates are written to a tenth of a unit, and there
# a smaller value beside the largest would not be told from zero.
values = st.none() | st.just(0) | st.integers(min_value=100, max_value=50_000)
gappy = st.lists(values, min_size=1, max_size=20)
percents = st.fractions(min_value=0, max_value=100, max_denominator=1000)


def chart_of(
    *lines: Sequence[int | None], first: int = 2000, years: list[int] | None = None
) -> LineChart | None:
    keys = ("non_us_img", "us_img", "us_md_senior", "us_do_all")
    return line_chart(
        name="chart",
        title="Chart",
        description="A chart.",
        years=years or range(first, first + len(lines[0])),
        series=[
            Series(key=key, label=key, values=tuple(line))
            for key, line in zip(keys, lines, strict=False)
        ],
        write=str,
    )


def points_of(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in POINT.findall(path)]


def test_none_starts_a_new_segment() -> None:
    runs = segments([(0, 1), (1, 2), None, (3, 4), None, None, (6, 7), (7, 8)])

    assert runs == (((0, 1), (1, 2)), ((3, 4),), ((6, 7), (7, 8)))


def test_segments_of_nothing_are_none() -> None:
    assert segments([]) == ()
    assert segments([None, None]) == ()


@given(st.lists(st.none() | st.tuples(st.floats(0, 9), st.floats(0, 9)), max_size=20))
def test_segments_keep_every_point_and_invent_none(
    points: list[tuple[float, float] | None],
) -> None:
    runs = segments(points)

    assert [point for run in runs for point in run] == [
        point for point in points if point is not None
    ]
    assert all(runs)


def test_gap_breaks_the_line() -> None:
    chart = chart_of([10, 20, None, 40, 50])

    assert chart is not None
    pieces = re.findall(r"M[^M]+", chart.lines[0].path)
    assert [len(points_of(piece)) for piece in pieces] == [2, 2]


def test_year_without_a_row_is_a_gap_too() -> None:
    chart = chart_of([10, 20, 30, 40], years=[1999, 2000, 2002, 2003])

    assert chart is not None
    assert chart.lines[0].path.count("M") == 2


def test_lonely_value_has_a_mark_and_no_line() -> None:
    chart = chart_of([None, 10, None])

    assert chart is not None
    assert chart.lines[0].path == ""
    assert chart.lines[0].marks.count("M") == 1


@given(st.lists(gappy, min_size=1, max_size=4), st.integers(1, 20))
def test_there_are_as_many_marks_as_known_values(
    lines: list[list[int | None]], length: int
) -> None:
    lines = [(line + [None] * length)[:length] for line in lines]
    known = [[value for value in line if value is not None] for line in lines]

    chart = chart_of(*lines)

    drawn = [line.marks.count("z") for line in chart.lines] if chart else []
    assert drawn == [len(line) for line in known if line]


@given(gappy)
def test_only_a_real_zero_touches_the_ground(line: list[int | None]) -> None:
    chart = chart_of(line)

    known = [value for value in line if value is not None]
    # The mark of non-US IMGs is a circle, whose outline begins at its left edge.
    marks = re.sub(r"a[^z]*z", "", chart.lines[0].marks) if chart else ""
    heights = [chart.bottom - y for _, y in points_of(marks)] if chart else []
    assert [height == 0 for height in heights] == [value == 0 for value in known]
    assert all(height >= 0 for height in heights)


@given(gappy)
def test_readouts_name_known_years_only(line: list[int | None]) -> None:
    chart = chart_of(line)

    bands = chart.bands if chart else ()
    assert [band.readout for band in bands] == [
        f"{year}: non_us_img {value}"
        for year, value in enumerate(line, start=2000)
        if value is not None
    ]


def test_line_ends_at_its_last_known_value() -> None:
    chart = chart_of([10, 20, None])

    assert chart is not None
    assert chart.lines[0].end_text == "20 (2001)"
    assert chart.lines[0].end_x < chart.right


def test_series_without_a_value_is_left_out() -> None:
    chart = chart_of([10, 20], [None, None])

    assert chart is not None
    assert [line.key for line in chart.lines] == ["non_us_img"]


def test_chart_of_nothing_is_none() -> None:
    assert chart_of([None, None]) is None
    assert chart_of([]) is None


def test_axis_begins_at_zero_and_holds_every_value() -> None:
    chart = chart_of([7, 61])

    assert chart is not None
    labels = [int(tick.label) for tick in chart.y_ticks]
    assert labels[0] == 0
    assert labels[-1] >= 61
    assert chart.y_ticks[0].at == chart.bottom


@given(percents)
def test_axis_has_few_round_steps(largest: Fraction) -> None:
    chart = line_chart(
        name="chart",
        title="Chart",
        description="A chart.",
        years=[2024],
        series=[Series(key="us_img", label="US IMGs", values=(largest,))],
    )

    assert chart is not None
    assert 2 <= len(chart.y_ticks) <= 8
    assert chart.lines[0].end_y >= chart.top


def test_breaks_outside_the_years_are_not_drawn() -> None:
    chart = line_chart(
        name="chart",
        title="Chart",
        description="A chart.",
        years=[2019, 2020],
        series=[Series(key="us_img", label="US IMGs", values=(1, 2))],
        breaks=[Break(2020, "single Match"), Break(2010, "too early")],
    )

    assert chart is not None
    assert [" ".join(item.lines) for item in chart.breaks] == ["2020: single Match"]


@given(
    st.sets(st.integers(2000, 2026), min_size=1, max_size=3).map(sorted),
    st.integers(2000, 2026),
)
def test_words_of_a_break_stand_at_their_own_line(
    broken: list[int], until: int
) -> None:
    chart = line_chart(
        name="chart",
        title="Chart",
        description="",
        years=[2000, until],
        series=[Series(key="us_img", label="US IMGs", values=(5, 6))],
        breaks=[Break(year, "one Match with DO") for year in broken],
    )
    assert chart is not None
    edges = [chart.left, *(item.x for item in chart.breaks), chart.right]

    for at, item in enumerate(chart.breaks, start=1):
        longest = max(map(len, item.lines))
        # A word is never cut: where neither side has room for the longest, it wins.
        width = 7.5 * longest if longest > len("Match") else 0
        room = edges[at + 1] if item.anchor == "start" else edges[at - 1]
        assert abs(room - item.x) >= width
        assert item.y + 14 * (len(item.lines) - 1) < chart.bottom
        assert item.y > chart.top


def test_derived_value_is_hollow_and_said_to_be_derived() -> None:
    derived = DerivedValue(
        year=2020, least=Fraction(61), most=Fraction(62), reason="From two others."
    )
    chart = line_chart(
        name="chart",
        title="Chart",
        description="",
        years=[2019, 2020, 2021],
        series=[
            Series(
                key="us_img", label="US IMGs", values=(60, None, 63), derived=(derived,)
            )
        ],
    )

    assert chart is not None
    (line,) = chart.lines
    assert line.path == ""
    assert (line.marks.count("z"), line.derived_marks.count("z")) == (2, 1)
    # From the year before to it, and from it to the year after.
    assert line.derived_path.count("M") == 2
    assert [band.readout for band in chart.bands] == [
        "2019: US IMGs 60.0%",
        "2020: US IMGs 61.0% to 62.0% (derived)",
        "2021: US IMGs 63.0%",
    ]
    assert chart.notes == ("2020, US IMGs: 61.0% to 62.0%, derived. From two others.",)


@given(st.lists(st.integers(0, 50_000), min_size=4, max_size=4))
def test_labels_keep_their_distance_and_their_order(ends: list[int]) -> None:
    chart = chart_of(*([end] for end in ends))

    assert chart is not None
    lines = sorted(chart.lines, key=lambda line: (line.label_y, line.end_y))
    assert [line.end_y for line in lines] == sorted(line.end_y for line in lines)
    assert all(
        below.label_y - above.label_y >= 17 - 1e-6 for above, below in pairwise(lines)
    )
    assert lines[-1].label_y <= chart.bottom


def test_labels_that_have_room_stay_where_they_are() -> None:
    chart = chart_of([10], [50], [90])

    assert chart is not None
    assert [line.label_y for line in chart.lines] == [
        line.end_y for line in chart.lines
    ]


@pytest.mark.parametrize("points", [[], [(2024, 5)], [(2023, None), (2024, 5)]])
def test_one_value_is_no_trend(points: list[tuple[int, int | None]]) -> None:
    assert sparkline(points, first=2020, last=2024) is None


def test_trend_has_a_gap_where_a_year_is_not_known() -> None:
    spark = sparkline(
        [(2020, 5), (2021, None), (2023, 6), (2024, 7)], first=2020, last=2024
    )

    assert spark is not None
    assert spark.path.count("M") == 1
    assert spark.marks.count("z") == 2
    assert spark.end.count("z") == 1


def test_trends_on_one_scale_can_be_compared() -> None:
    def height_of(value: int) -> float:
        points = [(2023, value), (2024, value)]
        spark = sparkline(points, first=2020, last=2024, top=50)
        assert spark is not None
        return spark.ground - float(POINT.findall(spark.path)[0][1])

    assert height_of(50) == pytest.approx(10 * height_of(5), abs=0.5)
    assert height_of(5) > 0


def bars(*items: BarItem, top: int | None = None) -> charts.BarChart | None:
    return bar_chart(name="bars", title="Bars", items=items, top=top)


def test_bar_without_a_value_has_no_parts() -> None:
    chart = bars(
        BarItem(label="Known", parts=(("imgs", 40),), text="40%"),
        BarItem(label="Unknown", parts=None, text="–"),
        BarItem(label="None at all", parts=(("imgs", 0),), text="0%"),
    )

    assert chart is not None
    assert [len(bar.parts) for bar in chart.bars] == [1, 0, 1]
    assert chart.bars[2].parts[0].width == 0


def test_bars_without_any_value_are_no_chart() -> None:
    assert bars(BarItem(label="Unknown", parts=None, text="–")) is None


@given(st.lists(percents, min_size=1, max_size=5))
def test_parts_of_a_bar_stand_end_to_end(parts: list[Fraction]) -> None:
    chart = bars(
        BarItem(
            label="Bar", parts=tuple((str(n), v) for n, v in enumerate(parts)), text=""
        )
    )

    assert chart is not None
    drawn = chart.bars[0].parts
    assert drawn[0].x == 0
    for before, after in pairwise(drawn):
        assert after.x == pytest.approx(before.x + before.width, abs=0.03)
    assert drawn[-1].x + drawn[-1].width <= 100.02


scores = st.lists(
    st.decimals(min_value=1, max_value=300, places=1), min_size=3, max_size=3
).map(sorted)


@given(st.lists(scores, min_size=1, max_size=3))
def test_strip_lies_on_its_axis_in_order(triples: list[list[Decimal]]) -> None:
    strip = score_strip(
        [
            Quartiles(
                outcome="matched", label="Matched", q1=q1, median=median, q3=q3, n=None
            )
            for q1, median, q3 in triples
        ]
    )

    assert strip is not None
    assert len(strip.bands) == len(triples)
    for band in strip.bands:
        assert 0 <= band.q1 <= band.median <= 100
        assert band.median <= band.q1 + band.width + 0.02
        assert band.q1 + band.width <= 100.02
    positions = [tick.at for tick in strip.ticks]
    assert positions == sorted(positions)
    assert (positions[0], positions[-1]) == (0, 100)


def test_axis_reaches_every_score_that_passes_and_says_what_it_does_not_hold() -> None:
    among = Quartiles(
        outcome="matched",
        label="Matched",
        q1=Decimal(240),
        median=Decimal(251),
        q3=Decimal(259),
        n=None,
    )
    strip = score_strip([among])

    assert strip is not None
    assert (
        (strip.low, strip.high) == score_axis([among]) == score_axis([]) == (200, 300)
    )
    assert [strip.holds(score) for score in (199, 200, 300)] == [False, True, True]
    assert [strip.place_of(score) for score in (150, 250, 300)] == [0, 50, 100]


def test_strip_without_quartiles_is_none() -> None:
    assert score_strip([]) is None


@pytest.mark.parametrize("shape", ["circle", "square", "triangle", "diamond"])
def test_mark_is_one_closed_outline(shape: str) -> None:
    outline = charts.mark(shape, 10, 10)

    assert outline.count("M") == 1
    assert outline.endswith("z")


def test_groups_that_share_a_chart_have_different_shapes() -> None:
    together = ("non_us_img", "us_img", "us_md_senior", "us_do_senior")

    assert len({charts.SHAPES[key] for key in together}) == 4
