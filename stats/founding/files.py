"""The founding files as versions of Match years, checked as a publication would be."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import models

from stats.choices import (
    ApplicantType,
    Confidence,
    Missing,
    Outcome,
    ReleaseKind,
    SourceKind,
    Table,
)
from stats.exceptions import FilesRefused
from stats.figures import (
    ALL_SPECIALTIES,
    ApplicantRow,
    Footnote,
    Provenance,
    Row,
    ScoreRow,
    Source,
    Specialty,
    SpecialtyRow,
    TotalsRow,
    YearFigures,
)
from stats.founding.cells import COLUMNS_OF, Files, Line
from stats.founding.restatements import restated, year_of
from stats.models import Source as StoredSource
from stats.models import Specialty as StoredSpecialty
from stats.readiness import problems


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFiles:
    """The founding files as plain data, checked."""

    sources: tuple[Source, ...]
    specialties: tuple[Specialty, ...]
    versions: tuple[YearFigures, ...]


def parse(folder: Path, *, now: datetime) -> ParsedFiles:
    """Read and check all founding files. Raises FilesRefused with every bad cell."""
    files = Files(folder=folder)
    sources = _sources(files)
    specialties = _specialties(files)
    by_name = {row.name: row for row in specialties.values()}
    by_name[ALL_SPECIALTIES.name] = ALL_SPECIALTIES
    rows: dict[int, dict[tuple[Table, str], Row]] = defaultdict(dict)

    def keep(line: Line, year: int, row: Row) -> None:
        if not year:
            return  # refused already
        if (row.table, row.key) in rows[year]:
            line.refuse("", f"There is already a row for {year}, {row.label}.")
            return
        rows[year][row.table, row.key] = row
        files.places[year, row.table, row.key] = line

    for line in files.lines("match_totals.csv"):
        year = line.year("match_year")
        values = _values(line, TotalsRow, sources, year)
        keep(line, year, TotalsRow(**values))
    for line in files.lines("applicant_results.csv"):
        year = line.year("match_year")
        values = _values(line, ApplicantRow, sources, year)
        kind = line.choice("applicant_type", ApplicantType, ApplicantType.values)
        if kind:
            keep(line, year, ApplicantRow(applicant_type=kind, **values))
    for line in files.lines("specialty_results.csv"):
        year = line.year("match_year")
        values = _values(line, SpecialtyRow, sources, year)
        specialty = line.choice("specialty", by_name.__getitem__, by_name)
        if specialty:
            keep(line, year, SpecialtyRow(specialty=specialty, **values))
    for line in files.lines("specialty_scores.csv"):
        year = line.year("edition")
        values = _values(line, ScoreRow, sources, year)
        specialty = line.choice("specialty", by_name.__getitem__, by_name)
        kind = line.choice("applicant_type", ApplicantType, ApplicantType.values)
        outcome = line.choice("outcome", Outcome, Outcome.values)
        if specialty and kind and outcome:
            keep(
                line,
                year,
                ScoreRow(
                    specialty=specialty, applicant_type=kind, outcome=outcome, **values
                ),
            )
    footnotes = _footnotes(files, rows)
    if files.reasons:
        raise FilesRefused(files.reasons)

    versions = [
        year_of(
            year, tables, footnotes[year], version=1, kind=ReleaseKind.FIRST, now=now
        )
        for year, tables in sorted(rows.items())
    ]
    versions += restated(files, versions, sources, now=now)
    for figures in versions:
        for problem in problems(figures):
            line = files.places[figures.match_year, problem.table, problem.row_key]
            line.refuse(problem.column, problem.text)
    if files.reasons:
        raise FilesRefused(files.reasons)
    return ParsedFiles(
        sources=tuple(sources.values()),
        specialties=tuple(specialties.values()),
        versions=tuple(versions),
    )


def _sources(files: Files) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for line in files.lines("sources.csv"):
        kind = line.choice("kind", SourceKind, SourceKind.values)
        source = Source(
            key=line.slug("key", most=_room(StoredSource, "key")),
            title=line.text("title", required=True, most=_room(StoredSource, "title")),
            publisher=line.text(
                "publisher", required=True, most=_room(StoredSource, "publisher")
            ),
            url=line.text("url", most=_room(StoredSource, "url")),
            published=line.text(
                "published", required=True, most=_room(StoredSource, "published")
            ),
            accessed_on=line.day("accessed"),
            kind=kind.value if kind else "",
        )
        if source.url and not source.url.startswith(("https://", "http://")):
            line.refuse("url", f"{source.url!r} is not a web address.")
        if source.key in found:
            line.refuse("key", f"{source.key!r} stands twice.")
        found[source.key] = source
    return found


def _room(model: type[models.Model], name: str) -> int:
    """How many characters the database keeps."""
    field = model._meta.get_field(name)
    if not isinstance(field, models.CharField) or field.max_length is None:
        raise LookupError(f"{name} has no limit.")
    return field.max_length


def _specialties(files: Files) -> dict[str, Specialty]:
    found: dict[str, Specialty] = {}
    names = {ALL_SPECIALTIES.name: "", ALL_SPECIALTIES.short_name: ""}
    for line in files.lines("specialties.csv"):
        preliminary = line.choice(
            "is_preliminary", {"yes": True, "no": False}.__getitem__, ("yes", "no")
        )
        specialty = Specialty(
            slug=line.slug("slug", most=_room(StoredSpecialty, "slug")),
            name=line.text("name", required=True, most=_room(StoredSpecialty, "name")),
            short_name=line.text(
                "short_name", required=True, most=_room(StoredSpecialty, "short_name")
            ),
            is_preliminary=bool(preliminary),
        )
        if specialty.slug in found:
            line.refuse("slug", f"{specialty.slug!r} stands twice.")
        for column in ("name", "short_name"):
            # A name may be its own short name, but nobody else's.
            name = getattr(specialty, column)
            if names.setdefault(name, specialty.slug) != specialty.slug:
                line.refuse(column, f"{name!r} stands twice.")
        found[specialty.slug] = specialty
    return found


def _values(
    line: Line, kind: type[Row], sources: dict[str, Source], year: int
) -> dict[str, Any]:
    """The values and the provenance of one row of figures."""
    most = 300 if kind is ScoreRow else 100
    values: dict[str, Any] = {column: line.count(column) for column in kind.counts}
    values |= {column: line.printed(column, most=most) for column in kind.printed}
    confidence = line.choice("confidence", Confidence, Confidence.values)
    if kind is ScoreRow:
        missing = line.text("missing")
        if missing not in {"", *Missing.values}:
            words = ", ".join(Missing.values)
            line.refuse("missing", f"{missing!r} is not one of: {words}.")
    else:
        # The founding tables leave a cell empty when no source gave the value.
        empty = any(values[column] is None for column in kind.counts)
        missing = Missing.NOT_FOUND.value if empty else ""
    values["provenance"] = Provenance(
        match_year=year,
        version=1,
        sources=line.sources(sources),
        confidence=confidence or Confidence.C,
        note=line.text("note"),
        missing=missing,
    )
    return values


def _footnotes(
    files: Files, rows: dict[int, dict[tuple[Table, str], Row]]
) -> dict[int, list[Footnote]]:
    """Footnotes by year; `*` stands for every year that has the row."""
    found: dict[int, list[Footnote]] = defaultdict(list)
    for line in files.lines("footnotes.csv"):
        table = line.choice("table", Table, Table.values)
        note = Footnote(
            table=table or Table.TOTALS,
            row=line.text("row"),
            column=line.text("column"),
            text=line.text("text", required=True),
        )
        every = line.text("match_year") == "*"
        wanted = sorted(rows) if every else [line.year("match_year")]
        if table is None or not all(wanted):
            continue  # refused already
        years = [
            year
            for year in wanted
            if any(_stands_at(note, row) for row in rows.get(year, {}).values())
        ]
        if not years:
            line.refuse("row", "There is no such row to which it could belong.")
        if note.column and note.column not in COLUMNS_OF[note.table]:
            line.refuse("column", f"{note.column!r} is not a column of this table.")
        for year in years:
            found[year].append(note)
    return found


def _stands_at(note: Footnote, row: Row) -> bool:
    """Scores are annotated by specialty, the other tables by the key of a row."""
    key = row.specialty.slug if isinstance(row, ScoreRow) else row.key
    return row.table == note.table and note.row in ("", key)
