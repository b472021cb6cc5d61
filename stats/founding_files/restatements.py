"""Second versions: what later publications say of a year that was published before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from imgportal.lib.content_files import FileRow
from stats.choices import (
    FigureConfidence,
    FigureTable,
    Missing,
    ReleaseKind,
)
from stats.figures import (
    ApplicantRow,
    FootnoteFacts,
    ReleaseFacts,
    Row,
    SourceFacts,
    YearFigures,
)

# What a line of restatements.csv restates: table, row and column. We store no sum over
# both IMG groups and the Fifth Pathway, so that line only checks the others.
RESTATED = {
    "pgy1_positions_offered": (FigureTable.TOTALS, "", "pgy1_positions_offered"),
    "us_img matched_pgy1": (FigureTable.APPLICANTS, "us_img", "matched_to_pgy1"),
    "non_us_img matched_pgy1": (
        FigureTable.APPLICANTS,
        "non_us_img",
        "matched_to_pgy1",
    ),
    "overall PGY-1 match rate": (FigureTable.TOTALS, "", "published_match_rate"),
}
RESTATED_SUM = "img_total incl. Fifth Pathway matched"
SUMMED_GROUPS = ("us_img", "non_us_img", "fifth_pathway")


def year_of(
    match_year: int,
    tables: dict[tuple[FigureTable, str], Row],
    footnotes: list[FootnoteFacts],
    *,
    version: int,
    kind: ReleaseKind,
    now: datetime,
    public_note: str = "",
) -> YearFigures:
    release = ReleaseFacts(
        match_year=match_year,
        version=version,
        kind=kind,
        public_note=public_note,
        published_at=now,
        is_current=True,
        is_founding=True,
        edition=1,
    )
    return YearFigures.assemble(release, tables.values(), footnotes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restatement:
    """One line of restatements.csv: what a later publication says of a figure."""

    place: FileRow
    match_year: int
    figure: str
    before: str
    after: str
    derived: str  # how the value follows from what is stated; empty: it is stated
    sources: tuple[SourceFacts, ...]
    note: str


def apply_restatements(
    restatements: Iterable[Restatement],
    first_versions: Iterable[YearFigures],
    *,
    now: datetime,
) -> list[YearFigures]:
    """The second versions: copies of the first ones with the restated values.

    Raises ContentError when a first version does not say what is restated, or
    the restated groups do not add up to their restated sum.
    """
    firsts = {year.match_year: year for year in first_versions}
    tables: dict[int, dict[tuple[FigureTable, str], Row]] = {}
    sums: list[Restatement] = []
    for line in restatements:
        first = firsts.get(line.match_year)
        if first is None:
            line.place.refuse(
                "match_year", f"There are no figures of {line.match_year}."
            )
        rows = tables.setdefault(
            line.match_year, {(row.table, row.key): row for row in first.rows()}
        )
        if line.figure == RESTATED_SUM:
            sums.append(line)
            continue
        if line.figure not in RESTATED:
            words = ", ".join((*RESTATED, RESTATED_SUM))
            line.place.refuse("figure", f"Expected is one of: {words}.")
        table, key, column = RESTATED[line.figure]
        row = rows.get((table, key))
        if row is None or str(getattr(row, column)) != line.before:
            line.place.refuse("first_published", "The first version does not say this.")
        rows[table, key] = _restate(row, column, line)
    for line in sums:
        rows = tables[line.match_year]
        parts = [rows.get((FigureTable.APPLICANTS, group)) for group in SUMMED_GROUPS]
        if _number(line) != sum(
            part.matched_to_pgy1 or 0
            for part in parts
            if isinstance(part, ApplicantRow)
        ):
            line.place.refuse("restated", "The restated groups do not add up to this.")
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


def _number(line: Restatement, *, is_rate: bool = False) -> int | Decimal:
    try:
        return Decimal(line.after) if is_rate else int(line.after)
    except (ValueError, ArithmeticError):
        line.place.refuse("restated", f"{line.after!r} is not a number.")


RESTATED_NOTE = (
    "Publications of {next} state changes since {year} that only fit other figures "
    "for {year} than those first published. This version gives the restated figures; "
    "the first version stays as it was published. The count of all applicants who "
    "matched was not published again, so it is left empty and the restated rate is "
    "shown as published."
)


def _restate(row: Row, column: str, line: Restatement) -> Row:
    """The row with one value restated, without the values that it contradicts."""
    is_rate = column == "published_match_rate"
    changes: dict[str, Any] = {column: _number(line, is_rate=is_rate)}
    keys = " ".join(source.key for source in line.sources)
    how = f"derived {line.derived}; " if line.derived else ""
    entries = [row.provenance.by_value, f"{column}: {how}from {keys}"]
    if column == "matched_to_pgy1":
        # The printed rate belonged to the count that was restated.
        changes["published_match_rate"] = None
    if is_rate:
        # The rate came without its count, and the old count would give another rate.
        changes["matched_to_pgy1"] = None
        entries.append(f"matched_to_pgy1: missing {Missing.RESTATED}")
    kept = [source for source in row.provenance.sources if source not in line.sources]
    provenance = replace(
        row.provenance,
        sources=(*line.sources, *kept),
        confidence=FigureConfidence.C,
        note=f"Restated: {line.note}. {row.provenance.note}".strip(),
        by_value=" | ".join(filter(None, entries)),
    )
    return replace(row, **changes, provenance=provenance)


def _as_version(row: Row, version: int) -> Row:
    return replace(row, provenance=replace(row.provenance, version=version))
