"""What importing a file would change in a draft, cell by cell. Reads, never writes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from stats.choices import FigureConfidence, FigureTable
from stats.columns import COLUMN_NAMES, IDENTITY
from stats.drafts import SOURCES, stored_values
from stats.exceptions import Refusal
from stats.imports import row_checks
from stats.imports.cells import tidy
from stats.imports.columns import ABOUT, figure_columns, year_column
from stats.imports.parse_rows import (
    ASK_WHY,
    ASKS_ABOUT_HIDDEN,
    ParsedFile,
    ParsedRow,
    Value,
)
from stats.imports.row_identities import Key, Specialties, identify, key_of, label_of
from stats.models import MODELS, Release, Source

ABOUT_NAMES = {
    "missing": "Why values are missing",
    "confidence": "Confidence",
    "sources": "Sources",
    "locator": "Place in the source",
    "note": "Note",
    "by_value": "What holds of single values",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """One value that importing would write."""

    line: int
    row_label: str
    is_new_row: bool
    column: str
    was: Value
    becomes: Value

    @property
    def column_name(self) -> str:
        return name_of(self.column)

    @property
    def was_text(self) -> str:
        return write_value(self.was)

    @property
    def becomes_text(self) -> str:
        return write_value(self.becomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """What importing would write into one row. Only what differs, of a new row all."""

    line: int
    row_id: int | None  # None: a new row
    key: Key
    label: str
    was: Mapping[str, Value]
    becomes: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The difference between a file and one table of a draft."""

    table: FigureTable
    changes: tuple[RowChange, ...]
    unchanged: int  # rows of the file that the draft has like this already
    refusals: tuple[Refusal, ...]
    refused: int  # rows of the file that cannot be imported
    left_alone: tuple[str, ...]  # rows of the draft that the file does not name
    fingerprint: str  # the same as long as file and draft give the same plan
    remarks: tuple[str, ...]  # what was understood and left out, in sentences

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that importing may write, in the order of the founding files."""
        return (*figure_columns(self.table), *ABOUT)

    @property
    def asks_why(self) -> bool:
        """Whether somebody has to say why values are missing."""
        return any(refusal.reason == ASK_WHY for refusal in self.refusals)

    @property
    def asks_about_hidden(self) -> bool:
        """Whether somebody has to say what becomes of what the file hides."""
        return any(refusal.reason in ASKS_ABOUT_HIDDEN for refusal in self.refusals)

    @property
    def only_asks(self) -> bool:
        """Whether the file can be imported once somebody has said it."""
        return bool(self.refusals) and all(
            refusal.reason in (ASK_WHY, *ASKS_ABOUT_HIDDEN) for refusal in self.refusals
        )

    @property
    def new(self) -> int:
        return sum(1 for change in self.changes if change.row_id is None)

    @property
    def changed(self) -> int:
        return len(self.changes) - self.new

    @property
    def cells(self) -> Iterator[CellChange]:
        """Every value that would be written, in the order of the file."""
        for change in self.changes:
            for column, value in change.becomes.items():
                was = change.was.get(column)
                # An empty cell of a new row is no difference.
                if change.row_id is not None or value not in (None, ""):
                    yield CellChange(
                        line=change.line,
                        row_label=change.label,
                        is_new_row=change.row_id is None,
                        column=column,
                        was=was,
                        becomes=value,
                    )


def name_of(column: str) -> str:
    """How a column is called on a page."""
    return COLUMN_NAMES.get(column) or ABOUT_NAMES[column]


def write_value(value: Value) -> str:
    """A value as the file would have it; nothing for one that is missing."""
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def plan(release: Release, parsed: ParsedFile) -> Plan:
    """Compare a file with the draft. Five queries at most, however many rows."""
    table = parsed.table
    specialties = Specialties() if "specialty" in IDENTITY[table] else None
    known_sources = set(Source.objects.values_list("key", flat=True))
    stored_rows = list(MODELS[table].objects.filter(release=release).order_by("pk"))
    values_of = stored_values(table, stored_rows)
    stored = {key_of(row): row.pk for row in stored_rows}
    refusals = list(parsed.refusals)
    refused = {row.line for row in parsed.rows if row.is_refused}
    explained: set[int] = set()  # lines that the draft gives the reason for
    first_lines: dict[Key, int] = {}
    changes: list[RowChange] = []
    unchanged = 0

    for row in parsed.rows:
        key, wrong = identify(row, table, specialties)
        wrong += _misplaced(row, release, table, known_sources)
        if key is not None and first_lines.setdefault(key, row.line) != row.line:
            wrong.append(
                Refusal(
                    line=row.line,
                    column="",
                    value=label_of(key, specialties),
                    reason=f"Line {first_lines[key]} is about the same row.",
                )
            )
        if wrong:
            refusals += wrong
            refused.add(row.line)
        values = row.values
        if row.is_unexplained:
            row_id = stored.get(key) if key is not None else None
            if row_id and row_checks.is_explained(table, values, values_of[row_id]):
                explained.add(row.line)
                values = {**values, "missing": values_of[row_id]["missing"]}
            elif "missing" not in values:
                refused.add(row.line)
        if row.line in refused or key is None:
            continue
        change = _compare(row, values, key, stored.get(key), values_of, specialties)
        if change is None:
            unchanged += 1
        else:
            changes.append(change)
    refusals = [
        refusal
        for refusal in refusals
        if refusal.reason != ASK_WHY or refusal.line not in explained
    ]
    return Plan(
        table=table,
        changes=tuple(changes),
        unchanged=unchanged,
        refusals=tuple(sorted(refusals, key=lambda refusal: refusal.line or 0)),
        refused=len(refused),
        left_alone=tuple(
            label_of(key, specialties) for key in stored if key not in first_lines
        ),
        fingerprint=_fingerprint(release, table, changes, unchanged),
        remarks=(*parsed.remarks, *_say_explained(len(explained))),
    )


def _say_explained(rows: int) -> list[str]:
    if not rows:
        return []
    leave, their = ("row leaves", "its") if rows == 1 else ("rows leave", "their")
    return [
        f"{rows} {leave} values out that are empty in the draft for a reason already; "
        f"{their} reason stays."
    ]


def _misplaced(
    row: ParsedRow, release: Release, table: FigureTable, known_sources: set[str]
) -> list[Refusal]:
    wrong = []
    if row.match_year not in (None, release.match_year):
        wrong.append(
            Refusal(
                line=row.line,
                column=year_column(table),
                value=str(row.match_year),
                reason=f"The draft is of {release.match_year}.",
            )
        )
    keys = str(row.values.get(SOURCES) or "").split(";")
    wrong += [
        Refusal(
            line=row.line,
            column=SOURCES,
            value=key[:60],
            reason="No source has this key. Add the source first.",
        )
        for key in keys
        if key and key not in known_sources
    ]
    return wrong


def _compare(
    row: ParsedRow,
    values: Mapping[str, Value],
    key: Key,
    row_id: int | None,
    values_of: Mapping[int, Mapping[str, Value]],
    specialties: Specialties | None,
) -> RowChange | None:
    if row_id is None:
        # The most careful grade, until somebody judges the source.
        becomes = {"confidence": FigureConfidence.C.value, **values}
        was: dict[str, Value] = {}
    else:
        stored = values_of[row_id]
        becomes = {
            column: value
            for column, value in values.items()
            if not _same(stored[column], value, column in row.digits_lost)
        }
        was = {column: stored[column] for column in becomes}
        if not becomes:
            return None
    return RowChange(
        line=row.line,
        row_id=row_id,
        key=key,
        label=label_of(key, specialties),
        was=was,
        becomes=becomes,
    )


def _same(stored: Value, read: Value, digits_lost: bool) -> bool:
    if isinstance(stored, Decimal) and isinstance(read, Decimal) and not digits_lost:
        # 41 and 41.0 are printed differently.
        return str(stored) == str(read)
    if isinstance(stored, str) and isinstance(read, str):
        return stored == read or tidy(stored) == read
    return stored == read


def _fingerprint(
    release: Release, table: FigureTable, changes: list[RowChange], unchanged: int
) -> str:
    digest = hashlib.blake2b(digest_size=16)
    digest.update(repr((release.pk, table.value, unchanged)).encode())
    for change in changes:
        digest.update(
            repr(
                (change.row_id, change.key, dict(change.was), dict(change.becomes))
            ).encode()
        )
    return digest.hexdigest()
