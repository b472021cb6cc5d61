"""Reads the founding files, and checks them as a publication would be checked.

The tables of figures are read as an imported file is. The first thing that is
wrong raises ContentError with its file and line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from imgportal.lib.content_files import ContentError, FileRow, read_rows
from imgportal.lib.model_rows import StoredRow, build_row, check_constraints
from stats import imports
from stats.choices import (
    FIRST_MATCH_YEAR,
    LAST_MATCH_YEAR,
    FigureConfidence,
    FigureTable,
    Missing,
    ReleaseKind,
)
from stats.columns import IDENTITY
from stats.figures import (
    ALL_SPECIALTIES,
    ROW_TYPES,
    FootnoteFacts,
    Provenance,
    Row,
    ScoreRow,
    SourceFacts,
    SpecialtyFacts,
    YearFigures,
    with_ancestry,
)
from stats.founding_files.restatements import Restatement, apply_restatements, year_of
from stats.imports import ParsedRow
from stats.models import Footnote, Source, Specialty
from stats.readiness import problems
from stats.release_reader import source_of, specialty_of

# Fields of the models, and the columns of the files that hold them.
SOURCE_COLUMNS = {
    "key": "key",
    "title": "title",
    "publisher": "publisher",
    "url": "url",
    "published": "published",
    "accessed_on": "accessed",
    "kind": "kind",
    "rests_on": "rests_on",
    "sums": "sums",
}
SPECIALTY_COLUMNS = {
    name: name for name in ("slug", "name", "short_name", "is_preliminary")
}
RESTATEMENT_COLUMNS = (
    *("match_year", "figure", "first_published", "restated", "derived"),
    *("sources", "note"),
)
FOOTNOTE_COLUMNS = {name: name for name in ("table", "row", "column", "text")}

# The folder of what earlier releases brought in place of today's rows.
FORMER = "former"

# The rows of a year, and where each of them was read.
RowKey = tuple[FigureTable, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundingFigures:
    """The founding files, checked. Sources and specialties are not stored yet."""

    sources: tuple[Source, ...]
    specialties: tuple[Specialty, ...]
    versions: tuple[YearFigures, ...]  # the first of every year, then the second ones
    # What earlier releases of this program brought in place of some of the rows.
    former_rows: tuple[Row, ...] = ()
    former_footnotes: tuple[FootnoteFacts, ...] = ()
    former_sources: tuple[SourceFacts, ...] = ()


def read_figures(folder: Path, *, now: datetime) -> FoundingFigures:
    """Read and check all founding files. Raises ContentError."""
    stored_sources = _read_sources(folder)
    stored_specialties = _read_specialties(folder)
    sources = with_ancestry(map(source_of, stored_sources))
    specialties = {row.name: specialty_of(row) for row in stored_specialties}
    specialties[ALL_SPECIALTIES.name] = ALL_SPECIALTIES

    years: dict[int, dict[RowKey, Row]] = defaultdict(dict)
    places: dict[tuple[int, FigureTable, str], FileRow] = {}
    for table in FigureTable:
        for place, row in _read_table(folder, table, sources, specialties):
            year = row.provenance.match_year
            if (table, row.key) in years[year]:
                place.refuse("", f"There is already a row for {year}, {row.label}.")
            years[year][table, row.key] = row
            places[year, table, row.key] = place
    footnotes = _read_footnotes(folder, years)
    versions = [
        year_of(
            year, tables, footnotes[year], version=1, kind=ReleaseKind.FIRST, now=now
        )
        for year, tables in sorted(years.items())
    ]
    restatements = _read_restatements(folder, sources)
    versions += apply_restatements(restatements, versions, now=now)
    for figures in versions:
        for problem in problems(figures):
            place = places[figures.match_year, problem.table, problem.row_key]
            place.refuse(problem.column, problem.text)
    return FoundingFigures(
        sources=tuple(stored_sources),
        specialties=tuple(stored_specialties),
        versions=tuple(versions),
        former_rows=tuple(_read_former_rows(folder / FORMER, sources, specialties)),
        former_footnotes=tuple(_read_former_footnotes(folder / FORMER, years)),
        former_sources=tuple(_read_former_sources(folder / FORMER)),
    )


def _read_sources(folder: Path) -> list[Source]:
    built = _build_sources(folder)
    sources = _without_twins(built, "key")
    by_key = with_ancestry(map(source_of, sources))
    for row, source in built:
        for key in source.rests_on_keys:
            if key not in by_key:
                row.refuse("rests_on", f"{key!r} is not in sources.csv.")
        if source.key in by_key[source.key].ancestry:
            row.refuse("rests_on", "A document cannot rest on itself.")
    return sources


def _build_sources(folder: Path) -> list[tuple[FileRow, Source]]:
    rows = read_rows(folder / "sources.csv", SOURCE_COLUMNS.values())
    built = [(row, build_row(row, Source, SOURCE_COLUMNS)) for row in rows]
    for row, source in built:
        check_constraints(row, source)
    return built


def _read_specialties(folder: Path) -> list[Specialty]:
    built = []
    for row in read_rows(folder / "specialties.csv", SPECIALTY_COLUMNS.values()):
        word = row.cells["is_preliminary"]
        is_preliminary = {"yes": True, "no": False}.get(word, word)
        specialty = build_row(
            row, Specialty, SPECIALTY_COLUMNS, is_preliminary=is_preliminary
        )
        built.append((row, specialty))
        if ALL_SPECIALTIES.name in (row.cells["name"], row.cells["short_name"]):
            row.refuse("name", f"{ALL_SPECIALTIES.name!r} stands for all of them.")
    return _without_twins(built, "slug", "name", "short_name")


def _without_twins(
    built: list[tuple[FileRow, StoredRow]], *unique: str
) -> list[StoredRow]:
    """The rows, none of which may share one of these values with another."""
    for column in unique:
        seen = set()
        for row, stored in built:
            value = getattr(stored, column)
            if value in seen:
                row.refuse(column, f"{value!r} stands twice.")
            seen.add(value)
    return [stored for _, stored in built]


def _read_table(
    folder: Path,
    table: FigureTable,
    sources: Mapping[str, SourceFacts],
    specialties: Mapping[str, SpecialtyFacts],
) -> Iterator[tuple[FileRow, Row]]:
    path = folder / f"{imports.FILES[table]}.csv"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ContentError(f"{path.name} cannot be read: {error}.") from None
    # Scores say for themselves why one is missing. In the other tables an empty cell
    # is a value that no source gave.
    reason = None if table == FigureTable.SCORES else Missing.NOT_FOUND
    parsed = imports.read(path.name, content, table, reason)
    if parsed.refusals:
        raise ContentError(f"{path.name}, {parsed.refusals[0]}")
    for row in parsed.rows:
        place = FileRow(file=path.name, line=row.line, cells={})
        yield place, _row_of(row, table, place, sources, specialties)


def _read_former_rows(
    folder: Path,
    sources: Mapping[str, SourceFacts],
    specialties: Mapping[str, SpecialtyFacts],
) -> Iterator[Row]:
    """Rows that were changed since. A table of which none was has no file there."""
    for table in FigureTable:
        if (folder / f"{imports.FILES[table]}.csv").exists():
            for _, row in _read_table(folder, table, sources, specialties):
                yield row


def _read_former_footnotes(
    folder: Path, years: Mapping[int, Mapping[RowKey, Row]]
) -> Iterator[FootnoteFacts]:
    if (folder / "footnotes.csv").exists():
        for notes in _read_footnotes(folder, years).values():
            yield from notes


def _read_former_sources(folder: Path) -> Iterator[SourceFacts]:
    """A source may have been called by several titles, release after release."""
    if (folder / "sources.csv").exists():
        for _, stored in _build_sources(folder):
            yield source_of(stored)


def _row_of(
    parsed: ParsedRow,
    table: FigureTable,
    place: FileRow,
    sources: Mapping[str, SourceFacts],
    specialties: Mapping[str, SpecialtyFacts],
) -> Row:
    identity = {column: getattr(parsed, column) for column in IDENTITY[table]}
    if parsed.specialty is not None:
        if parsed.specialty not in specialties:
            place.refuse(
                "specialty", f"{parsed.specialty!r} is not in specialties.csv."
            )
        identity["specialty"] = specialties[parsed.specialty]
    kind = ROW_TYPES[table]
    values = parsed.values
    row: Row = kind(
        **identity,
        **{column: values[column] for column in (*kind.counts, *kind.printed)},
        provenance=Provenance(
            match_year=_year(place, parsed.match_year),
            version=1,
            sources=_named(place, str(values["sources"]), sources),
            confidence=FigureConfidence(str(values["confidence"])),
            note=str(values["note"]),
            missing=str(values["missing"]),
            by_value=str(values.get("by_value") or ""),
        ),
    )
    return row


def _read_footnotes(
    folder: Path, years: Mapping[int, Mapping[RowKey, Row]]
) -> dict[int, list[FootnoteFacts]]:
    """Footnotes by year. A `*` stands for every year that has the row."""
    footnotes: dict[int, list[FootnoteFacts]] = defaultdict(list)
    columns = ("match_year", *FOOTNOTE_COLUMNS)
    for row in read_rows(folder / "footnotes.csv", columns):
        stored = build_row(row, Footnote, FOOTNOTE_COLUMNS)
        note = FootnoteFacts(
            table=FigureTable(stored.table),
            row=stored.row,
            column=stored.column,
            text=stored.text,
        )
        kind = ROW_TYPES[note.table]
        if note.column and note.column not in (*kind.counts, *kind.printed):
            row.refuse("column", f"{note.column!r} is not a column of this table.")
        year = row.cells["match_year"]
        annotated = [
            match_year
            for match_year in (sorted(years) if year == "*" else [_year(row, year)])
            if any(_stands_at(note, figure) for figure in years[match_year].values())
        ]
        if not annotated:
            row.refuse("row", "There is no such row to which it could belong.")
        for match_year in annotated:
            footnotes[match_year].append(note)
    return footnotes


def _read_restatements(
    folder: Path, sources: Mapping[str, SourceFacts]
) -> list[Restatement]:
    return [
        Restatement(
            place=row,
            match_year=_year(row, row.cells["match_year"]),
            figure=row.cells["figure"],
            before=row.cells["first_published"],
            after=row.cells["restated"],
            derived=row.cells["derived"],
            sources=_named(row, row.cells["sources"], sources),
            note=row.cells["note"],
        )
        for row in read_rows(folder / "restatements.csv", RESTATEMENT_COLUMNS)
    ]


def _year(place: FileRow, written: object) -> int:
    try:
        year = int(str(written))
    except ValueError:
        year = 0
    if not FIRST_MATCH_YEAR <= year <= LAST_MATCH_YEAR:
        place.refuse("match_year", f"{written!r} is not a Match year.")
    return year


def _named(
    place: FileRow, keys: str, sources: Mapping[str, SourceFacts]
) -> tuple[SourceFacts, ...]:
    """The documents that a row names, in its order and each once."""
    named = dict.fromkeys(key.strip() for key in keys.split(";") if key.strip())
    for key in named:
        if key not in sources:
            place.refuse("sources", f"{key!r} is not in sources.csv.")
    return tuple(sources[key] for key in named)


def _stands_at(note: FootnoteFacts, row: Row) -> bool:
    """Scores are annotated by specialty, the other tables by the key of a row."""
    key = row.specialty.slug if isinstance(row, ScoreRow) else row.key
    return row.table == note.table and note.row in ("", key)
