"""The dated tables as the rules read them: plain data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models

from imgportal.lib.memo import Memo, PreparedQuery, State
from profiles.choices import Confidence, Event, Measured, Quantity, Service
from profiles.models import (
    Country,
    PassingStandard,
    PathwaySeason,
    RuleChange,
    RuleNumber,
    SeasonDeadline,
    SpecialtyService,
)
from profiles.models.reference import ReferenceRow
from profiles.rules.expected_seasons import expected_seasons
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

T = TypeVar("T")

# The tables whose rows say when they were last written.
STAMPED: tuple[type[ReferenceRow], ...] = (
    *(PassingStandard, RuleNumber, SeasonDeadline, PathwaySeason, SpecialtyService),
    Country,
)


def _known(value: T | None, confidence: str) -> GradedValue[T] | None:
    if value is None:
        return None
    return GradedValue(value=value, confidence=Confidence(confidence))


def standard(row: PassingStandard) -> Standard:
    return Standard(
        measured=Measured(row.measured),
        effective_from=row.effective_from,
        minimum=row.minimum_score,
        confidence=Confidence(row.confidence),
        sources=row.source_keys,
        note=row.note,
        last_checked=row.last_checked,
    )


def number(row: RuleNumber) -> DatedNumber:
    return DatedNumber(
        quantity=Quantity(row.quantity),
        effective_from=row.effective_from,
        value=row.value,
        confidence=Confidence(row.confidence),
        sources=row.source_keys,
        note=row.note,
        last_checked=row.last_checked,
    )


def deadline(row: SeasonDeadline) -> Deadline:
    return Deadline(
        match_year=row.match_year,
        event=Event(row.event),
        on=row.on,
        at=row.at,
        until=row.until,
        confidence=Confidence(row.confidence),
        sources=row.source_keys,
        note=row.note,
        last_checked=row.last_checked,
    )


def season(row: PathwaySeason) -> Season:
    return Season(
        match_year=row.match_year,
        licence_from=_known(row.licence_from, row.licence_confidence),
        graduated_from=_known(row.graduated_from, row.graduation_confidence),
        application_deadline=_known(row.application_deadline, row.deadline_confidence),
        closes_on=row.season_closes,
        fee=_known(row.fee_usd, row.fee_confidence),
        accepted_valid_to=_known(row.accepted_valid_to, row.validity_confidence),
        oet_from=_known(row.oet_from, row.oet_confidence),
        sources=row.source_keys,
        last_checked=row.last_checked,
    )


def country(row: Country) -> CountryRules:
    return CountryRules(
        name=row.name,
        iso2=row.iso2,
        regulator=row.regulator,
        degree=row.degree,
        need_authority=row.need_authority,
        particulars=row.particulars,
        confidence=Confidence(row.confidence),
        sources=row.source_keys,
        last_checked=row.last_checked,
    )


def service(row: SpecialtyService) -> UsedService:
    return UsedService(
        specialty=row.specialty,
        specialty_name=row.specialty_name,
        from_season=row.from_season,
        service=Service(row.service),
        confidence=Confidence(row.confidence),
        sources=row.source_keys,
        note=row.note,
        last_checked=row.last_checked,
    )


def reference() -> Reference:
    """All tables as they are stored now, in one query each."""
    return reference_of(stored_rows())


def stored_rows() -> list[ReferenceRow]:
    """Every row of all tables that holds, in one query each."""
    return [
        row
        for model in STAMPED
        for row in model._default_manager.filter(withdrawn_at__isnull=True)
    ]


def reference_of(rows: Iterable[ReferenceRow]) -> Reference:
    """These rows as the rules read them."""
    rows = list(rows)
    deadlines = tuple(deadline(row) for row in rows if isinstance(row, SeasonDeadline))
    seasons = tuple(season(row) for row in rows if isinstance(row, PathwaySeason))
    expected = expected_seasons(deadlines, seasons)
    return Reference(
        standards=tuple(
            standard(row) for row in rows if isinstance(row, PassingStandard)
        ),
        deadlines=deadlines,
        seasons=seasons,
        countries=tuple(country(row) for row in rows if isinstance(row, Country)),
        numbers=tuple(number(row) for row in rows if isinstance(row, RuleNumber)),
        services=tuple(
            service(row) for row in rows if isinstance(row, SpecialtyService)
        ),
        expected_deadlines=expected.deadlines,
        expected_seasons=expected.seasons,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """How often the values of a row were changed, and when last."""

    changes: int
    changed_at: datetime


# A row of a dated table: the model's name, and `ReferenceRow.identity`.
RowKey = tuple[str, str]


def deadline_key(match_year: int | None, event: Event) -> RowKey:
    """The row of that event in that season."""
    return "seasondeadline", f"{match_year}/{event}"


def pathway_season_key(match_year: int | None) -> RowKey:
    """The row of that season of the Pathways."""
    return "pathwayseason", str(match_year)


def revisions(match_year: int | None) -> Mapping[RowKey, Revision]:
    """How often the rows of one season were changed. One query; a row that is as it
    was loaded is missing.
    """
    pathways_table, pathways_season = pathway_season_key(match_year)
    rows = (
        RuleChange.objects.filter(
            models.Q(table="seasondeadline", row_identity__startswith=f"{match_year}/")
            | models.Q(table=pathways_table, row_identity=pathways_season)
        )
        .order_by("table", "row_identity")
        .values_list("table", "row_identity")
        .annotate(models.Count("pk"), models.Max("changed_at"))
    )
    return {
        (table, identity): Revision(changes=changes, changed_at=changed_at)
        for table, identity, changes, changed_at in rows
    }


@dataclass(frozen=True, kw_only=True)
class DatedTables:
    """The dated tables with what tells one state of them from the next."""

    reference: Reference
    token: str
    changed_at: datetime | None  # the last writing of anything in them


def _written() -> models.QuerySet[Any, Any]:
    """When each table was last written, and how many rows it has.

    Every action sets the time; who writes by SQL must as well.
    """

    def last_writing(
        model: type[models.Model], column: str
    ) -> models.QuerySet[Any, Any]:
        writing: models.QuerySet[Any, Any] = (
            model._default_manager.order_by()
            .values(of_table=models.Value(model._meta.model_name))
            .annotate(last=models.Max(column), count=models.Count("pk"))
            .values_list("of_table", "last", "count")
        )
        return writing

    tables = [last_writing(model, "stored_at") for model in STAMPED]
    return (
        last_writing(RuleChange, "changed_at")
        .union(*tables, all=True)
        .order_by("of_table")
    )


def _read(state: State) -> DatedTables:
    rows = stored_rows()
    reference = reference_of(rows)
    described = repr((state, reference))
    return DatedTables(
        reference=reference,
        token=hashlib.blake2s(described.encode(), digest_size=8).hexdigest(),
        # Every change of a row is listed at the moment at which the row was stored.
        changed_at=max((row.stored_at for row in rows), default=None),
    )


# The tables as this process last saw them.
memo = Memo(state=PreparedQuery(_written).rows, read=_read)


def everything() -> DatedTables:
    """The tables for a public page. One query when nothing was written, else one more
    for each table.
    """
    return memo.value()


def last_checked(tables: Reference) -> date | None:
    """The day on which a row was last compared with its sources."""
    return max(
        (
            row.last_checked
            for rows in (
                tables.standards,
                tables.deadlines,
                tables.seasons,
                tables.countries,
                tables.numbers,
                tables.services,
            )
            for row in rows
            if row.last_checked is not None
        ),
        default=None,
    )
