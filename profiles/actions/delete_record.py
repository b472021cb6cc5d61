"""Deletes the whole record of a member, who keeps the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from profiles.models import AdviserSheet, AnswerChange, RecordChange
from profiles.record_tables import TABLES

if TYPE_CHECKING:
    from imgportal.models import User


@transaction.atomic
def delete_entries(owner: User) -> int:
    """Delete every row of a member; how many that were. All or nothing.

    What was concluded from them and kept goes, too, uncounted, and so do the sheets that
    show them to advisers. How the site is used,
    as whether reminders are sent, stays with the account.
    """
    AnswerChange.objects.owned_by(owner).delete()
    AdviserSheet.objects.owned_by(owner).delete()
    RecordChange.objects.create(owner=owner)
    return sum(
        table.model.objects.owned_by(owner).delete()[0]
        for table in reversed(TABLES)
        if not table.is_setting
    )
