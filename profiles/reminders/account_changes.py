"""What becomes of reminders when an account changes, and not the record in it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from profiles.models import RecordChange

if TYPE_CHECKING:
    from imgportal.models import User

# Where messages go, and whether any do.
READ = frozenset({"email", "is_active"})


def note_account_change(
    *,
    instance: User,
    created: bool,
    update_fields: Collection[str] | None,
    **_: Any,
) -> None:
    """Receives `post_save` of an account. `update_fields` None: any of them may be new."""
    if not created and READ.intersection(update_fields or READ):
        RecordChange.objects.create(owner=instance)
