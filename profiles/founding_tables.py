"""The founding tables in `profiles/data` as rows of the dated tables, not stored yet.

The columns and cells are as they were delivered. An empty cell is a value that nobody
found. The first thing that is wrong raises ContentError with its file and line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from imgportal.lib.content_files import FileRow, read_rows
from imgportal.lib.model_rows import build_row
from profiles.choices import Measured
from profiles.models import (
    Country,
    PassingStandard,
    PathwaySeason,
    RuleNumber,
    SeasonDeadline,
    SpecialtyService,
)
from profiles.models.reference import ReferenceRow, joined
from profiles.reference_tables import reference_of
from profiles.rules.reference import Reference

FOUNDING_TABLES = Path(__file__).resolve().parent / "data"
# The day on which the sources of the founding tables were read.
LAST_CHECKED = date(2026, 11, 22)
# Of those that were read on another day.
CHECKED_LATER = {"specialty_services.csv": date(2026, 11, 27)}

# For each file its model, and the columns of the file by the fields that hold them.
FILES: dict[str, tuple[type[ReferenceRow], dict[str, str]]] = {
    "passing_standards.csv": (
        PassingStandard,
        {
            "measured": "exam",
            "effective_from": "effective_from",
            "minimum_score": "minimum_score",
            "confidence": "confidence",
            "sources": "sources",
            "note": "note",
        },
    ),
    "rule_numbers.csv": (
        RuleNumber,
        {
            "quantity": "quantity",
            "effective_from": "effective_from",
            "value": "value",
            "confidence": "confidence",
            "sources": "sources",
            "note": "note",
        },
    ),
    "deadlines.csv": (
        SeasonDeadline,
        {
            "match_year": "match_year",
            "event": "event",
            "on": "date",
            "at": "time_eastern",
            "until": "time_eastern",
            "confidence": "confidence",
            "sources": "sources",
            "note": "note",
        },
    ),
    "pathway_seasons.csv": (
        PathwaySeason,
        {
            "match_year": "match_year",
            "licence_from": "pathway1_licence_valid_on_or_after",
            "licence_confidence": "pathway1_confidence",
            "graduated_from": "graduated_on_or_after",
            "graduation_confidence": "graduation_confidence",
            "application_deadline": "application_deadline",
            "deadline_confidence": "deadline_confidence",
            "season_closes": "season_closes",
            "fee_usd": "fee_usd",
            "fee_confidence": "fee_confidence",
            "accepted_valid_to": "accepted_pathway_valid_to",
            "validity_confidence": "validity_confidence",
            "oet_from": "oet_taken_on_or_after",
            "oet_confidence": "oet_confidence",
            "sources": "sources",
        },
    ),
    "specialty_services.csv": (
        SpecialtyService,
        {
            "specialty": "specialty",
            "specialty_name": "name",
            "from_season": "from_match_year",
            "service": "service",
            "confidence": "confidence",
            "sources": "sources",
            "note": "note",
        },
    ),
    "countries.csv": (
        Country,
        {
            "name": "country",
            "iso2": "iso2",
            "regulator": "regulator_and_accreditation",
            "degree": "degree_and_internship",
            "need_authority": "statement_of_need_authority",
            "particulars": "particulars",
            "confidence": "confidence",
            "sources": "sources",
        },
    ),
}
_EXAMS = {str(measured.label): measured.value for measured in Measured}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundingTables:
    """Every row of the files, and where it stands."""

    rows: tuple[tuple[FileRow, ReferenceRow], ...]

    @property
    def reference(self) -> Reference:
        """The tables as the rules read them."""
        return reference_of(row for _, row in self.rows)


def parse(
    folder: Path, *, source_keys: Collection[str] | None = None
) -> FoundingTables:
    """Read the tables. Raises ContentError.

    `source_keys` are the documents that a row may name. None allows any.
    """
    rows = [(place, row) for file in FILES for place, row in _read_table(folder / file)]
    places: dict[str, FileRow] = {}
    for place, row in rows:
        if places.setdefault(row.founded_as, place) is not place:
            place.refuse("", "There is already a row for that.")
        for key in row.source_keys:
            if source_keys is not None and key not in source_keys:
                place.refuse("sources", f"There is no document with the key {key!r}.")
    return FoundingTables(rows=tuple(rows))


def _read_table(path: Path) -> Iterator[tuple[FileRow, ReferenceRow]]:
    model, columns = FILES[path.name]
    for place in read_rows(path, dict.fromkeys(columns.values())):
        values: dict[str, Any] = {
            "sources": joined(
                dict.fromkeys(key.strip() for key in place.cells["sources"].split(";"))
            )
        }
        if model is PassingStandard:
            exam = place.cells["exam"]
            values["measured"] = _EXAMS.get(exam, exam)
        if model is SeasonDeadline:
            # 21:00, or 09:00-11:00 for what lasts some hours.
            values["at"], _, values["until"] = place.cells["time_eastern"].partition(
                "-"
            )
        row = build_row(place, model, columns, **values)
        row.last_checked = CHECKED_LATER.get(path.name, LAST_CHECKED)
        row.founded_as = identity(row)
        yield place, row


def identity(row: ReferenceRow) -> str:
    """Which row it is, in words that last. No two rows of the tables share it."""
    match row:
        case PassingStandard():
            words = f"{row.measured} from {row.effective_from}"
        case RuleNumber():
            words = f"{row.quantity} from {row.effective_from}"
        case SeasonDeadline():
            words = f"{row.match_year} {row.event}"
        case PathwaySeason():
            words = str(row.match_year)
        case SpecialtyService():
            words = f"{row.specialty} from {row.from_season}"
        case _:
            words = str(row)
    return f"{row._meta.model_name}: {words}"
