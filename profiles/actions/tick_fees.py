"""Keeps that fees were paid: all that were ticked, or none."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import transaction

from profiles.actions import save_entry
from profiles.choices import FeeKind
from profiles.exceptions import AlreadyThere
from profiles.models import FeePayment

if TYPE_CHECKING:
    from imgportal.models import User


@transaction.atomic
def tick_fees(owner: User, fees: Iterable[tuple[FeeKind, int]]) -> None:
    """Store that each was paid, without an amount; one that is paid already stays as it
    is. Raises TooMany, and then nothing has changed.
    """
    for kind, turn in fees:
        with suppress(AlreadyThere):
            save_entry.add(
                FeePayment,
                owner=owner,
                values={
                    "fee": kind.value,
                    "turn": turn,
                    "amount": None,
                    "paid_on": None,
                },
            )
