"""What changed between two versions of a year, value by value. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from imgportal.lib import numbers
from stats.choices import FigureTable
from stats.definitions import COLUMN_NAMES
from stats.figures import Row, YearFigures, why_missing

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
        now = (
            "no longer there"
            if self.after_row is None
            else _in_words(self.after, self.why_after)
        )
        return f"was {was}, is {now}"

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
