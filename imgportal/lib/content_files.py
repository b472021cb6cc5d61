"""Reads the program's own content from files: rows, or an entry as a frozen dataclass.

Content stands in TOML (prose) or CSV (tables) beside the code that shows it, so that
whoever knows the field can correct it without knowing Python. The first fault of a file
raises ContentError with its name and line. Every file named here must be the program's
own: nothing is bounded.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date
from enum import Enum
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import Any, NoReturn, TypeVar, get_args, get_origin, get_type_hints

Entry = TypeVar("Entry")
# How a field is read whose type alone does not say it: by the field's name.
Readers = Mapping[str, Callable[[Any], Any]]


class ContentError(Exception):
    """A file of the program's own content is wrong. The message says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One row of a CSV file, or one entry of a TOML file: its cells by their names."""

    file: str
    line: int
    cells: Mapping[str, Any]
    # The line of each name in TOML, where an entry stands on several.
    lines: Mapping[str, int] = field(default_factory=dict)

    def refuse(self, column: str, reason: str, *, line: int | None = None) -> NoReturn:
        """Raise ContentError. An empty `column` means the row as a whole."""
        place = f", column {column}" if column else ""
        raise ContentError(f"{self.file}, line {line or self.line}{place}: {reason}")


def read_rows(path: Path, columns: Collection[str] | None = None) -> Iterator[FileRow]:
    """The rows of a CSV file, blanks around cells dropped. Raises ContentError.

    With `columns` the file must have exactly these, in this order.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{path.name} cannot be read: {error}.") from None
    # Not splitlines(): that also breaks a cell at U+2028 and other rare characters.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)

    def make_row(cells: Mapping[str, str]) -> FileRow:
        return FileRow(file=path.name, line=max(1, reader.line_num), cells=cells)

    try:
        names = next(reader, [])
        if columns is not None and names != list(columns):
            make_row({}).refuse("", f"The columns must be {', '.join(columns)}.")
        for cells in reader:
            row = make_row(
                {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
            )
            if len(cells) != len(names):
                row.refuse("", f"There are {len(cells)} cells, not {len(names)}.")
            if "\x00" in "".join(cells):
                row.refuse("", "The row contains a NUL character.")
            yield row
    except csv.Error as error:
        make_row({}).refuse("", f"The row cannot be read as CSV: {error}.")


def read_toml(
    path: Path, table: str, entry_type: type[Entry], readers: Readers | None = None
) -> tuple[Entry, ...]:
    """The entries `[[table]]` of a TOML file, in its order. Raises ContentError.

    Line breaks inside a text are spaces: a paragraph may be broken anywhere.
    """
    return tuple(
        _read_entry(row, entry_type, readers or {})
        for row in _read_toml_entries(path, table)
    )


def read_csv(
    path: Path, entry_type: type[Entry], readers: Readers | None = None
) -> tuple[Entry, ...]:
    """The rows of a CSV file with a header, in its order. Raises ContentError.

    An empty cell takes the field's default. Several values stand with spaces between.
    """
    return tuple(
        _read_entry(
            replace(
                row, cells={name: cell for name, cell in row.cells.items() if cell}
            ),
            entry_type,
            readers or {},
        )
        for row in read_rows(path)
    )


def read_toml_value(path: Path, name: str, kind: type[Entry]) -> Entry:
    """A single value that stands before all tables of a TOML file."""
    value = tomllib.loads(path.read_text(encoding="utf-8")).get(name)
    if not isinstance(value, kind):
        raise ContentError(f"{path.name}: {name} is not given as {kind.__name__}.")
    return value


def by_key(entries: Iterable[Entry], key: str, path: Path) -> Mapping[str, Entry]:
    """The entries by their key, in their order; nobody can change the mapping.

    Raises ContentError when two entries have the same key. `path` is for its message.
    """
    keyed: dict[str, Entry] = {}
    for entry in entries:
        name = getattr(entry, key)
        if name in keyed:
            raise ContentError(f"{path.name}: {key} {name!r} is there twice.")
        keyed[name] = entry
    return MappingProxyType(keyed)


def _read_toml_entries(path: Path, table: str) -> Iterator[FileRow]:
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
        name_lines = {
            match[1]: number
            for number in range(end - 1, start, -1)
            if (match := re.match(r"(\w+) *=", lines[number - 1]))
        }
        yield FileRow(file=path.name, line=start, cells=values, lines=name_lines)


def _read_entry(row: FileRow, entry_type: type[Entry], readers: Readers) -> Entry:
    kinds = get_type_hints(entry_type)
    by_name = {field.name: field for field in fields(entry_type)}  # type: ignore[arg-type]
    for name in row.cells:
        if name not in by_name:
            reason = f"{name!r} is none of {', '.join(by_name)}."
            row.refuse("", reason, line=row.lines.get(name))
    values = {}
    for name, entry_field in by_name.items():
        if name in row.cells:
            read = readers.get(name) or _choose_reader(kinds[name])
            try:
                values[name] = read(row.cells[name])
            except ValueError as error:
                row.refuse("", f"{name}: {error}", line=row.lines.get(name))
        elif entry_field.default is MISSING and entry_field.default_factory is MISSING:
            row.refuse("", f"{name} is missing.")
    return entry_type(**values)


def _choose_reader(kind: Any) -> Callable[[Any], Any]:
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
