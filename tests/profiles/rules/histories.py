"""Records of people who could exist, in files as a member would bring them."""

from __future__ import annotations

from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from profiles.member_record import StoredRecord
from profiles.portable.parse_document import parse
from profiles.record_tables import TABLES, RecordTable
from profiles.rules.facts import Record

DIRECTORY = Path(__file__).parent.parent / "histories"
NAMES = sorted(path.stem for path in DIRECTORY.glob("*.json"))


def _row(table: RecordTable, number: int, values: dict[str, Any]) -> Any:
    row = table.model(**values)
    row.pk = number
    return row


@cache
def history(name: str) -> Record:
    """What the file of that name says, as plain data for the rules."""
    parsed = parse((DIRECTORY / f"{name}.json").read_bytes())
    numbers = count(1)
    rows: dict[str, tuple[Any, ...]] = {}
    for table in TABLES:
        if not table.is_setting:
            rows[table.name] = tuple(
                _row(table, next(numbers), values) for values in parsed[table.name]
            )
    return StoredRecord(owner_id=0, rows=rows).facts
