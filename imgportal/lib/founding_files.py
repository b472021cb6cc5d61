"""The CSV files that come with the site, read into rows of a model, not stored yet.

The files are our own, so the first bad cell stops the reading with its file, line and
column, and a test that reads them fails with the same words.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

StoredRow = TypeVar("StoredRow", bound=models.Model)


class FoundingFileError(Exception):
    """A file that comes with the site is wrong. The message says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One row of a file: its cells by column, without the blanks around them."""

    file: str
    line: int
    cells: Mapping[str, str]

    def refuse(self, column: str, reason: str) -> NoReturn:
        """Raise FoundingFileError. An empty `column` means the row as a whole."""
        place = f"{self.file}, line {self.line}"
        if column:
            place += f", column {column}"
        raise FoundingFileError(f"{place}: {reason}")

    def build(
        self, model: type[StoredRow], columns: Mapping[str, str], **values: Any
    ) -> StoredRow:
        """A row of the model, its fields checked. Raises FoundingFileError.

        `columns` maps fields of the model to columns of the file. `values` replace
        cells that the file writes in another way than the model.
        """
        values = {name: self.cells[column] for name, column in columns.items()} | values
        for name, value in values.items():
            if value == "" and getattr(model._meta.get_field(name), "null", False):
                values[name] = None
        stored = model(**values)
        absent = {field.name for field in model._meta.fields} - values.keys()
        try:
            stored.clean_fields(exclude=absent)
        except ValidationError as error:
            name, reasons = next(iter(error.message_dict.items()))
            self.refuse(columns[name], reasons[0])
        return stored

    def check_constraints(self, stored: models.Model) -> None:
        """Raise FoundingFileError for what the database would refuse of this row alone."""
        for constraint in stored._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                try:
                    constraint.validate(type(stored), stored)
                except ValidationError as error:
                    self.refuse("", error.messages[0])


def read_rows(path: Path, columns: Collection[str]) -> Iterator[FileRow]:
    """The rows of a file with exactly these columns. Raises FoundingFileError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FoundingFileError(f"{path.name} cannot be read: {error}.") from None
    # Not splitlines(): that also breaks a cell at U+2028 and other rare characters.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names = list(columns)
    try:
        if next(reader, []) != names:
            row = FileRow(file=path.name, line=1, cells={})
            row.refuse("", f"The columns must be {', '.join(names)}.")
        for cells in reader:
            row = FileRow(
                file=path.name,
                line=reader.line_num,
                cells={
                    name: cell.strip() for name, cell in zip(names, cells, strict=False)
                },
            )
            if len(cells) != len(names):
                row.refuse("", f"There are {len(cells)} cells, not {len(names)}.")
            if "\x00" in "".join(cells):
                row.refuse("", "The row contains a NUL character.")
            yield row
    except csv.Error as error:
        row = FileRow(file=path.name, line=reader.line_num, cells={})
        row.refuse("", f"The row cannot be read as CSV: {error}.")
