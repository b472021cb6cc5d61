"""The open tables of figures: all current years in one table each, a row a fact.

Every empty number of a row has its reason in the column `missing`. Numbers that a source
prints keep its digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from imgportal.lib.data_columns import Cell, Record, Records, Table
from stats import exports
from stats.choices import FigureTable, Missing
from stats.columns import (
    ALL_SPECIALTIES_SLUG,
    CODES,
    NOT_IN_EDITION,
    NOT_NEEDED,
    TABLES,
)
from stats.figures import (
    ImgFigures,
    ImgPlacements,
    Placement,
    ScoreRow,
    ShownRow,
    SpecialtyRow,
    YearFigures,
)
from stats.formats.data_package import PackageFacts, build_package
from stats.measures import Rate
from stats.preferred_match import PreferredMatch, list_preferred
from stats.public import Figures

Reasons = dict[str, str]


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
    table = TABLES[figure_table.value]
    gaps = _columns_never_printed(year) if figure_table == FigureTable.SCORES else ()
    preferred = (
        {
            (item.specialty.slug, item.applicant_type): item
            for item in list_preferred(year.scores)
        }
        if figure_table == FigureTable.SCORES
        else {}
    )
    for row in exports.shown_rows(year, figure_table):
        values: dict[str, Any] = dict.fromkeys(table.column_names)
        values |= exports.row_values(year, row)
        reasons = dict(_stored_reasons(row, gaps))
        placement = _placement(year, row)
        if isinstance(row, (SpecialtyRow, ScoreRow)):
            values["specialty"] = row.specialty.name
            values["slug"] = row.specialty.slug or ALL_SPECIALTIES_SLUG
        if isinstance(row, ScoreRow):
            values["charting_outcomes"] = row.edition
        for column in ("applicant_type", "outcome"):
            if f"{column}_label" in values:
                values[f"{column}_label"] = CODES[column][values[column]]
        if placement is not None:
            reasons |= _reasons_after_soap(placement)
        if isinstance(row, ScoreRow):
            item = preferred.get((row.specialty.slug, row.applicant_type))
            reasons |= _reasons_of_preferred(item)
        values["missing"] = _missing(table, values, reasons)
        yield {name: values[name] for name in table.column_names}


def _missing(table: Table, values: Mapping[str, Cell], reasons: Reasons) -> str | None:
    """Why each empty number is empty, in the order of the columns. None: none is."""
    entries = []
    for column in table.columns:
        if not column.is_explained or values[column.name] is not None:
            continue
        reason = reasons.get(column.name) or _reason_of_inputs(
            column.name, values, reasons
        )
        entries.append(f"{column.name}={reason}")
    return ";".join(entries) or None


# What a computed column needs.
_INPUTS = {
    "match_rate_percent": ("matched_to_pgy1", "active_applicants"),
    "img_share_percent": (
        *("positions_filled", "filled_img_total", "filled_us_img", "filled_non_us_img"),
    ),
    "placed_rate_active_percent": ("placed_pgy1_active", "active_applicants"),
    "placed_after_match_all": ("placed_pgy1_all", "matched_to_pgy1"),
    "placed_after_match_active": ("placed_pgy1_active", "matched_to_pgy1"),
}


def _reason_of_inputs(column: str, values: Mapping[str, Cell], reasons: Reasons) -> str:
    """A computed value is empty for the reason of the first that it needs and that is."""
    for name in _INPUTS.get(column, ()):
        if values.get(name) is None and name in reasons:
            return reasons[name]
    return str(Missing.NOT_FOUND.value)


def _stored_reasons(row: ShownRow, gaps: Iterable[str]) -> Iterator[tuple[str, str]]:
    for column in (*row.counts, *row.printed):
        if getattr(row, column) is not None:
            continue
        if column in gaps:
            yield column, NOT_IN_EDITION
        elif column in _RATES and _rate_of(row) is not None:
            yield column, NOT_NEEDED
        else:
            yield column, row.provenance.missing_of(column) or _unstated(row)


_RATES = ("published_match_rate", "published_img_share")


def _rate_of(row: ShownRow) -> Rate | None:
    return (
        row.img_share
        if isinstance(row, SpecialtyRow)
        else getattr(row, "match_rate", None)
    )


def _unstated(row: ShownRow) -> str:
    """Of groups together that are summed here no source prints a rate."""
    is_sum = isinstance(row, (ImgFigures, ImgPlacements))
    return str((Missing.NOT_PUBLISHED if is_sum else Missing.NOT_FOUND).value)


def _columns_never_printed(year: YearFigures) -> frozenset[str]:
    """The columns of scores that an edition of Charting Outcomes has nowhere."""
    return frozenset(
        column
        for column in (*ScoreRow.counts, *ScoreRow.printed)
        if year.scores
        and all(
            getattr(row, column) is None
            and row.provenance.missing_of(column)
            in (Missing.NOT_PUBLISHED, Missing.SUPPRESSED)
            for row in year.scores
        )
        and any(
            row.provenance.missing_of(column) == Missing.NOT_PUBLISHED
            for row in year.scores
        )
    )


def _placement(year: YearFigures, row: ShownRow) -> Placement | None:
    if isinstance(row, ImgPlacements):
        return year.placed_imgs
    if row.table == FigureTable.PLACEMENTS:
        return next((item for item in year.after_soap if item.row is row), None)
    return None


def _reasons_after_soap(placement: Placement) -> Reasons:
    """Why the results of the Match beside a group after SOAP are empty."""
    result = placement.result
    if result is None:
        return {}
    return {
        column: result.provenance.missing_of(column) or str(Missing.NOT_FOUND.value)
        for column in ("active_applicants", "matched_to_pgy1")
        if getattr(result, column) is None
    }


def _reasons_of_preferred(item: PreferredMatch | None) -> Reasons:
    """Why it is not known how many preferred a specialty: one of both counts is not."""
    reasons = [
        row.provenance.missing_of("applicants")
        for row in (item.rows if item else ())
        if row.applicants is None
    ]
    reason = next(filter(None, reasons), str(Missing.NOT_FOUND.value))
    return {"preferred_applicants": reason, "matched_to_preferred_percent": reason}


def moment_in_utc(moment: datetime) -> str:
    """ "2026-11-27T01:18:16Z" """
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


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
