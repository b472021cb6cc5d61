"""What the database would refuse of a row, said before anything is written. Pure.

The constraints of `stats.models.figures` hold the same; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stats.choices import FigureTable, Missing
from stats.columns import COUNTS, PARTS_WITHIN_WHOLES


def needed(table: FigureTable) -> tuple[str, ...]:
    """The columns that need a reason where they are empty; of scores one of two is enough."""
    if table == FigureTable.SCORES:
        return ("step2_ck_mean", "step2_ck_median")
    return COUNTS[table]


def is_complete(table: FigureTable, values: Mapping[str, Any]) -> bool:
    """Whether nothing is empty that would need a reason."""
    has_value = [values[column] is not None for column in needed(table)]
    return any(has_value) if table == FigureTable.SCORES else all(has_value)


def is_explained(
    table: FigureTable, values: Mapping[str, Any], stored: Mapping[str, Any]
) -> bool:
    """Whether a stored row says already why every value that is missing here is missing."""
    return stored["missing"] not in ("", Missing.NOT_ENTERED) and all(
        stored[column] is None for column in needed(table) if values[column] is None
    )


def contradictions(
    table: FigureTable, values: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """(column, what is wrong) for everything in a row that cannot be."""
    for part, whole in PARTS_WITHIN_WHOLES[table]:
        smaller, larger = values[part], values[whole]
        if smaller is not None and larger is not None and smaller > larger:
            yield part, f"This is more than {whole}, {larger}."
    if table == FigureTable.SCORES and not is_complete(table, values):
        for column in ("step2_ck_q1", "step2_ck_q3"):
            if values[column] is not None:
                yield column, "A quartile stands without a mean or a median."
