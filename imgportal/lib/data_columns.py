"""What a column and a table of the open data are. Pure.

Each application keeps a registry of its own tables. Files, schemas and the interface for
programs follow from it, so that a column is described once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum

# A plain value of one cell. None: it is not known, or there is none.
Cell = str | int | float | bool | Decimal | None
Record = Mapping[str, Cell]


def moment_in_utc(moment: datetime) -> str:
    """As cells of the kind MOMENT have it: "2026-11-27T01:18:16Z"."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


class ColumnKind(Enum):
    """What the values of a column are."""

    YEAR = "year"
    COUNT = "count"  # a whole number of something, never negative
    RATE = "rate"  # computed here, unrounded
    PRINTED = "printed"  # a number in the digits of its source, as text
    CODE = "code"  # one of a fixed list, which never changes its meaning
    TEXT = "text"
    LIST = "list"  # texts without semicolons, separated by semicolons
    DAY = "day"  # ISO 8601
    MOMENT = "moment"  # ISO 8601, UTC
    FLAG = "flag"
    REASONS = "reasons"  # why other cells are empty: column=reason;column=reason
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table."""

    name: str
    kind: ColumnKind
    title: str
    description: str
    unit: str = ""  # of a number: "people", "percent"
    of: str = ""  # of a rate: what it is a share of
    codes: tuple[tuple[str, str], ...] = ()  # of a code: each with its label
    # Is the column a part of what tells a row from the others?
    is_key: bool = False
    # May it be empty, and does the column `missing` say why?
    is_explained: bool = False
    # May it be empty, which says that there is none?
    is_optional: bool = False

    @property
    def can_be_empty(self) -> bool:
        return self.is_explained or self.is_optional


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: its name in addresses, files and databases."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.is_key)

    def column(self, name: str) -> Column:
        """Raises KeyError."""
        by_name = {column.name: column for column in self.columns}
        return by_name[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The rows of a table, each with a value for every column."""

    table: Table
    rows: tuple[Record, ...]

    @classmethod
    def of(cls, table: Table, rows: Iterable[Record]) -> Records:
        return cls(table=table, rows=tuple(rows))
