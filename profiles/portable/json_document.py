"""A record as one JSON document, which `parsing` reads again without a loss."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from profiles.member_record import Stored
from profiles.portable import account_data
from profiles.record_tables import FORMAT, TABLES, VERSION, Table

if TYPE_CHECKING:
    from imgportal.models import User


def record_of(stored: Stored) -> dict[str, Any]:
    """The part that can be brought back."""
    found: dict[str, Any] = {}
    for table in TABLES:
        rows = [_row(table, row) for row in rows_in(table, stored)]
        found[table.name] = rows if table.has_many else next(iter(rows), None)
    return found


def document(user: User, stored: Stored, *, now: datetime) -> dict[str, Any]:
    """Everything kept about a member."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": moment(now),
        "record": record_of(stored),
        "account": account_data.everything(user),
    }


def as_text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def moment(value: datetime) -> str:
    return value.isoformat(timespec="seconds")


def rows_in(table: Table, stored: Stored) -> list[Any]:
    """The stored rows of one table, in the order of the document."""
    everything: dict[str, list[Any]] = {
        # Not saved: the member has said nothing, so there is no profile.
        "profile": [stored.profile] if stored.profile.version else [],
        "exam_attempts": [*stored.attempts],
        "oet_sittings": [*stored.sittings],
        "pathway_applications": [*stored.pathways],
        "certification_items": [*stored.items.values()],
        "certificate": [stored.certificate] if stored.certificate else [],
        "reminders": [stored.reminders] if stored.reminders else [],
    }
    return table.rows_of(everything[table.name])


def plain(value: Any, unsaid: Any = None) -> Any:
    """A stored value as JSON knows it; null is what was not said."""
    if value is None or (unsaid == "" and value == ""):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value


def _row(table: Table, row: Any) -> dict[str, Any]:
    return {
        field.name: plain(getattr(row, field.name), field.unsaid)
        for field in table.fields
    }
