"""Why each empty number of a row is empty: one reason for each, in a word of its own. Pure.

A row says why values of it are missing, and single values may say otherwise
(`stats.single_values`). What is computed is empty for the reason of what it needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imgportal.lib.data_columns import Cell
from stats.choices import Missing
from stats.columns import COMPUTED, COUNTS, NOT_IN_EDITION, NOT_NEEDED, PRINTED
from stats.figures import (
    ImgFigures,
    ImgPlacements,
    PlacementRow,
    ScoreRow,
    ShownRow,
    YearFigures,
)
from stats.preferred_match import list_preferred

Reasons = Mapping[str, str]

NOT_FOUND, NOT_PUBLISHED = (
    str(Missing.NOT_FOUND.value),
    str(Missing.NOT_PUBLISHED.value),
)
# What a computed column needs.
_INPUTS = {
    "match_rate_percent": ("matched_to_pgy1", "active_applicants"),
    "img_share_percent": (
        *("positions_filled", "filled_img_total", "filled_us_img", "filled_non_us_img"),
    ),
    "placed_rate_active_percent": ("placed_pgy1_active", "active_applicants"),
    "placed_after_match_all": ("placed_pgy1_all", "matched_to_pgy1"),
    "placed_after_match_active": ("placed_pgy1_active", "matched_to_pgy1"),
}
# Printed rates that two counts give, and the name under which a row computes them.
_RATES = {"published_match_rate": "match_rate", "published_img_share": "img_share"}


def in_text(
    year: YearFigures,
    row: ShownRow,
    values: Mapping[str, Cell],
    gaps: frozenset[str] | None = None,
) -> str | None:
    """`column=reason;column=reason` for the empty numbers among `values`, in the order of
    the columns. None: no number is empty.

    `gaps` are the columns that the year never printed, where they are known already.
    """
    columns = dict.fromkeys(
        (*COUNTS[row.table], *PRINTED[row.table], *COMPUTED[row.table])
    )
    empty = [name for name in columns if name in values and values[name] is None]
    if not empty:
        return None
    gaps = columns_never_printed(year) if gaps is None else gaps
    reasons = dict(_list_reasons(year, row, gaps))
    return ";".join(
        f"{name}={reasons.get(name) or _reason_of_inputs(name, values, reasons)}"
        for name in empty
    )


def columns_never_printed(year: YearFigures) -> frozenset[str]:
    """The columns of scores that an edition of Charting Outcomes has nowhere."""
    return frozenset(
        column
        for column in (*ScoreRow.counts, *ScoreRow.printed)
        if {_unpublished(row, column) for row in year.scores} in _NEVER_PRINTED
    )


_NEVER_PRINTED: tuple[set[str], ...] = (
    {NOT_PUBLISHED},
    # Rows of too few people say so in every column.
    {NOT_PUBLISHED, str(Missing.SUPPRESSED.value)},
)


def _unpublished(row: ScoreRow, column: str) -> str:
    """Why a score is empty; empty when it is there."""
    return row.provenance.missing_of(column) if getattr(row, column) is None else ""


def _list_reasons(
    year: YearFigures, row: ShownRow, gaps: frozenset[str]
) -> Iterator[tuple[str, str]]:
    for column in (*row.counts, *row.printed):
        if getattr(row, column) is None:
            yield column, _stored_reason(row, column, gaps)
    if isinstance(row, (PlacementRow, ImgPlacements)):
        yield from _reasons_of_match(year, row)
    if isinstance(row, ScoreRow):
        reason = _reason_of_preferred(year, row)
        yield "preferred_applicants", reason
        yield "matched_to_preferred_percent", reason


def _stored_reason(row: ShownRow, column: str, gaps: frozenset[str]) -> str:
    if isinstance(row, ScoreRow) and column in gaps:
        return NOT_IN_EDITION
    if column in _RATES and getattr(row, _RATES[column], None) is not None:
        return NOT_NEEDED
    if reason := row.provenance.missing_of(column):
        return reason
    # Of groups together that are summed here no source prints a rate.
    is_sum = isinstance(row, (ImgFigures, ImgPlacements))
    return NOT_PUBLISHED if is_sum else NOT_FOUND


def _reason_of_inputs(column: str, values: Mapping[str, Cell], reasons: Reasons) -> str:
    """A computed value is empty for the reason of the first that it needs and that is."""
    for name in _INPUTS.get(column, ()):
        if values.get(name) is None and name in reasons:
            return reasons[name]
    return NOT_FOUND


def _reasons_of_match(
    year: YearFigures, row: PlacementRow | ImgPlacements
) -> Iterator[tuple[str, str]]:
    """Why the results of the Match beside a group after SOAP are empty."""
    placement = (
        year.placed_imgs
        if isinstance(row, ImgPlacements)
        else year.placement_of(row.applicant_type)
    )
    result = placement.result if placement else None
    for column in ("active_applicants", "matched_to_pgy1"):
        if result is not None and getattr(result, column) is None:
            yield column, result.provenance.missing_of(column) or NOT_FOUND


def _reason_of_preferred(year: YearFigures, row: ScoreRow) -> str:
    """Why it is not known how many preferred a specialty: one of both counts is not."""
    of_group = (
        other
        for other in year.scores
        if other.applicant_type == row.applicant_type
        and other.specialty.slug == row.specialty.slug
    )
    reasons = [
        other.provenance.missing_of("applicants")
        for item in list_preferred(of_group)
        for other in item.rows
        if other.applicants is None
    ]
    return next(filter(None, reasons), NOT_FOUND)
