"""Rows as JSON: null where nothing is known, with its reason beside. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from imgportal.lib.data_columns import Cell, Column, ColumnKind, Record, Records, Table

# A printed number stays a number, in the digits of its source: 59.0.
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def encode(document: Any) -> bytes:
    """Any document of plain values, on one line."""
    return _ENCODER.encode(document)


def write(records: Records, about: Mapping[str, Any]) -> bytes:
    """A table of the open data with what `about` says of it."""
    return encode(
        {
            "table": records.table.name,
            "title": records.table.title,
            **about,
            "columns": [describe_column(column) for column in records.table.columns],
            "rows": [row_object(records.table, row) for row in records.rows],
        }
    )


def describe_column(column: Column) -> dict[str, Any]:
    """What a program has to know of a column, for people to read."""
    return {
        "name": column.name,
        "kind": column.kind.value,
        "title": column.title,
        **({"unit": column.unit} if column.unit else {}),
        **({"of": column.of} if column.of else {}),
    }


def row_object(table: Table, row: Record) -> dict[str, Any]:
    """A row with all its columns: lists as arrays, reasons as an object."""
    return {column.name: _value(column, row[column.name]) for column in table.columns}


def _value(column: Column, value: Cell) -> Any:
    if column.kind is ColumnKind.LIST:
        return str(value).split(";") if value else []
    if column.kind is ColumnKind.REASONS:
        entries = str(value).split(";") if value else []
        return dict(entry.split("=", 1) for entry in entries)
    return value
