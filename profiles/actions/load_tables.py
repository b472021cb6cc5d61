"""Load the founding tables: check everything, then write what is missing, once.

What staff changed is theirs: loading leaves it alone and says so. What nobody changed
follows the files, and a value that changes by that is listed publicly like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from profiles import founding_tables, signals
from profiles.actions import change_rule
from profiles.founding_tables import Founding, Row
from profiles.models import Country, PassingStandard, PathwaySeason, SeasonDeadline
from profiles.models.reference import joined
from profiles.rules.reference import (
    Country as CountryRow,
)
from profiles.rules.reference import (
    Deadline,
    Known,
    Season,
    Standard,
)
from stats import public

UPDATED = "Updated with the tables that come with this site."
# When to look again at what lies ahead. What is over is not looked at again.
NEXT_REVIEW = date(2026, 12, 15)
FIRST_OPEN_SEASON = 2027

Stored = PassingStandard | SeasonDeadline | PathwaySeason | Country


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedTables:
    """What a run did; zeros and nothing kept when everything was there already."""

    added: int
    updated: int
    unchanged: int
    kept: tuple[str, ...]  # rows that staff changed and that differ from the files


@transaction.atomic
def load_rules(*, folder: Path, now: datetime) -> LoadedTables:
    """Write what the database does not hold yet.

    Raises TablesRefused with every bad cell, and then nothing has changed.
    """
    parsed = founding_tables.parse(
        folder, known_sources=public.everything().sources.keys()
    )
    newest = _newest_standards(parsed)
    added = updated = unchanged = 0
    kept = []
    stored: dict[type[Stored], list[Stored]] = {
        model: list(model._default_manager.all())
        for model in (PassingStandard, SeasonDeadline, PathwaySeason, Country)
    }
    # Staff may have moved a row to another day; it is still the one of the files.
    founded = {row.founded_as: row for rows in stored.values() for row in rows}
    placed = {
        (model, _place(row)): row for model, rows in stored.items() for row in rows
    }
    new: dict[type[Stored], list[Stored]] = {model: [] for model in stored}
    for row in parsed.places:
        fresh = _model_row(row, review=_next_review(row, newest))
        fresh.founded_as = f"{fresh._meta.model_name}: {founding_tables.identity(row)}"
        fresh.stored_at = now
        model = type(fresh)
        there = founded.get(fresh.founded_as) or placed.get((model, _place(fresh)))
        if there is None:
            new[model].append(fresh)
            added += 1
            continue
        if not there.founded_as:
            # Loaded before rows kept that, or entered by staff in this very place.
            there.founded_as = fresh.founded_as
            there.save(update_fields=["founded_as"])
        columns = there.differing(fresh)
        if not columns:
            unchanged += 1
        elif there.changed_at is not None:
            kept.append(str(there))
        else:
            change_rule.copy(
                source=fresh, target=there, columns=columns, note=UPDATED, now=now
            )
            updated += 1
    for model, rows in new.items():
        model._default_manager.bulk_create(rows)  # type: ignore[arg-type]
        if stored[model]:
            # A table that is filled for the first time was not changed.
            for added_row in rows:
                change_rule.note_added(added_row, note=UPDATED, now=now)
    if added or updated:
        signals.tell_of_tables()
    return LoadedTables(
        added=added, updated=updated, unchanged=unchanged, kept=tuple(kept)
    )


def _newest_standards(parsed: Founding) -> Mapping[Any, date]:
    newest: dict[Any, date] = {}
    for row in parsed.reference.standards:
        newest[row.measured] = max(
            row.effective_from, newest.get(row.measured, date.min)
        )
    return newest


def _next_review(row: Row, newest: Mapping[Any, date]) -> date | None:
    match row:
        case Standard():
            is_open = newest[row.measured] == row.effective_from
        case Deadline() | Season():
            is_open = row.match_year >= FIRST_OPEN_SEASON
        case CountryRow():
            is_open = True
    return NEXT_REVIEW if is_open else None


def _place(row: Stored) -> Any:
    """What no two rows of a table share."""
    match row:
        case PassingStandard():
            return (row.measured, row.effective_from)
        case SeasonDeadline():
            return (row.match_year, row.event)
        case PathwaySeason():
            return row.match_year
        case Country():
            return row.name


def _values(known: Known[Any] | None) -> tuple[Any, str]:
    return (None, "") if known is None else (known.value, known.confidence.value)


def _model_row(row: Row, *, review: date | None) -> Stored:
    common: dict[str, Any] = {
        "sources": joined(row.sources),
        "last_checked": row.last_checked,
        "next_review": review,
    }
    match row:
        case Standard():
            return PassingStandard(
                measured=row.measured.value,
                effective_from=row.effective_from,
                minimum_score=row.minimum,
                confidence=row.confidence.value,
                note=row.note,
                **common,
            )
        case Deadline():
            return SeasonDeadline(
                match_year=row.match_year,
                event=row.event.value,
                on=row.on,
                at=row.at,
                until=row.until,
                confidence=row.confidence.value,
                note=row.note,
                **common,
            )
        case Season():
            return _season(row, common)
        case CountryRow():
            return Country(
                name=row.name,
                iso2=row.iso2,
                regulator=row.regulator,
                degree=row.degree,
                need_authority=row.need_authority,
                particulars=row.particulars,
                confidence=row.confidence.value,
                **common,
            )


def _season(row: Season, common: dict[str, Any]) -> PathwaySeason:
    licence_from, licence_confidence = _values(row.licence_from)
    graduated_from, graduation_confidence = _values(row.graduated_from)
    application_deadline, deadline_confidence = _values(row.application_deadline)
    fee_usd, fee_confidence = _values(row.fee)
    accepted_valid_to, validity_confidence = _values(row.accepted_valid_to)
    oet_from, oet_confidence = _values(row.oet_from)
    return PathwaySeason(
        match_year=row.match_year,
        licence_from=licence_from,
        licence_confidence=licence_confidence,
        graduated_from=graduated_from,
        graduation_confidence=graduation_confidence,
        application_deadline=application_deadline,
        deadline_confidence=deadline_confidence,
        season_closes=row.closes_on,
        fee_usd=fee_usd,
        fee_confidence=fee_confidence,
        accepted_valid_to=accepted_valid_to,
        validity_confidence=validity_confidence,
        oet_from=oet_from,
        oet_confidence=oet_confidence,
        **common,
    )
