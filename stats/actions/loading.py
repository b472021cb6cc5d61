"""Load the founding figures: parse everything, check everything, then write once.

The files in `stats/data` become published first versions. The restatement of
2013 becomes a second version of kind *revision*, made of the first one and
`restatements.csv`. Loading again changes nothing: a year that has any version
already is left alone, because from then on it changes by amendment only.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from django.db import models, transaction

from stats.choices import (
    FIRST_MATCH_YEAR,
    LAST_MATCH_YEAR,
    ApplicantType,
    Confidence,
    Missing,
    Outcome,
    ReleaseKind,
    SourceKind,
    Status,
    Table,
)
from stats.exceptions import BadCell, FilesRefused
from stats.figures import (
    ALL_SPECIALTIES,
    ApplicantRow,
    Footnote,
    Provenance,
    Release,
    Row,
    ScoreRow,
    Source,
    Specialty,
    SpecialtyRow,
    TotalsRow,
    YearFigures,
)
from stats.models import (
    ApplicantResult,
    ScoreSummary,
    SpecialtyResult,
    YearTotals,
)
from stats.models import Footnote as StoredFootnote
from stats.models import Release as StoredRelease
from stats.models import Source as StoredSource
from stats.models import Specialty as StoredSpecialty
from stats.readiness import problems

T = TypeVar("T")

SLUG = re.compile(r"[A-Za-z0-9_-]+")

FOUNDING_FILES = Path(__file__).resolve().parent.parent / "data"

_TAIL = ("confidence", "sources", "note")
COLUMNS: dict[str, tuple[str, ...]] = {
    "sources.csv": (
        "key",
        "title",
        "publisher",
        "url",
        "published",
        "accessed",
        "kind",
    ),
    "specialties.csv": ("slug", "name", "short_name", "is_preliminary"),
    "match_totals.csv": (
        "match_year",
        *TotalsRow.counts,
        *TotalsRow.printed,
        *_TAIL,
    ),
    "applicant_results.csv": (
        "match_year",
        "applicant_type",
        *ApplicantRow.counts,
        *ApplicantRow.printed,
        *_TAIL,
    ),
    "specialty_results.csv": (
        "match_year",
        "specialty",
        *SpecialtyRow.counts,
        *SpecialtyRow.printed,
        *_TAIL,
    ),
    "specialty_scores.csv": (
        "edition",
        "specialty",
        "applicant_type",
        "outcome",
        *ScoreRow.counts,
        *ScoreRow.printed,
        "missing",
        *_TAIL,
    ),
    "restatements.csv": (
        "match_year",
        "figure",
        "first_published",
        "restated",
        "sources",
        "note",
    ),
    "footnotes.csv": ("match_year", "table", "row", "column", "text"),
}

# What a line of restatements.csv restates: table, row and column. The sum over
# both IMG groups and the Fifth Pathway is no row of ours; it is checked instead.
RESTATED = {
    "pgy1_positions_offered": (Table.TOTALS, "", "pgy1_positions_offered"),
    "us_img matched_pgy1": (Table.APPLICANTS, "us_img", "matched_to_pgy1"),
    "non_us_img matched_pgy1": (Table.APPLICANTS, "non_us_img", "matched_to_pgy1"),
    "overall PGY-1 match rate": (Table.TOTALS, "", "published_match_rate"),
}
RESTATED_SUM = "img_total incl. Fifth Pathway matched"


COLUMNS_OF: dict[Table, tuple[str, ...]] = {
    kind.table: (*kind.counts, *kind.printed)
    for kind in (TotalsRow, ApplicantRow, SpecialtyRow, ScoreRow)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a run wrote; all zeros and empty when everything was there already."""

    sources: int
    specialties: int
    versions: tuple[tuple[int, int], ...]  # (Match year, version)
    years_left_alone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFiles:
    """The founding files as plain data, checked."""

    sources: tuple[Source, ...]
    specialties: tuple[Specialty, ...]
    versions: tuple[YearFigures, ...]


@transaction.atomic
def load_figures(*, folder: Path, now: datetime) -> Loaded:
    """Write what the database does not hold yet.

    Raises FilesRefused with every bad row, and then nothing has changed.
    """
    parsed = parse(folder, now=now)
    known_sources = set(StoredSource.objects.values_list("key", flat=True))
    new_sources = [row for row in parsed.sources if row.key not in known_sources]
    StoredSource.objects.bulk_create(
        StoredSource(
            key=row.key,
            title=row.title,
            publisher=row.publisher,
            url=row.url,
            published=row.published,
            accessed_on=row.accessed_on,
            kind=row.kind,
        )
        for row in new_sources
    )
    known_specialties = set(StoredSpecialty.objects.values_list("slug", flat=True))
    new_specialties = [
        row for row in parsed.specialties if row.slug not in known_specialties
    ]
    StoredSpecialty.objects.bulk_create(
        StoredSpecialty(
            slug=row.slug,
            name=row.name,
            short_name=row.short_name,
            is_preliminary=row.is_preliminary,
        )
        for row in new_specialties
    )
    known_years = set(StoredRelease.objects.values_list("match_year", flat=True))
    new_versions = [
        year for year in parsed.versions if year.match_year not in known_years
    ]
    _store(new_versions, now=now)
    return Loaded(
        sources=len(new_sources),
        specialties=len(new_specialties),
        versions=tuple(
            (year.match_year, year.release.version) for year in new_versions
        ),
        years_left_alone=len(
            known_years & {year.match_year for year in parsed.versions}
        ),
    )


def _store(years: Iterable[YearFigures], *, now: datetime) -> None:
    """Fill each release while it is a draft, then publish it: the guards allow no other order."""
    source_ids = dict(StoredSource.objects.values_list("key", "pk"))
    specialty_ids = dict(StoredSpecialty.objects.values_list("slug", "pk"))
    for year in years:
        release = StoredRelease.objects.create(
            match_year=year.match_year,
            version=year.release.version,
            kind=year.release.kind,
            public_note=year.release.public_note,
            founding=True,
            opened_at=now,
        )
        by_model: dict[Any, list[tuple[Any, Row]]] = defaultdict(list)
        for row in year.rows():
            stored = _model_row(row, release, specialty_ids)
            by_model[type(stored)].append((stored, row))
        for model, pairs in by_model.items():
            model.objects.bulk_create([stored for stored, _ in pairs])
            through = model.sources.through
            owner = f"{model._meta.model_name}_id"
            through.objects.bulk_create(
                through(**{owner: stored.pk, "source_id": source_ids[source.key]})
                for stored, row in pairs
                for source in row.provenance.sources
            )
        StoredFootnote.objects.bulk_create(
            StoredFootnote(
                release=release,
                table=note.table,
                row=note.row,
                column=note.column,
                text=note.text,
            )
            for note in year.footnotes
        )
        StoredRelease.objects.filter(
            match_year=year.match_year, is_current=True
        ).update(is_current=False)
        release.status = Status.PUBLISHED
        release.published_at = now
        release.is_current = True
        release.save(update_fields=["status", "published_at", "is_current"])


def _model_row(row: Row, release: StoredRelease, specialty_ids: dict[str, int]) -> Any:
    values: dict[str, Any] = {
        column: getattr(row, column) for column in (*row.counts, *row.printed)
    }
    values |= {
        "release": release,
        "confidence": row.provenance.confidence,
        "locator": row.provenance.locator,
        "note": row.provenance.note,
        "missing": row.provenance.missing,
    }
    match row:
        case TotalsRow():
            return YearTotals(**values)
        case ApplicantRow():
            return ApplicantResult(applicant_type=row.applicant_type, **values)
        case SpecialtyRow():
            return SpecialtyResult(
                specialty_id=specialty_ids[row.specialty.slug], **values
            )
        case ScoreRow():
            return ScoreSummary(
                # None stands for all specialties together.
                specialty_id=specialty_ids.get(row.specialty.slug),
                applicant_type=row.applicant_type,
                outcome=row.outcome,
                **values,
            )


# --- Parsing: no database, every bad cell reported --------------------------------


@dataclass(slots=True)
class _Line:
    """One row of a file, read cell by cell; what cannot be read is reported."""

    file: str
    number: int
    cells: dict[str, str]
    reasons: list[BadCell]

    def refuse(self, column: str, reason: str) -> None:
        self.reasons.append(
            BadCell(file=self.file, line=self.number, column=column, reason=reason)
        )

    def text(
        self, column: str, *, required: bool = False, most: int | None = None
    ) -> str:
        value = self.cells[column].strip()
        if required and not value:
            self.refuse(column, "This cell may not be empty.")
        if "\x00" in value:
            self.refuse(column, "The text contains a NUL character.")
        if most is not None and len(value) > most:
            self.refuse(column, f"The text is longer than {most} characters.")
        return value

    def slug(self, column: str, *, most: int) -> str:
        value = self.text(column, required=True, most=most)
        if value and not SLUG.fullmatch(value):
            self.refuse(
                column,
                f"{value!r} may hold only letters, digits, - and _ (no accents).",
            )
        return value

    def count(self, column: str) -> int | None:
        value = self.cells[column].strip()
        if not value:
            return None
        if not (value.isascii() and value.isdecimal()) or len(value) > 9:
            self.refuse(column, f"{value!r} is not a count; write digits only.")
            return None
        return int(value)

    def year(self, column: str) -> int:
        year = self.count(column)
        if year is None or not FIRST_MATCH_YEAR <= year <= LAST_MATCH_YEAR:
            self.refuse(
                column,
                f"{self.cells[column]!r} is not a Match year "
                f"({FIRST_MATCH_YEAR}-{LAST_MATCH_YEAR}).",
            )
            return 0
        return year

    def printed(
        self, column: str, *, least: int = 0, most: int = 100
    ) -> Decimal | None:
        value = self.cells[column].strip()
        if not value:
            return None
        whole, point, digits = value.partition(".")
        is_number = (
            value.isascii()
            and whole.isdecimal()
            and (digits.isdecimal() if point else True)
            and len(whole) <= 4
            and len(digits) <= 2
        )
        if not is_number or not least <= Decimal(value) <= most:
            self.refuse(
                column,
                f"{value!r} is not a number from {least} to {most} with at most two "
                "decimals.",
            )
            return None
        return Decimal(value)

    def day(self, column: str) -> date:
        value = self.cells[column].strip()
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.refuse(column, f"{value!r} is not a date such as 2026-11-22.")
            return date.min

    def choice(
        self, column: str, known: Callable[[str], T], words: Iterable[str]
    ) -> T | None:
        value = self.cells[column].strip()
        try:
            return known(value)
        except (KeyError, ValueError):
            self.refuse(column, f"{value!r} is not one of: {', '.join(words)}.")
            return None


@dataclass(slots=True)
class _Files:
    """The folder being read, and everything that was found wrong in it so far."""

    folder: Path
    reasons: list[BadCell] = field(default_factory=list)
    # Where each row was read, so that a failed check can name the line.
    places: dict[tuple[int, Table, str], _Line] = field(default_factory=dict)

    def lines(self, file: str) -> Iterable[_Line]:
        """The rows of a file whose header is right; otherwise none, and a reason."""
        columns = COLUMNS[file]
        try:
            text = (self.folder / file).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            self.whole_file(file, f"The file cannot be read: {error}.")
            return
        # Not splitlines(): that also breaks a cell at U+2028 and other rare characters.
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = tuple(next(reader, ()))
            if header != columns:
                self.whole_file(file, f"The columns must be {', '.join(columns)}.")
                return
            for cells in reader:
                if len(cells) != len(columns):
                    self.reasons.append(
                        BadCell(
                            file=file,
                            line=reader.line_num,
                            column="",
                            reason=f"There are {len(cells)} cells, not {len(columns)}.",
                        )
                    )
                    continue
                yield _Line(
                    file,
                    reader.line_num,
                    dict(zip(columns, cells, strict=True)),
                    self.reasons,
                )
        except csv.Error as error:
            self.reasons.append(
                BadCell(
                    file=file,
                    line=reader.line_num,
                    column="",
                    reason=f"The row cannot be read as CSV: {error}.",
                )
            )

    def whole_file(self, file: str, reason: str) -> None:
        self.reasons.append(BadCell(file=file, line=None, column="", reason=reason))


def parse(folder: Path, *, now: datetime) -> ParsedFiles:
    """Read and check all founding files. Raises FilesRefused with every bad cell."""
    files = _Files(folder)
    sources = _sources(files)
    specialties = _specialties(files)
    by_name = {row.name: row for row in specialties.values()}
    by_name[ALL_SPECIALTIES.name] = ALL_SPECIALTIES
    rows: dict[int, dict[tuple[Table, str], Row]] = defaultdict(dict)

    def keep(line: _Line, year: int, row: Row) -> None:
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
        _year(year, tables, footnotes[year], version=1, kind=ReleaseKind.FIRST, now=now)
        for year, tables in sorted(rows.items())
    ]
    versions += _restated(files, versions, sources, now=now)
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


def _sources(files: _Files) -> dict[str, Source]:
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


def _specialties(files: _Files) -> dict[str, Specialty]:
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


def _cited(line: _Line, sources: dict[str, Source]) -> tuple[Source, ...]:
    keys = [key.strip() for key in line.text("sources").split(";") if key.strip()]
    if not keys:
        line.refuse("sources", "No source is named.")
    for key in keys:
        if key not in sources:
            line.refuse("sources", f"{key!r} is not in sources.csv.")
    return tuple(sources[key] for key in dict.fromkeys(keys) if key in sources)


def _values(
    line: _Line, kind: type[Row], sources: dict[str, Source], year: int
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
        sources=_cited(line, sources),
        confidence=confidence or Confidence.C,
        note=line.text("note"),
        missing=missing,
    )
    return values


def _footnotes(
    files: _Files, rows: dict[int, dict[tuple[Table, str], Row]]
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


def _year(
    match_year: int,
    tables: dict[tuple[Table, str], Row],
    footnotes: list[Footnote],
    *,
    version: int,
    kind: ReleaseKind,
    now: datetime,
    public_note: str = "",
) -> YearFigures:
    rows = list(tables.values())
    totals = [row for row in rows if isinstance(row, TotalsRow)]
    return YearFigures(
        release=Release(
            match_year=match_year,
            version=version,
            kind=kind,
            public_note=public_note,
            published_at=now,
            is_current=True,
            is_founding=True,
        ),
        totals=totals[0] if totals else None,
        applicants=tuple(row for row in rows if isinstance(row, ApplicantRow)),
        specialties=tuple(row for row in rows if isinstance(row, SpecialtyRow)),
        scores=tuple(row for row in rows if isinstance(row, ScoreRow)),
        footnotes=tuple(footnotes),
    )


def _restated(
    files: _Files,
    first_versions: list[YearFigures],
    sources: dict[str, Source],
    *,
    now: datetime,
) -> list[YearFigures]:
    """Second versions, made of the first ones and what later publications imply."""
    firsts = {year.match_year: year for year in first_versions}
    tables: dict[int, dict[tuple[Table, str], Row]] = {}
    sums: list[tuple[_Line, int, int | None]] = []
    for line in files.lines("restatements.csv"):
        match_year = line.year("match_year")
        if not match_year:
            continue  # refused already
        if match_year not in firsts:
            line.refuse("match_year", f"There are no figures of {match_year}.")
            continue
        rows = tables.setdefault(
            match_year,
            {(row.table, row.key): row for row in firsts[match_year].rows()},
        )
        figure = line.text("figure")
        cited = _cited(line, sources)
        if figure == RESTATED_SUM:
            sums.append((line, match_year, line.count("restated")))
            continue
        place = line.choice("figure", RESTATED.__getitem__, (*RESTATED, RESTATED_SUM))
        if place is None:
            continue
        table, key, column = place
        row = rows.get((table, key))
        is_rate = column in TotalsRow.printed
        read = line.printed if is_rate else line.count
        before, after = read("first_published"), read("restated")
        if row is None or getattr(row, column) != before or after is None:
            line.refuse("first_published", "The first version does not say this.")
            continue
        rows[table, key] = _restate(row, column, after, cited, line.text("note"))
    for line, match_year, stated in sums:
        groups = ("us_img", "non_us_img", "fifth_pathway")
        parts = [tables[match_year].get((Table.APPLICANTS, group)) for group in groups]
        if stated != sum(
            part.matched_to_pgy1 or 0
            for part in parts
            if isinstance(part, ApplicantRow)
        ):
            line.refuse("restated", "The restated groups do not add up to this.")
    return [
        _year(
            match_year,
            {key: _as_version(row, 2) for key, row in rows.items()},
            list(firsts[match_year].footnotes),
            version=2,
            kind=ReleaseKind.REVISION,
            now=now,
            public_note=RESTATED_NOTE.format(year=match_year, next=match_year + 1),
        )
        for match_year, rows in tables.items()
    ]


RESTATED_NOTE = (
    "Publications of {next} state changes since {year} that only fit other figures "
    "for {year} than those first published. This version gives the restated figures; "
    "the first version stays as it was published. The count of all applicants who "
    "matched was not published again, so it is left empty and the restated rate is "
    "shown as published."
)


def _restate(
    row: Row, column: str, value: int | Decimal, cited: tuple[Source, ...], note: str
) -> Row:
    """The row with one value restated, and what no longer holds beside it removed."""
    changes: dict[str, Any] = {column: value}
    if column == "matched_to_pgy1":
        # The printed rate belonged to the count that was restated.
        changes["published_match_rate"] = None
    if column == "published_match_rate":
        # A rate came without its count: computing from the old one would deny it.
        changes["matched_to_pgy1"] = None
    missing = row.provenance.missing
    if "matched_to_pgy1" in changes and changes["matched_to_pgy1"] is None:
        missing = Missing.RESTATED.value
    kept = [source for source in row.provenance.sources if source not in cited]
    provenance = replace(
        row.provenance,
        sources=(*cited, *kept),
        confidence=Confidence.C,
        note=f"Restated: {note}. {row.provenance.note}".strip(),
        missing=missing,
    )
    return replace(row, **changes, provenance=provenance)


def _as_version(row: Row, version: int) -> Row:
    return replace(row, provenance=replace(row.provenance, version=version))
