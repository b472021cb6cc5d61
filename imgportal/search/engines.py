"""Two full-text engines behind one small interface.

Each is given terms (`analysis`), never text, so both hold the same and find the same;
how they rank differs a little. Their tables are made by the migration and are not models:
Django knows neither a virtual table nor a `tsvector` that has no words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from django.db import connection

from imgportal.search.library import Entry

TABLE = "imgportal_search"


class Engine(Protocol):
    """Keeps the words of documents by address, and finds the addresses by words."""

    def fill(self, entries: Iterable[Entry]) -> None:
        """Put these in the place of everything. The caller's transaction holds it."""

    def find(self, terms: Sequence[str], *, most: int) -> list[str]:
        """Addresses that have any of the terms, the best first. One query."""


class SqliteEngine:
    """FTS5, ranked by BM25."""

    # The weights of address, title, names, context and text.
    FIND = f"""
        SELECT address FROM {TABLE} WHERE {TABLE} MATCH %s
        ORDER BY bm25({TABLE}, 0, 10, 6, 2, 1), address LIMIT %s
    """  # noqa: S608
    FILL = f"INSERT INTO {TABLE} VALUES (%s, %s, %s, %s, %s)"  # noqa: S608

    def fill(self, entries: Iterable[Entry]) -> None:
        rows = [
            (
                entry.document.address,
                " ".join(entry.title),
                " ".join(term for name in entry.names for term in name),
                " ".join(entry.context),
                " ".join(entry.text),
            )
            for entry in entries
        ]
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608
            cursor.executemany(self.FILL, rows)

    def find(self, terms: Sequence[str], *, most: int) -> list[str]:
        # Quoted, or AND, OR, NOT and NEAR would be operators.
        wanted = " OR ".join(f'"{term}"' for term in terms)
        with connection.cursor() as cursor:
            cursor.execute(self.FIND, [wanted, most])
            return [address for (address,) in cursor.fetchall()]


class PostgresEngine:
    """`tsvector` with a GIN index, ranked by `ts_rank`.

    Terms are cast as they are. No text search configuration is asked, so neither the
    server's languages nor its locale changes what is found.
    """

    # The weights of D (text), C (context), B (names) and A (title).
    FIND = f"""
        SELECT address FROM {TABLE} WHERE words @@ %s::tsquery
        ORDER BY ts_rank('{{0.05, 0.15, 0.6, 1.0}}', words, %s::tsquery, 1) DESC, address
        LIMIT %s
    """  # noqa: S608
    FILL = f"INSERT INTO {TABLE} VALUES (%s, %s::tsvector)"  # noqa: S608
    # A lexeme keeps so many places, none of them later than this.
    MOST_PLACES, LAST_PLACE = 250, 16_000

    def fill(self, entries: Iterable[Entry]) -> None:
        rows = [(entry.document.address, self._vector(entry)) for entry in entries]
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608
            cursor.executemany(self.FILL, rows)

    def find(self, terms: Sequence[str], *, most: int) -> list[str]:
        wanted = " | ".join(f"'{term}'" for term in terms)
        with connection.cursor() as cursor:
            cursor.execute(self.FIND, [wanted, wanted, most])
            return [address for (address,) in cursor.fetchall()]

    def _vector(self, entry: Entry) -> str:
        places: dict[str, list[str]] = {}
        place = 0
        for weight, terms in (
            ("A", entry.title),
            ("B", tuple(term for name in entry.names for term in name)),
            ("C", entry.context),
            ("D", entry.text),
        ):
            for term in terms:
                place = min(place + 1, self.LAST_PLACE)
                places.setdefault(term, []).append(f"{place}{weight}")
        return " ".join(
            f"'{term}':{','.join(found[: self.MOST_PLACES])}"
            for term, found in places.items()
        )


def engine() -> Engine:
    """The one of the database in use."""
    return PostgresEngine() if connection.vendor == "postgresql" else SqliteEngine()
