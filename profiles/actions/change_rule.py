"""Changes the dated tables, and says so publicly: what it was, what it is, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from profiles.models import RuleChange
from profiles.models.reference import ReferenceRow

# Columns whose changes are not listed publicly.
SILENT = frozenset({"next_review"})


def _log(
    row: ReferenceRow,
    before: ReferenceRow | None,
    columns: Iterable[str],
    *,
    note: str,
    now: datetime,
) -> None:
    RuleChange.objects.bulk_create(
        RuleChange(
            table=row._meta.model_name or "",
            row_identity=row.identity,
            column_name=name,
            row_words=str(row),
            column_words=row.label_of(name),
            before="" if before is None else before.in_words(name),
            after=row.in_words(name),
            note=note,
            changed_at=now,
        )
        for name in columns
        if name not in SILENT
    )


def note_added(row: ReferenceRow, *, note: str, now: datetime) -> None:
    """List a new row publicly, with all that it says."""
    filled = [name for name in row.columns if row.in_words(name)]
    _log(row, None, filled, note=note, now=now)


@transaction.atomic
def save(
    *, row: ReferenceRow, columns: Sequence[str], note: str, now: datetime
) -> ReferenceRow:
    """Store what staff wrote: a new row, or the named columns of one that is there.

    `note` is public. From now on loading the founding tables leaves the row alone.
    """
    row.changed_at = row.stored_at = now
    if row._state.adding:
        row.save()
        note_added(row, note=note, now=now)
        return row
    # Compare with what is stored now: a colleague may have saved since the page opened.
    before = type(row)._default_manager.select_for_update().get(pk=row.pk)
    row.save(update_fields=[*columns, "changed_at", "stored_at"])
    changed = [name for name in columns if getattr(before, name) != getattr(row, name)]
    _log(row, before, changed, note=note, now=now)
    return row


def copy(
    *,
    source: ReferenceRow,
    target: ReferenceRow,
    columns: Sequence[str],
    note: str,
    now: datetime,
) -> None:
    """Bring a row that nobody changed up to date with the files."""
    before = type(target)._default_manager.get(pk=target.pk)
    for name in columns:
        setattr(target, name, getattr(source, name))
    target.stored_at = now
    target.save(update_fields=[*columns, "stored_at"])
    _log(target, before, columns, note=note, now=now)
