"""The minimum scores of the Steps over time: the lines of a table, and a drawing.

Pure: dated rows in, coordinates out. A minimum holds from its day until the next
one's, so each line goes in steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from profiles.choices import Measured
from profiles.rules.numbers import PASS_FAIL_FROM
from profiles.rules.reference import MEASURED_STEPS, Reference, Standard
from stats.charts.chart_parts import Tick, mark


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardLine:
    """A minimum score, and until when it holds or held."""

    exam: str
    standard: Standard
    until: date | None  # the first day of the next one; None: it holds today
    is_reported: bool  # False: only Pass or Fail is reported since then


def list_standards(reference: Reference) -> tuple[StandardLine, ...]:
    """By exam, the newest minimum first."""
    lines = []
    for exam, measured in MEASURED_STEPS.items():
        standards = _sort_standards(reference, measured)
        successors = [*standards[1:], None]
        lines += [
            StandardLine(
                exam=str(exam.label),
                standard=standard,
                until=successor.effective_from if successor else None,
                is_reported=not _is_pass_fail(standard),
            )
            for standard, successor in zip(standards, successors, strict=False)
        ][::-1]
    return tuple(lines)


def _sort_standards(reference: Reference, measured: Measured) -> list[Standard]:
    return sorted(
        (row for row in reference.standards if row.measured == measured),
        key=lambda row: row.effective_from,
    )


def _is_pass_fail(row: Standard) -> bool:
    return row.measured == Measured.STEP1 and row.effective_from >= PASS_FAIL_FROM


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumLabel:
    """One minimum as it is written into the drawing."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    key: str
    label: str
    path: str
    marks: str
    levels: tuple[MinimumLabel, ...]
    end_x: float
    label_y: float
    values_dy: int  # above the line, or below where another line is near


LEFT, RIGHT, TOP, BOTTOM = 44.0, 560.0, 18.0, 250.0
GRID = 10  # points between the lines of the grid
SHAPES = {
    Measured.STEP1: "triangle",
    Measured.STEP2CK: "circle",
    Measured.STEP3: "square",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardsChart:
    lines: tuple[StepLine, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    description: str
    width: int = 680
    height: int = 280
    left: float = LEFT
    right: float = RIGHT
    bottom: float = BOTTOM


def draw_standards(reference: Reference, *, today: date) -> StandardsChart | None:
    """The minimums of the three Steps until that day; None when there is none."""
    in_force = {
        measured: [
            standard
            for standard in _sort_standards(reference, measured)
            if standard.effective_from <= today
        ]
        for measured in MEASURED_STEPS.values()
    }
    standards = list(chain(*in_force.values()))
    if not standards:
        return None
    first_year = min(standard.effective_from.year for standard in standards)
    first, last = date(first_year, 1, 1), date(today.year + 1, 1, 1)
    low = min(standard.minimum for standard in standards) // GRID * GRID
    high = -(-max(standard.minimum for standard in standards) // GRID) * GRID
    high = max(high, low + GRID)

    def x_of(day: date) -> float:
        share = (day - first) / (last - first)
        return round(LEFT + (RIGHT - LEFT) * share, 1)

    def y_of(score: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (score - low) / (high - low), 1)

    drawings = []
    for exam, measured in MEASURED_STEPS.items():
        scored = [row for row in in_force[measured] if not _is_pass_fail(row)]
        if not scored:
            continue
        # Step 1 has had no number since it became pass/fail: its line ends there.
        end = PASS_FAIL_FROM if len(scored) < len(in_force[measured]) else today
        drawings.append(
            _draw_step(str(exam.label), measured, scored, x_of=x_of, y_of=y_of, end=end)
        )
    return StandardsChart(
        lines=tuple(drawings),
        x_ticks=tuple(
            Tick(at=x_of(date(year, 1, 1)), label=str(year))
            for year in range(first_year, today.year + 1)
            if year % 2 == 0
        ),
        y_ticks=tuple(
            Tick(at=y_of(score), label=str(score))
            for score in range(low, high + 1, GRID)
        ),
        description="; ".join(
            f"{line.exam} {line.standard.minimum} from "
            f"{line.standard.effective_from:%Y-%m-%d}"
            for line in list_standards(reference)
            if line.is_reported and line.standard.effective_from <= today
        ),
    )


def _draw_step(
    label: str,
    measured: Measured,
    rows: Sequence[Standard],
    *,
    x_of: Callable[[date], float],
    y_of: Callable[[int], float],
    end: date,
) -> StepLine:
    points = [(x_of(row.effective_from), y_of(row.minimum)) for row in rows]
    end_x = x_of(end)
    path = f"M{points[0][0]} {points[0][1]}"
    path += "".join(f"H{x}V{y}" for x, y in points[1:]) + f"H{end_x}"
    return StepLine(
        key=measured.value,
        label=label,
        path=path,
        marks="".join(mark(SHAPES[measured], x, y) for x, y in points),
        levels=tuple(
            MinimumLabel(x=x, y=y, text=str(row.minimum))
            for (x, y), row in zip(points, rows, strict=True)
        ),
        end_x=end_x,
        label_y=points[-1][1],
        values_dy=18 if measured == Measured.STEP1 else -8,
    )
