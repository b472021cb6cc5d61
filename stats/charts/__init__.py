"""Where the marks of a chart go. Pure: values in, coordinates out.

Templates in `components/` draw what is computed here. A missing value is a gap: it
starts a new piece of line and never becomes a zero. One group keeps one shape, so
that colour is never the only sign.
"""

from __future__ import annotations

from stats.charts.bars import BarChart, BarItem, bar_chart
from stats.charts.chart_parts import SHAPES, mark, segments
from stats.charts.lines import (
    Break,
    DerivedValue,
    LineChart,
    Series,
    Spark,
    line_chart,
    sparkline,
)
from stats.charts.strips import Mean, Quartiles, ScoreStrip, score_axis, score_strip

__all__ = [
    "SHAPES",
    "BarChart",
    "BarItem",
    "Break",
    "DerivedValue",
    "LineChart",
    "Mean",
    "Quartiles",
    "ScoreStrip",
    "Series",
    "Spark",
    "bar_chart",
    "line_chart",
    "mark",
    "score_axis",
    "score_strip",
    "segments",
    "sparkline",
]
