"""What all charts share: marks, scales and pieces of line. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

Number = Fraction | int

P = ParamSpec("P")
T = TypeVar("T")

SHAPES = {
    "non_us_img": "circle",
    "us_img": "square",
    "us_md_senior": "triangle",
    "us_md_grad": "triangle-down",
    "us_do_senior": "diamond",
    "us_do_grad": "pillar",
    "us_do_all": "bar",
    "fifth_pathway": "hourglass",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    at: float
    label: str


def drawn_once(draw: Callable[P, T]) -> Callable[P, T]:
    """Remember a chart: the same values are drawn the same way on every page."""
    remembered = lru_cache(maxsize=512)(draw)

    def fixed(value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> T:
        return remembered(
            *(fixed(value) for value in args),
            **{name: fixed(value) for name, value in kwargs.items()},
        )

    return drawn


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
        case "triangle-down":
            return (
                f"M{x:.1f} {y + s * 1.2:.1f}l{s * 1.2:.1f} {-s * 2.1:.1f}"
                f"h{-s * 2.4:.1f}z"
            )
        case "bar":
            w, h = s * 1.5, s * 0.6
            return f"M{x - w:.1f} {y - h:.1f}h{2 * w:.1f}v{2 * h:.1f}h{-2 * w:.1f}z"
        case "pillar":
            w, h = s * 0.6, s * 1.5
            return f"M{x - w:.1f} {y - h:.1f}h{2 * w:.1f}v{2 * h:.1f}h{-2 * w:.1f}z"
        case "hourglass":
            return (
                f"M{x - s:.1f} {y - s:.1f}h{2 * s:.1f}l{-2 * s:.1f} {2 * s:.1f}"
                f"h{2 * s:.1f}z"
            )
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


def path_through(points: Sequence[tuple[float, float] | None]) -> str:
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in run)
        for run in segments(points)
        if len(run) > 1
    )


def nice_top(largest: Number) -> tuple[int, int]:
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


# Bars and strips are drawn in percent of their width, so that they fit any
# screen while their words keep their size.


def ticks(
    low: int, high: int, step: int, write: Callable[[int], str] = str
) -> tuple[Tick, ...]:
    """A tick at each whole step from `low` to `high`, in percent of the axis."""
    return tuple(
        Tick(at=place(value, low, high), label=write(value))
        for value in range(low, high + 1, step)
    )


def place(value: Number, low: Number, high: Number) -> float:
    """Where a value lies between two others, in percent."""
    return round(float(Fraction(value - low) * 100 / Fraction(high - low)), 2)


def scale(values: Sequence[Number], low: int, high: int, step: int) -> tuple[int, int]:
    """The given scale, widened in whole steps until every value lies on it."""
    return (
        min(low, int(min(values) // step * step)),
        max(high, int(-(-Fraction(max(values)) // step) * step)),
    )
