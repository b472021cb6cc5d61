"""Writes a file into a draft: all of it, or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from stats.actions import record_history
from stats.actions.edit_draft import MODELS, SOURCES
from stats.choices import Status, Step, Table
from stats.exceptions import ImportRefused, PlanOutdated
from stats.imports.import_plan import Plan, RowChange, plan
from stats.imports.parse_rows import Parsed
from stats.models import Release, Source

if TYPE_CHECKING:
    from imgportal.models import User


def import_file(
    *, release_id: int, parsed: Parsed, fingerprint: str, by: User, now: datetime
) -> Plan:
    """Write what a person has seen and confirmed. Returns what was written.

    The file is compared with the draft again, under lock. Raises WrongStatus,
    ImportRefused with every bad row, or PlanOutdated when the difference is not the
    one that `fingerprint` names; then nothing has changed.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.DRAFT)
        found = plan(release, parsed)
        if found.refusals:
            raise ImportRefused(found.refusals)
        if found.fingerprint != fingerprint:
            raise PlanOutdated(
                "Somebody changed the draft since these differences were shown. Look "
                "at the new ones and confirm again."
            )
        if found.changes:
            _write(release, found)
            record_history.record_change(
                release,
                f"{found.table.label}: {found.new} new and {found.changed} changed rows "
                f"from {parsed.name[:100]}.",
                by=by,
                now=now,
                step=Step.IMPORTED,
            )
    return found


def _write(release: Release, found: Plan) -> None:
    model = MODELS[found.table]
    stored = model.objects.in_bulk(
        [change.row_id for change in found.changes if change.row_id is not None]
    )
    rows: list[tuple[Any, RowChange]] = []
    for change in found.changes:
        if change.row_id is None:
            row = model(release=release, **_identity(found.table, change))
        else:
            row = stored[change.row_id]
        for column, value in change.becomes.items():
            if column != SOURCES:
                setattr(row, column, value)
        rows.append((row, change))
    # The constraints hold for each; planning has said kindly what breaks them.
    model.objects.bulk_create([row for row, change in rows if change.row_id is None])
    for row, change in rows:
        fields = [column for column in change.becomes if column != SOURCES]
        if change.row_id is not None and fields:
            row.save(update_fields=fields)
    _link(model, [(row, change) for row, change in rows if SOURCES in change.becomes])


def _identity(table: Table, change: RowChange) -> dict[str, Any]:
    specialty_id, applicant_type, outcome = change.key
    match table:
        case Table.TOTALS:
            return {}
        case Table.APPLICANTS:
            return {"applicant_type": applicant_type}
        case Table.SPECIALTIES:
            return {"specialty_id": specialty_id}
        case Table.SCORES:
            return {
                "specialty_id": specialty_id,
                "applicant_type": applicant_type,
                "outcome": outcome,
            }


def _link(model: Any, rows: list[tuple[Any, RowChange]]) -> None:
    """The sources of each row, in the order in which the file names them."""
    known = dict(Source.objects.values_list("key", "pk"))
    through = model.sources.through
    owner = f"{model._meta.model_name}_id"
    old = [row.pk for row, change in rows if change.row_id is not None]
    through.objects.filter(**{f"{owner}__in": old}).delete()
    through.objects.bulk_create(
        through(**{owner: row.pk, "source_id": known[key]})
        for row, change in rows
        for key in str(change.becomes[SOURCES]).split(";")
        if key
    )
