"""Downloads: the rows of a page as CSV and JSON.

One table is a fixed list of columns and rows of plain values. An empty cell (null
in JSON) is a value that is not known; the column `missing` says why. Rates are
unrounded. Footnotes travel with the rows that they are bound to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from imgportal.lib.data_columns import Cell
from stats import missing_reasons
from stats.choices import IMG_GROUPS, ApplicantType, FigureTable, Missing, RateOf
from stats.columns import COMPUTED, COUNTS, PRINTED, WITH_SUMS
from stats.differences import OtherDifference, ValueDifference
from stats.figures import (
    ApplicantRow,
    FootnoteFacts,
    ImgFigures,
    ImgPlacements,
    Placement,
    PlacementRow,
    Provenance,
    ReleaseFacts,
    ScoreRow,
    ShownRow,
    SourceFacts,
    SpecialtyFacts,
    SpecialtyRow,
    TotalsRow,
    YearFigures,
)
from stats.formats import csv_text
from stats.measures import Rate
from stats.preferred_match import PreferredMatch, list_preferred

Value = str | int | float | bool | None

PROVENANCE_COLUMNS = (
    "missing",
    "confidence",
    "sources",
    "locator",
    "note",
    "by_value",
    "footnotes",
)
# Columns stand where they were first published, so a new one comes after all others.
ADDED_COLUMNS: dict[FigureTable, tuple[str, ...]] = {
    FigureTable.SCORES: COMPUTED[FigureTable.SCORES],
}
# The reason of each empty number, where `missing` says that of the row.
MISSING_BY_VALUE = "missing_by_value"
_IDENTITY: dict[FigureTable, tuple[str, ...]] = {
    FigureTable.TOTALS: ("match_year", "version"),
    FigureTable.APPLICANTS: ("match_year", "version", "applicant_type"),
    FigureTable.PLACEMENTS: ("match_year", "version", "applicant_type"),
    FigureTable.SPECIALTIES: ("match_year", "version", "specialty", "slug"),
    FigureTable.SCORES: (
        *("edition", "match_year", "version", "specialty", "slug"),
        *("applicant_type", "outcome"),
    ),
}
FIGURE_COLUMNS: dict[FigureTable, tuple[str, ...]] = {
    table: (
        *_IDENTITY[table],
        *COUNTS[table],
        *PRINTED[table],
        *(() if table in ADDED_COLUMNS else COMPUTED[table]),
        *(("made_by",) if table in WITH_SUMS else ()),
        *PROVENANCE_COLUMNS,
        *ADDED_COLUMNS.get(table, ()),
        MISSING_BY_VALUE,
    )
    for table in FigureTable
}
_OF_A_GROUP = (
    *("preferred_edition", "preferred_applicants", "matched_to_preferred"),
    *("matched_to_preferred_percent", "preferred_confidence", "preferred_sources"),
)
# What downloads of positions by specialty have besides: of those who preferred it, who
# matched, from the newest edition that counts a group.
PREFERRED_COLUMNS = tuple(
    f"{group.value}_{column}" for group in IMG_GROUPS[::-1] for column in _OF_A_GROUP
)
ALL_APPLICANTS_COLUMNS = (
    "match_year",
    "version",
    "registered_applicants",
    "active_applicants",
    "matched_to_pgy1",
    "published_match_rate",
    "rate_of",
    "rate_percent",
    *PROVENANCE_COLUMNS,
    MISSING_BY_VALUE,
)
CHANGE_COLUMNS = (
    "match_year",
    "version",
    "kind",
    "published_at",
    "table",
    "row",
    "column",
    "before",
    "after",
    "public_note",
)
SOURCE_COLUMNS = (
    "key",
    "title",
    "publisher",
    "url",
    "published",
    "accessed_on",
    "kind",
    "rests_on",
    "sums",
    "figures_resting_on_it",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One table, ready to be written in either format."""

    name: str  # becomes the file name, without an extension
    title: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Value], ...]


def _number(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _percent(rate: Rate | None) -> float | None:
    return None if rate is None else float(rate.percent)


def _provenance(
    provenance: Provenance, notes: Iterable[FootnoteFacts]
) -> dict[str, Value]:
    return {
        "missing": provenance.missing or None,
        "confidence": provenance.confidence.value,
        "sources": ";".join(source.key for source in provenance.sources),
        "locator": provenance.locator or None,
        "note": provenance.told_note or None,
        "by_value": provenance.by_value or None,
        "footnotes": " ".join(note.text for note in notes) or None,
    }


def _notes(year: YearFigures, table: FigureTable, key: str) -> list[FootnoteFacts]:
    """The footnotes of one row, with those of its whole table."""
    return [note for note in year.footnotes_of(table) if note.row in ("", key)]


def _placed(placement: Placement | None) -> dict[str, Value]:
    """What a group after SOAP has beside its own row, of the Match of the same year."""
    if placement is None:
        return {}
    return {
        "active_applicants": placement.active_applicants,
        "matched_to_pgy1": placement.matched_to_pgy1,
        "match_rate_percent": _percent(placement.match_rate),
        "placed_rate_active_percent": _percent(placement.placed_rate_active),
        "placed_after_match_all": placement.placed_after_match_all,
        "placed_after_match_active": placement.placed_after_match_active,
    }


def _row(
    year: YearFigures,
    row: ShownRow,
    gaps: frozenset[str] | None = None,
    preferred: PreferredItems | None = None,
) -> dict[str, Value]:
    """A row as the downloads of pages have it: printed numbers without their digits."""
    values = row_values(year, row, preferred)
    return {
        **{
            column: _number(value) if isinstance(value, Decimal) else value
            for column, value in values.items()
        },
        MISSING_BY_VALUE: missing_reasons.in_text(year, row, values, gaps),
    }


def shown_rows(year: YearFigures, table: FigureTable) -> list[ShownRow]:
    """The rows of a table, with both IMG groups together where the page shows them."""
    rows: list[ShownRow] = [*year.rows(table)]
    if table == FigureTable.APPLICANTS and year.imgs:
        rows.append(year.imgs)
    if table == FigureTable.PLACEMENTS and year.placed_imgs:
        rows.append(year.placed_imgs.row)
    return rows


# Who preferred a specialty, by its slug and the group.
PreferredItems = Mapping[tuple[str, ApplicantType], PreferredMatch]


def preferred_items(year: YearFigures) -> PreferredItems:
    """Of every specialty and group of an edition, for whoever needs all of its rows."""
    return {
        (item.specialty.slug, item.applicant_type): item
        for item in list_preferred(year.scores)
    }


def row_values(
    year: YearFigures, row: ShownRow, preferred: PreferredItems | None = None
) -> dict[str, Cell]:
    """A row with its provenance; US and non-US IMGs together are one as well.

    `preferred` is that of the year, where it is there already.
    """
    values: dict[str, Cell] = {
        "match_year": row.provenance.match_year,
        "version": row.provenance.version,
    }
    values |= {column: getattr(row, column) for column in row.counts}
    values |= {column: getattr(row, column) for column in row.printed}
    key = row.key
    match row:
        case TotalsRow():
            values["match_rate_percent"] = _percent(row.match_rate)
        case ApplicantRow() | ImgFigures():
            values["applicant_type"] = row.key
            values["match_rate_percent"] = _percent(row.match_rate)
            values["made_by"] = row.provenance.made_by or None
            if isinstance(row, ImgFigures):
                # Footnotes about all IMGs are bound to their published total.
                key = ApplicantType.IMG_TOTAL
        case PlacementRow():
            values["applicant_type"] = row.key
            values["made_by"] = None
            values |= _placed(year.placement_of(row.applicant_type))
        case ImgPlacements():
            values["applicant_type"] = row.key
            values["made_by"] = row.provenance.made_by
            values |= _placed(year.placed_imgs)
        case SpecialtyRow():
            values["specialty"] = row.specialty.name
            values["slug"] = row.specialty.slug
            values["img_share_percent"] = _percent(row.img_share)
        case ScoreRow():
            key = row.specialty.slug
            values["edition"] = row.edition
            values["match_year"] = row.match_year
            values["specialty"] = row.specialty.name
            values["slug"] = row.specialty.slug or None
            values["applicant_type"] = row.applicant_type.value
            values["outcome"] = row.outcome.value
            values |= _preferred_of_row(year, row, preferred)
    return values | _provenance(row.provenance, _notes(year, row.table, key))


def _preferred_of_row(
    year: YearFigures, row: ScoreRow, preferred: PreferredItems | None
) -> dict[str, Value]:
    """The same for both outcomes of a specialty and group."""
    items = preferred_items(year) if preferred is None else preferred
    item = items.get((row.specialty.slug, row.applicant_type))
    return {
        "preferred_applicants": item.preferred if item else None,
        "matched_to_preferred_percent": _percent(item.share) if item else None,
    }


def table_of_year(year: YearFigures, table: FigureTable) -> Export:
    """One table of one version of a year."""
    return figure_table(
        table,
        [(year, row) for row in shown_rows(year, table)],
        name=f"match-{year.match_year}-v{year.release.version}-{table.value}",
        title=f"{table.label}, {year.match_year} Match, version {year.release.version}",
    )


def figure_table(
    table: FigureTable,
    pairs: Iterable[tuple[YearFigures, ShownRow]],
    *,
    name: str,
    title: str,
) -> Export:
    """Rows of one table, each with the version of the year that it belongs to."""
    gaps: dict[ReleaseFacts, frozenset[str]] = {}
    preferred: dict[ReleaseFacts, PreferredItems] = {}
    rows = []
    for year, row in pairs:
        if year.release not in gaps:
            gaps[year.release] = missing_reasons.columns_never_printed(year)
            preferred[year.release] = preferred_items(year)
        rows.append(_row(year, row, gaps[year.release], preferred[year.release]))
    return Export(
        name=name,
        title=title,
        columns=FIGURE_COLUMNS[table],
        rows=tuple(rows),
    )


def specialty_table(
    lines: Iterable[tuple[SpecialtyFacts, SpecialtyRow | None]],
    years: Mapping[int, YearFigures],
    newest_preferred: Callable[[str, ApplicantType], PreferredMatch | None],
    *,
    name: str,
    title: str,
) -> Export:
    """Positions by specialty, each with the newest counts of those who preferred it.

    No row: a specialty of which no positions are known, only how it is preferred.
    """
    columns = (*FIGURE_COLUMNS[FigureTable.SPECIALTIES], *PREFERRED_COLUMNS)
    rows = []
    for specialty, row in lines:
        values: dict[str, Value] = dict.fromkeys(columns)
        if row is None:
            values |= {
                "specialty": specialty.name,
                "slug": specialty.slug,
                "missing": Missing.NOT_FOUND.value,
            }
        else:
            values |= _row(years[row.provenance.match_year], row)
        for group in IMG_GROUPS:
            if item := newest_preferred(specialty.slug, group):
                values |= _preferred(group, item)
        rows.append(values)
    return Export(name=name, title=title, columns=columns, rows=tuple(rows))


def _preferred(group: ApplicantType, item: PreferredMatch) -> dict[str, Value]:
    values: dict[str, Value] = {
        "preferred_edition": item.edition,
        "preferred_applicants": item.preferred,
        "matched_to_preferred": item.matched,
        "matched_to_preferred_percent": _percent(item.share),
        "preferred_confidence": item.provenance.confidence.value,
        "preferred_sources": ";".join(source.key for source in item.provenance.sources),
    }
    return {f"{group.value}_{column}": value for column, value in values.items()}


def applicants(
    years: Sequence[YearFigures], groups: Sequence[str], *, name: str, title: str
) -> Export:
    """The chosen applicant groups over the years; `all_imgs` is the two IMG groups."""
    pairs: list[tuple[YearFigures, ShownRow]] = []
    for year in years:
        pairs += [(year, row) for row in year.applicants if row.key in groups]
        if "all_imgs" in groups and (imgs := year.imgs):
            pairs.append((year, imgs))
    return figure_table(FigureTable.APPLICANTS, pairs, name=name, title=title)


def placements(years: Iterable[YearFigures], *, name: str, title: str) -> Export:
    """Every group after SOAP, year by year."""
    pairs: list[tuple[YearFigures, ShownRow]] = []
    for year in years:
        pairs += [(year, row) for row in year.placements]
        if year.placed_imgs:
            pairs.append((year, year.placed_imgs.row))
    return figure_table(FigureTable.PLACEMENTS, pairs, name=name, title=title)


def all_applicants(
    years: Iterable[YearFigures], *, rate_of: RateOf, name: str, title: str
) -> Export:
    """All applicants over the years, with the rate of the chosen denominator."""
    rows = [
        {
            **{
                column: value
                for column, value in _row(year, row).items()
                if column in ALL_APPLICANTS_COLUMNS
            },
            "rate_of": rate_of.value,
            "rate_percent": _percent(row.rate_of(rate_of)),
        }
        for year in years
        if (row := year.totals)
    ]
    return Export(
        name=name, title=title, columns=ALL_APPLICANTS_COLUMNS, rows=tuple(rows)
    )


def changes(
    publications: Iterable[
        tuple[YearFigures, Sequence[ValueDifference | OtherDifference]]
    ],
) -> Export:
    """Everything that a later version changed, the newest publication first: values, and
    what is said of them.
    """
    return Export(
        name="changes",
        title="Changes to published figures",
        columns=CHANGE_COLUMNS,
        rows=tuple(
            {
                "match_year": year.match_year,
                "version": year.release.version,
                "kind": year.release.kind.value,
                "published_at": year.release.published_at.isoformat(timespec="seconds"),
                "table": change.table.value,
                "row": change.row_key or None,
                "column": change.column,
                "before": _changed_value(change.before, change),
                "after": _changed_value(change.after, change),
                "public_note": year.release.public_note,
            }
            for year, differences in publications
            for change in differences
        ),
    )


def sources(rows: Iterable[tuple[SourceFacts, int]]) -> Export:
    return Export(
        name="sources",
        title="Sources",
        columns=SOURCE_COLUMNS,
        rows=tuple(
            {
                **{name: getattr(source, name) for name in SOURCE_COLUMNS[:-1]},
                "url": source.url or None,
                "accessed_on": source.accessed_on.isoformat()
                if source.accessed_on
                else None,
                "rests_on": ";".join(source.rests_on) or None,
                "sums": source.sums or None,
                "figures_resting_on_it": figures,
            }
            for source, figures in rows
        ),
    )


def _changed_value(
    value: int | Decimal | str | None, change: ValueDifference | OtherDifference
) -> Value:
    if not isinstance(change, ValueDifference):
        return str(value) if value else None
    if not isinstance(value, Decimal):
        return value
    # Where only the digits changed, numbers would hide the change.
    return f"{value:f}" if change.is_of_digits else _number(value)


def as_csv(export: Export) -> str:
    """UTF-8 text with a header row; an empty cell is a value that is not known."""
    return csv_text.write_rows(export.columns, export.rows)


def as_json(export: Export, *, about: Mapping[str, Any]) -> dict[str, Any]:
    """The same rows with every column named; null is a value that is not known."""
    return {
        "title": export.title,
        **about,
        "columns": list(export.columns),
        "rows": [
            {column: row.get(column) for column in export.columns}
            for row in export.rows
        ],
    }
