"""What the founding files say of a year that its published version does not. Pure.

A row that stands in the database as a release of this program brought it gives way to
the row of today's files: it is one of the installation's first versions, or one that
`data/former/` keeps. A row that staff have changed or taken away is theirs. It stays so,
and is reported where the files say something that was never published here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from typing import Any

from stats.choices import FigureTable, ReleaseKind
from stats.differences import ValueDifference, differences
from stats.figures import FootnoteFacts, Row, SourceFacts, YearFigures

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
        origin.locator,
        origin.note,
        origin.by_value,
        origin.missing,
        tuple(source.key for source in origin.sources),
        origin.stated_grade,
    )


def _without_grade(content: RowContent) -> RowContent:
    """An amendment lowers a grade by the rule, and the row is as it was brought."""
    return content[:-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearComparison:
    """How one year's files differ from its current published version."""

    match_year: int
    new_rows: tuple[Row, ...]
    changed_rows: tuple[Row, ...]  # as the files have them
    former_rows: tuple[Row, ...]  # to be taken away: the files have them no more
    # Of the rows above.
    differences: tuple[ValueDifference, ...]
    # Rows that staff have changed and of which the files say something else.
    kept_rows: tuple[Row, ...]
    new_footnotes: tuple[FootnoteFacts, ...]
    former_footnotes: tuple[FootnoteFacts, ...]  # to be taken away
    kept_footnotes: tuple[FootnoteFacts, ...]  # that staff have written anew

    @property
    def is_empty(self) -> bool:
        """Is there nothing to take over? Rows that stay may be there all the same."""
        return not (
            self.new_rows
            or self.changed_rows
            or self.former_rows
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
                    (self.changed_rows, "completed, founded or graded anew"),
                    (self.former_rows, "taken back"),
                )
            ]
            parts = [f"{count} {words}" for count, words in counts if count]
            if parts:
                sentences.append(f"{table.label}: {', '.join(parts)}.")
        if self.new_footnotes or self.former_footnotes:
            sentences.append("The notes below the tables are brought up to date.")
        if not self.corrected:
            sentences.append("No figure that was published before has changed.")
        return " ".join(sentences)


def compare_year(
    files: YearFigures,
    versions: Sequence[YearFigures],
    *,
    former_rows: AbstractSet[RowContent],
    former_footnotes: AbstractSet[FootnoteFacts],
) -> YearComparison:
    """One year of today's files beside its published versions, the current one last."""
    published = versions[-1]
    first = [year for year in versions if year.release.is_founding]
    brought = {
        _without_grade(content)
        for content in (
            *former_rows,
            *(content_of(row) for year in first for row in year.rows()),
        )
    }
    was_published = {content_of(row) for year in versions for row in year.rows()}
    had_a_row = {_place_of(row) for year in versions for row in year.rows()}
    current = {_place_of(row): row for row in published.rows()}
    new_rows: list[Row] = []
    changed_rows: list[Row] = []
    kept_rows: list[Row] = []
    for row in files.rows():
        stored = current.pop(_place_of(row), None)
        if stored is None and _place_of(row) not in had_a_row:
            new_rows.append(row)
        elif stored is not None and content_of(stored) == content_of(row):
            continue
        elif stored is not None and _without_grade(content_of(stored)) in brought:
            changed_rows.append(row)
        elif content_of(row) not in was_published:
            kept_rows.append(row)
    gone = [
        row for row in current.values() if _without_grade(content_of(row)) in brought
    ]
    taken = {_place_of(row) for row in (*new_rows, *changed_rows, *gone)}
    return YearComparison(
        match_year=files.match_year,
        new_rows=tuple(new_rows),
        changed_rows=tuple(changed_rows),
        former_rows=tuple(gone),
        differences=tuple(
            difference
            for difference in differences(published, files)
            if (difference.table, difference.row_key) in taken
        ),
        kept_rows=tuple(kept_rows),
        **_compare_footnotes(files, versions, first, former_footnotes),
    )


def _place_of(row: Row) -> tuple[FigureTable, str]:
    return row.table, row.key


def _compare_footnotes(
    files: YearFigures,
    versions: Sequence[YearFigures],
    first: Iterable[YearFigures],
    former_footnotes: AbstractSet[FootnoteFacts],
) -> Mapping[str, tuple[FootnoteFacts, ...]]:
    """The notes of a comparison. One that staff took away does not come back, and one
    that they wrote anew has no other beside it.
    """
    published = versions[-1].footnotes
    brought = former_footnotes | {note for year in first for note in year.footnotes}
    was_published = {note for year in versions for note in year.footnotes}
    taken_away = {_annotated(note) for note in (was_published & brought)} - {
        _annotated(note) for note in published if note in brought
    }
    rewritten = taken_away & {_annotated(note) for note in published}
    unseen = [note for note in files.footnotes if note not in was_published]
    return {
        "new_footnotes": tuple(
            note for note in unseen if _annotated(note) not in rewritten
        ),
        "former_footnotes": tuple(
            note
            for note in published
            if note in brought and note not in files.footnotes
        ),
        "kept_footnotes": tuple(
            note for note in unseen if _annotated(note) in rewritten
        ),
    }


def _annotated(note: FootnoteFacts) -> tuple[FigureTable, str, str]:
    """What a note is about."""
    return note.table, note.row, note.column


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceComparison:
    """A document of which today's files say something else than an earlier release."""

    stored: SourceFacts
    files: SourceFacts
    is_kept: bool  # staff have changed it, so it stays as it is

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that differ."""
        return tuple(
            field.name
            for field in fields(SourceFacts)
            # What a document rests on by others follows from the others.
            if field.name != "ancestry"
            and getattr(self.stored, field.name) != getattr(self.files, field.name)
        )

    @property
    def in_words(self) -> str:
        """ "title: was “Old”, is “New”", one after the other."""
        return "; ".join(
            f"{column.replace('_', ' ')}: was “{getattr(self.stored, column)}”, "
            f"is “{getattr(self.files, column)}”"
            for column in self.columns
        )

    def __str__(self) -> str:
        if self.is_kept:
            return (
                f"Source {self.files.key}: the files say something else, and this source "
                "was changed here, so it stays"
            )
        return f"Source {self.files.key}, {self.in_words}"


def compare_sources(
    files: Iterable[SourceFacts],
    stored: Mapping[str, SourceFacts],
    *,
    former: AbstractSet[SourceFacts],
) -> list[SourceComparison]:
    """The sources that a release changed and that stand here as they were, or as staff
    have changed them. Stored sources have no versions, so only `former` tells.
    """
    changed = {source.key for source in former}
    return [
        SourceComparison(
            stored=stored[source.key],
            files=source,
            is_kept=stored[source.key] not in former,
        )
        for source in files
        if source.key in changed
        and source.key in stored
        and stored[source.key] != source
    ]


def lines_of(comparison: YearComparison) -> Iterator[str]:
    """The comparison as lines of a report, value by value."""
    changed_about = {_place_of(row): row for row in comparison.changed_rows}
    for row in comparison.new_rows:
        yield f"{row.table.label}, {row.label}: a new row"
    new = {_place_of(row) for row in comparison.new_rows}
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
    yield from kept_lines_of(comparison)


def kept_lines_of(comparison: YearComparison) -> Iterator[str]:
    """What stays as staff have made it, although the files say something else."""
    for row in comparison.kept_rows:
        yield (
            f"{row.table.label}, {row.label}: the files say something else, and this row "
            "was changed or taken away here, so it stays so"
        )
    for note in comparison.kept_footnotes:
        yield (
            f"{note.table.label}: the files say “{note.text}”, and this note was changed "
            "here, so it stays"
        )
