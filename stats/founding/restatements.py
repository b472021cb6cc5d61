"""Second versions: what later publications say of a year that was published before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from stats.choices import (
    Confidence,
    Missing,
    ReleaseKind,
    Table,
)
from stats.figures import (
    ApplicantRow,
    Footnote,
    Release,
    Row,
    ScoreRow,
    Source,
    SpecialtyRow,
    TotalsRow,
    YearFigures,
)
from stats.founding.cells import Files, Line

# What a line of restatements.csv restates: table, row and column. The sum over
# both IMG groups and the Fifth Pathway is no row of ours; it is checked instead.
RESTATED = {
    "pgy1_positions_offered": (Table.TOTALS, "", "pgy1_positions_offered"),
    "us_img matched_pgy1": (Table.APPLICANTS, "us_img", "matched_to_pgy1"),
    "non_us_img matched_pgy1": (Table.APPLICANTS, "non_us_img", "matched_to_pgy1"),
    "overall PGY-1 match rate": (Table.TOTALS, "", "published_match_rate"),
}
RESTATED_SUM = "img_total incl. Fifth Pathway matched"


def year_of(
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


def restated(
    files: Files,
    first_versions: list[YearFigures],
    sources: dict[str, Source],
    *,
    now: datetime,
) -> list[YearFigures]:
    """Second versions, made of the first ones and what later publications imply."""
    firsts = {year.match_year: year for year in first_versions}
    tables: dict[int, dict[tuple[Table, str], Row]] = {}
    sums: list[tuple[Line, int, int | None]] = []
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
        newly_cited = line.sources(sources)
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
        rows[table, key] = _restate(row, column, after, newly_cited, line.text("note"))
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
        year_of(
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
