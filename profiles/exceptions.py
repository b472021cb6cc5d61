"""What can go wrong with records and reference tables, in words that can be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCell:
    """One reason why a founding table cannot be loaded, and where it stands."""

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


class TablesRefused(Exception):
    """The reference tables were not loaded; nothing in the database has changed."""

    def __init__(self, reasons: Sequence[BadCell]) -> None:
        super().__init__("\n".join(str(reason) for reason in reasons))
        self.reasons = tuple(reasons)
