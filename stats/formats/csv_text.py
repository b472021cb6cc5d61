"""Rows as CSV (RFC 4180): UTF-8, a header, an empty cell where nothing is known. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from imgportal.lib.data_columns import Cell, Records


def write(records: Records) -> str:
    """A table of the open data, printed numbers in the digits of their source."""
    return write_rows(records.table.column_names, records.rows)


def write_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> str:
    """Rows under the named columns; what a row does not have is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return text.getvalue()


def _cell(value: Cell) -> Cell:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    # A spreadsheet would run a text that begins like a formula.
    if isinstance(value, str) and value.lstrip()[:1] in {"=", "+", "-", "@"}:
        return f"'{value}"
    return value
