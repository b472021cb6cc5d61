"""Reads an exported record again, and says of everything wrong where it stands.

Nothing here looks at the database. Whether a value can be true is for the forms; here
it is only of the right kind. Everything that is refused is refused with its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NoReturn

from profiles.exceptions import Fault, FileRefused
from profiles.models.owned import EARLIEST, LATEST
from profiles.record_tables import (
    FORMAT,
    TABLES,
    VERSIONS,
    FieldKind,
    RecordField,
    RecordTable,
)
from profiles.rules.days import listed

# Bytes. The longest record there can be, all notes full, is about half of it.
LARGEST = 1_000_000
# Levels of brackets within brackets. A record has four; a file that has many more is
# no record, and reading it would cost.
DEEPEST = 20
# Names in one object. The widest part of a record has some twenty.
MOST_NAMES = 100
# So many faults are told at once.
MOST_FAULTS = 20
LONGEST_SLUG = 80

Rows = dict[str, list[dict[str, Any]]]  # by the name of their table

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


def parse(content: bytes) -> Rows:
    """The rows of a file, with the values that the database would hold.

    Raises FileRefused with every fault, up to MOST_FAULTS.
    """
    document = _read(content)
    reader = _DocumentReader()
    rows = reader.document(document)
    if reader.faults:
        raise FileRefused(reader.faults)
    return rows


# --- From bytes to JSON --------------------------------------------------------------


def _refuse(reason: str, place: str = "") -> NoReturn:
    raise FileRefused([Fault(place=place, reason=reason)])


def _read(content: bytes) -> Any:
    if len(content) > LARGEST:
        _refuse(
            f"It is larger than {LARGEST:,} bytes, which no exported record is. Choose "
            "the JSON file that you downloaded here."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse("This byte is not UTF-8 text.", f"byte {error.start + 1:,}")
    _check_shape(text)
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        _refuse(
            f"This is not JSON: {error.msg.lower()}. Choose the file as you downloaded "
            "it, not the CSV or a copy that an editor has changed.",
            f"line {error.lineno:,}, column {error.colno:,}",
        )
    except RecursionError:
        _refuse("It is nested too deep to be a record.")


def _check_shape(text: str) -> None:
    """Refuse what no record is before anything is built of it, in one pass."""
    names: list[int] = []  # of each bracket that is open, the outermost first
    inside, escaped = False, False

    def refuse(reason: str, position: int) -> NoReturn:
        _refuse(reason, f"line {text.count(chr(10), 0, position) + 1:,}")

    for position, character in enumerate(text):
        if inside:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside = False
        elif character == '"':
            inside = True
        elif character in "[{":
            names.append(0)
            if len(names) > DEEPEST:
                refuse(
                    f"Brackets are nested more than {DEEPEST} deep, which no record is.",
                    position,
                )
        elif character in "]}" and names:
            names.pop()
        elif character == ":" and names:
            names[-1] += 1
            if names[-1] > MOST_NAMES:
                refuse(
                    f"One object has more than {MOST_NAMES} names, which none of a "
                    "record has.",
                    position,
                )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            _refuse("This name stands twice in one place.", _shorten(name))
        values[name] = value
    return values


def _no_number(word: str) -> NoReturn:
    _refuse(f"{word} is no number that JSON knows.")


def _whole(digits: str) -> int:
    # Longer ones are never right, and reading them would cost.
    return int(digits[:20])


# --- From JSON to rows ---------------------------------------------------------------


class _DocumentReader:
    """Collects what is wrong while it walks through a document."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def refuse(self, place: str, reason: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(place=place, reason=reason))

    def document(self, content: Any) -> Rows:
        rows: Rows = {table.name: [] for table in TABLES}
        if not isinstance(content, dict):
            self.refuse(
                "",
                f"A record is an object in braces, and this is {_describe(content)}.",
            )
            return rows
        if content.get("format") != FORMAT:
            self.refuse(
                "format",
                f"“{FORMAT}” is missing here: this is not a record exported by this site.",
            )
            return rows
        version = content.get("version")
        if version not in VERSIONS or isinstance(version, bool):
            readable = listed([str(number) for number in VERSIONS])
            self.refuse(
                "version",
                f"This site reads versions {readable}, and this is {_shorten(version)}.",
            )
            return rows
        tables = [table for table in TABLES if table.since <= version]
        # The account is for reading: a file must not be able to add a passkey.
        names = {"format", "version", "exported_at", "record", "account"}
        self._refuse_others(content, names, "")
        record = content.get("record")
        if not isinstance(record, dict):
            self.refuse(
                "record", f"Expected an object in braces, not {_describe(record)}."
            )
            return rows
        self._refuse_others(record, {table.name for table in tables}, "record.")
        for table in tables:
            place = f"record.{table.name}"
            if table.name not in record:
                self.refuse(place, "This part is missing.")
            else:
                rows[table.name] = self._read_rows(
                    table, record[table.name], place, version
                )
        return rows

    def _refuse_others(
        self, names: Mapping[str, Any], allowed: set[str], before: str
    ) -> None:
        for name in names:
            if name not in allowed:
                self.refuse(
                    f"{before}{_shorten(name)}",
                    "There is no such field in a record of this version.",
                )

    def _read_rows(
        self, table: RecordTable, entries: Any, place: str, version: int
    ) -> list[dict[str, Any]]:
        if not table.has_many:
            row = (
                None
                if entries is None
                else self._read_row(table, entries, place, version)
            )
            return [row] if row is not None else []
        if not isinstance(entries, list):
            self.refuse(
                place, f"Expected a list in brackets, not {_describe(entries)}."
            )
            return []
        if len(entries) > table.most:
            self.refuse(
                place,
                f"These are {len(entries):,}, and a record holds {table.most} "
                f"{table.words[1]} and no more.",
            )
            return []
        rows: list[dict[str, Any]] = []
        seen: dict[tuple[Any, ...], int] = {}
        for number, entry in enumerate(entries, start=1):
            row = self._read_row(table, entry, f"{place}[{number}]", version)
            if row is None:
                continue
            first = seen.setdefault(table.key_of(row), number)
            if first != number:
                self.refuse(
                    f"{place}[{number}]",
                    f"This is the same {table.words[0]} as entry {first}. Remove one.",
                )
            rows.append(row)
        return rows

    def _read_row(
        self, table: RecordTable, entry: Any, place: str, version: int
    ) -> dict[str, Any] | None:
        """The values of one row; None when one of them is wrong."""
        if not isinstance(entry, dict):
            self.refuse(place, f"Expected an object in braces, not {_describe(entry)}.")
            return None
        before = len(self.faults)
        fields = [field for field in table.fields if field.since <= version]
        self._refuse_others(entry, {field.name for field in fields}, f"{place}.")
        # What an older version did not ask for was not said.
        row: dict[str, Any] = {field.name: field.unsaid for field in table.fields}
        for field in fields:
            where = f"{place}.{field.name}"
            if field.name not in entry:
                self.refuse(where, "This field is missing. Write null for “not said”.")
                continue
            value = entry[field.name]
            if value is None:
                if field.needed:
                    self.refuse(where, "This may not be null.")
                continue
            reason = CHECKS[field.kind](field, value)
            if reason:
                self.refuse(where, reason)
                continue
            row[field.name] = (
                date.fromisoformat(value) if field.kind == FieldKind.DAY else value
            )
        full = len(self.faults) >= MOST_FAULTS
        return None if full or len(self.faults) > before else row


def _check_day(field: RecordField, value: Any) -> str:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        return f"Expected a day like 2025-03-10, not {_describe(value)}."
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return f"{value} is no day of the calendar."
    if not EARLIEST <= day <= LATEST:
        return (
            f"A record reaches from {EARLIEST.year} to {LATEST.year}, not to {value}."
        )
    return ""


def _check_number(field: RecordField, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        return f"Expected a whole number, not {_describe(value)}."
    if not field.least <= value <= field.most:
        return f"Expected a number from {field.least} to {field.most}."
    return ""


def _check_yes_no(field: RecordField, value: Any) -> str:
    return (
        ""
        if isinstance(value, bool)
        else f"Expected true or false, not {_describe(value)}."
    )


def _check_word(field: RecordField, value: Any) -> str:
    if isinstance(value, str) and value in field.choices:
        return ""
    return f"Expected one of {', '.join(field.choices)}, not {_describe(value)}."


def _check_text(field: RecordField, value: Any) -> str:
    if not isinstance(value, str):
        return f"Expected text, not {_describe(value)}."
    if "\0" in value:
        return "There is a NUL character in this text, which no text has."
    if any("\ud800" <= character <= "\udfff" for character in value):
        return "There is half a character in this text (a lone surrogate)."
    if len(value) > field.most:
        return f"This text has {len(value):,} characters, and {field.most:,} are kept."
    return ""


def _check_slugs(field: RecordField, value: Any) -> str:
    if not isinstance(value, list):
        return f"Expected a list in brackets, not {_describe(value)}."
    if len(value) > field.most:
        return f"These are {len(value):,}, and {field.most} are kept."
    for slug in value:
        if (
            not isinstance(slug, str)
            or len(slug) > LONGEST_SLUG
            or not SLUG.fullmatch(slug)
        ):
            return "Expected words like internal-medicine."
    if len(set(value)) != len(value):
        return "One of these stands here twice."
    return ""


CHECKS: Mapping[FieldKind, Callable[[RecordField, Any], str]] = {
    FieldKind.DAY: _check_day,
    FieldKind.NUMBER: _check_number,
    FieldKind.YES_NO: _check_yes_no,
    FieldKind.WORD: _check_word,
    FieldKind.TEXT: _check_text,
    FieldKind.SLUGS: _check_slugs,
}


def _shorten(value: Any) -> str:
    """Something from the file, short and without what a page could stumble over."""
    text = str(value)[:40]
    return "".join(
        it if it.isprintable() else "\N{REPLACEMENT CHARACTER}" for it in text
    )


def _describe(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return f"“{_shorten(value)}”"
        case float():
            return "a number with a decimal point"
        case int():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object"
