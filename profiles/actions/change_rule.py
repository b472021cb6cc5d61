"""Changes the dated tables, and says so publicly: what it was, what it is, and why.

What staff change comes here by `approve_rule`, and only by it: two people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from profiles.models import RuleChange
from profiles.models.reference import ReferenceRow

# Columns whose changes are not listed publicly.
SILENT = frozenset({"next_review"})


def _log(
    row: ReferenceRow,
    columns: Iterable[str],
    *,
    before: ReferenceRow | None,
    after: ReferenceRow | None,
    note: str,
    now: datetime,
    by_one_person: bool = False,
) -> None:
    """`before` None: it was not there; `after` None: it is there no more."""
    RuleChange.objects.bulk_create(
        RuleChange(
            table=row._meta.model_name or "",
            row_identity=row.identity,
            column_name=name,
            row_words=str(row),
            column_words=row.label_of(name),
            before="" if before is None else before.in_words(name),
            after="" if after is None else after.in_words(name),
            note=note,
            changed_at=now,
            by_one_person=by_one_person,
        )
        for name in columns
        if name not in SILENT
    )


def _filled(row: ReferenceRow) -> list[str]:
    return [name for name in row.columns if row.in_words(name)]


def note_added(
    row: ReferenceRow, *, note: str, now: datetime, by_one_person: bool = False
) -> None:
    """List a new row publicly, with all that it says."""
    _log(
        row,
        _filled(row),
        before=None,
        after=row,
        note=note,
        now=now,
        by_one_person=by_one_person,
    )


@transaction.atomic
def save(
    *,
    row: ReferenceRow,
    columns: Sequence[str],
    note: str,
    now: datetime,
    by_one_person: bool = False,
) -> ReferenceRow:
    """Store a new row, or the named columns of one that is there.

    `note` is public. From now on loading the founding tables leaves the row alone.
    """
    row.changed_at = row.stored_at = now
    if row._state.adding:
        row.save()
        note_added(row, note=note, now=now, by_one_person=by_one_person)
        return row
    # Compare with what is stored now: a colleague may have saved since the page opened.
    before = type(row)._default_manager.select_for_update().get(pk=row.pk)
    row.save(update_fields=[*columns, "changed_at", "stored_at"])
    changed = [name for name in columns if getattr(before, name) != getattr(row, name)]
    _log(
        row,
        changed,
        before=before,
        after=row,
        note=note,
        now=now,
        by_one_person=by_one_person,
    )
    return row


@transaction.atomic
def withdraw(
    *, row: ReferenceRow, note: str, now: datetime, by_one_person: bool = False
) -> None:
    """Take a row out of the rules. It stays stored, to be restored."""
    row.withdrawn_at = row.changed_at = row.stored_at = now
    row.save(update_fields=["withdrawn_at", "changed_at", "stored_at"])
    _log(
        row,
        _filled(row),
        before=row,
        after=None,
        note=note,
        now=now,
        by_one_person=by_one_person,
    )


@transaction.atomic
def restore(
    *, row: ReferenceRow, note: str, now: datetime, by_one_person: bool = False
) -> None:
    """Bring a row back that was withdrawn, as it was."""
    row.withdrawn_at = None
    row.changed_at = row.stored_at = now
    row.save(update_fields=["withdrawn_at", "changed_at", "stored_at"])
    note_added(row, note=note, now=now, by_one_person=by_one_person)


def note_checked(
    rows: Sequence[ReferenceRow], *, today: date, next_review: date, now: datetime
) -> None:
    """Somebody has compared these rows with their sources, and nothing has changed.

    No value is another one, so it is listed nowhere, and the rows stay those of the
    founding tables.
    """
    for row in rows:
        row.last_checked, row.next_review, row.stored_at = today, next_review, now
        row.save(update_fields=["last_checked", "next_review", "stored_at"])


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
    _log(target, columns, before=before, after=target, note=note, now=now)
