"""What the founding files say of a year that its published version does not. Pure.

A row that stands in the database as an earlier release of this program brought it
(`data/former/` keeps those) gives way to the row of today's files. A row that staff
have changed is theirs: it is reported where the files say something else, and stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from stats.choices import FigureTable, ReleaseKind
from stats.differences import ValueDifference, differences
from stats.figures import FootnoteFacts, Row, YearFigures

# A row of one year without its version: two rows with the same content say the same.
RowContent = tuple[Any, ...]


def content_of(row: Row) -> RowContent:
    """Everything that a row says, with the digits that its source prints."""
    origin = row.provenance
    return (
        origin.match_year,
        row.table,
        row.key,
        tuple(str(getattr(row, column)) for column in (*row.counts, *row.printed)),
        origin.confidence,
        origin.locator,
        origin.note,
        origin.missing,
        tuple(source.key for source in origin.sources),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class YearComparison:
    """How one year's files differ from its current published version."""

    match_year: int
    new_rows: tuple[Row, ...]
    changed_rows: tuple[Row, ...]  # as the files have them
    # Of the new and the changed rows.
    differences: tuple[ValueDifference, ...]
    # Rows that staff have changed and of which the files say something else.
    kept_rows: tuple[Row, ...]
    new_footnotes: tuple[FootnoteFacts, ...]
    former_footnotes: tuple[FootnoteFacts, ...]  # to be taken away

    @property
    def is_empty(self) -> bool:
        """Is there nothing to take over? Rows that stay may be there all the same."""
        return not (
            self.new_rows
            or self.changed_rows
            or self.new_footnotes
            or self.former_footnotes
        )

    def rows(self, table: FigureTable) -> tuple[Row, ...]:
        """The rows of one table that would be written."""
        return tuple(
            row for row in (*self.changed_rows, *self.new_rows) if row.table == table
        )

    @property
    def corrected(self) -> tuple[ValueDifference, ...]:
        """The values that were published and are another number now."""
        return tuple(
            difference
            for difference in self.differences
            if difference.before is not None and not difference.is_of_digits
        )

    @property
    def kind(self) -> ReleaseKind:
        return ReleaseKind.CORRECTION if self.corrected else ReleaseKind.COMPLETION

    @property
    def public_note(self) -> str:
        """A note to begin with: what changes, and why as the rows themselves say it."""
        sentences = [
            f"{difference.row_label}, {difference.column_name}: {difference.in_words}."
            for difference in self.corrected
        ]
        reasons = {
            (difference.table, difference.row_key): difference.after_row
            for difference in self.corrected
        }
        sentences += [
            row.provenance.note for row in reasons.values() if row is not None
        ]
        for table in FigureTable:
            counts = [
                (len([row for row in rows if row.table == table]), words)
                for rows, words in (
                    (self.new_rows, "new"),
                    (self.changed_rows, "completed or better founded"),
                )
            ]
            parts = [f"{count} {words}" for count, words in counts if count]
            if parts:
                sentences.append(f"{table.label}: {' and '.join(parts)}.")
        if self.new_footnotes or self.former_footnotes:
            sentences.append("The notes below the tables are brought up to date.")
        if not self.corrected:
            sentences.append("No figure that was published before has changed.")
        return " ".join(sentences)


def compare_year(
    files: YearFigures,
    published: YearFigures,
    *,
    former_rows: Collection[RowContent],
    former_footnotes: Collection[FootnoteFacts],
) -> YearComparison:
    """One year of today's files beside its current published version."""
    current = {(row.table, row.key): row for row in published.rows()}
    new_rows: list[Row] = []
    changed_rows: list[Row] = []
    kept_rows: list[Row] = []
    for row in files.rows():
        stored = current.get((row.table, row.key))
        if stored is None:
            new_rows.append(row)
        elif content_of(stored) == content_of(row):
            continue
        elif content_of(stored) in former_rows:
            changed_rows.append(row)
        else:
            kept_rows.append(row)
    taken = {(row.table, row.key) for row in (*new_rows, *changed_rows)}
    return YearComparison(
        match_year=files.match_year,
        new_rows=tuple(new_rows),
        changed_rows=tuple(changed_rows),
        differences=tuple(
            difference
            for difference in differences(published, files)
            if (difference.table, difference.row_key) in taken
        ),
        kept_rows=tuple(kept_rows),
        new_footnotes=tuple(
            note for note in files.footnotes if note not in published.footnotes
        ),
        former_footnotes=tuple(
            note
            for note in published.footnotes
            if note in former_footnotes and note not in files.footnotes
        ),
    )


def lines_of(comparison: YearComparison) -> Iterator[str]:
    """The comparison as lines of a report, value by value."""
    changed_about = {(row.table, row.key): row for row in comparison.changed_rows}
    for row in comparison.new_rows:
        yield f"{row.table.label}, {row.label}: a new row"
    new = {(row.table, row.key) for row in comparison.new_rows}
    for difference in comparison.differences:
        place = (difference.table, difference.row_key)
        changed_about.pop(place, None)
        if place not in new:
            yield (
                f"{difference.table.label}, {difference.row_label}, "
                f"{difference.column_name}: {difference.in_words}"
            )
    for row in changed_about.values():
        yield f"{row.table.label}, {row.label}: another grade, source or note"
    for note in comparison.former_footnotes:
        yield f"{note.table.label}, note taken away: {note.text}"
    for note in comparison.new_footnotes:
        yield f"{note.table.label}, new note: {note.text}"
    for row in comparison.kept_rows:
        yield (
            f"{row.table.label}, {row.label}: the files say something else, and this row "
            "was changed here, so it stays"
        )
