"""The dated tables as open data: columns and rows, and nothing of any member.

The words about a column stand in `profiles/data/open_tables.toml`; a file that lacks one
is refused at the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, time
from pathlib import Path
from typing import Any

from imgportal.lib import content_files
from imgportal.lib.data_columns import Cell, Column, ColumnKind, Record, Records, Table
from profiles import reference_tables
from profiles.choices import Confidence, Event, FeeKind, Measured, Quantity, Service
from profiles.reference_tables import DatedTables
from profiles.rules.fee_table import FEES
from profiles.rules.reference import (
    CountryRules,
    DatedNumber,
    Deadline,
    GradedValue,
    Reference,
    Season,
    Standard,
    UsedService,
)

FILE = Path(__file__).resolve().parent / "data" / "open_tables.toml"
NOT_FOUND, NOT_APPLICABLE = "not_found", "not_applicable"
# Why a value of these tables is empty.
REASONS: Mapping[str, str] = {
    NOT_FOUND: "nobody found it in a document",
    NOT_APPLICABLE: "there can be none",
}
# The columns of codes. Those of a confidence are told by their name.
_CODES: Mapping[str, Any] = {
    "exam": Measured,
    "event": Event,
    "service": Service,
    "quantity": Quantity,
    "fee": FeeKind,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenColumnWords:
    """A column of the open tables as its file describes it."""

    name: str
    title: str
    kind: ColumnKind
    description: str
    unit: str = ""
    required: bool = False
    explained: bool = False

    def column(self, key: Iterable[str]) -> Column:
        choices = Confidence if "confidence" in self.name else _CODES.get(self.name)
        return Column(
            name=self.name,
            kind=self.kind,
            title=self.title,
            description=self.description,
            unit=self.unit,
            codes=tuple((str(choice.value), str(choice.label)) for choice in choices)
            if choices
            else (),
            is_key=self.name in key,
            is_explained=self.explained,
            is_optional=not (self.required or self.explained),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTableWords:
    """An open table as its file describes it."""

    name: str
    title: str
    description: str
    key: tuple[str, ...]
    columns: tuple[str, ...]


_COLUMNS = content_files.by_key(
    content_files.read_toml(FILE, "column", OpenColumnWords), "name", FILE
)
TABLES: Mapping[str, Table] = {
    words.name: Table(
        name=words.name,
        title=words.title,
        description=words.description,
        columns=tuple(_COLUMNS[name].column(words.key) for name in words.columns),
    )
    for words in content_files.read_toml(FILE, "table", OpenTableWords)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRuleTable:
    """One dated table that everybody may take."""

    table: Table
    rows: Callable[[Reference], Iterable[Record]]

    def records(self, tables: DatedTables | None = None) -> Records:
        """Its rows in the order of the file. None: as they are stored now, for which the
        database is asked.
        """
        tables = tables or reference_tables.everything()
        return Records.of(self.table, self.rows(tables.reference))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _hour(hour: time | None) -> str | None:
    return f"{hour:%H:%M}" if hour else None


def _of_row(
    row: Standard | DatedNumber | Deadline | UsedService | CountryRules | Season,
) -> dict[str, Cell]:
    return {
        "sources": ";".join(row.sources) or None,
        "last_checked": _day(row.last_checked),
    }


def _graded_and_noted(
    row: Standard | DatedNumber | Deadline | UsedService,
) -> dict[str, Cell]:
    return {
        "confidence": row.confidence.value,
        "note": row.note or None,
        **_of_row(row),
    }


def _missing(values: Mapping[str, Cell], **reasons: str) -> str | None:
    """Why each of the values that are named here is empty, where it is."""
    return (
        ";".join(
            f"{column}={reason}"
            for column, reason in reasons.items()
            if values[column] is None
        )
        or None
    )


def _standards(reference: Reference) -> Iterable[Record]:
    order = list(Measured)
    for row in sorted(
        reference.standards,
        key=lambda row: (order.index(row.measured), row.effective_from),
    ):
        yield {
            "exam": row.measured.value,
            "exam_label": str(row.measured.label),
            "effective_from": row.effective_from.isoformat(),
            "minimum_score": row.minimum,
            **_graded_and_noted(row),
        }


def _deadlines(reference: Reference) -> Iterable[Record]:
    order = list(Event)
    for row in sorted(
        reference.deadlines,
        key=lambda row: (row.match_year, row.on, order.index(row.event)),
    ):
        moment = row.moment
        values: dict[str, Cell] = {
            "match_year": row.match_year,
            "event": row.event.value,
            "event_label": str(row.event.label),
            "date": row.on.isoformat(),
            "time_eastern": _hour(row.at),
            "until_eastern": _hour(row.until),
            "begins_at": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
            if moment
            else None,
            **_graded_and_noted(row),
        }
        yield values | {
            "missing": _missing(values, time_eastern=NOT_FOUND, begins_at=NOT_FOUND)
        }


# A value of a season, and the field of `Season` that holds it with its confidence.
_SEASON_VALUES = {
    "licence_from": ("licence_from", "licence_confidence"),
    "graduated_from": ("graduated_from", "graduation_confidence"),
    "application_deadline": ("application_deadline", "deadline_confidence"),
    "fee": ("fee_usd", "fee_confidence"),
    "accepted_valid_to": ("accepted_valid_to", "validity_confidence"),
    "oet_from": ("oet_from", "oet_confidence"),
}


def _seasons(reference: Reference) -> Iterable[Record]:
    for row in sorted(reference.seasons, key=lambda row: row.match_year):
        values: dict[str, Cell] = {
            "match_year": row.match_year,
            "season_closes": _day(row.closes_on),
            **_of_row(row),
        }
        for field, (column, confidence) in _SEASON_VALUES.items():
            graded: GradedValue[Any] | None = getattr(row, field)
            value = graded.value if graded else None
            values[column] = _day(value) if isinstance(value, date) else value
            values[confidence] = graded.confidence.value if graded else None
        columns = (column for column, _ in _SEASON_VALUES.values())
        reasons = dict.fromkeys((*columns, "season_closes"), NOT_FOUND)
        yield values | {"missing": _missing(values, **reasons)}


def _services(reference: Reference) -> Iterable[Record]:
    for row in sorted(
        reference.services, key=lambda row: (row.specialty, row.from_season)
    ):
        yield {
            "slug": row.specialty,
            "specialty": row.specialty_name,
            "from_match_year": row.from_season,
            "service": row.service.value,
            "service_label": str(row.service.label),
            **_graded_and_noted(row),
        }


def _numbers(reference: Reference) -> Iterable[Record]:
    order = list(Quantity)
    for row in sorted(
        reference.numbers,
        key=lambda row: (order.index(row.quantity), row.effective_from),
    ):
        yield {
            "quantity": row.quantity.value,
            "quantity_label": str(row.quantity.label),
            "effective_from": row.effective_from.isoformat(),
            "value": row.value,
            **_graded_and_noted(row),
        }


_COUNTRY_TEXTS = ("regulator", "degree", "need_authority", "particulars")


def _countries(reference: Reference) -> Iterable[Record]:
    for row in sorted(reference.countries, key=lambda row: row.name):
        values: dict[str, Cell] = {
            "country": row.name,
            "iso2": row.iso2 or None,
            "confidence": row.confidence.value,
            **{name: getattr(row, name) or None for name in _COUNTRY_TEXTS},
            **_of_row(row),
        }
        reasons = dict.fromkeys(_COUNTRY_TEXTS, NOT_FOUND)
        yield values | {"missing": _missing(values, iso2=NOT_APPLICABLE, **reasons)}


def _fees(reference: Reference) -> Iterable[Record]:
    """They are a file of the program and not kept by staff: `reference` has none."""
    for fee in FEES:
        values: dict[str, Cell] = {
            "fee": fee.kind.value,
            "fee_label": str(fee.kind.label),
            "item": fee.item,
            "season": fee.season,
            "amount": fee.amount,
            "least_usd": fee.least,
            "most_usd": fee.most,
            "confidence": fee.confidence.value,
            "sources": ";".join(fee.sources) or None,
            "note": fee.note or None,
        }
        yield values | {
            "missing": _missing(
                values, least_usd=NOT_APPLICABLE, most_usd=NOT_APPLICABLE
            )
        }


_ROWS: Mapping[str, Callable[[Reference], Iterable[Record]]] = {
    "passing-standards": _standards,
    "deadlines": _deadlines,
    "pathways-seasons": _seasons,
    "application-services": _services,
    "exam-results": _numbers,
    "countries": _countries,
    "fees": _fees,
}
# In the order in which they are listed.
OPEN_TABLES = tuple(
    OpenRuleTable(table=table, rows=_ROWS[name]) for name, table in TABLES.items()
)


def token() -> str:
    """Equal tokens mean equal rows. Asks the database."""
    return reference_tables.everything().token
