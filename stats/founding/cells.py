"""Reading a file cell by cell. No database; every bad cell is reported."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from imgportal.lib import delivered
from stats.choices import (
    FIRST_MATCH_YEAR,
    LAST_MATCH_YEAR,
    Table,
)
from stats.figures import (
    ApplicantRow,
    ScoreRow,
    Source,
    SpecialtyRow,
    TotalsRow,
)

T = TypeVar("T")

SLUG = re.compile(r"[A-Za-z0-9_-]+")

FOUNDING_FILES = Path(__file__).resolve().parent.parent / "data"

TAIL = ("confidence", "sources", "note")
COLUMNS: dict[str, tuple[str, ...]] = {
    "sources.csv": (
        "key",
        "title",
        "publisher",
        "url",
        "published",
        "accessed",
        "kind",
    ),
    "specialties.csv": ("slug", "name", "short_name", "is_preliminary"),
    "match_totals.csv": (
        "match_year",
        *TotalsRow.counts,
        *TotalsRow.printed,
        *TAIL,
    ),
    "applicant_results.csv": (
        "match_year",
        "applicant_type",
        *ApplicantRow.counts,
        *ApplicantRow.printed,
        *TAIL,
    ),
    "specialty_results.csv": (
        "match_year",
        "specialty",
        *SpecialtyRow.counts,
        *SpecialtyRow.printed,
        *TAIL,
    ),
    "specialty_scores.csv": (
        "edition",
        "specialty",
        "applicant_type",
        "outcome",
        *ScoreRow.counts,
        *ScoreRow.printed,
        "missing",
        *TAIL,
    ),
    "restatements.csv": (
        "match_year",
        "figure",
        "first_published",
        "restated",
        "sources",
        "note",
    ),
    "footnotes.csv": ("match_year", "table", "row", "column", "text"),
}

COLUMNS_OF: dict[Table, tuple[str, ...]] = {
    kind.table: (*kind.counts, *kind.printed)
    for kind in (TotalsRow, ApplicantRow, SpecialtyRow, ScoreRow)
}


class Line(delivered.Line):
    """One row of a founding file: its figures and what they rest on."""

    def slug(self, column: str, *, most: int) -> str:
        value = self.text(column, required=True, most=most)
        if value and not SLUG.fullmatch(value):
            self.refuse(
                column,
                f"{value!r} may hold only letters, digits, - and _ (no accents).",
            )
        return value

    def count(self, column: str) -> int | None:
        value = self.cells[column].strip()
        if not value:
            return None
        if not (value.isascii() and value.isdecimal()) or len(value) > 9:
            self.refuse(column, f"{value!r} is not a count; write digits only.")
            return None
        return int(value)

    def year(self, column: str) -> int:
        year = self.count(column)
        if year is None or not FIRST_MATCH_YEAR <= year <= LAST_MATCH_YEAR:
            self.refuse(
                column,
                f"{self.cells[column]!r} is not a Match year "
                f"({FIRST_MATCH_YEAR}-{LAST_MATCH_YEAR}).",
            )
            return 0
        return year

    def printed(
        self, column: str, *, least: int = 0, most: int = 100
    ) -> Decimal | None:
        value = self.cells[column].strip()
        if not value:
            return None
        whole, point, digits = value.partition(".")
        is_number = (
            value.isascii()
            and whole.isdecimal()
            and (digits.isdecimal() if point else True)
            and len(whole) <= 4
            and len(digits) <= 2
        )
        if not is_number or not least <= Decimal(value) <= most:
            self.refuse(
                column,
                f"{value!r} is not a number from {least} to {most} with at most two "
                "decimals.",
            )
            return None
        return Decimal(value)

    def day(self, column: str) -> date:
        value = self.cells[column].strip()
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.refuse(column, f"{value!r} is not a date such as 2026-11-22.")
            return date.min

    def choice(
        self, column: str, known: Callable[[str], T], words: Iterable[str]
    ) -> T | None:
        value = self.cells[column].strip()
        try:
            return known(value)
        except (KeyError, ValueError):
            self.refuse(column, f"{value!r} is not one of: {', '.join(words)}.")
            return None

    def sources(self, known: dict[str, Source]) -> tuple[Source, ...]:
        """The documents that the row names, in its order and each once."""
        keys = [key.strip() for key in self.text("sources").split(";") if key.strip()]
        if not keys:
            self.refuse("sources", "No source is named.")
        for key in keys:
            if key not in known:
                self.refuse("sources", f"{key!r} is not in sources.csv.")
        return tuple(known[key] for key in dict.fromkeys(keys) if key in known)


@dataclass(slots=True, kw_only=True)
class Files(delivered.Folder[Line]):
    """The founding files of figures, and what was found wrong in them so far."""

    line_type: type[Line] = Line
    columns: dict[str, tuple[str, ...]] = field(default_factory=lambda: COLUMNS)
    # Where each row was read, so that a failed check can name the line.
    places: dict[tuple[int, Table, str], Line] = field(default_factory=dict)
