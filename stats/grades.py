"""How far a figure can be trusted: a rule, not a judgement. Pure.

docs/adr/0007-grades-by-rule.md says why it is as it is. Of each value that a row has:

- *Confirmed*: the official text was read, or a verbatim copy of it whose sums close.
- *Good*: two readings that rest on no common document, or one whose arithmetic closes;
  of a derived value, two ways to it from documents that have none in common.
- *Use with care*: the rest.

A row is graded as its least certain value. Two transcriptions of one report are one
reading of that report: they can agree on its misprint, and on each other's slip.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from stats import measures
from stats.choices import ApplicantType, FigureConfidence, SourceKind
from stats.figures import (
    ApplicantRow,
    PlacementRow,
    Row,
    SourceFacts,
    SpecialtyRow,
    TotalsRow,
    YearFigures,
)

# A rate in whole percent fits too many counts to prove one of them.
LEAST_DECIMALS = Fraction(1, 10)


def computed_grade(row: Row, year: YearFigures) -> FigureConfidence:
    """The grade that the rule gives a row of this version. C for a row without values."""
    closed = frozenset(_closed_columns(row, year))
    grades = [
        _grade_of(row, column, is_closed=column in closed)
        for column in (*row.counts, *row.printed)
        if getattr(row, column) is not None
    ]
    return max(grades, key=lambda grade: grade.value, default=FigureConfidence.C)


def with_grades(year: YearFigures) -> YearFigures:
    """The same version, in which no row claims a better grade than the rule gives it."""
    lowered = {}
    for row in year.rows():
        computed, stated = computed_grade(row, year), row.provenance.confidence
        if stated.value < computed.value:
            lowered[row.table, row.key] = replace(
                row,
                provenance=replace(
                    row.provenance, confidence=computed, published_grade=stated
                ),
            )
    if not lowered:
        return year
    return YearFigures.assemble(
        year.release,
        [lowered.get((row.table, row.key), row) for row in year.rows()],
        year.footnotes,
    )


def _grade_of(row: Row, column: str, *, is_closed: bool) -> FigureConfidence:
    readings = row.provenance.sources_of(column)
    ways = row.provenance.ways_to(column)
    if ways:
        twice = len(ways) > 1 and are_independent(readings)
        return FigureConfidence.B if twice else FigureConfidence.C
    if any(_confirms(source, is_closed=is_closed) for source in readings):
        return FigureConfidence.A
    # A calculator says what somebody put into it, not what a document says.
    read = [source for source in readings if source.kind != SourceKind.CALCULATION]
    closes = is_closed or any(source.sums for source in read)
    if (read and closes) or are_independent(read):
        return FigureConfidence.B
    return FigureConfidence.C


def _confirms(source: SourceFacts, *, is_closed: bool) -> bool:
    match source.kind:
        case SourceKind.OFFICIAL:
            return source.was_read
        case SourceKind.REPOST:
            return source.was_read and (is_closed or bool(source.sums))
        case _:
            return False


def are_independent(sources: Sequence[SourceFacts]) -> bool:
    """Whether two of them were read and rest on no common document, nor on each other."""
    read = [source for source in sources if source.was_read]
    return any(
        not ({left.key, *left.ancestry} & {right.key, *right.ancestry})
        for left, right in combinations(read, 2)
    )


def _closed_columns(row: Row, year: YearFigures) -> Iterator[str]:
    """The values that take part in a sum or a printed rate that comes out right."""
    match row:
        case TotalsRow() | ApplicantRow():
            if _fits(
                row.matched_to_pgy1, row.active_applicants, row.published_match_rate
            ):
                yield from (*ApplicantRow.counts, "published_match_rate")
            if isinstance(row, ApplicantRow):
                yield from _summed_groups(row, year)
        case PlacementRow():
            placement = year.placement_of(row.applicant_type)
            if placement and _fits(
                row.placed_pgy1_active,
                placement.active_applicants,
                row.published_placed_rate_active,
            ):
                yield from ("placed_pgy1_active", "published_placed_rate_active")
        case SpecialtyRow():
            yield from _parts_of_specialty(row)
        case _:
            # Nothing in a row of scores is the sum or the share of anything else.
            return


def _fits(part: int | None, whole: int | None, printed: Decimal | None) -> bool:
    """Whether a rate is printed with a decimal at least, and follows from the counts."""
    if part is None or not whole or printed is None:
        return False
    step = measures.unit_of_last_place(printed)
    gap = abs(Fraction(printed) - Fraction(part * 100, whole))
    return step <= LEAST_DECIMALS and gap <= step / 2


_GROUPS = (ApplicantType.US_IMG, ApplicantType.NON_US_IMG)


def _summed_groups(row: ApplicantRow, year: YearFigures) -> Iterator[str]:
    """Counts of both IMG groups that add up to a published total of all IMGs."""
    if row.applicant_type not in (*_GROUPS, ApplicantType.IMG_TOTAL):
        return
    whole = year.of_type(ApplicantType.IMG_TOTAL)
    parts = [year.of_type(group) for group in _GROUPS]
    for column in ApplicantRow.counts:
        counts = [getattr(part, column) if part else None for part in parts]
        both = measures.total(*counts)
        if both is not None and whole and both == getattr(whole, column):
            yield column


def _parts_of_specialty(row: SpecialtyRow) -> Iterator[str]:
    # The total of IMGs may be our own sum of both groups, which would prove nothing.
    imgs = ["filled_img_total"]
    if measures.total(row.filled_us_img, row.filled_non_us_img) == row.img_filled:
        imgs += ["filled_us_img", "filled_non_us_img"]
    filled = measures.total(
        row.filled_us_md_senior, row.filled_us_do, row.img_filled, row.filled_other
    )
    if filled is not None and filled == row.positions_filled:
        yield from ("filled_us_md_senior", "filled_us_do", "filled_other")
        yield from ("positions_filled", *imgs)
    if _fits(row.img_filled, row.positions_filled, row.published_img_share):
        yield from ("positions_filled", "published_img_share", *imgs)
