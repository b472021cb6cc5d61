"""The open tables of figures: all current years in one table each, a row a fact.

Every empty number of a row has its reason in the column `missing`. Numbers that a source
prints keep its digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from imgportal.lib.data_columns import Cell, Record, Records, moment_in_utc
from stats import exports, missing_reasons
from stats.choices import FigureTable
from stats.columns import (
    ALL_SPECIALTIES_SLUG,
    CODES,
    TABLES,
)
from stats.figures import (
    ScoreRow,
    SpecialtyRow,
    YearFigures,
)
from stats.formats.data_package import PackageFacts, build_package
from stats.public import Figures


def list_tables(figures: Figures) -> tuple[Records, ...]:
    """Every open table of figures, in the order of their registry."""
    return tuple(read_table(figures, name) for name in TABLES)


def read_table(figures: Figures, name: str) -> Records:
    """One of them by its name. Raises KeyError."""
    table = TABLES[name]
    if name in FigureTable:
        rows: Iterable[Record] = (
            row
            for year in figures.years.values()
            for row in rows_of_year(year, FigureTable(name))
        )
    else:
        rows = _OTHERS[name](figures)
    return Records.of(table, rows)


def package_facts(figures: Figures) -> PackageFacts:
    """What a package of these figures says of itself. Raises ValueError when nothing is
    published.
    """
    if figures.publication.published_at is None:
        raise ValueError("Nothing is published yet.")
    newest = [
        year
        for year in figures.versions.values()
        if year.release.edition == figures.edition
    ]
    return PackageFacts(
        edition=figures.edition,
        published_at=max(year.release.published_at for year in newest),
        changes=tuple(
            f"The {year.match_year} Match, version {year.release.version} "
            f"({year.release.kind.label.lower()}). {year.release.public_note}".strip()
            for year in newest
        )
        if figures.edition > 1
        else (),
    )


def build_archive(figures: Figures) -> bytes:
    """The zip of an edition, which is kept for ever. Raises ValueError when nothing is
    published.
    """
    return build_package(list_tables(figures), package_facts(figures))


def rows_of_year(year: YearFigures, figure_table: FigureTable) -> Iterator[Record]:
    """The rows of one table of one version of a year, with every column."""
    names = TABLES[figure_table.value].column_names
    is_of_scores = figure_table is FigureTable.SCORES
    gaps = missing_reasons.columns_never_printed(year) if is_of_scores else frozenset()
    preferred = exports.preferred_items(year) if is_of_scores else {}
    for row in exports.shown_rows(year, figure_table):
        values: dict[str, Any] = dict.fromkeys(names)
        values |= exports.row_values(year, row, preferred)
        values["missing"] = missing_reasons.in_text(year, row, values, gaps)
        if isinstance(row, (SpecialtyRow, ScoreRow)):
            values["specialty"] = row.specialty.name
            values["slug"] = row.specialty.slug or ALL_SPECIALTIES_SLUG
        if isinstance(row, ScoreRow):
            values["charting_outcomes"] = row.edition
        for column in ("applicant_type", "outcome"):
            if f"{column}_label" in values:
                values[f"{column}_label"] = CODES[column][values[column]]
        yield {name: values[name] for name in names}


def _specialty_names(figures: Figures) -> Iterator[Record]:
    for specialty in figures.specialties.values():
        yield {
            "slug": specialty.slug,
            "name": specialty.name,
            "short_name": specialty.short_name,
            "is_preliminary": specialty.is_preliminary,
            "merged_into": specialty.successor or None,
        }


def _versions(figures: Figures) -> Iterator[Record]:
    for year in figures.versions.values():
        release = year.release
        yield {
            "match_year": year.match_year,
            "version": release.version,
            "edition": release.edition,
            "kind": release.kind.value,
            "published_at": moment_in_utc(release.published_at),
            "is_current": release.is_current,
            "public_note": release.public_note or None,
        }


def _changes(figures: Figures) -> Iterator[Record]:
    for year in figures.publications:
        rows = exports.changes(
            [(year, [*figures.changes_in(year), *figures.other_changes_in(year)])]
        ).rows
        for row in rows:
            yield {
                **row,
                **{name: _text(row[name]) for name in ("before", "after")},
                "edition": year.release.edition,
                "published_at": moment_in_utc(year.release.published_at),
                "public_note": row["public_note"] or None,
            }


def _text(value: Cell) -> str | None:
    return None if value is None else str(value)


def _sources(figures: Figures) -> Iterator[Record]:
    yield from exports.sources(
        (source, len(figures.rests_on.get(source.key, ())))
        for source in figures.sources.values()
    ).rows


_OTHERS: Mapping[str, Callable[[Figures], Iterator[Record]]] = {
    "specialty-names": _specialty_names,
    "versions": _versions,
    "changes": _changes,
    "sources": _sources,
}
