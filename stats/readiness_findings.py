"""What a check of figures says: which value, of which row, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from stats.choices import FigureTable
from stats.columns import COLUMN_NAMES
from stats.figures import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessFinding:
    """A value that does not agree with another one, or is not there, and where."""

    match_year: int
    version: int
    table: FigureTable
    row_key: str
    row_label: str
    column: str  # empty: the row as a whole
    text: str
    blocks: bool

    @property
    def column_name(self) -> str:
        """The column as a sentence names it; empty for the row as a whole."""
        return COLUMN_NAMES.get(self.column, "")

    def __str__(self) -> str:
        place = (
            f"{self.match_year} v{self.version}, {self.table.label}, {self.row_label}"
        )
        if self.column:
            place += f", {self.column}"
        return f"{place}: {self.text}"


def row_finding(
    row: Row, column: str, text: str, *, explained: bool = False
) -> ReadinessFinding:
    """A finding that blocks, unless the row carries a note that explains it."""
    return ReadinessFinding(
        match_year=row.provenance.match_year,
        version=row.provenance.version,
        table=row.table,
        row_key=row.key,
        row_label=row.label,
        column=column,
        text=text,
        blocks=not (explained and row.provenance.note),
    )
