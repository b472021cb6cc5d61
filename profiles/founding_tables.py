"""The founding tables in `profiles/data`: read cell by cell, every bad one reported.

No database. The columns and the cells are as they were delivered; an empty cell is a
value that nobody found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum
from pathlib import Path
from typing import ClassVar, TypeVar

from imgportal.lib import delivered
from profiles.choices import Confidence, Event, Measured
from profiles.exceptions import TablesRefused
from profiles.models.reference import FIRST_SEASON, LAST_SEASON
from profiles.rules.reference import (
    Country,
    Deadline,
    Known,
    Reference,
    Season,
    Standard,
)

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
Row = Standard | Deadline | Season | Country

FOUNDING_TABLES = Path(__file__).resolve().parent / "data"
# The day on which the sources of the founding tables were read.
LAST_CHECKED = date(2026, 11, 22)

STANDARDS, DEADLINES = "passing_standards.csv", "deadlines.csv"
SEASONS, COUNTRIES = "pathway_seasons.csv", "countries.csv"
COLUMNS: dict[str, tuple[str, ...]] = {
    STANDARDS: (
        "exam",
        "effective_from",
        "minimum_score",
        "confidence",
        "sources",
        "note",
    ),
    DEADLINES: (
        "match_year",
        "event",
        "date",
        "time_eastern",
        "confidence",
        "sources",
        "note",
    ),
    SEASONS: (
        "match_year",
        "pathway1_licence_valid_on_or_after",
        "pathway1_confidence",
        "graduated_on_or_after",
        "graduation_confidence",
        "application_deadline",
        "deadline_confidence",
        "season_closes",
        "fee_usd",
        "fee_confidence",
        "accepted_pathway_valid_to",
        "validity_confidence",
        "oet_taken_on_or_after",
        "oet_confidence",
        "sources",
    ),
    COUNTRIES: (
        "country",
        "iso2",
        "regulator_and_accreditation",
        "degree_and_internship",
        "statement_of_need_authority",
        "particulars",
        "confidence",
        "sources",
    ),
}
# Characters that the columns of the models hold.
LONGEST_NAME, LONGEST_NOTE, LONGEST_SOURCES, LONGEST_TEXT = 120, 300, 200, 2000
HOURS = re.compile(r"([0-2]\d:[0-5]\d)(?:-([0-2]\d:[0-5]\d))?")
KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """The founding tables, checked, and where each row stands."""

    reference: Reference
    places: dict[Row, tuple[str, int]]  # file and line


class Line(delivered.Line):
    """One row of a founding table: a dated value and how far it can be trusted."""

    def whole(self, column: str, least: int, most: int) -> int | None:
        value = self.cells[column].strip()
        if not value:
            return None
        digits = value.isascii() and value.isdecimal() and len(value) <= 9
        if not digits or not least <= int(value) <= most:
            self.refuse(
                column, f"{value!r} is not a whole number from {least} to {most}."
            )
            return None
        return int(value)

    def year(self, column: str) -> int:
        value = self.whole(column, FIRST_SEASON, LAST_SEASON)
        if value is None and not self.cells[column].strip():
            self.refuse(column, "This cell may not be empty.")
        return value or 0

    def day(self, column: str) -> date | None:
        value = self.cells[column].strip()
        if not value:
            return None
        try:
            if len(value) != len("2026-11-22"):
                raise ValueError(value)
            return date.fromisoformat(value)
        except ValueError:
            self.refuse(column, f"{value!r} is not a date such as 2026-11-22.")
            return None

    def required_day(self, column: str) -> date:
        if not self.cells[column].strip():
            self.refuse(column, "This cell may not be empty.")
        return self.day(column) or date.min

    def hours(self, column: str) -> tuple[time | None, time | None]:
        value = self.cells[column].strip()
        if not value:
            return None, None
        found = HOURS.fullmatch(value)
        try:
            if found is None:
                raise ValueError(value)
            begins, ends = (
                part and time.fromisoformat(part) for part in found.groups()
            )
        except ValueError:
            self.refuse(
                column, f"{value!r} is not a time such as 21:00 or 09:00-11:00."
            )
            return None, None
        if begins and ends and ends <= begins:
            self.refuse(column, f"{value!r} ends before it begins.")
        return begins or None, ends or None

    def choice(self, column: str, known: dict[str, E], first: E) -> E:
        value = self.cells[column].strip()
        if value not in known:
            self.refuse(column, f"{value!r} is not one of: {', '.join(known)}.")
        return known.get(value, first)

    def confidence(self, column: str = "confidence") -> Confidence:
        return self.choice(column, CONFIDENCES, Confidence.UNCONFIRMED)

    def known(
        self, column: str, confidence: str, read: Callable[[str], T | None]
    ) -> Known[T] | None:
        """A value with its own confidence: both are there, or neither is."""
        value = read(column)
        if value is None:
            if self.cells[confidence].strip() and not self.cells[column].strip():
                self.refuse(confidence, f"There is no value in {column!r} to trust.")
            return None
        return Known(value=value, confidence=self.confidence(confidence))

    def sources(
        self, known: Collection[str] | None, *, needed: bool
    ) -> tuple[str, ...]:
        value = self.text("sources", LONGEST_SOURCES)
        keys = tuple(key.strip() for key in value.split(";") if key.strip())
        if needed and not keys:
            self.refuse("sources", "Only what is unconfirmed may name no source.")
        for key in keys:
            if not KEY.fullmatch(key):
                self.refuse("sources", f"{key!r} is not the key of a document.")
            elif known is not None and key not in known:
                self.refuse("sources", f"There is no document with the key {key!r}.")
        return tuple(dict.fromkeys(keys))


CONFIDENCES = {confidence.value: confidence for confidence in Confidence}
MEASURES = {str(measured.label): measured for measured in Measured}
EVENTS = {event.value: event for event in Event}


@dataclass(slots=True, kw_only=True)
class _Files(delivered.Folder[Line]):
    header_line: ClassVar[int | None] = 1

    line_type: type[Line] = Line
    columns: dict[str, tuple[str, ...]] = field(default_factory=lambda: COLUMNS)
    known_sources: Collection[str] | None
    places: dict[Row, tuple[str, int]] = field(default_factory=dict)

    def keep(self, line: Line, row: Row, seen: set[object], identity: object) -> None:
        if identity in seen:
            line.refuse("", "There is already a row for that.")
        seen.add(identity)
        self.places[row] = (line.file, line.number)


def parse(folder: Path, *, known_sources: Collection[str] | None = None) -> Founding:
    """Read and check the four tables. Raises TablesRefused with every bad cell.

    `known_sources` are the keys that a row may name; None: any.
    """
    files = _Files(folder=folder, known_sources=known_sources)
    rows = [*_standards(files), *_deadlines(files), *_seasons(files)]
    rows += _countries(files)
    if files.reasons:
        raise TablesRefused(files.reasons)
    return Founding(
        reference=Reference(
            standards=tuple(row for row in rows if isinstance(row, Standard)),
            deadlines=tuple(row for row in rows if isinstance(row, Deadline)),
            seasons=tuple(row for row in rows if isinstance(row, Season)),
            countries=tuple(row for row in rows if isinstance(row, Country)),
        ),
        places=files.places,
    )


def _standards(files: _Files) -> list[Row]:
    found: list[Row] = []
    seen: set[object] = set()
    for line in files.lines(STANDARDS):
        measured = line.choice("exam", MEASURES, Measured.STEP1)
        least, most = (0, 500) if measured.value.startswith("oet") else (1, 300)
        minimum = line.whole("minimum_score", least, most)
        if not line.cells["minimum_score"].strip():
            line.refuse("minimum_score", "This cell may not be empty.")
        confidence = line.confidence()
        row = Standard(
            measured=measured,
            effective_from=line.required_day("effective_from"),
            minimum=minimum or 0,
            confidence=confidence,
            sources=line.sources(
                files.known_sources, needed=confidence != Confidence.UNCONFIRMED
            ),
            note=line.text("note", LONGEST_NOTE),
            last_checked=LAST_CHECKED,
        )
        files.keep(line, row, seen, (row.measured, row.effective_from))
        found.append(row)
    return found


def _deadlines(files: _Files) -> list[Row]:
    found: list[Row] = []
    seen: set[object] = set()
    for line in files.lines(DEADLINES):
        begins, ends = line.hours("time_eastern")
        confidence = line.confidence()
        row = Deadline(
            match_year=line.year("match_year"),
            event=line.choice("event", EVENTS, Event.MATCH_DAY),
            on=line.required_day("date"),
            at=begins,
            until=ends,
            confidence=confidence,
            sources=line.sources(
                files.known_sources, needed=confidence != Confidence.UNCONFIRMED
            ),
            note=line.text("note", LONGEST_NOTE),
            last_checked=LAST_CHECKED,
        )
        files.keep(line, row, seen, (row.match_year, row.event))
        found.append(row)
    return found


def _seasons(files: _Files) -> list[Row]:
    found: list[Row] = []
    seen: set[object] = set()
    for line in files.lines(SEASONS):
        row = Season(
            match_year=line.year("match_year"),
            licence_from=line.known(
                "pathway1_licence_valid_on_or_after", "pathway1_confidence", line.day
            ),
            graduated_from=line.known(
                "graduated_on_or_after", "graduation_confidence", line.day
            ),
            application_deadline=line.known(
                "application_deadline", "deadline_confidence", line.day
            ),
            closes_on=line.day("season_closes"),
            fee=line.known(
                "fee_usd",
                "fee_confidence",
                lambda column, line=line: line.whole(column, 1, 9999),  # type: ignore[misc]
            ),
            accepted_valid_to=line.known(
                "accepted_pathway_valid_to", "validity_confidence", line.day
            ),
            oet_from=line.known("oet_taken_on_or_after", "oet_confidence", line.day),
            sources=line.sources(files.known_sources, needed=True),
            last_checked=LAST_CHECKED,
        )
        files.keep(line, row, seen, row.match_year)
        found.append(row)
    return found


def _countries(files: _Files) -> list[Row]:
    found: list[Row] = []
    seen: set[object] = set()
    for line in files.lines(COUNTRIES):
        iso2 = line.text("iso2", 2)
        if iso2 and not (len(iso2) == 2 and iso2.isascii() and iso2.isupper()):
            line.refuse("iso2", f"{iso2!r} is not a code such as IN.")
        confidence = line.confidence()
        row = Country(
            name=line.text("country", LONGEST_NAME, required=True),
            iso2=iso2,
            regulator=line.text("regulator_and_accreditation", LONGEST_TEXT),
            degree=line.text("degree_and_internship", LONGEST_TEXT),
            need_authority=line.text("statement_of_need_authority", LONGEST_TEXT),
            particulars=line.text("particulars", LONGEST_TEXT),
            confidence=confidence,
            sources=line.sources(
                files.known_sources, needed=confidence != Confidence.UNCONFIRMED
            ),
            last_checked=LAST_CHECKED,
        )
        files.keep(line, row, seen, row.name)
        found.append(row)
    return found


def identity(row: Row) -> str:
    """Which row it is, in words that last."""
    match row:
        case Standard():
            return f"{row.measured.value} from {row.effective_from}"
        case Deadline():
            return f"{row.match_year} {row.event.value}"
        case Season():
            return str(row.match_year)
        case Country():
            return row.name
