"""What changed between two versions of a year: values, then what is said of them. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from imgportal.lib import numbers
from stats.choices import FigureConfidence, FigureTable, Missing
from stats.columns import COLUMN_NAMES
from stats.figures import FootnoteFacts, Row, YearFigures, why_missing

Value = int | Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueDifference:
    """One value that differs. None before (after) means it was (is) not there."""

    table: FigureTable
    row_key: str
    row_label: str
    column: str
    before: Value
    after: Value
    after_row: Row | None  # None: the row is gone
    before_row: Row | None  # None: the row is new

    @property
    def column_name(self) -> str:
        """The column as a sentence names it."""
        return COLUMN_NAMES[self.column]

    @property
    def is_addition(self) -> bool:
        """Nothing was published there before."""
        return self.before is None

    @property
    def is_of_digits(self) -> bool:
        """The same number, printed with other digits: 41 became 41.0."""
        return self.before is not None and self.before == self.after

    @property
    def in_words(self) -> str:
        """ "was 2,721, is 2,706", and why where a value is not there."""
        if self.is_of_digits:
            return f"was printed as {self.before:f}, is printed as {self.after:f}"
        was = (
            "not in the version before"
            if self.before_row is None
            else _in_words(self.before, self.why_before)
        )
        return f"was {was}, is {self.now_in_words}"

    @property
    def now_in_words(self) -> str:
        """ "2,706", or why it is not there."""
        if self.after_row is None:
            return "no longer there"
        return _in_words(self.after, self.why_after)

    @property
    def why_before(self) -> str:
        """Why there was no value, in words; empty when nothing says it."""
        return why_missing(self.before_row, self.column) if self.before_row else ""

    @property
    def why_after(self) -> str:
        return why_missing(self.after_row, self.column) if self.after_row else ""


def _in_words(value: Value, why: str) -> str:
    if value is not None:
        return (
            numbers.count(value) if isinstance(value, int) else numbers.printed(value)
        )
    return f"not known ({why})" if why else "not given"


def differences(before: YearFigures, after: YearFigures) -> tuple[ValueDifference, ...]:
    """Every value that differs, in the order of the tables: first what was published
    and is another value now, then what is known more.
    """
    return tuple(
        sorted(
            _differences(before, after), key=lambda difference: difference.is_addition
        )
    )


def _differences(before: YearFigures, after: YearFigures) -> Iterator[ValueDifference]:
    old = {(row.table, row.key): row for row in before.rows()}
    new = {(row.table, row.key): row for row in after.rows()}
    order = {table: place for place, table in enumerate(FigureTable)}
    keys = sorted({**old, **new}, key=lambda key: order[key[0]])
    for table, key in keys:
        old_row, new_row = old.get((table, key)), new.get((table, key))
        row = old[table, key] if new_row is None else new_row
        for column in (*row.counts, *row.printed):
            was = getattr(old_row, column, None)
            now = getattr(new_row, column, None)
            # As text: a source that prints 41.0 says more than one that prints 41.
            if str(was) != str(now):
                yield ValueDifference(
                    table=table,
                    row_key=key,
                    row_label=row.label,
                    column=column,
                    before=was,
                    after=now,
                    before_row=old_row,
                    after_row=new_row,
                )


# --- What is said of the values ------------------------------------------------------

# What a row says beside its values, in the order in which it is told.
ASPECTS = {
    "confidence": "Grade",
    "sources": "Sources",
    "missing": "Why values are missing",
    "by_value": "What holds of single values",
    "locator": "Place in the source",
    "note": "Note",
    # A row without any value that is new, or gone.
    "row": "Row",
}
FOOTNOTE = "footnote"
# A longer text is told by its beginning; downloads have it whole.
MOST_CHARACTERS = 240
_COLUMN = re.compile(rf"\b(?:{'|'.join(COLUMN_NAMES)})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceDifference:
    """A row that says something else of its values. The texts are as they are stored:
    the letter of a grade, the keys of sources joined with ";". Empty: nothing.
    """

    table: FigureTable
    row_key: str
    row_label: str
    column: str  # one of ASPECTS
    before: str
    after: str
    before_row: Row | None  # None: the row is new
    after_row: Row | None  # None: the row is gone

    @property
    def column_name(self) -> str:
        return ASPECTS[self.column]

    @property
    def in_words(self) -> str:
        """ "was “Confirmed”, is “Good”" """
        if self.column == "row":
            return "new, without a value" if self.before_row is None else "taken away"
        if self.column == "sources":
            return self._sources_in_words()
        return (
            f"was {_told(self.column, self.before)}, "
            f"is {_told(self.column, self.after)}"
        )

    def _sources_in_words(self) -> str:
        titles = {
            source.key: source.title
            for row in (self.before_row, self.after_row)
            if row is not None
            for source in row.provenance.sources
        }
        was, now = (
            dict.fromkeys(filter(None, keys.split(";")))
            for keys in (self.before, self.after)
        )
        parts = [
            f"{words} {', '.join(_quoted(titles[key]) for key in keys)}"
            for words, keys in (
                ("rests no longer on", [key for key in was if key not in now]),
                ("rests on", [key for key in now if key not in was]),
            )
            if keys
        ]
        return ", ".join(parts) or "the same in another order"


@dataclass(frozen=True, slots=True, kw_only=True)
class FootnoteDifference:
    """A note below a table that is new, gone or worded otherwise. Empty: not there."""

    table: FigureTable
    row_key: str  # empty: of every row
    row_label: str
    about: str  # the column it is about; empty: every column
    before: str
    after: str

    # As a download calls it.
    column = FOOTNOTE

    @property
    def column_name(self) -> str:
        about = COLUMN_NAMES.get(self.about)
        return f"Footnote on “{about}”" if about else "Footnote"

    @property
    def in_words(self) -> str:
        if not self.before:
            return f"new: {_quoted(self.after)}"
        if not self.after:
            return f"taken away: {_quoted(self.before)}"
        return f"was {_quoted(self.before)}, is {_quoted(self.after)}"


# Each has a table, a row, a column, what was and what is, and says it in words.
OtherDifference = ProvenanceDifference | FootnoteDifference


def _quoted(text: str) -> str:
    short = text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"
    return f"“{short}”"


def _told(aspect: str, value: str) -> str:
    if not value:
        return "empty"
    if aspect == "confidence":
        return _quoted(FigureConfidence(value).label.split(":")[0])
    if aspect == "missing":
        return _quoted(str(Missing(value).label))
    if aspect == "by_value":
        return _quoted(_COLUMN.sub(lambda name: COLUMN_NAMES[name[0]], value))
    return _quoted(value)


def other_differences(
    before: YearFigures, after: YearFigures
) -> tuple[OtherDifference, ...]:
    """What is said otherwise of values, in the order of the tables: grades, sources,
    reasons, notes of rows that are in both versions, and footnotes.
    """
    return (
        *_provenance_differences(before, after),
        *_footnote_differences(before, after),
    )


def nothing_differs(before: YearFigures, after: YearFigures) -> bool:
    """Do two versions say the same, the digits, sources and notes included?"""
    return not differences(before, after) and not other_differences(before, after)


def _said_by(row: Row) -> dict[str, str]:
    origin = row.provenance
    return {
        "confidence": origin.stated_grade.value,
        "sources": ";".join(source.key for source in origin.sources),
        "missing": origin.missing,
        "by_value": origin.by_value,
        "locator": origin.locator,
        "note": origin.note,
    }


def _has_values(row: Row) -> bool:
    return any(
        getattr(row, column) is not None for column in (*row.counts, *row.printed)
    )


def _provenance_differences(
    before: YearFigures, after: YearFigures
) -> Iterator[ProvenanceDifference]:
    old = {(row.table, row.key): row for row in before.rows()}
    new = {(row.table, row.key): row for row in after.rows()}
    order = {table: place for place, table in enumerate(FigureTable)}
    for table, key in sorted({**old, **new}, key=lambda key: order[key[0]]):
        old_row, new_row = old.get((table, key)), new.get((table, key))
        row = old[table, key] if new_row is None else new_row
        if old_row is not None and new_row is not None:
            was, now = _said_by(old_row), _said_by(new_row)
        elif _has_values(row):
            continue  # its values say that it is new, or gone
        else:
            was = {"row": "" if old_row is None else row.label}
            now = {"row": "" if new_row is None else row.label}
        for aspect, text in was.items():
            if text != now[aspect]:
                yield ProvenanceDifference(
                    table=table,
                    row_key=key,
                    row_label=row.label,
                    column=aspect,
                    before=text,
                    after=now[aspect],
                    before_row=old_row,
                    after_row=new_row,
                )


def _footnote_differences(
    before: YearFigures, after: YearFigures
) -> Iterator[FootnoteDifference]:
    labels = {
        (row.table, row.key): row.label
        for year in (before, after)
        for row in year.rows()
    }
    old, new = _texts_by_place(before.footnotes), _texts_by_place(after.footnotes)
    order = {table: place for place, table in enumerate(FigureTable)}
    for table, key, about in sorted({**old, **new}, key=lambda place: order[place[0]]):
        was, now = old.get((table, key, about), []), new.get((table, key, about), [])
        gone = [text for text in was if text not in now]
        added = [text for text in now if text not in was]
        for former, text in zip_longest(gone, added, fillvalue=""):
            yield FootnoteDifference(
                table=table,
                row_key=key,
                row_label=labels.get((table, key), key) if key else table.label,
                about=about,
                before=former,
                after=text,
            )


def _texts_by_place(
    notes: tuple[FootnoteFacts, ...],
) -> dict[tuple[FigureTable, str, str], list[str]]:
    texts: dict[tuple[FigureTable, str, str], list[str]] = defaultdict(list)
    for note in notes:
        texts[note.table, note.row, note.column].append(note.text)
    return texts
