"""What finished public answers are made of: which publications, which dated tables, which
day. Two equal states mean equal answers.

On SQLite a state is right to the moment: the file itself says whether anything was
written (`PRAGMA data_version`), and only then it is asked what. On PostgreSQL it is asked
at most once a second, so that an answer may be that much older than a publication.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

from django.db import DatabaseError, close_old_connections, connection

from imgportal.lib import clock
from imgportal.lib.eastern_time import EASTERN, eastern_day
from profiles import reference_tables
from stats.public_page import current_figures

# How old a state may be on PostgreSQL, in seconds.
OLDEST = 1.0

State = tuple[str, str, date]


class AnswerState:
    """The state of now, as cheaply as it can be told."""

    def __init__(self) -> None:
        self._last: State | None = None
        self._until: datetime | None = None
        self._asked_at = 0.0
        self._written: int | None = None
        self._file = _WatchedFile() if connection.vendor == "sqlite" else None
        self._lock = threading.Lock()

    def __call__(self) -> State | None:
        """None: it cannot be told, because the database is away."""
        if self._is_fresh():
            return self._last
        with self._lock:
            if self._is_fresh():
                return self._last
            return self._ask()

    def _is_fresh(self) -> bool:
        if self._last is None or self._until is None:
            return False
        if self._file is not None:
            if self._file.written() != self._written:
                return False
        elif time.monotonic() - self._asked_at > OLDEST:
            return False
        return clock.now() < self._until

    def _ask(self) -> State | None:
        # Before asking: what is written meanwhile is seen the next time.
        written = self._file.written() if self._file is not None else None
        asked_at = time.monotonic()
        close_old_connections()
        try:
            now = clock.now()
            figures, rules = current_figures(), reference_tables.everything()
        except DatabaseError:
            self._last = None
            return None
        finally:
            # Nothing of this connection belongs to the request that comes next.
            close_old_connections()
        self._written, self._asked_at = written, asked_at
        self._until = min(filter(None, (next_midnight(now), figures.next_publication)))
        self._last = (figures.publication.token, rules.token, eastern_day(now))
        return self._last


def next_midnight(now: datetime) -> datetime:
    """In New York, whose days deadlines mean."""
    day = eastern_day(now) + timedelta(days=1)
    return datetime.combine(day, time_of_day(), EASTERN)


class _WatchedFile:
    """Counts what others have written to the database. The count belongs to a connection,
    so that all threads share one.
    """

    def __init__(self) -> None:
        path = Path(str(connection.settings_dict["NAME"]))
        self._connection = sqlite3.connect(
            f"{path.as_uri()}?mode=ro", uri=True, check_same_thread=False
        )
        self._lock = threading.Lock()

    def written(self) -> int:
        """Another number after each commit of anybody."""
        with self._lock:
            row = self._connection.execute("PRAGMA data_version").fetchone()
        return int(row[0])
