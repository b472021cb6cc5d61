"""Changes the values of a draft, and refuses to write over what others changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from stats.actions import history
from stats.choices import Missing, Status, Step, Table
from stats.exceptions import BadValue, Conflict, EditRefused
from stats.figures import ApplicantRow, ScoreRow, SpecialtyRow, TotalsRow
from stats.models import (
    ApplicantResult,
    Footnote,
    Release,
    ScoreSummary,
    Source,
    SpecialtyResult,
    YearTotals,
)

if TYPE_CHECKING:
    from imgportal.models import User

MODELS: dict[Table, Any] = {
    Table.TOTALS: YearTotals,
    Table.APPLICANTS: ApplicantResult,
    Table.SPECIALTIES: SpecialtyResult,
    Table.SCORES: ScoreSummary,
}
ROWS: dict[Table, Any] = {
    Table.TOTALS: TotalsRow,
    Table.APPLICANTS: ApplicantRow,
    Table.SPECIALTIES: SpecialtyRow,
    Table.SCORES: ScoreRow,
}
ABOUT = ("missing", "confidence", "locator", "note")
SOURCES = "sources"  # keys, joined with ";" in their order


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEdit:
    """What an editor saw in some columns of one row, and what they want there."""

    row_id: int
    was: Mapping[str, Any]
    becomes: Mapping[str, Any]


def columns_of(table: Table) -> tuple[str, ...]:
    """The columns of a table that can be edited, in the order of the founding files."""
    row = ROWS[table]
    return (*row.counts, *row.printed, *ABOUT, SOURCES)


def stored_values(table: Table, rows: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """The editable values of rows of one table, by row. One query for the sources."""
    model = MODELS[table]
    owner = f"{model._meta.model_name}_id"
    keys: dict[int, list[str]] = {row.pk: [] for row in rows}
    links = model.sources.through.objects.filter(**{f"{owner}__in": list(keys)})
    for row_id, key in links.order_by("pk").values_list(owner, "source__key"):
        keys[row_id].append(key)
    plain = (*ROWS[table].counts, *ROWS[table].printed, *ABOUT)
    return {
        row.pk: {column: getattr(row, column) for column in plain}
        | {SOURCES: ";".join(keys[row.pk])}
        for row in rows
    }


def change_rows(
    *,
    release_id: int,
    table: Table,
    edits: Sequence[RowEdit],
    by: User,
    now: datetime,
    step: Step = Step.CHANGED,
) -> int:
    """Write the edits, all or none. Returns how many values changed.

    A value that somebody else changed since it was seen is a conflict, unless both
    want the same. Raises WrongStatus, or EditRefused with every conflict and every
    value that cannot be stored.
    """
    with transaction.atomic():
        release = history.lock(release_id, needs=Status.DRAFT)
        model = MODELS[table]
        rows = {
            row.pk: row
            for row in model.objects.filter(
                release=release, pk__in=[edit.row_id for edit in edits]
            )
        }
        stored = stored_values(table, list(rows.values()))
        known = dict(Source.objects.values_list("key", "pk"))
        conflicts: list[Conflict] = []
        bad: list[BadValue] = []
        changed: dict[int, dict[str, Any]] = {}
        for edit in edits:
            if edit.row_id not in rows:
                bad.append(_gone(edit.row_id))
                continue
            theirs = stored[edit.row_id]
            wanted = {
                column: value
                for column, value in edit.becomes.items()
                if value != edit.was[column]
            }
            conflicts += [
                Conflict(
                    row_id=edit.row_id,
                    column=column,
                    was=edit.was[column],
                    theirs=theirs[column],
                    mine=value,
                )
                for column, value in wanted.items()
                if theirs[column] not in (edit.was[column], value)
            ]
            wanted = {
                column: value
                for column, value in wanted.items()
                if value != theirs[column]
            }
            if wanted:
                changed[edit.row_id] = wanted
                bad += _apply(rows[edit.row_id], table, wanted, known)
        if conflicts or bad:
            # Leaving with an exception undoes everything.
            raise EditRefused(conflicts=conflicts, bad=bad)
        for row_id, wanted in changed.items():
            _store(rows[row_id], model, wanted, known)
        values = sum(len(wanted) for wanted in changed.values())
        if values:
            release.editors.add(by)
            history.record(
                release,
                step,
                by=by,
                now=now,
                detail=f"{table.label}: {values} value{'s' if values > 1 else ''}.",
            )
    return values


def _gone(row_id: int) -> BadValue:
    return BadValue(
        row_id=row_id, column="", reason="Somebody else removed this row meanwhile."
    )


def _apply(
    row: Any, table: Table, wanted: dict[str, Any], known: Mapping[str, int]
) -> list[BadValue]:
    """Set the values on the row and say which of them cannot be stored."""
    bad = [
        BadValue(
            row_id=row.pk,
            column=SOURCES,
            reason=f"{key!r} is not the key of a source. Add the source first.",
        )
        for key in _keys(wanted.get(SOURCES, ""))
        if key not in known
    ]
    for column, value in wanted.items():
        if column != SOURCES:
            setattr(row, column, value)
    _settle_missing(row, table, wanted)
    try:
        row.full_clean(exclude=["release", "specialty"])
    except ValidationError as error:
        for column, reasons in error.message_dict.items():
            bad += [
                BadValue(
                    row_id=row.pk,
                    column="" if column == "__all__" else column,
                    reason=reason,
                )
                for reason in reasons
            ]
    return bad


def _settle_missing(row: Any, table: Table, wanted: dict[str, Any]) -> None:
    """A complete row has no reason why a value is missing: take it away for the editor."""
    if table == Table.SCORES:
        complete = row.step2_ck_mean is not None or row.step2_ck_median is not None
    else:
        complete = all(
            getattr(row, column) is not None for column in ROWS[table].counts
        )
    if complete and row.missing:
        row.missing = wanted["missing"] = ""


def _keys(text: str) -> list[str]:
    return list(dict.fromkeys(key.strip() for key in text.split(";") if key.strip()))


def _store(
    row: Any, model: Any, wanted: Mapping[str, Any], known: Mapping[str, int]
) -> None:
    fields = [column for column in wanted if column != SOURCES]
    if fields:
        row.save(update_fields=fields)
    if SOURCES in wanted:
        through = model.sources.through
        owner = f"{model._meta.model_name}_id"
        through.objects.filter(**{owner: row.pk}).delete()
        # Not sources.set(): the order of the keys says which source is the first.
        through.objects.bulk_create(
            through(**{owner: row.pk, "source_id": known[key]})
            for key in _keys(wanted[SOURCES])
        )


def add_row(
    *,
    release_id: int,
    table: Table,
    identity: Mapping[str, Any],
    by: User,
    now: datetime,
) -> None:
    """Add an empty row that waits for its values.

    `identity` holds the columns that tell rows apart. Raises WrongStatus, or
    EditRefused when the row is there already.
    """
    with transaction.atomic():
        release = history.lock(release_id, needs=Status.DRAFT)
        row = MODELS[table](
            release=release, missing=Missing.NOT_ENTERED, confidence="C", **identity
        )
        try:
            row.full_clean()
        except ValidationError as error:
            raise EditRefused(
                bad=[
                    BadValue(row_id=0, column="", reason=reason)
                    for reason in error.messages
                ]
            ) from None
        row.save()
        release.editors.add(by)
        history.record(
            release, Step.CHANGED, by=by, now=now, detail=f"{table.label}: a row added."
        )


def remove_row(
    *, release_id: int, table: Table, row_id: int, by: User, now: datetime
) -> None:
    """Take a row out of a draft. Removing one that is gone already changes nothing."""
    with transaction.atomic():
        release = history.lock(release_id, needs=Status.DRAFT)
        removed, _ = MODELS[table].objects.filter(release=release, pk=row_id).delete()
        if removed:
            release.editors.add(by)
            history.record(
                release,
                Step.CHANGED,
                by=by,
                now=now,
                detail=f"{table.label}: a row removed.",
            )


def change_footnotes(
    *,
    release_id: int,
    footnotes: Sequence[Mapping[str, str]],
    by: User,
    now: datetime,
) -> None:
    """Replace the footnotes of a draft: table, row, column and text of each."""
    with transaction.atomic():
        release: Release = history.lock(release_id, needs=Status.DRAFT)
        release.footnotes.all().delete()
        Footnote.objects.bulk_create(
            Footnote(release=release, **note) for note in footnotes
        )
        release.editors.add(by)
        history.record(release, Step.CHANGED, by=by, now=now, detail="Footnotes.")
