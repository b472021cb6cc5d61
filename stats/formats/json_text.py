"""Rows as JSON: null where nothing is known, with its reason beside. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from imgportal.lib.data_columns import Cell, Column, ColumnKind, Records

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
            "rows": row_objects(records),
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


def row_objects(records: Records) -> list[dict[str, Any]]:
    """The rows with all their columns: lists as arrays, reasons as an object."""
    names = records.table.column_names
    # Most columns are as they are; to ask it of each cell would take most of the time.
    split = [
        (column.name, _SPLIT[column.kind])
        for column in records.table.columns
        if column.kind in _SPLIT
    ]
    objects = []
    for row in records.rows:
        values: dict[str, Any] = {name: row[name] for name in names}
        for name, split_cell in split:
            values[name] = split_cell(values[name])
        objects.append(values)
    return objects


def _list(value: Cell) -> list[str]:
    return str(value).split(";") if value else []


def _reasons(value: Cell) -> dict[str, str]:
    return dict(entry.split("=", 1) for entry in _list(value))


_SPLIT: Mapping[ColumnKind, Callable[[Cell], Any]] = {
    ColumnKind.LIST: _list,
    ColumnKind.REASONS: _reasons,
}
