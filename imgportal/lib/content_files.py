"""Reads prose and tables from files: each entry becomes one frozen dataclass.

Content stands in TOML (prose) or CSV (tables) beside the code that shows it, so that
whoever knows the field can correct it without knowing Python. A file is read when the
program starts; what is wrong with it is said with its name and line, and the program
does not start. Every file named here must be the program's own: nothing is bounded.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Entry = TypeVar("Entry")
# How a field is read whose type alone does not say it: by the field's name.
Readers = Mapping[str, Callable[[Any], Any]]


class ContentError(Exception):
    """A file of the program's own content is wrong. The message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """One entry as it stands in a file. `lines`: in which line each value stands."""

    path: Path
    line: int
    values: Mapping[str, Any]
    lines: Mapping[str, int]

    def error(self, reason: str, name: str = "") -> ContentError:
        line = self.lines.get(name, self.line)
        return ContentError(f"{self.path.name}, line {line}: {reason}")


def read_toml(
    path: Path, table: str, entry_type: type[Entry], readers: Readers | None = None
) -> tuple[Entry, ...]:
    """The entries `[[table]]` of a TOML file, in its order. Raises ContentError.

    Line breaks inside a text are spaces: a paragraph may be broken anywhere.
    """
    return tuple(
        _read_entry(raw, entry_type, readers or {})
        for raw in _toml_entries(path, table)
    )


def read_csv(
    path: Path, entry_type: type[Entry], readers: Readers | None = None
) -> tuple[Entry, ...]:
    """The rows of a CSV file with a header, in its order. Raises ContentError.

    An empty cell takes the field's default. Several values stand with spaces between.
    """
    return tuple(
        _read_entry(raw, entry_type, readers or {}) for raw in _csv_entries(path)
    )


def read_toml_value(path: Path, name: str, kind: type[Entry]) -> Entry:
    """A single value that stands before all tables of a TOML file."""
    value = tomllib.loads(path.read_text(encoding="utf-8")).get(name)
    if not isinstance(value, kind):
        raise ContentError(f"{path.name}: {name} is not given as {kind.__name__}.")
    return value


def by_key(entries: tuple[Entry, ...], key: str, path: Path) -> dict[str, Entry]:
    """The entries by their key, in their order. Raises ContentError for a second one."""
    keyed: dict[str, Entry] = {}
    for entry in entries:
        name = getattr(entry, key)
        if name in keyed:
            raise ContentError(f"{path.name}: {key} {name!r} is there twice.")
        keyed[name] = entry
    return keyed


def _toml_entries(path: Path, table: str) -> Iterator[RawEntry]:
    text = path.read_text(encoding="utf-8")
    try:
        entries = tomllib.loads(text).get(table, [])
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path.name}: {error}") from None
    # The parser keeps no line numbers: the headers and names are looked up again.
    lines = text.splitlines()
    header = re.compile(rf"\[\[{re.escape(table)}\]\]")
    starts = [number for number, line in enumerate(lines, 1) if header.match(line)]
    for start, end, values in zip(
        starts, [*starts[1:], len(lines) + 1], entries, strict=True
    ):
        named = {
            match[1]: number
            for number in range(end - 1, start, -1)
            if (match := re.match(r"(\w+) *=", lines[number - 1]))
        }
        yield RawEntry(path=path, line=start, values=values, lines=named)


def _csv_entries(path: Path) -> Iterator[RawEntry]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        for row in reader:
            raw = RawEntry(path=path, line=reader.line_num, values=row, lines={})
            if None in row or None in row.values():
                raise raw.error("The row has more or fewer cells than the header.")
            yield RawEntry(
                path=path,
                line=reader.line_num,
                values={name: cell for name, cell in row.items() if cell},
                lines={},
            )


def _read_entry(raw: RawEntry, entry_type: type[Entry], readers: Readers) -> Entry:
    kinds = get_type_hints(entry_type)
    known = {field.name: field for field in fields(entry_type)}  # type: ignore[arg-type]
    for name in raw.values:
        if name not in known:
            raise raw.error(f"{name!r} is none of {', '.join(known)}.", name)
    values = {}
    for name, field in known.items():
        if name in raw.values:
            read = readers.get(name) or _reader(kinds[name])
            try:
                values[name] = read(raw.values[name])
            except ValueError as error:
                raise raw.error(f"{name}: {error}", name) from None
        elif field.default is MISSING and field.default_factory is MISSING:
            raise raw.error(f"{name} is missing.")
    return entry_type(**values)


def _reader(kind: Any) -> Callable[[Any], Any]:
    """How a value of that type is read from a file. Raises ValueError when called."""
    if isinstance(kind, UnionType):
        kind = next(part for part in get_args(kind) if part is not NoneType)
    if get_origin(kind) is tuple:
        return _read_words
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return {str: _read_text, int: _read_number, date: _read_day, bool: _read_yes_no}[
        kind
    ]


def _read_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is no text.")
    return " ".join(value.split())


def _read_words(value: Any) -> tuple[str, ...]:
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError(f"{value!r} is no list of words.")
    return tuple(words)


def _read_number(value: Any) -> int:
    return int(value)


def _read_day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _read_yes_no(value: Any) -> bool:
    if value in (True, "yes"):
        return True
    if value in (False, "no"):
        return False
    raise ValueError(f"{value!r} is neither yes nor no.")
