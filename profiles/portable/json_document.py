"""A record as one JSON document, which `parse_document` reads again without a loss."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from profiles.member_record import StoredRecord
from profiles.portable import account_data
from profiles.record_tables import FORMAT, TABLES, VERSION

if TYPE_CHECKING:
    from imgportal.models import User

# Values of entries, by the name of their table.
Rows = Mapping[str, Iterable[Mapping[str, Any]]]


def export_record(user: User, stored: StoredRecord, *, now: datetime) -> dict[str, Any]:
    """Everything kept about a member."""
    rows = {
        table.name: [table.values(row) for row in stored.rows_of(table)]
        for table in TABLES
    }
    return {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": now.isoformat(timespec="seconds"),
        "record": _record(rows),
        "account": account_data.read_account(user),
    }


def as_text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def as_file(rows: Rows) -> str:
    """Entries as a file again, for a form that carries them to its answer."""
    content = {"format": FORMAT, "version": VERSION, "record": _record(rows)}
    return json.dumps(content, ensure_ascii=False)


def _record(rows: Rows) -> dict[str, Any]:
    """The part that can be brought back."""
    record: dict[str, Any] = {}
    for table in TABLES:
        entries = [
            {field.name: field.plain(values[field.name]) for field in table.fields}
            for values in rows[table.name]
        ]
        record[table.name] = entries if table.has_many else next(iter(entries), None)
    return record
