"""Changes the dated tables, and says so publicly: what it was, what it is, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import models, transaction

from profiles.models import RuleChange
from profiles.models.reference import ReferenceRow
from profiles.rules import days

# Columns whose changes are not listed publicly.
SILENT = frozenset({"next_review"})


def columns_of(row: ReferenceRow) -> list[str]:
    """The columns that hold what the row says, in the order of the table."""
    return [
        field.name
        for field in row._meta.concrete_fields
        if field.editable and not field.primary_key
    ]


def differing(row: ReferenceRow, other_row: ReferenceRow) -> list[str]:
    return [
        name
        for name in columns_of(row)
        if getattr(row, name) != getattr(other_row, name)
    ]


def in_words(row: ReferenceRow, name: str) -> str:
    """A value as a reader reads it; empty: there is none."""
    field = row._meta.get_field(name)
    value: Any = getattr(row, name)
    if value is None or value == "":
        return ""
    if isinstance(field, models.Field) and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, date):
        return days.in_words(value)
    if isinstance(value, time):
        return f"{value:%H:%M} Eastern"
    return str(value)


def label_of(row: ReferenceRow, name: str) -> str:
    """A column as a reader knows it."""
    return str(getattr(row._meta.get_field(name), "verbose_name", name))


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
            column_words=label_of(row, name),
            before="" if before is None else in_words(before, name),
            after=in_words(row, name),
            note=note,
            changed_at=now,
        )
        for name in columns
        if name not in SILENT
    )


def note_added(row: ReferenceRow, *, note: str, now: datetime) -> None:
    """List a new row publicly, with all that it says."""
    filled = [name for name in columns_of(row) if in_words(row, name)]
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
