"""Gives each publication its number among all of them."""

from __future__ import annotations

from django.db import connection
from django.db.models import Max

from stats.models import Release

# Any number will do that no other program on the same database takes.
ADVISORY_LOCK = 20_261_953


def number_edition() -> int:
    """The number of the publication that this transaction makes; the first is 1.

    Call it after the year is locked.
    """
    lock_numbers()
    newest = Release.objects.aggregate(newest=Max("edition"))["newest"]
    return (newest or 0) + 1


def lock_numbers() -> None:
    """Whoever publishes another year at the same time waits here until this transaction
    ends, so that no two have one number. On SQLite the transaction (IMMEDIATE) is the lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
