"""One row of a file, read cell by cell; what cannot be read is reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from imgportal.lib.spreadsheets.sheet_cells import UnusableCell
from stats.choices import FigureTable, Missing
from stats.exceptions import Refusal
from stats.imports import cells
from stats.imports.cells import WrongCell
from stats.imports.columns import ColumnHeader
from stats.imports.spellings import simplified

MOST_TEXT = {
    "locator": 100,
    "note": 30_000,
    "by_value": 2_000,
    "sources": 30_000,
    "specialty": 200,
}
# From here on a bad row is reported by its first bad cell only: a wrong file of any
# size fits into memory, and nobody reads so far.
MOST_IN_FULL = 1_000


@dataclass(slots=True)
class FileReading:
    """The file being read, and everything that was found wrong in it so far."""

    table: FigureTable
    header: ColumnHeader
    decimal_comma: bool
    missing_reason: Missing | None
    refusals: list[Refusal] = field(default_factory=list)
    # What a first column without a name holds, if it only numbers the rows.
    row_numbers: set[int] = field(default_factory=set)

    def numbers_the_row(self, cell: str) -> bool:
        """Whether a cell of that column holds a whole number that no other has."""
        digits = cell.strip().removesuffix(".0")
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 10):
            return False
        number = int(digits)
        is_new = number not in self.row_numbers
        self.row_numbers.add(number)
        return is_new


@dataclass(slots=True)
class RowReader:
    """One row being read, cell by cell."""

    number: int
    cells: Mapping[str, str]
    reading: FileReading
    is_refused: bool = False
    has_marks: bool = False

    def refuse(self, column: str, value: str, reason: str) -> None:
        refusals = self.reading.refusals
        if not self.is_refused or len(refusals) < MOST_IN_FULL:
            name = self.reading.header.written.get(column, column)
            refusals.append(
                Refusal(
                    line=self.number, column=name, value=shorten(value), reason=reason
                )
            )
        self.is_refused = True

    def number_at(self, column: str) -> str | None:
        """A cell that should hold a number, bare; None when there is none."""
        cell = self.cells[column]
        text = cells.bare(cell)
        # A workbook keeps #N/A as a fault of its own kind.
        if cells.is_mark(text):
            self.has_marks = True
            return None
        if isinstance(cell, UnusableCell):
            raise WrongCell(cell.reason)
        return text or None

    def count(self, column: str) -> int | None:
        try:
            text = self.number_at(column)
            return (
                None
                if text is None
                else cells.count(
                    self.cells[column], text, decimal_comma=self.reading.decimal_comma
                )
            )
        except WrongCell as wrong:
            self.refuse(column, self.cells[column], str(wrong))
            return None

    def printed(self, column: str) -> Decimal | None:
        try:
            text = self.number_at(column)
            return (
                None
                if text is None
                else cells.printed_in(
                    column, text, decimal_comma=self.reading.decimal_comma
                )
            )
        except WrongCell as wrong:
            self.refuse(column, self.cells[column], str(wrong))
            return None

    def text(self, column: str) -> str | None:
        """The text of a cell; None when it was refused."""
        cell = self.cells[column]
        try:
            if isinstance(cell, UnusableCell):
                raise WrongCell(cell.reason)
            return cells.text_of(cell, most=MOST_TEXT.get(column, 100))
        except WrongCell as wrong:
            self.refuse(column, cell, str(wrong))
            return None

    def choice(self, column: str, spellings: Mapping[str, str]) -> str | None:
        text = self.text(column)
        if text is None:
            return None
        value = spellings.get(simplified(text))
        if value is None:
            words = ", ".join(dict.fromkeys(spellings.values()))
            self.refuse(column, text, f"Expected is one of: {words}.")
        return value


def shorten(value: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(value.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
