"""Reading delivered CSV files cell by cell: every bad cell is reported, with its place."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Generic, TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCell:
    """One reason why a file cannot be loaded, and where it stands."""

    file: str
    line: int | None  # None: the file as a whole
    column: str  # empty: the row as a whole
    reason: str

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f", line {self.line}"
        if self.column:
            place += f", column {self.column}"
        return f"{place}: {self.reason}"


class Refused(Exception):
    """The files were not loaded; nothing in the database has changed."""

    def __init__(self, reasons: Sequence[BadCell]) -> None:
        super().__init__("\n".join(str(reason) for reason in reasons))
        self.reasons = tuple(reasons)


@dataclass(slots=True)
class Line:
    """One row of a file, read cell by cell; what cannot be read is reported."""

    file: str
    number: int
    cells: dict[str, str]
    reasons: list[BadCell]

    def refuse(self, column: str, reason: str) -> None:
        self.reasons.append(
            BadCell(file=self.file, line=self.number, column=column, reason=reason)
        )

    def text(
        self, column: str, most: int | None = None, *, required: bool = False
    ) -> str:
        value = self.cells[column].strip()
        if required and not value:
            self.refuse(column, "This cell may not be empty.")
        if "\x00" in value:
            self.refuse(column, "The text contains a NUL character.")
        if most is not None and len(value) > most:
            self.refuse(column, f"The text is longer than {most} characters.")
        return value


L = TypeVar("L", bound=Line)


@dataclass(slots=True, kw_only=True)
class Folder(Generic[L]):
    """The folder being read, and everything that was found wrong in it so far."""

    # Where a wrong header is said to stand; None: in the file as a whole.
    header_line: ClassVar[int | None] = None

    folder: Path
    line_type: type[L]
    columns: dict[str, tuple[str, ...]]  # of each file, in their order
    reasons: list[BadCell] = field(default_factory=list)

    def lines(self, file: str) -> Iterator[L]:
        """The rows of a file whose header is right; otherwise none, and a reason."""
        columns = self.columns[file]
        try:
            text = (self.folder / file).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            self.refuse(file, None, f"The file cannot be read: {error}.")
            return
        # Not splitlines(): that also breaks a cell at U+2028 and other rare characters.
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            if tuple(next(reader, ())) != columns:
                reason = f"The columns must be {', '.join(columns)}."
                self.refuse(file, self.header_line, reason)
                return
            for cells in reader:
                if len(cells) != len(columns):
                    reason = f"There are {len(cells)} cells, not {len(columns)}."
                    self.refuse(file, reader.line_num, reason)
                    continue
                yield self.line_type(
                    file,
                    reader.line_num,
                    dict(zip(columns, cells, strict=True)),
                    self.reasons,
                )
        except csv.Error as error:
            reason = f"The row cannot be read as CSV: {error}."
            self.refuse(file, reader.line_num, reason)

    def refuse(self, file: str, line: int | None, reason: str) -> None:
        self.reasons.append(BadCell(file=file, line=line, column="", reason=reason))
