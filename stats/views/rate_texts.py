"""A rate as the end of a bar says it."""

from __future__ import annotations

from imgportal.lib import numbers
from stats.measures import Rate


def rate_text(rate: Rate | None) -> str:
    if rate is None:
        return "not known"
    if rate.printed is not None:
        return f"{rate.printed:f}%"
    return numbers.percent(rate.percent)
