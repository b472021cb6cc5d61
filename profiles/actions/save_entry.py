"""Keeps the rows of one member. Whoever posts a form twice gets one row.

A row carries the number of its version, and a form the number of the version that it
shows. When the two differ, somebody (mostly the same person in another tab) saved in
between, and nothing is written over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F

from imgportal.lib.row_versions import find_overwritten
from profiles.exceptions import (
    AlreadyThere,
    ChangedMeanwhile,
    Contradiction,
    Gone,
    TooMany,
)
from profiles.models import RecordChange
from profiles.models.owned import Owned
from profiles.record_tables import TABLE_OF

if TYPE_CHECKING:
    from imgportal.models import User

Row = TypeVar("Row", bound=Owned)
Values = Mapping[str, Any]

CONTRADICTION = "These entries cannot all be true together, so nothing was saved."


def add(model: type[Row], *, owner: User, values: Values) -> Row:
    """Store a row; the same one, posted again, is stored once.

    Raises AlreadyThere, TooMany or Contradiction.
    """
    rows = model.objects.owned_by(owner)
    if rows.count() >= _most(model):
        twin = rows.filter(**_key(model, values)).first()
        if twin is None:
            raise TooMany(
                f"A record holds {rows.count()} of these and no more. Remove one that "
                "you do not need."
            )
        return _same(twin, values)
    try:
        with transaction.atomic():
            row = model.objects.create(owner=owner, **values)
            note_change(model, owner)
            return row
    except IntegrityError:
        twin = rows.filter(**_key(model, values)).first()
        if twin is None:
            raise Contradiction(CONTRADICTION) from None
        return _same(twin, values)


def change(
    model: type[Row], *, owner: User, row_id: int, seen: int, values: Values
) -> Row:
    """Change a row that is still as the member saw it.

    Raises Gone, ChangedMeanwhile, AlreadyThere or Contradiction.
    """
    rows = model.objects.owned_by(owner)
    mine = rows.filter(pk=row_id)
    try:
        with transaction.atomic():
            changed = mine.seen_as(seen).update(**values, version=F("version") + 1)
            if changed:
                note_change(model, owner)
    except IntegrityError:
        twin = rows.filter(**_key(model, values)).exclude(pk=row_id).first()
        raise (AlreadyThere(twin) if twin else Contradiction(CONTRADICTION)) from None
    row = mine.first()
    if row is None:
        raise Gone
    if not changed and not _holds(row, values):
        raise ChangedMeanwhile(row)
    return row


def put(
    model: type[Row],
    *,
    owner: User,
    seen: int,
    values: Values,
    key: Values | None = None,
) -> Row:
    """Store or change the one row of a member (of that key). `seen` 0: none was there.

    Raises ChangedMeanwhile or Contradiction.
    """
    rows = model.objects.owned_by(owner).filter(**(key or {}))
    stored = rows.first()
    if stored is None and seen:
        raise ChangedMeanwhile(None)
    if stored is None:
        try:
            return add(model, owner=owner, values={**(key or {}), **values})
        except AlreadyThere as there:
            raise ChangedMeanwhile(there.row) from None
    try:
        return change(model, owner=owner, row_id=stored.pk, seen=seen, values=values)
    except Gone:
        raise ChangedMeanwhile(None) from None


def remove(model: type[Owned], *, owner: User, row_id: int) -> None:
    """Delete a row for good. Raises Gone."""
    with transaction.atomic():
        count, _ = model.objects.owned_by(owner).filter(pk=row_id).delete()
        if not count:
            raise Gone
        note_change(model, owner)


def note_change(model: type[Owned], owner: User) -> None:
    """Whoever changed what rules or reminders read is planned for anew."""
    table = TABLE_OF.get(model)
    if table is not None and not table.is_apart:
        RecordChange.objects.create(owner=owner)


def _most(model: type[Owned]) -> int:
    """What is no part of the record, as a calendar address, a member has one of."""
    return TABLE_OF[model].most if model in TABLE_OF else 1


def _key(model: type[Owned], values: Values) -> dict[str, Any]:
    key = TABLE_OF[model].key if model in TABLE_OF else ()
    return {name: values[name] for name in key}


def _same(twin: Row, values: Values) -> Row:
    if not _holds(twin, values):
        raise AlreadyThere(twin)
    return twin


def _holds(row: Owned, values: Values) -> bool:
    stored = {name: getattr(row, name) for name in values}
    return not find_overwritten(stored=stored, wanted=values)
