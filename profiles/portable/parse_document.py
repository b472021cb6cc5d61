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

from profiles.actions.save_entry import MOST
from profiles.exceptions import Fault, FileRefused
from profiles.models.owned import EARLIEST, LATEST
from profiles.record_tables import (
    FORMAT,
    LONGEST_SLUG,
    TABLES,
    VERSION,
    VERSIONS,
    Field,
    Kind,
    Table,
)

# Bytes. The longest record there can be, all notes full, is about half of it.
LARGEST = 1_000_000
# Levels of brackets within brackets. A record has four; a file that has many more is
# no record, and reading it would cost.
DEEPEST = 20
# Names in one object. The widest part of a record has some twenty.
MOST_NAMES = 100
# So many faults are told at once.
MOST_FAULTS = 20

Rows = dict[str, list[dict[str, Any]]]  # by the name of their table

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


def parse(content: bytes) -> Rows:
    """The rows of a file, with the values that the database would hold.

    Raises FileRefused with every fault, up to MOST_FAULTS.
    """
    found = _read(content)
    reader = _Reader()
    rows = reader.document(found)
    if reader.faults:
        raise FileRefused(reader.faults)
    return rows


def compact(rows: Rows) -> str:
    """The rows as a file again, for a form that carries them to its answer."""
    record: dict[str, Any] = {}
    for table in TABLES:
        plain = [
            {field.name: _plain(row[field.name], field) for field in table.fields}
            for row in rows[table.name]
        ]
        record[table.name] = plain if table.has_many else next(iter(plain), None)
    content = {"format": FORMAT, "version": VERSION, "record": record}
    return json.dumps(content, ensure_ascii=False)


def _plain(value: Any, field: Field) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return None if value == field.unsaid and not field.needed else value


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
            _refuse("This name stands twice in one place.", _shown(name))
        values[name] = value
    return values


def _no_number(word: str) -> NoReturn:
    _refuse(f"{word} is no number that JSON knows.")


def _whole(digits: str) -> int:
    # Longer ones are never right, and reading them would cost.
    return int(digits[:20])


# --- From JSON to rows ---------------------------------------------------------------


class _Reader:
    """Collects what is wrong while it walks through a document."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def refuse(self, place: str, reason: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(place=place, reason=reason))

    def document(self, found: Any) -> Rows:
        rows: Rows = {table.name: [] for table in TABLES}
        if not isinstance(found, dict):
            self.refuse(
                "", f"A record is an object in braces, and this is {_is(found)}."
            )
            return rows
        if found.get("format") != FORMAT:
            self.refuse(
                "format",
                f"“{FORMAT}” is missing here: this is not a record exported by this site.",
            )
            return rows
        version = found.get("version")
        if version not in VERSIONS or isinstance(version, bool):
            known_versions = " and ".join(map(str, VERSIONS))
            self.refuse(
                "version",
                f"This site reads versions {known_versions}, and this is "
                f"{_shown(version)}.",
            )
            return rows
        tables = [table for table in TABLES if table.since <= version]
        # The account is for reading: a file must not be able to add a passkey.
        known = {"format", "version", "exported_at", "record", "account"}
        self._only(found, known, "")
        record = found.get("record")
        if not isinstance(record, dict):
            self.refuse("record", f"Expected an object in braces, not {_is(record)}.")
            return rows
        self._only(record, {table.name for table in tables}, "record.")
        for table in tables:
            place = f"record.{table.name}"
            if table.name not in record:
                self.refuse(place, "This part is missing.")
            else:
                rows[table.name] = self._rows(table, record[table.name], place)
        return rows

    def _only(self, found: Mapping[str, Any], known: set[str], before: str) -> None:
        for name in found:
            if name not in known:
                self.refuse(
                    f"{before}{_shown(name)}",
                    "There is no such field in a record of this version.",
                )

    def _rows(self, table: Table, found: Any, place: str) -> list[dict[str, Any]]:
        if not table.has_many:
            row = None if found is None else self._row(table, found, place)
            return [row] if row is not None else []
        if not isinstance(found, list):
            self.refuse(place, f"Expected a list in brackets, not {_is(found)}.")
            return []
        most = MOST[table.model]
        if len(found) > most:
            self.refuse(
                place,
                f"These are {len(found):,}, and a record holds {most} {table.words[1]} "
                "and no more.",
            )
            return []
        rows: list[dict[str, Any]] = []
        seen: dict[tuple[Any, ...], int] = {}
        for number, one in enumerate(found, start=1):
            row = self._row(table, one, f"{place}[{number}]")
            if row is None:
                continue
            first = seen.setdefault(table.place(row), number)
            if first != number:
                self.refuse(
                    f"{place}[{number}]",
                    f"This is the same {table.words[0]} as entry {first}. Remove one.",
                )
            rows.append(row)
        return rows

    def _row(self, table: Table, found: Any, place: str) -> dict[str, Any] | None:
        """The values of one row; None when one of them is wrong."""
        if not isinstance(found, dict):
            self.refuse(place, f"Expected an object in braces, not {_is(found)}.")
            return None
        before = len(self.faults)
        self._only(found, {field.name for field in table.fields}, f"{place}.")
        row: dict[str, Any] = {}
        for field in table.fields:
            where = f"{place}.{field.name}"
            if field.name not in found:
                self.refuse(where, "This field is missing. Write null for “not said”.")
                continue
            value = found[field.name]
            if value is None:
                if field.needed:
                    self.refuse(where, "This may not be null.")
                row[field.name] = field.unsaid
                continue
            reason = CHECKS[field.kind](field, value)
            if reason:
                self.refuse(where, reason)
                continue
            row[field.name] = (
                date.fromisoformat(value) if field.kind == Kind.DAY else value
            )
        full = len(self.faults) >= MOST_FAULTS
        return None if full or len(self.faults) > before else row


def _day(field: Field, value: Any) -> str:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        return f"Expected a day like 2025-03-10, not {_is(value)}."
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return f"{value} is no day of the calendar."
    if not EARLIEST <= day <= LATEST:
        return (
            f"A record reaches from {EARLIEST.year} to {LATEST.year}, not to {value}."
        )
    return ""


def _number(field: Field, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        return f"Expected a whole number, not {_is(value)}."
    if not field.least <= value <= field.most:
        return f"Expected a number from {field.least} to {field.most}."
    return ""


def _yes_no(field: Field, value: Any) -> str:
    return (
        "" if isinstance(value, bool) else f"Expected true or false, not {_is(value)}."
    )


def _word(field: Field, value: Any) -> str:
    if isinstance(value, str) and value in field.words:
        return ""
    return f"Expected one of {', '.join(field.words)}, not {_is(value)}."


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        return f"Expected text, not {_is(value)}."
    if "\0" in value:
        return "There is a NUL character in this text, which no text has."
    if any("\ud800" <= character <= "\udfff" for character in value):
        return "There is half a character in this text (a lone surrogate)."
    if len(value) > field.most:
        return f"This text has {len(value):,} characters, and {field.most:,} are kept."
    return ""


def _slugs(field: Field, value: Any) -> str:
    if not isinstance(value, list):
        return f"Expected a list in brackets, not {_is(value)}."
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


CHECKS: Mapping[Kind, Callable[[Field, Any], str]] = {
    Kind.DAY: _day,
    Kind.NUMBER: _number,
    Kind.YES_NO: _yes_no,
    Kind.WORD: _word,
    Kind.TEXT: _text,
    Kind.SLUGS: _slugs,
}


def _shown(value: Any) -> str:
    """Something from the file, short and without what a page could stumble over."""
    text = str(value)[:40]
    return "".join(
        it if it.isprintable() else "\N{REPLACEMENT CHARACTER}" for it in text
    )


def _is(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return f"“{_shown(value)}”"
        case float():
            return "a number with a decimal point"
        case int():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object"
