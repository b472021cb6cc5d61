"""Keeps what a member reports of several items of certification: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from imgportal.lib.row_versions import find_overwritten
from profiles.actions import save_entry
from profiles.choices import Item
from profiles.exceptions import (
    AlreadyThere,
    ChangedMeanwhile,
    Gone,
    ItemsChangedMeanwhile,
)
from profiles.models import CertificationItem

if TYPE_CHECKING:
    from imgportal.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedState:
    """Where an item stands by the member's own report. `state` empty: nothing is said."""

    state: str = ""
    since: date | None = None

    @property
    def values(self) -> dict[str, object]:
        return {"state": self.state, "since": self.since}


NOTHING_REPORTED = ReportedState()
# How often a row may be stored by somebody else between reading and writing.
MOST_RACES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReport:
    """One item: what the page showed of it, and what the member says now."""

    item: Item
    seen: ReportedState
    reported: ReportedState


def reported_state(row: CertificationItem | None) -> ReportedState:
    if row is None:
        return NOTHING_REPORTED
    return ReportedState(state=row.state, since=row.since)


def report_items(owner: User, reports: Collection[ItemReport]) -> None:
    """Store what is reported of each item; its private note stays as it is.

    Raises ItemsChangedMeanwhile when one of them is neither as it was seen nor as it is
    reported: then none is stored.
    """
    for attempts_left in reversed(range(MOST_RACES)):
        try:
            with transaction.atomic():
                _report(owner, reports)
        except (AlreadyThere, ChangedMeanwhile, Gone):
            # Another request stored one meanwhile: now there is something to compare.
            if not attempts_left:
                raise
        else:
            return


def _report(owner: User, reports: Collection[ItemReport]) -> None:
    rows = {Item(row.item): row for row in CertificationItem.objects.owned_by(owner)}
    elsewhere: dict[Item, CertificationItem | None] = {}
    for report in reports:
        row = rows.get(report.item)
        stored, wanted = reported_state(row).values, report.reported.values
        if find_overwritten(stored=stored, wanted=wanted, seen=report.seen.values):
            elsewhere[report.item] = row
        elif stored == wanted or elsewhere:
            continue
        elif row is None:
            save_entry.add(
                CertificationItem, owner=owner, values={"item": report.item, **wanted}
            )
        else:
            save_entry.change(
                CertificationItem,
                owner=owner,
                row_id=row.pk,
                seen=row.version,
                values=wanted,
            )
    if elsewhere:
        raise ItemsChangedMeanwhile(elsewhere)
