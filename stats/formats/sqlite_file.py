"""Tables as one SQLite database, with a table of its columns inside. Pure.

The same tables are the same bytes: nothing of the machine or the hour goes in.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from decimal import Decimal

from imgportal.lib.data_columns import Cell, Column, ColumnKind, Records, Table

_TYPES = {
    ColumnKind.YEAR: "INTEGER",
    ColumnKind.COUNT: "INTEGER",
    ColumnKind.FLAG: "INTEGER",
    ColumnKind.RATE: "REAL",
    ColumnKind.PRINTED: "REAL",
}
# A number and its digits are two things: 59.0 is kept beside 59.
PRINTED_SUFFIX = "_printed"
DICTIONARY = "columns"


def write(tables: Sequence[Records]) -> bytes:
    """One table for each, named like it with _ for -, and `columns` that describes them."""
    with sqlite3.connect(":memory:") as connection:
        # Fixed, because the default differs between builds.
        connection.execute("PRAGMA page_size = 4096")
        for records in tables:
            _write_table(connection, records)
        _write_dictionary(connection, [records.table for records in tables])
        connection.commit()
        content = connection.serialize()
    connection.close()
    return content


def table_name(table: Table) -> str:
    """As a query writes it without quotes."""
    return table.name.replace("-", "_")


def stored_columns(table: Table) -> list[tuple[str, Column]]:
    """The names of a table's columns in the database, each with what it holds."""
    return [
        (name, column)
        for column in table.columns
        for name in (
            (column.name, column.name + PRINTED_SUFFIX)
            if column.kind is ColumnKind.PRINTED
            else (column.name,)
        )
    ]


def _write_table(connection: sqlite3.Connection, records: Records) -> None:
    table = records.table
    columns = stored_columns(table)
    parts = [
        f"{_quote(name)} {_type_of(name, column)}"
        + ("" if column.can_be_empty else " NOT NULL")
        for name, column in columns
    ]
    if table.key:
        parts.append(f"PRIMARY KEY ({', '.join(map(_quote, table.key))})")
    name = _quote(table_name(table))
    connection.execute(f"CREATE TABLE {name} ({', '.join(parts)}) STRICT")
    places = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO {name} VALUES ({places})",  # noqa: S608 - names are our own
        (
            [_stored(column_name, row[column.name]) for column_name, column in columns]
            for row in records.rows
        ),
    )


def _type_of(name: str, column: Column) -> str:
    if name != column.name:
        return "TEXT"
    return _TYPES.get(column.kind, "TEXT")


def _stored(name: str, value: Cell) -> str | int | float | None:
    if isinstance(value, Decimal):
        return f"{value:f}" if name.endswith(PRINTED_SUFFIX) else float(value)
    return value


def _write_dictionary(connection: sqlite3.Connection, tables: Iterable[Table]) -> None:
    connection.execute(
        f"CREATE TABLE {DICTIONARY} (table_name TEXT NOT NULL, column_name TEXT NOT NULL, "
        "kind TEXT NOT NULL, title TEXT NOT NULL, unit TEXT NOT NULL, of TEXT NOT NULL, "
        "description TEXT NOT NULL, codes TEXT NOT NULL, "
        "PRIMARY KEY (table_name, column_name)) STRICT"
    )
    connection.executemany(
        f"INSERT INTO {DICTIONARY} VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - as above
        (
            (
                table_name(table),
                name,
                column.kind.value,
                column.title,
                column.unit,
                column.of,
                column.description,
                "; ".join(f"{code}: {label}" for code, label in column.codes),
            )
            for table in tables
            for name, column in stored_columns(table)
        ),
    )


def _quote(name: str) -> str:
    return f'"{name}"'
