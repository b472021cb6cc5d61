"""What is said around a chart that stands alone: source, trust, date, and its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from imgportal.lib import numbers
from imgportal.lib.eastern_time import eastern_day
from stats.charts import BarChart, LineChart
from stats.charts.standalone import (
    Drawing,
    KeyedBars,
    LargeFigure,
    StripPanels,
)
from stats.choices import FigureConfidence
from stats.figures import Provenance

# By letter, the better one first.
GRADES: dict[str, str] = {
    FigureConfidence.A.value: "confirmed",
    FigureConfidence.B.value: "good",
    FigureConfidence.C.value: "use with care",
}
# More publishers or values than these are not named one by one.
MOST_NAMED = 4


Graded = tuple[str, Provenance]  # whose value, or of which year, and where it is from


def least_certain(values: Iterable[Graded]) -> str:
    """The grade of the least certain; empty: there are none."""
    return max((item.shown_grade for _, item in values), default="")


def trust_in_words(values: Iterable[Graded]) -> str:
    """How far the values can be trusted: all alike, or which of them less, and first what
    was withdrawn.
    """
    shown = list(values)
    usable = [(label, item) for label, item in shown if not item.withdrawn_because]
    sentences = (_withdrawn_in_words(shown), _grades_in_words(usable))
    return " ".join(filter(None, sentences))


def _withdrawn_in_words(values: Iterable[Graded]) -> str:
    """What should not be used, and why; empty where nothing was withdrawn."""
    labels: dict[str, dict[str, None]] = {}
    for label, item in values:
        if item.withdrawn_because:
            labels.setdefault(item.withdrawn_because, {})[label] = None
    return " ".join(
        f"Withdrawn, not to be used: {', '.join(names)}. {why}"
        for why, names in labels.items()
    )


def _grades_in_words(values: Iterable[Graded]) -> str:
    grades: dict[str, str] = {}
    for label, item in values:
        grades[label] = max(grades.get(label, ""), item.confidence.value)
    worst_first = sorted(set(grades.values()), reverse=True)
    if not worst_first:
        return ""
    parts = [
        f"{GRADES[grade]}: {_name_values(grades, grade)}" for grade in worst_first[:-1]
    ]
    best = GRADES[worst_first[-1]]
    words = "; ".join([*parts, f"the others are {best}" if parts else best])
    return f"{words[0].upper()}{words[1:]}."


def _name_values(grades: Mapping[str, str], grade: str) -> str:
    labels = [label for label in grades if grades[label] == grade]
    if all(label.isdecimal() for label in labels):
        return _spans(map(int, labels))
    if len(labels) <= MOST_NAMED:
        return ", ".join(labels)
    return f"{len(labels)} of {len(grades)} values"


def _spans(years: Iterable[int]) -> str:
    """ "1997-1999, 2007"."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(
        f"{span[0]}–{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans
    )


def sources_in_words(values: Iterable[Graded]) -> str:
    """Who published the documents behind the values; empty where there are none."""
    sources = {
        source.key: source for _, item in values for source in item.sources
    }.values()
    publishers = list(dict.fromkeys(source.publisher for source in sources))
    if not publishers:
        return ""
    if len(publishers) <= MOST_NAMED:
        return f"Source{'s'[: len(publishers) - 1]}: {'; '.join(publishers)}."
    return (
        f"Sources: {numbers.count(len(sources))} documents of {len(publishers)} "
        "publishers, each named beside its figure at the address below."
    )


def day_in_words(moment: datetime) -> str:
    day = eastern_day(moment)
    return f"{day.day} {day:%B %Y}"


def describe(drawing: Drawing) -> str:
    """Every value of a drawing in words, for whoever cannot see it."""
    match drawing:
        case LineChart():
            values = [band.readout for band in drawing.bands]
        case BarChart():
            values = [f"{bar.label}: {bar.text}" for bar in drawing.bars]
        case KeyedBars():
            return describe(drawing.chart)
        case StripPanels():
            values = [
                f"{panel.heading}, {panel.group}, {words}"
                for panel in drawing.panels
                for words in (
                    *(
                        f"{band.quartiles.label}: "
                        f"{numbers.printed(band.quartiles.q1)}, "
                        f"{numbers.printed(band.quartiles.median)}, "
                        f"{numbers.printed(band.quartiles.q3)}"
                        for band in panel.strip.bands
                    ),
                    *(
                        f"{point.mean.label}: mean {numbers.printed(point.mean.mean)}"
                        for point in panel.strip.points
                    ),
                )
            ]
        case LargeFigure():
            values = [
                f"{drawing.number} {drawing.of_what}",
                *(words for _, words in drawing.parts),
            ]
    return "; ".join(values) + "."
