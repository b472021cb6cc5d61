"""What the database would refuse of a row, said before anything is written. Pure.

The constraints of `stats.models.figures` hold the same; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stats.choices import Table

# (part, whole): a part is never more than its whole.
WITHIN: dict[Table, tuple[tuple[str, str], ...]] = {
    Table.TOTALS: (
        ("pgy1_positions_filled", "pgy1_positions_offered"),
        ("all_positions_filled", "all_positions_offered"),
        ("pgy1_positions_offered", "all_positions_offered"),
        ("pgy1_positions_filled", "all_positions_filled"),
        ("active_applicants", "registered_applicants"),
        ("matched_to_pgy1", "active_applicants"),
    ),
    Table.APPLICANTS: (("matched_to_pgy1", "active_applicants"),),
    Table.SPECIALTIES: (
        ("positions_filled", "positions_offered"),
        ("filled_us_md_senior", "positions_filled"),
        ("filled_us_do", "positions_filled"),
        ("filled_us_img", "positions_filled"),
        ("filled_non_us_img", "positions_filled"),
        ("filled_other", "positions_filled"),
        ("filled_img_total", "positions_filled"),
        ("filled_us_img", "filled_img_total"),
        ("filled_non_us_img", "filled_img_total"),
    ),
    Table.SCORES: (
        ("applicants_with_score", "applicants"),
        ("step2_ck_q1", "step2_ck_median"),
        ("step2_ck_median", "step2_ck_q3"),
        ("step2_ck_q1", "step2_ck_q3"),
    ),
}


def is_complete(
    table: Table, values: Mapping[str, Any], counts: tuple[str, ...]
) -> bool:
    """Whether nothing is empty that would need a reason."""
    if table == Table.SCORES:
        return (
            values["step2_ck_mean"] is not None or values["step2_ck_median"] is not None
        )
    return all(values[column] is not None for column in counts)


def contradictions(
    table: Table, values: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """(column, what is wrong) for everything in a row that cannot be."""
    for part, whole in WITHIN[table]:
        smaller, larger = values[part], values[whole]
        if smaller is not None and larger is not None and smaller > larger:
            yield part, f"This is more than {whole}, {larger}."
    if table == Table.SCORES and not is_complete(table, values, ()):
        for column in ("step2_ck_q1", "step2_ck_q3"):
            if values[column] is not None:
                yield column, "A quartile stands without a mean or a median."
