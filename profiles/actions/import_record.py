"""Takes over entries of a file that a member brought: all that were chosen, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from profiles.actions import save_entry
from profiles.models.owned import Owned
from profiles.record_tables import RecordTable

if TYPE_CHECKING:
    from imgportal.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportChange:
    """One entry: to be added, or to replace its twin as it was seen."""

    table: RecordTable
    values: dict[str, Any]
    twin: Owned | None


@transaction.atomic
def take_over(changes: Sequence[ImportChange], *, owner: User) -> None:
    """Store everything. Raises NotKept, and then nothing has changed."""
    for change in changes:
        model = change.table.model
        if change.twin is None:
            save_entry.add(model, owner=owner, values=change.values)
        else:
            save_entry.change(
                model,
                owner=owner,
                row_id=change.twin.pk,
                seen=change.twin.version,
                values=change.values,
            )
