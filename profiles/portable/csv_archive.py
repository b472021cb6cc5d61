"""A record as CSV files in one archive, for whoever works with a spreadsheet."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from profiles.portable.account_data import LISTS
from profiles.record_tables import TABLES

README = """\
What you keep at the IMG portal, as CSV files: one file for each kind of entry, UTF-8,
the names of the columns in the first line. An empty cell is something you have not
said. A text that a spreadsheet would take for a formula has an apostrophe before it.

These files are for reading. To bring your whole record back, take the JSON file
instead. Of these, exam_attempts.csv and oet_sittings.csv can be brought back.
"""


def write_archive(content: Mapping[str, Any], *, now: datetime) -> bytes:
    """The zip of a document (`json_document.export_record`)."""
    files = io.BytesIO()
    with zipfile.ZipFile(files, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in _files(content):
            # The time of the entries, which would else be that of the machine.
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            packed.writestr(entry, text.encode())
    return files.getvalue()


def _files(content: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    yield "README.txt", README
    for table in TABLES:
        rows = content["record"][table.name]
        if not table.has_many:
            rows = [rows] if rows else []
        yield f"{table.name}.csv", _sheet([field.name for field in table.fields], rows)
    account = content["account"]
    single = [name for name in account if name not in LISTS]
    yield "account.csv", _sheet(single, [account])
    for name, columns in LISTS.items():
        yield f"{name}.csv", _sheet(columns, account[name])


def _sheet(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(value)
    # A spreadsheet would run a text that begins like a formula.
    if isinstance(value, str) and value.lstrip()[:1] in {"=", "+", "-", "@"}:
        return f"'{value}"
    return value
