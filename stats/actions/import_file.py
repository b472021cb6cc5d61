"""Writes a file into a draft: all of it, or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from stats.actions import record_history
from stats.actions.link_sources import link_sources
from stats.choices import FigureTable, ReleaseStep, Status
from stats.columns import IDENTITY
from stats.drafts import SOURCES
from stats.exceptions import ImportRefused, PlanOutdated
from stats.imports.import_plan import Plan, RowChange, plan
from stats.imports.parse_rows import ParsedFile
from stats.models import MODELS, Release, Source

if TYPE_CHECKING:
    from imgportal.models import User


def import_file(
    *, release_id: int, parsed: ParsedFile, fingerprint: str, by: User, now: datetime
) -> Plan:
    """Write what a person has seen and confirmed. Returns what was written.

    The file is compared with the draft again, under lock. Raises WrongStatus,
    ImportRefused with every bad row, or PlanOutdated when the difference is not the
    one that `fingerprint` names; then nothing has changed.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.DRAFT)
        import_plan = plan(release, parsed)
        if import_plan.refusals:
            raise ImportRefused(import_plan.refusals)
        if import_plan.fingerprint != fingerprint:
            raise PlanOutdated(
                "Somebody changed the draft since these differences were shown. Look "
                "at the new ones and confirm again."
            )
        if import_plan.changes:
            _write(release, import_plan)
            record_history.record_change(
                release,
                f"{import_plan.table.label}: {import_plan.new} new and "
                f"{import_plan.changed} changed rows from {parsed.name[:100]}.",
                by=by,
                now=now,
                step=ReleaseStep.IMPORTED,
            )
    return import_plan


def _write(release: Release, import_plan: Plan) -> None:
    model = MODELS[import_plan.table]
    stored = model.objects.in_bulk(
        [change.row_id for change in import_plan.changes if change.row_id is not None]
    )
    rows: list[tuple[Any, RowChange]] = []
    for change in import_plan.changes:
        if change.row_id is None:
            row = model(release=release, **_identity(import_plan.table, change))
        else:
            row = stored[change.row_id]
        for column, value in change.becomes.items():
            if column != SOURCES:
                setattr(row, column, value)
        rows.append((row, change))
    # The plan has refused every row that a constraint would refuse.
    model.objects.bulk_create([row for row, change in rows if change.row_id is None])
    for row, change in rows:
        fields = [column for column in change.becomes if column != SOURCES]
        if change.row_id is not None and fields:
            row.save(update_fields=fields)
    _link(model, [(row, change) for row, change in rows if SOURCES in change.becomes])


def _identity(table: FigureTable, change: RowChange) -> dict[str, Any]:
    columns = [
        "specialty_id" if name == "specialty" else name for name in IDENTITY[table]
    ]
    key = dict(
        zip(("specialty_id", "applicant_type", "outcome"), change.key, strict=True)
    )
    return {column: key[column] for column in columns}


def _link(model: Any, rows: list[tuple[Any, RowChange]]) -> None:
    """The sources of each row, in the order in which the file names them."""
    source_ids = dict(Source.objects.values_list("key", "pk"))
    old = [row.pk for row, change in rows if change.row_id is not None]
    owner = f"{model._meta.model_name}__in"
    model.sources.through.objects.filter(**{owner: old}).delete()
    link_sources(
        model,
        (
            (row.pk, source_ids[key])
            for row, change in rows
            for key in str(change.becomes[SOURCES]).split(";")
            if key
        ),
    )
