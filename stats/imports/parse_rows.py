"""A file as rows of figures. No database; every bad row is reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from stats.imports.file_rows import MOST_IN_FULL, FileReading, RowReader, shorten
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
_IMPORT_OR_NOT = "Say whether what is hidden is to be imported or left out."
ASK_HIDDEN = f"The workbook hides this row or filters it out. {_IMPORT_OR_NOT}"
ASK_HIDDEN_COLUMN = f"The workbook hides this column. {_IMPORT_OR_NOT}"
ASK_HIDDEN_SHEET = f"The workbook hides this sheet. {_IMPORT_OR_NOT}"
ASKS_ABOUT_HIDDEN = (ASK_HIDDEN, ASK_HIDDEN_COLUMN, ASK_HIDDEN_SHEET)
# How many rows may stand above the header: a title, a date, a blank line is none.
MOST_ABOVE = 10


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
    is_refused: bool  # not counting that nothing says why a value is missing
    # A value is missing and the row does not say why: `missing` is what was answered for
    # the whole file, or there is none and the row is refused, unless the draft knows.
    is_unexplained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFile:
    """A file, read. With any refusal nothing of it can be imported."""

    name: str
    table: FigureTable
    rows: tuple[ParsedRow, ...]
    refusals: tuple[Refusal, ...]
    # What was understood and left out, in sentences for whoever imports it.
    remarks: tuple[str, ...]


def read(
    name: str,
    content: bytes,
    table: FigureTable,
    missing_reason: Missing | None = None,
    *,
    takes_hidden: bool | None = None,
) -> ParsedFile:
    """The rows of a file for one table. What is wrong with it is in `refusals`.

    `missing_reason` says what an empty cell and marks such as "–" and "*" mean in
    rows whose column `missing` does not; `takes_hidden` whether rows, columns and sheets
    that a workbook hides are imported. None: nobody said it, and they are refused.
    """
    if missing_reason is not None and missing_reason not in MISSING_REASONS:
        raise ValueError(f"{missing_reason} is no answer.")
    rows: list[ParsedRow] = []
    refusals: list[Refusal] = []
    remarks: list[str] = []
    try:
        grid = _open(name, content, table)
        if takes_hidden is not None:
            _refuse_sheets(grid, takes_hidden)
        line, head = _find_header(grid.rows, table, remarks)
        hidden_names = grid.hidden_names(head)
        header, refusals = columns.header(table, line, head)
        is_shown_only = takes_hidden is False
        if takes_hidden is False or (refusals and takes_hidden is None):
            shown = columns.header(table, line, grid.shown_cells(head))
            # A hidden column that this table does not have is asked about as well.
            if takes_hidden is False or not shown[1]:
                is_shown_only = True
                header, refusals = shown
        if not refusals:
            if takes_hidden is None:
                refusals += _asked_about(grid, line, hidden_names)
            reading = FileReading(
                table, header, grid.decimal_comma, missing_reason, refusals
            )
            hidden = 0
            for line, row in grid.rows:
                if line in grid.hidden_lines and not takes_hidden:
                    hidden += 1
                    if takes_hidden is None and hidden <= MOST_IN_FULL:
                        refusals.append(
                            Refusal(line=line, column="", value="", reason=ASK_HIDDEN)
                        )
                    continue
                cells_of_row = grid.shown_cells(row) if is_shown_only else row
                rows.append(
                    _row(reading, line, cells_of_row, is_workbook=grid.is_workbook)
                )
            if not rows and not refusals:
                raise UnreadableFile("There is no row below the header.")
            remarks += _remarks(reading)
            if takes_hidden is False:
                remarks += _left_out(grid, hidden, hidden_names)
    except UnreadableFile as error:
        refusals.append(
            Refusal(line=error.line, column="", value="", reason=error.reason)
        )
    return ParsedFile(
        name=name,
        table=table,
        rows=tuple(rows),
        refusals=tuple(refusals),
        remarks=tuple(remarks),
    )


def _find_header(
    rows: Iterator[tuple[int, Sequence[str]]], table: FigureTable, remarks: list[str]
) -> tuple[int, Sequence[str]]:
    """The line that names the columns, below whatever title stands above it.

    Where no line does, the first one: it says what is wrong with it.
    """
    above: list[tuple[int, Sequence[str]]] = []
    for line, cells_of_line in rows:
        if columns.is_header(table, cells_of_line):
            remarks += [
                f"Line {number} stands above the header and is left out: “{_excerpt(row)}”."
                for number, row in above
            ]
            return line, cells_of_line
        above.append((line, cells_of_line))
        if len(above) > MOST_ABOVE:
            break
    if not above:
        raise UnreadableFile("The file is empty.")
    return above[0]


def _excerpt(row: Sequence[str]) -> str:
    return shorten(" ".join(cell.strip() for cell in row if cell.strip()))


def _refuse_sheets(grid: FileTable, takes_hidden: bool) -> None:
    """What was answered about hidden sheets leaves nothing to import, or too much."""
    names = ", ".join(f"“{name}”" for name in grid.hidden_sheets)
    if grid.is_of_hidden_sheet and not takes_hidden:
        raise UnreadableFile(f"No sheet but the hidden {names} holds anything.")
    if grid.hidden_sheets and not grid.is_of_hidden_sheet and takes_hidden:
        raise UnreadableFile(
            f"One sheet is imported at a time. Save the hidden {names} as a file of its "
            "own, or leave it out."
        )


def _asked_about(grid: FileTable, line: int, names: Sequence[str]) -> Iterator[Refusal]:
    for name in names:
        yield Refusal(
            line=line, column=shorten(name), value="", reason=ASK_HIDDEN_COLUMN
        )
    for name in grid.hidden_sheets:
        yield Refusal(
            line=None, column="", value=shorten(name), reason=ASK_HIDDEN_SHEET
        )


def _remarks(reading: FileReading) -> Iterator[str]:
    if reading.row_numbers:
        yield "The first column has no name and only numbers the rows; it is left out."


def _left_out(grid: FileTable, rows: int, names: Sequence[str]) -> Iterator[str]:
    if rows:
        yield f"{rows} hidden row{'s are' if rows != 1 else ' is'} left out."
    for name in names:
        yield f"The hidden column “{shorten(name)}” is left out."
    for name in grid.hidden_sheets:
        yield f"The hidden sheet “{shorten(name)}” is left out."


def _open(name: str, content: bytes, table: FigureTable) -> FileTable:
    if file_bounds.check_file(name, content) in file_bounds.WORKBOOKS:
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
    _refuse_strays(line, header, row, reading)
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
    reason = _reason(line)
    for column, wrong in (
        [] if line.is_refused else row_checks.contradictions(table, values)
    ):
        line.refuse(column, line.cells[column], wrong)
    is_refused, is_unexplained = line.is_refused, False
    if not is_refused:
        is_unexplained = _explain(line, values, reason)
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
        is_refused=is_refused,
        is_unexplained=is_unexplained,
    )


def _refuse_strays(
    line: RowReader, header: ColumnHeader, row: Sequence[str], reading: FileReading
) -> None:
    """Cells that hold something where the header names no column.

    A program that exports a table writes the numbers of its rows there, as pandas does.
    """
    named = {place for place, _ in header.places}
    for place, cell in enumerate(row):
        if place not in named and cell.strip():
            if place == 0 and reading.numbers_the_row(cell):
                continue
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
    return values


def _explain(line: RowReader, values: dict[str, Value], reason: str) -> bool:
    """Set why values of the row are missing. Returns whether the row itself does not say.

    `reason`: as the row says; empty: it does not.
    """
    table, answer = line.reading.table, line.reading.missing_reason
    if row_checks.is_complete(table, values):
        # As when it is typed in: nothing is missing, so there is no reason why.
        values["missing"] = ""
        return False
    if reason or answer:
        values["missing"] = str(reason or answer)
        return not reason
    empty = next(
        column for column in row_checks.needed(table) if values[column] is None
    )
    line.refuse(empty, line.cells[empty], ASK_WHY)
    return True


def _reason(line: RowReader) -> str:
    """Why values of the row are missing, as the row says; empty: it does not."""
    reason = ""
    written = cells.bare(line.cells.get("missing", ""))
    if written and not cells.is_mark(written):
        reason = line.choice("missing", REASONS) or ""
    if reason == Missing.NOT_ENTERED and line.has_marks:
        # A filled-in template: its mark replaces the reason "not entered yet".
        reason = ""
    return reason
