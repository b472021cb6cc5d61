"""Is a version of a year fit to be published? Pure checks over plain figures.

Problems block publication, remarks do not. `check_figures` runs the same checks
over everything that is published, and the loader over what it is about to load.
Doubts look at other years as well; they never block either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from imgportal.lib import eastern_time
from stats import measures, single_values
from stats.choices import ApplicantType, FigureTable, Missing
from stats.columns import COLUMN_NAMES, PARTS_WITHIN_WHOLES, SCORES
from stats.cross_table_checks import cross_table_findings, score_doubts
from stats.figures import (
    ApplicantRow,
    PlacementRow,
    Row,
    ScoreRow,
    SpecialtyRow,
    TotalsRow,
    YearFigures,
    why_missing,
)
from stats.grades import computed_grade
from stats.readiness_findings import ReadinessFinding as ReadinessFinding
from stats.readiness_findings import row_finding as _finding

# The column of the grade of a row.
GRADE = "confidence"
# The three-digit scale of the USMLE.
LOWEST_SCORE, HIGHEST_SCORE = 1, 300


def findings(year: YearFigures) -> tuple[ReadinessFinding, ...]:
    """Every problem and remark of one version, in the order of its tables."""
    return tuple(_findings(year))


def problems(year: YearFigures) -> tuple[ReadinessFinding, ...]:
    return tuple(finding for finding in findings(year) if finding.blocks)


def _findings(year: YearFigures) -> Iterator[ReadinessFinding]:
    yield from _anything_at_all(year)
    for row in year.rows():
        yield from _source(row)
        yield from _single_values(row)
        yield from _grade(row, year)
        yield from _reason(row)
        yield from _parts(row)
        match row:
            case TotalsRow() | ApplicantRow():
                yield from _rate(
                    row,
                    row.matched_to_pgy1,
                    row.active_applicants,
                    "published_match_rate",
                )
            case PlacementRow():
                yield from _placement(year, row)
            case SpecialtyRow():
                yield from _specialty(row)
            case ScoreRow():
                yield from _unexplained(row)
                yield from _scores(row)
    yield from cross_table_findings(year)


def _anything_at_all(year: YearFigures) -> Iterator[ReadinessFinding]:
    if not any(True for _ in year.rows()):
        yield ReadinessFinding(
            match_year=year.match_year,
            version=year.release.version,
            table=FigureTable.TOTALS,
            row_key=TotalsRow.key,
            row_label=TotalsRow.label,
            column="",
            text="There is not a single row of figures.",
            blocks=True,
        )


def _source(row: Row) -> Iterator[ReadinessFinding]:
    # A row without values yet needs no source yet.
    if not row.provenance.sources and row.provenance.missing != Missing.NOT_ENTERED:
        yield _finding(row, "sources", "No source is named.")


def _single_values(row: Row) -> Iterator[ReadinessFinding]:
    """What is said of single values is understood, and is about values of this row."""
    try:
        entries = single_values.parse(row.provenance.by_value)
    except ValueError as wrong:
        yield _finding(row, "by_value", str(wrong))
        return
    named = {source.key for source in row.provenance.sources}
    for entry in entries:
        for key in entry.sources:
            if key not in named:
                yield _finding(
                    row, "by_value", f"The row does not name {key} as a source."
                )
        for column in entry.columns:
            if column not in (*row.counts, *row.printed):
                yield _finding(row, "by_value", f"{column} is no column of this table.")
            elif entry.missing and getattr(row, column) is not None:
                yield _finding(
                    row, column, "It is said to be missing, and it is there."
                )


def _grade(row: Row, year: YearFigures) -> Iterator[ReadinessFinding]:
    """No row claims a better grade than the rule gives it (`stats.grades`)."""
    origin = row.provenance
    has_values = any(
        getattr(row, column) is not None for column in (*row.counts, *row.printed)
    )
    if not origin.sources or not has_values or origin.missing == Missing.NOT_ENTERED:
        return
    computed = computed_grade(row, year)
    stated, given = (
        grade.label.split(":")[0] for grade in (origin.stated_grade, computed)
    )
    if origin.stated_grade.value < computed.value:
        yield _finding(
            row,
            GRADE,
            f"“{stated}” is more than the rule gives: “{given}”. Name the document that "
            "confirms it, or lower the grade.",
        )
    elif origin.stated_grade.value > computed.value and not origin.note:
        finding = _finding(
            row,
            GRADE,
            f"“{stated}” is less than the rule gives: “{given}”. Say why in the note.",
        )
        yield replace(finding, blocks=False)


def _reason(row: Row) -> Iterator[ReadinessFinding]:
    if isinstance(row, ScoreRow):
        empty = row.step2_ck_mean is None and row.step2_ck_median is None
        for column in ("step2_ck_q1", "step2_ck_q3"):
            if empty and getattr(row, column) is not None:
                yield _finding(row, column, "A quartile stands without a median.")
    else:
        empty = any(getattr(row, column) is None for column in row.counts)
    if row.provenance.missing == Missing.NOT_ENTERED:
        yield _finding(row, "missing", "Not entered yet.")
    if empty and not row.provenance.missing:
        yield _finding(row, "missing", "A value is empty and nothing says why.")
    if not empty and row.provenance.missing:
        yield _finding(row, "missing", "Nothing is empty, so there is no reason why.")


def _unexplained(row: ScoreRow) -> Iterator[ReadinessFinding]:
    """Values that are empty while the row says nothing of them. They do not block."""
    columns = [
        COLUMN_NAMES[column]
        for column in (*row.counts, *row.printed)
        if getattr(row, column) is None and not why_missing(row, column)
    ]
    if columns:
        finding = _finding(
            row, "", f"Nothing says why this is empty: {', '.join(columns)}."
        )
        yield replace(finding, blocks=False)


def _parts(row: Row) -> Iterator[ReadinessFinding]:
    for part, whole in PARTS_WITHIN_WHOLES[row.table]:
        smaller, larger = getattr(row, part), getattr(row, whole)
        if smaller is not None and larger is not None and smaller > larger:
            yield _finding(row, part, f"{smaller:,} is more than {whole} {larger:,}.")


def _rate(
    row: Row, part: int | None, whole: int | None, column: str
) -> Iterator[ReadinessFinding]:
    """A printed rate agrees with the computed one within 0.05 points, or says why not.

    A rate that is printed in whole percent can only agree to half a percent; that
    is remarked. One that was cut off instead of rounded needs a note saying so, and
    even then the gap stays below one step of the last printed digit.
    """
    printed = getattr(row, column)
    gap = measures.disagreement(part, whole, printed)
    if gap is None:
        return
    step = measures.unit_of_last_place(printed)
    finding = _finding(
        row,
        column,
        f"{printed} is printed, {float(Fraction(printed) - gap):.2f} is computed.",
        explained=abs(gap) < step,
    )
    yield replace(finding, blocks=False) if abs(gap) <= step / 2 else finding


def _placement(year: YearFigures, row: PlacementRow) -> Iterator[ReadinessFinding]:
    """What was placed agrees with who took part and who matched, in the same version."""
    placement = year.placement_of(row.applicant_type)
    if placement is None or placement.result is None:
        where = (
            FigureTable.TOTALS
            if row.applicant_type is ApplicantType.ALL
            else FigureTable.APPLICANTS
        )
        yield _finding(
            row, "", f"“{where.label}” has no row to compare it with.", explained=True
        )
        return
    active, matched = placement.active_applicants, placement.matched_to_pgy1
    placed = row.placed_pgy1_active
    if None not in (placed, active) and placed > active:  # type: ignore[operator]
        yield _finding(
            row,
            "placed_pgy1_active",
            f"{placed:,} is more than the {active:,} active applicants.",
        )
    for column in row.counts:
        value = getattr(row, column)
        if value is not None and matched is not None and value < matched:
            yield _finding(
                row,
                column,
                f"{value:,} is fewer than the {matched:,} who matched before SOAP.",
            )
    yield from _rate(row, placed, active, "published_placed_rate_active")
    yield from _share_of_everybody(year, row, active)


def _share_of_everybody(
    year: YearFigures, row: PlacementRow, active: int | None
) -> Iterator[ReadinessFinding]:
    """Everybody is at least the active applicants, and no more than who registered."""
    placed, printed = row.placed_pgy1_all, row.published_placed_rate_all
    if placed is None:
        return
    registered = year.totals.registered_applicants if year.totals else None
    if registered is not None and placed > registered:
        yield _finding(
            row,
            "placed_pgy1_all",
            f"{placed:,} is more than the {registered:,} who registered.",
        )
    if printed is None or not active:
        return
    most = Fraction(placed * 100, active)
    if Fraction(printed) > most + measures.unit_of_last_place(printed) / 2:
        yield _finding(
            row,
            "published_placed_rate_all",
            f"{printed} is printed, but {placed:,} are {float(most):.2f} percent of "
            "the active applicants alone.",
        )


def _specialty(row: SpecialtyRow) -> Iterator[ReadinessFinding]:
    both = measures.total(row.filled_us_img, row.filled_non_us_img)
    if None not in (both, row.filled_img_total) and both != row.filled_img_total:
        yield _finding(
            row,
            "filled_img_total",
            f"US and non-US IMGs add up to {both:,}, not {row.filled_img_total:,}.",
            explained=True,
        )
    # "Other" leaves out US MD graduates in some tables, so the parts may fall
    # short of the whole; they may never exceed it.
    if row.img_filled is None:
        imgs = (row.filled_us_img, row.filled_non_us_img)
    else:
        imgs = (row.img_filled, None)
    parts = [
        part
        for part in (
            row.filled_us_md_senior,
            row.filled_us_do,
            *imgs,
            row.filled_other,
        )
        if part is not None
    ]
    if row.positions_filled is not None and sum(parts) > row.positions_filled:
        yield _finding(
            row,
            "positions_filled",
            f"The parts add up to {sum(parts):,}, more than {row.positions_filled:,}.",
        )
    yield from _rate(row, row.img_filled, row.positions_filled, "published_img_share")


def _scores(row: ScoreRow) -> Iterator[ReadinessFinding]:
    for column in SCORES:
        score = getattr(row, column)
        if score is not None and not LOWEST_SCORE <= score <= HIGHEST_SCORE:
            yield _finding(
                row, column, f"{score} is not from {LOWEST_SCORE} to {HIGHEST_SCORE}."
            )


def doubts(
    year: YearFigures, earlier: Sequence[YearFigures]
) -> tuple[ReadinessFinding, ...]:
    """What is worth a second look beside other years. Remarks: they never block.

    `earlier` are the current versions of the years before, oldest first.
    """
    described = {row.match_year for row in year.scores} - {year.match_year}
    return (
        *jumps(year, earlier),
        *(
            doubt
            for past_year in earlier
            if past_year.match_year in described
            for doubt in score_doubts(year, past_year)
        ),
    )


def match_week_begins(match_year: int) -> date:
    """The Monday of Match Week, on which applicants learn whether they matched.

    NRMP holds Match Day on the Friday of that week, the third one of March.
    """
    first = date(match_year, 3, 1)
    first_friday = first + timedelta(days=(4 - first.weekday()) % 7)
    return first_friday + timedelta(days=14 - 4)


def too_early(year: YearFigures, at: datetime) -> ReadinessFinding | None:
    """Figures that would be public before their Match took place. None: it is held.

    It blocks publication at `at` and nothing before: who has them under an embargo
    enters them before Match Day.
    """
    begins = match_week_begins(year.match_year)
    day = at.astimezone(eastern_time.EASTERN).date()
    if day >= begins:
        return None
    return ReadinessFinding(
        match_year=year.match_year,
        version=year.release.version,
        table=FigureTable.TOTALS,
        row_key=TotalsRow.key,
        row_label=TotalsRow.label,
        column="",
        text=f"The Match of {year.match_year} has not taken place by {in_words(day)}. Its "
        f"figures can be public from {in_words(begins)} on, when Match Week begins.",
        blocks=True,
    )


def in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


# A change is worth a second look when it is 1.5 times as large as any before it, or,
# where there are not three earlier changes, when it is larger than a quarter. A few people
# more or less say nothing, and the longer ago the last count, the less it says.
LARGER_THAN_EVER = Fraction(3, 2)
LARGE = Fraction(1, 4)
LEAST_WORTH_A_LOOK = Fraction(1, 10)
FEW_PEOPLE = 50


def jumps(
    year: YearFigures, earlier: Sequence[YearFigures]
) -> tuple[ReadinessFinding, ...]:
    """Counts that moved more than history suggests. Remarks: they never block.

    `earlier` are the current versions of the years before, oldest first. Each names
    the last year of which the count is known.
    """
    remarks = []
    rows_before = [
        {(row.table, row.key): row for row in past_year.rows()} for past_year in earlier
    ]
    for row in year.rows():
        if isinstance(row, ScoreRow):
            continue  # editions are years apart and measure different things
        for column in row.counts:
            counts = [
                (past_year.match_year, value)
                for past_year, rows in zip(earlier, rows_before, strict=True)
                if (before := rows.get((row.table, row.key))) is not None
                and (value := getattr(before, column))
            ]
            value = getattr(row, column)
            if value is None or not counts:
                continue
            steps = [_yearly_step(*pair) for pair in pairwise(counts)]
            most = (
                max(LARGER_THAN_EVER**2 * max(steps), LEAST_WORTH_A_LOOK**2)
                if (len(steps) >= 3)
                else LARGE**2
            )
            last_year, last = counts[-1]
            moved = _yearly_step(counts[-1], (year.match_year, value))
            if abs(value - last) > FEW_PEOPLE and moved > most:
                finding = _finding(
                    row,
                    column,
                    f"{value:,} after {last:,} in {last_year}: a larger step "
                    "than before. Please look a second time.",
                )
                remarks.append(replace(finding, blocks=False))
    return tuple(remarks)


def _yearly_step(before: tuple[int, int], after: tuple[int, int]) -> Fraction:
    """The square of a relative change, for each year that it took: steps go up and down,
    so over n years they come to the root of n. Each is a Match year and a count.
    """
    step = Fraction(after[1] - before[1], before[1])
    return step**2 / (after[0] - before[0])
