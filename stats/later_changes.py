"""What has changed since in the rows that a page of an earlier edition shows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

from stats.choices import FigureTable
from stats.differences import (
    FootnoteDifference,
    OtherDifference,
    ValueDifference,
    differences,
    other_differences,
)
from stats.figures import Row
from stats.public import Figures

# Match year, table and key of a row.
Place = tuple[int, FigureTable, str]
# The rows that a page shows of any figures.
RowsOf = Callable[[Figures], Iterable[Row]]
# Changed values that a page names; all of them stand on the page of changes.
MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterChanges:
    """Between the rows of a page and the same page of today."""

    # With the Match year of each: values that differ, then values that are new.
    changed: tuple[tuple[int, ValueDifference], ...] = ()
    added: tuple[tuple[int, ValueDifference], ...] = ()
    # Grades, sources, reasons and notes.
    others: tuple[tuple[int, OtherDifference], ...] = ()
    # Match years that the page had no row of.
    new_years: tuple[int, ...] = ()

    @property
    def is_nothing(self) -> bool:
        return not (self.changed or self.added or self.others or self.new_years)

    @property
    def is_only_notes(self) -> bool:
        return bool(self.others) and not (self.changed or self.added or self.new_years)

    @property
    def named(self) -> tuple[tuple[int, ValueDifference], ...]:
        return self.changed[:MOST_NAMED]

    @property
    def more(self) -> int:
        """How many changed values are not named."""
        return len(self.changed) - len(self.named)

    @property
    def years(self) -> tuple[int, ...]:
        """Match years of which something known before differs, the newest first."""
        pairs = (*self.changed, *self.added, *self.others)
        return tuple(sorted({match_year for match_year, _ in pairs}, reverse=True))


def changes_since(rows_of: RowsOf, figures: Figures) -> LaterChanges:
    """`figures` are those that the page shows, of an edition or with an earlier version
    of one year; it is compared with the same page of today.
    """
    rows, rows_today = list(rows_of(figures)), list(rows_of(figures.of_today))
    shown_versions = {row.provenance.match_year: row.provenance.version for row in rows}
    on_page = {_place(row) for row in (*rows, *rows_today)}
    tables = {(match_year, table) for match_year, table, _ in on_page}
    changed: list[tuple[int, ValueDifference]] = []
    added: list[tuple[int, ValueDifference]] = []
    others: list[tuple[int, OtherDifference]] = []
    new_years = []
    for match_year in sorted({match_year for match_year, *_ in on_page}, reverse=True):
        now = figures.of_today.years.get(match_year)
        version = shown_versions.get(match_year)
        before = (
            figures.versions[match_year, version]
            if version
            else figures.years.get(match_year)
        )
        if before is None:
            new_years.append(match_year)
            continue
        if now is None or now.release.version == before.release.version:
            continue
        for value in differences(before, now):
            if (match_year, value.table, value.row_key) in on_page:
                (added if value.is_addition else changed).append((match_year, value))
        for other in other_differences(before, now):
            is_of_table = isinstance(other, FootnoteDifference) and not other.row_key
            if (match_year, other.table, other.row_key) in on_page or (
                is_of_table and (match_year, other.table) in tables
            ):
                others.append((match_year, other))
    return LaterChanges(
        changed=tuple(changed),
        added=tuple(added),
        others=tuple(others),
        new_years=tuple(new_years),
    )


def rows_of_specialties(figures: Figures, slugs: Iterable[str]) -> list[Row]:
    """The positions and scores of these specialties over the years."""
    return [
        row
        for slug in slugs
        for row in chain[Row](
            figures.specialty_years.get(slug, ()), figures.scores_of.get(slug, ())
        )
    ]


def _place(row: Row) -> Place:
    return row.provenance.match_year, row.table, row.key
