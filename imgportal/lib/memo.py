"""Keeps what was read from the database until a short query says that it has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection, models

V = TypeVar("V")

# Rows as the database writes them: two states are only compared with each other.
State = tuple[tuple[Any, ...], ...]


class PreparedQuery:
    """A query that is asked for every page and described once for each kind of database.

    To describe it takes ten times as long as to answer it. Its rows come as the database
    writes them: on SQLite a moment is a text.
    """

    def __init__(self, describe: Callable[[], models.QuerySet[Any, Any]]) -> None:
        self._describe = describe
        self._compiled: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def rows(self) -> State:
        if connection.vendor not in self._compiled:
            query = self._describe().query
            self._compiled[connection.vendor] = query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(*self._compiled[connection.vendor])
            return tuple(cursor.fetchall())


class Memo(Generic[V]):
    """The value that this process read last, and the state that it was read in.

    `state` is one short query whose rows differ after every writing; `read` makes the
    value anew, and is told the state.
    """

    def __init__(
        self, *, state: Callable[[], State], read: Callable[[State], V]
    ) -> None:
        self._state, self._read = state, read
        # Replaced as a whole, so that a request on another thread sees either the old
        # or the new value.
        self.last: tuple[State, V] | None = None

    def value(self) -> V:
        """The value as of now. One query when nothing was written since."""
        # Asked before reading: the next request learns of a writing in between.
        state, last = self._state(), self.last
        if last is None or last[0] != state:
            last = self.last = (state, self._read(state))
        return last[1]

    def forget(self) -> None:
        """Read anew next time. Only tests need it: they undo what they write."""
        self.last = None
