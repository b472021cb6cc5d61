"""Which columns a file for a table has, and the names by which we recognise them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from stats.choices import FigureTable
from stats.columns import COLUMN_NAMES, COUNTS, IDENTITY, PRINTED
from stats.exceptions import Refusal
from stats.imports.spellings import simplified

# The names of the founding files, without their ending.
FILES: dict[FigureTable, str] = {
    FigureTable.TOTALS: "match_totals",
    FigureTable.APPLICANTS: "applicant_results",
    FigureTable.PLACEMENTS: "placements",
    FigureTable.SPECIALTIES: "specialty_results",
    FigureTable.SCORES: "specialty_scores",
}
# Columns that a file may leave out; the draft then keeps its values.
ABOUT = ("missing", "confidence", "sources", "locator", "note", "by_value")

_ALSO_WRITTEN: dict[str, tuple[str, ...]] = {
    "match_year": ("Year",),
    "edition": ("Year", "Edition year", "Charting Outcomes edition"),
    "applicant_type": ("Type of applicant", "Group"),
    "specialty": ("Specialty name",),
    "published_match_rate": ("Match rate as published", "Published match rate, %"),
    "published_placed_rate_all": ("Placed rate all", "% placed, all"),
    "published_placed_rate_active": ("Placed rate active", "% placed, active"),
    "published_img_share": ("IMG share as published", "Published IMG share, %"),
    "step2_ck_q1": ("Step 2 CK first quartile",),
    "step2_ck_q3": ("Step 2 CK third quartile",),
    "missing": ("Why values are missing", "Why missing", "Reason missing"),
    "sources": ("Source", "Source keys"),
    "locator": ("Place in the source", "Where in the source"),
    "note": ("Notes",),
    "by_value": ("What holds of single values", "By value"),
}


def table_of(name: str) -> FigureTable:
    """The table by our code or by its founding file. Raises ValueError with the names."""
    word = name.strip().lower().removesuffix(".csv")
    for table, file in FILES.items():
        if word in (file, table.value):
            return table
    names = ", ".join(f"{file} ({table})" for table, file in FILES.items())
    raise ValueError(f"“{name}” is not a table. The tables are: {names}.")


def year_column(table: FigureTable) -> str:
    return "edition" if table == FigureTable.SCORES else "match_year"


def figure_columns(table: FigureTable) -> tuple[str, ...]:
    return (*COUNTS[table], *PRINTED[table])


def columns_of(table: FigureTable) -> tuple[str, ...]:
    """Every column, in the order of the founding files; exports have all of them."""
    return (year_column(table), *IDENTITY[table], *figure_columns(table), *ABOUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnHeader:
    """Which column of a table stands at which place of a row."""

    line: int
    places: tuple[tuple[int, str], ...]  # (place in the row, our column)
    written: dict[str, str]  # our column → as the file writes it
    width: int  # without trailing blank columns


def _names(table: FigureTable) -> dict[str, str]:
    names: dict[str, str] = {}
    for column in columns_of(table):
        for name in (
            column,
            COLUMN_NAMES.get(column, column),
            *_ALSO_WRITTEN.get(column, ()),
        ):
            names[simplified(name)] = column
    return names


# What a program calls a column that has no name.
_UNNAMED = re.compile(r"Unnamed: ?\d{1,4}", re.ASCII)

_NAMES = {table: _names(table) for table in FigureTable}


def recognised(table: FigureTable, cells: Sequence[str]) -> int:
    """How many of these cells name a column: what tells the separator of a file."""
    return len({_NAMES[table].get(simplified(cell)) for cell in cells} - {None})


def is_header(table: FigureTable, cells: Sequence[str]) -> bool:
    """Whether these cells name at least half of the columns that must be there."""
    needed = len(columns_of(table)) - len(ABOUT)
    return 2 * recognised(table, cells) >= needed


def header(
    table: FigureTable, line: int, cells: Sequence[str]
) -> tuple[ColumnHeader, list[Refusal]]:
    """The header, and everything that is wrong with it."""
    names = _NAMES[table]
    refusals: list[Refusal] = []
    places: list[tuple[int, str]] = []
    written: dict[str, str] = {}

    def refuse(name: str, reason: str) -> None:
        refusals.append(Refusal(line=line, column=name[:80], value="", reason=reason))

    width = max((at + 1 for at, cell in enumerate(cells) if cell.strip()), default=0)
    for place, cell in enumerate(cells[:width]):
        name = " ".join(cell.split())
        if not name or _UNNAMED.fullmatch(name):
            continue
        column = names.get(simplified(name))
        if column is None:
            like = get_close_matches(simplified(name)[:80], names, n=1, cutoff=0.75)
            hint = f" Do you mean {names[like[0]]}?" if like else ""
            refuse(name, f"{table.label} has no such column.{hint}")
        elif column in written:
            refuse(name, f"This is {column} again, after “{written[column]}”.")
        else:
            written[column] = name
            places.append((place, column))
    missing = [
        column
        for column in columns_of(table)
        if column not in written and column not in ABOUT
    ]
    if missing:
        refuse("", f"Columns are missing: {', '.join(missing)}.")
    return (
        ColumnHeader(line=line, places=tuple(places), written=written, width=width),
        refusals,
    )
