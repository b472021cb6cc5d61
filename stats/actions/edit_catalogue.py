"""Changes sources and specialties: what figures refer to, and pages call by name.

An edit shows on every page at once, because its time is part of what tells one state
of the public pages from the next (`stats.public`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from stats.models import Source, Specialty


def save(
    *, row: Source | Specialty, columns: Sequence[str], now: datetime
) -> Source | Specialty:
    """Store a new row, or the named columns of one that is there already.

    Two people may edit two rows at once, and the clocks of two machines may differ:
    each edit is made later than all before it, or it would not be noticed.
    """
    with transaction.atomic():
        edits = type(row)._default_manager.select_for_update().order_by("pk")
        last = max(edits.values_list("changed_at", flat=True), default=now)
        row.changed_at = max(now, last + timedelta(microseconds=1))
        if row._state.adding:
            row.save()
        else:
            row.save(update_fields=[*columns, "changed_at"])
    return row


def delete_source(*, source: Source) -> None:
    """Raises ProtectedError when a figure rests on it, be it in a draft."""
    with transaction.atomic():
        source.delete()
