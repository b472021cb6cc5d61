"""A file as rows of figures. No database; every bad row is reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from imgportal.lib.spreadsheets import delimited_text, file_bounds, workbooks
from imgportal.lib.spreadsheets.file_bounds import FileTable, UnreadableFile
from imgportal.lib.spreadsheets.sheet_cells import StoredNumber
from stats.choices import (
    ApplicantType,
    FigureConfidence,
    FigureTable,
    Missing,
    ScoreOutcome,
)
from stats.columns import COUNTS, IDENTITY, PRINTED
from stats.exceptions import Refusal
from stats.imports import cells, columns, row_checks
from stats.imports.columns import ColumnHeader
from stats.imports.file_rows import FileReading, RowReader
from stats.imports.spellings import GRADES, OUTCOMES, REASONS, TYPES_OF_APPLICANTS

Value = int | Decimal | str | None

# What a person may answer when asked why a value is missing.
MISSING_REASONS = tuple(
    reason for reason in Missing if reason is not Missing.NOT_ENTERED
)
ASK_WHY = (
    "A value is missing and nothing says why. Fill in the column `missing`, or choose "
    f"one reason for the whole file: {', '.join(MISSING_REASONS)}."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedRow:
    """One row of a file. Whether its names exist is checked later, in the database."""

    line: int
    match_year: int | None  # None: refused
    specialty: str | None  # as the file writes it; None: the table has none
    applicant_type: ApplicantType | None
    outcome: ScoreOutcome | None
    values: Mapping[str, Value]
    # Printed numbers whose digits the workbook did not keep: 41 may be 41.0.
    digits_lost: frozenset[str]
    is_refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFile:
    """A file, read. With any refusal nothing of it can be imported."""

    name: str
    table: FigureTable
    rows: tuple[ParsedRow, ...]
    refusals: tuple[Refusal, ...]


def read(
    name: str,
    content: bytes,
    table: FigureTable,
    missing_reason: Missing | None = None,
) -> ParsedFile:
    """The rows of a file for one table. What is wrong with it is in `refusals`.

    `missing_reason` says what an empty cell and marks such as "–" and "*" mean in
    rows whose column `missing` does not.
    """
    if missing_reason is not None and missing_reason not in MISSING_REASONS:
        raise ValueError(f"{missing_reason} is no answer.")
    rows: list[ParsedRow] = []
    refusals: list[Refusal] = []
    try:
        grid = _open(name, content, table)
        line, head = next(grid.rows, (None, ()))
        if line is None:
            raise UnreadableFile("The file is empty.")
        header, refusals = columns.header(table, line, head)
        if not refusals:
            reading = FileReading(
                table, header, grid.decimal_comma, missing_reason, refusals
            )
            for line, row in grid.rows:
                rows.append(_row(reading, line, row, is_workbook=grid.is_workbook))
            if not rows:
                raise UnreadableFile("There is no row below the header.")
    except UnreadableFile as error:
        refusals.append(
            Refusal(line=error.line, column="", value="", reason=error.reason)
        )
    return ParsedFile(
        name=name, table=table, rows=tuple(rows), refusals=tuple(refusals)
    )


def _open(name: str, content: bytes, table: FigureTable) -> FileTable:
    if file_bounds.check_file(name, content) == file_bounds.WORKBOOK:
        return workbooks.rows(content)
    return delimited_text.rows(content, lambda cells: columns.recognised(table, cells))


def _row(
    reading: FileReading, number: int, row: Sequence[str], *, is_workbook: bool
) -> ParsedRow:
    header, table = reading.header, reading.table
    missing_cells = header.width - len(row)
    line = RowReader(
        number,
        {
            column: row[place] if place < len(row) else ""
            for place, column in header.places
        },
        reading,
    )
    if missing_cells > 0 and not is_workbook:
        line.refuse(
            "",
            "",
            f"There are {len(row)} cells, not {header.width}. Is the file complete?",
        )
    _refuse_strays(line, header, row)
    year = columns.year_column(table)
    match_year = line.count(year)
    if match_year is None and not line.is_refused:
        line.refuse(year, line.cells[year], "Expected is a year, such as 2026.")
    identity = IDENTITY[table]
    specialty = line.text("specialty") if "specialty" in identity else None
    if specialty == "":
        line.refuse("specialty", "", "Expected is the name of a specialty.")
    kind = (
        line.choice("applicant_type", TYPES_OF_APPLICANTS[table])
        if "applicant_type" in identity
        else None
    )
    outcome = line.choice("outcome", OUTCOMES) if "outcome" in identity else None
    values = _values(line, table)
    digits_lost = frozenset(
        column
        for column in PRINTED[table]
        if isinstance(line.cells[column], StoredNumber)
    )
    return ParsedRow(
        line=number,
        match_year=match_year,
        specialty=specialty,
        applicant_type=ApplicantType(kind) if kind else None,
        outcome=ScoreOutcome(outcome) if outcome else None,
        values=values,
        digits_lost=digits_lost,
        is_refused=line.is_refused,
    )


def _refuse_strays(line: RowReader, header: ColumnHeader, row: Sequence[str]) -> None:
    """Cells that hold something where the header names no column."""
    named = {place for place, _ in header.places}
    for place, cell in enumerate(row):
        if place not in named and cell.strip():
            line.refuse(
                "", cell, f"Cell {place + 1} of the row stands below no column name."
            )
            return


def _values(line: RowReader, table: FigureTable) -> dict[str, Value]:
    values: dict[str, Value] = {column: line.count(column) for column in COUNTS[table]}
    values |= {column: line.printed(column) for column in PRINTED[table]}
    for column in ("locator", "note", "by_value"):
        if column in line.cells:
            values[column] = line.text(column)
    if "sources" in line.cells:
        keys = (line.text("sources") or "").replace(",", ";").split(";")
        values["sources"] = ";".join(
            dict.fromkeys(key.strip() for key in keys if key.strip())
        )
    if "confidence" in line.cells:
        grade = line.choice("confidence", GRADES)
        values["confidence"] = FigureConfidence(grade).value if grade else None
    reason = _reason(line)
    if line.is_refused:
        return values
    if row_checks.is_complete(table, values):
        # As when it is typed in: nothing is missing, so there is no reason why.
        values["missing"] = ""
    elif reason:
        values["missing"] = str(reason)
    else:
        empty = next(
            column
            for column in columns.figure_columns(table)
            if values[column] is None
            and (table != FigureTable.SCORES or column.startswith("step2_ck"))
        )
        line.refuse(empty, line.cells[empty], ASK_WHY)
    for column, wrong in row_checks.contradictions(table, values):
        line.refuse(column, line.cells[column], wrong)
    return values


def _reason(line: RowReader) -> str:
    """Why values of the row are missing: as the row says, else as the person said."""
    reason = ""
    written = cells.bare(line.cells.get("missing", ""))
    if written and not cells.is_mark(written):
        reason = line.choice("missing", REASONS) or ""
    if reason == Missing.NOT_ENTERED and line.has_marks:
        # A filled-in template: its mark replaces the reason "not entered yet".
        reason = ""
    return reason or line.reading.missing_reason or ""
