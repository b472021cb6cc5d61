"""Reads exams from the rows of a spreadsheet, and says of everything wrong where it stands.

A row holds only what its cells say. What they leave open stays as it is in the record, so
a spreadsheet adds and changes, and never empties anything. No database.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

from imgportal.lib.spreadsheets import delimited_text, file_bounds, workbooks
from imgportal.lib.spreadsheets.file_bounds import FileTable, UnreadableFile
from imgportal.lib.spreadsheets.sheet_cells import DATE, DateCell, UnusableCell
from profiles.choices import AttemptState, Exam, ReportedOutcome, SubTest
from profiles.exceptions import Fault, FileRefused
from profiles.models.owned import EARLIEST, LATEST
from profiles.portable.parse_document import LARGEST, MOST_FAULTS, Rows
from profiles.portable.sheet_days import WrongDay, read_day
from profiles.record_tables import (
    ATTEMPTS,
    SITTINGS,
    FieldKind,
    RecordField,
    RecordTable,
)

EXAM_TABLES = (ATTEMPTS, SITTINGS)
# A record holds no more. The rows after these are not read.
MOST_ROWS = sum(table.most for table in EXAM_TABLES)
# Characters. The longest row that means anything has about a hundred.
MOST_PASTED = 100_000
# Bytes. A workbook of so many rows, with Excel's own styles, unpacks to about 300 KB.
MOST_UNPACKED = 4 * 1024 * 1024
LONGEST_CELL = 80
# Names of files that are, or are meant as, a table and not a record as JSON.
SHEETS = (
    *(*file_bounds.DELIMITED, *file_bounds.WORKBOOKS, file_bounds.OPEN_DOCUMENT),
    *(".xls", ".xlsb", ".numbers", ".zip"),
)
EXAM, OET = "exam", "oet"

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_EXAMS: Mapping[str, str] = {
    **{exam.value: exam.value for exam in Exam},
    OET: OET,
    "oetmedicine": OET,
}
_STATES: Mapping[str, str] = {
    "canceled": AttemptState.CANCELLED,
    "cancelled": AttemptState.CANCELLED,
    "sat": AttemptState.TAKEN,
}
_OUTCOMES: Mapping[str, str] = {
    "passed": ReportedOutcome.PASS,
    "failed": ReportedOutcome.FAIL,
}
_OTHER_WORDS = {"state": _STATES, "outcome": _OUTCOMES}
_ANSWERS = {"yes": True, "true": True, "no": False, "false": False}


def _simplified(text: str) -> str:
    for mark in ("_", "-"):
        text = text.replace(mark, " ")
    return " ".join(text.casefold().split())


_COLUMNS: Mapping[str, str] = {
    **{
        _simplified(field.name): field.name
        for table in EXAM_TABLES
        for field in table.fields
    },
    **dict.fromkeys(("exam", "test", "step"), EXAM),
    **dict.fromkeys(("date", "day", "exam date", "exam day"), "on"),
    "result": "outcome",
    "status": "state",
    "three digit score": "score",
    "result date": "result_on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtExams:
    """The exams of a spreadsheet; a value that it leaves open is in no row."""

    rows: Rows
    unread: tuple[str, ...]  # columns that are none of a record, as they are written
    # What a workbook hides, in words: "row 7", "the column “score”". Read like the rest.
    hidden: tuple[str, ...] = ()


def is_sheet(name: str, content: bytes) -> bool:
    """Is a file meant as a table? What begins like JSON is none, whatever its name."""
    return PurePath(name.lower()).suffix in SHEETS and content[:1] != b"{"


def read_file(name: str, content: bytes, *, takes_hidden: bool = True) -> BroughtExams:
    """The exams of a CSV file or a workbook, with or without what it hides.

    Raises FileRefused with every fault.
    """
    if len(content) > LARGEST:
        raise _refusal(
            f"It is larger than {LARGEST // 1000:,} KB. Copy the rows of your exams into "
            "a new file."
        )
    try:
        if file_bounds.check_file(name, content) in file_bounds.WORKBOOKS:
            table = workbooks.rows(content, most_unpacked=MOST_UNPACKED)
        else:
            table = delimited_text.rows(content, _recognised)
        return _read(table, takes_hidden=takes_hidden)
    except UnreadableFile as error:
        raise _refusal(error.reason, error.line) from None


def read_text(text: str) -> BroughtExams:
    """The exams of rows that were pasted. Raises FileRefused with every fault."""
    if len(text) > MOST_PASTED:
        raise _refusal(
            f"This is longer than {MOST_PASTED:,} characters. Paste fewer rows at once."
        )
    try:
        return _read(delimited_text.text_rows(text, _recognised))
    except UnreadableFile as error:
        raise _refusal(error.reason, error.line) from None


def as_text(rows: Rows) -> str:
    """What `read_text` reads as the same rows, for a form that carries them."""
    names = list(
        dict.fromkeys(field.name for table in EXAM_TABLES for field in table.fields)
    )
    text = io.StringIO()
    writer = csv.DictWriter(text, [EXAM, *(it for it in names if it != EXAM)])
    writer.writeheader()
    for table in EXAM_TABLES:
        for values in rows[table.name]:
            cells = {name: _cell(value) for name, value in values.items()}
            writer.writerow({EXAM: OET} | cells)
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def complete(
    table: RecordTable,
    values: Mapping[str, Any],
    here: Mapping[str, Any] | None,
    *,
    today: date,
) -> dict[str, Any]:
    """A whole entry: what a row leaves open is as in the record, or not said.

    A row without a state says it by its result, or by a day that is still to come; else
    the state is empty, and a form refuses it.
    """
    full = {field.name: field.unsaid for field in table.fields}
    full |= {
        field.name: False
        for field in table.fields
        if field.needed and field.kind == FieldKind.YES_NO
    }
    full |= {**(here or {}), **values}
    if table is ATTEMPTS and "state" not in values:
        has_result = bool(values.get("outcome")) or values.get("score") is not None
        if has_result and full["state"] in (None, "", AttemptState.PLANNED):
            full["state"] = AttemptState.TAKEN.value
        elif not full["state"]:
            full["state"] = AttemptState.PLANNED.value if full["on"] > today else ""
    return full


def _refusal(reason: str, line: int | None = None) -> FileRefused:
    return FileRefused([Fault(place=f"row {line:,}" if line else "", reason=reason)])


def _bare(cell: str) -> str:
    """A cell without the blanks around it and a spreadsheet's mark of text."""
    text = cell.strip().strip(_INVISIBLE).strip()
    return text[1:].lstrip() if text.startswith("'") else text


def _column(cell: str) -> str | None:
    """The field that a column is named after."""
    text = _bare(cell)
    return _COLUMNS.get(_simplified(text)) if len(text) <= LONGEST_CELL else None


def _recognised(cells: Sequence[str]) -> int:
    return sum(_column(cell) is not None for cell in cells)


def _read(table: FileTable, *, takes_hidden: bool = True) -> BroughtExams:
    line, head = next(iter(table.rows), (0, ()))
    if not head or (table.is_of_hidden_sheet and not takes_hidden):
        raise _refusal("There is nothing in it. Name the columns in the first row.")
    sheets = ", ".join(f"“{_shorten(name)}”" for name in table.hidden_sheets)
    if sheets and takes_hidden and not table.is_of_hidden_sheet:
        raise _refusal(
            f"One sheet is read at a time. Save the hidden {sheets} as a file of its own, "
            "or leave it out."
        )
    hidden = [
        *(f"the column “{_shorten(name)}”" for name in table.hidden_names(head)),
        *([f"the sheet {sheets}"] if sheets else []),
    ]
    reader = _SheetReader(head if takes_hidden else table.shown_cells(head), line)
    if not reader.faults:
        reader.read(_rows(table, hidden, takes_hidden=takes_hidden))
    if len(reader.faults) >= MOST_FAULTS:
        more = Fault(place="", reason=f"There may be more than these {MOST_FAULTS}.")
        raise FileRefused([*reader.faults, more])
    if reader.faults:
        raise FileRefused(reader.faults)
    return BroughtExams(
        rows=reader.rows, unread=tuple(reader.unread), hidden=tuple(hidden)
    )


def _rows(
    table: FileTable, hidden: list[str], *, takes_hidden: bool
) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows, with or without what is hidden; adds to `hidden` which are."""
    for line, cells in table.rows:
        if line in table.hidden_lines:
            hidden.append(f"row {line:,}")
        if takes_hidden:
            yield line, cells
        elif line not in table.hidden_lines:
            yield line, table.shown_cells(cells)


class _SheetReader:
    """Collects rows, and what is wrong with them, while it walks through a table."""

    def __init__(self, head: Sequence[str], line: int) -> None:
        self.rows: Rows = {table.name: [] for table in EXAM_TABLES}
        self.faults: list[Fault] = []
        self.unread: list[str] = []
        self.places: dict[int, str] = {}  # of a cell in its row: the name of its field
        self.written: dict[str, str] = {}  # the name of a field: as the header has it
        self.unnamed: set[int] = set()
        self.seen: dict[tuple[Any, ...], int] = {}  # table and key: line
        for place, cell in enumerate(head):
            text, name = _bare(cell), _column(cell)
            if name is None:
                if text:
                    self.unread.append(_shorten(text))
                else:
                    self.unnamed.add(place)
            elif name in self.written:
                self.refuse(line, text, "", "Two columns say the same. Delete one.")
            else:
                self.places[place] = name
                self.written[name] = _shorten(text)
        self.width = len(head)
        self._check_header(line)

    def _check_header(self, line: int) -> None:
        names = set(self.written)
        steps_only = {it.name for it in ATTEMPTS.fields} - {"on"}
        parts = set(SubTest.values)
        # As the file oet_sittings.csv of an export has it.
        self.is_oet_only = EXAM not in names and bool(names & parts)
        if EXAM not in names and (not names & parts or names & steps_only):
            self.refuse(
                line,
                "",
                "",
                "No column is named “exam”. Name the columns in the first row: exam, "
                "date, state, result, score, listening, reading, writing, speaking.",
            )
        elif "on" not in names:
            self.refuse(line, "", "", "No column is named “date”. Add one.")

    def refuse(self, line: int, column: str, value: str, reason: str) -> None:
        if len(self.faults) >= MOST_FAULTS:
            return
        place = f"row {line:,}" + (f", column “{_shorten(column)}”" if column else "")
        quoted = f"“{_shorten(value)}”: " if value else ""
        self.faults.append(Fault(place=place, reason=quoted + reason))

    def read(self, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
        number = 0
        try:
            for number, (line, cells) in enumerate(rows, start=1):
                if number > MOST_ROWS:
                    self.refuse(
                        line, "", "", f"There are more than {MOST_ROWS} rows of exams."
                    )
                    return
                self._read_row(line, cells)
                if len(self.faults) >= MOST_FAULTS:
                    return
        except UnreadableFile as error:
            self.refuse(error.line or number, "", "", error.reason)
            return
        if not number:
            self.refuse(2, "", "", "There is no row below the names of the columns.")
        for table in EXAM_TABLES:
            if len(self.rows[table.name]) > table.most:
                reason = f"A record holds {table.most} {table.words[1]} and no more."
                self.faults.append(Fault(place="", reason=reason))

    def _read_row(self, line: int, cells: Sequence[str]) -> None:
        before = len(self.faults)
        for place, cell in enumerate(cells):
            if (place in self.unnamed or place >= self.width) and _bare(cell):
                self.refuse(
                    line,
                    "",
                    cell,
                    f"Cell {place + 1} of this row stands below no name of a column. Name "
                    "the column, or delete the cell.",
                )
                break
        filled = {
            name: cells[place]
            for place, name in self.places.items()
            if place < len(cells) and _bare(cells[place])
        }
        if not filled:
            return
        table = self._table(line, filled)
        if table is None:
            return
        values: dict[str, Any] = {}
        for name, cell in filled.items():
            value = self._value(line, table, name, cell)
            if value is not None:
                values[name] = value
        if "on" not in filled:
            self.refuse(line, self.written["on"], "", "The day is missing.")
        if len(self.faults) > before:
            return
        first = self.seen.setdefault((table.name, *table.key_of(values)), line)
        if first != line:
            self.refuse(
                line,
                "",
                "",
                f"This is the same exam and day as row {first}. Delete one.",
            )
        self.rows[table.name].append(values)

    def _table(self, line: int, filled: dict[str, str]) -> RecordTable | None:
        """Where a row belongs; its exam becomes the stored word, or goes."""
        if self.is_oet_only:
            return SITTINGS
        cell = filled.get(EXAM, "")
        text = _bare(cell)[:LONGEST_CELL]
        word = _EXAMS.get(_simplified(text).replace(" ", "").removeprefix("usmle"))
        if word is None:
            self.refuse(
                line,
                self.written[EXAM],
                cell,
                "Write Step 1, Step 2 CK, Step 2 CS, Step 3 or OET.",
            )
            return None
        if word == OET:
            del filled[EXAM]
            return SITTINGS
        filled[EXAM] = word
        return ATTEMPTS

    def _value(self, line: int, table: RecordTable, name: str, cell: str) -> Any:
        field = next((it for it in table.fields if it.name == name), None)
        if field is None:
            reason = _misplaced(table, name, cell)
        else:
            try:
                return READERS[field.kind](field, cell)
            except ValueError as wrong:
                reason = str(wrong)
        if reason:
            self.refuse(line, self.written[name], cell, reason)
        return None


def _misplaced(table: RecordTable, name: str, cell: str) -> str:
    """Why a cell says nothing of an exam; empty: it does no harm."""
    if table is not SITTINGS:
        return "Only OET has this. Leave the cell empty."
    if name != "state":
        return (
            "OET has no such value. Leave the cell empty: the four parts have columns of "
            "their own."
        )
    word = _simplified(_bare(cell)[:LONGEST_CELL])
    if word in ("planned", "taken", "sat"):
        # Its day and its scores say that.
        return ""
    return "A sitting of OET is kept when it is planned or taken. Delete the row."


def _usable(cell: str) -> str:
    if isinstance(cell, UnusableCell):
        raise ValueError(cell.reason)
    return _bare(cell)


def _day_in(field: RecordField, cell: str) -> date:
    if isinstance(cell, DateCell):
        day = cell.day
    else:
        is_moment = isinstance(cell, UnusableCell) and cell.reason == DATE
        day = read_day(_bare(cell) if is_moment else _usable(cell))
    if not EARLIEST <= day <= LATEST:
        raise WrongDay(
            f"A record reaches from {EARLIEST.year} to {LATEST.year}. Check the year."
        )
    return day


def _number_in(field: RecordField, cell: str) -> int:
    text = _usable(cell)
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1
    if not field.least <= number <= field.most or number % field.step:
        raise ValueError(field.refusal)
    return number


def _word_in(field: RecordField, cell: str) -> str:
    text = _simplified(_usable(cell)[:LONGEST_CELL])
    words = {
        **{_simplified(str(word)): word for word in field.choices},
        **{_simplified(label): word for word, label in field.choices.items()},
        **_OTHER_WORDS.get(field.name, {}),
    }
    if text not in words:
        raise ValueError(f"Write one of: {', '.join(field.choices)}.")
    return str(words[text])


def _answer_in(field: RecordField, cell: str) -> bool:
    # A workbook knows true and false, which is a cell that nothing else can use.
    answer = _ANSWERS.get(_simplified(_bare(cell)[:LONGEST_CELL]))
    if answer is None:
        raise ValueError("Write yes or no.")
    return answer


READERS: Mapping[FieldKind, Callable[[RecordField, str], Any]] = {
    FieldKind.DAY: _day_in,
    FieldKind.NUMBER: _number_in,
    FieldKind.WORD: _word_in,
    FieldKind.YES_NO: _answer_in,
}


def _shorten(text: str) -> str:
    """A cell on one line, short and without what a page could stumble over."""
    line = " ".join(text[:200].split())
    short = line if len(line) <= 40 else f"{line[:39]}…"
    return "".join(
        it if it.isprintable() else "\N{REPLACEMENT CHARACTER}" for it in short
    )
