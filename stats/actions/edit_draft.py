"""Changes the values of a draft, and refuses to write over what others changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from imgportal.lib import numbers
from imgportal.lib.row_versions import find_overwritten, is_same
from stats.actions import record_history
from stats.actions.link_sources import link_sources
from stats.choices import FigureConfidence, FigureTable, Missing, Status
from stats.columns import COLUMN_NAMES, COUNTS, IDENTITY, PARTS_WITHIN_WHOLES, PRINTED
from stats.drafts import ABOUT, SOURCES, stored_values
from stats.exceptions import BadValue, Conflict, EditRefused
from stats.models import MODELS, Footnote, Release, Source

if TYPE_CHECKING:
    from imgportal.models import User

FOOTNOTE = ("table", "row", "column", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEdit:
    """What an editor saw in some columns of one row, and what they want there."""

    row_id: int
    was: Mapping[str, Any]
    becomes: Mapping[str, Any]


def columns_of(table: FigureTable) -> tuple[str, ...]:
    """The columns of a table that can be edited, in the order of the founding files."""
    return (*COUNTS[table], *PRINTED[table], *ABOUT, SOURCES)


def change_rows(
    *,
    release_id: int,
    table: FigureTable,
    edits: Sequence[RowEdit],
    by: User,
    now: datetime,
) -> int:
    """Write the edits, all or none. Returns how many values changed.

    A value that somebody else changed since it was seen is a conflict, unless both
    want the same. Raises WrongStatus, or EditRefused with every conflict and every
    value that cannot be stored.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.DRAFT)
        model = MODELS[table]
        rows = {
            row.pk: row
            for row in model.objects.filter(
                release=release, pk__in=[edit.row_id for edit in edits]
            )
        }
        stored = stored_values(table, list(rows.values()))
        source_ids = dict(Source.objects.values_list("key", "pk"))
        conflicts: list[Conflict] = []
        bad = [_gone(edit.row_id) for edit in edits if edit.row_id not in rows]
        changed: dict[int, dict[str, Any]] = {row_id: {} for row_id in rows}
        for edit in edits:
            if edit.row_id not in rows:
                continue
            row_now = stored[edit.row_id]
            entered = {
                column: value
                for column, value in _entered_values(edit).items()
                if not is_same(row_now[column], value)
            }
            changed[edit.row_id] |= entered
            conflicts += [
                Conflict(
                    row_id=edit.row_id,
                    column=column,
                    was=edit.was[column],
                    stored=row_now[column],
                    entered=entered[column],
                )
                for column in find_overwritten(
                    stored=row_now, wanted=entered, seen=edit.was
                )
            ]
        for row_id, wanted in changed.items():
            if wanted:
                bad += _apply(rows[row_id], table, wanted, source_ids)
        if conflicts or bad:
            # Leaving with an exception undoes everything.
            raise EditRefused(conflicts=conflicts, bad=bad)
        for row_id, wanted in changed.items():
            _store(rows[row_id], model, wanted, source_ids)
        values = sum(len(wanted) for wanted in changed.values())
        if values:
            changes = [
                f"{row_in_words(rows[row_id])}, {COLUMN_NAMES.get(column, column)}: was "
                f"{_told(stored[row_id][column])}, is {_told(value)}"
                for row_id, wanted in changed.items()
                for column, value in wanted.items()
            ]
            detail = f"{table.label}: {_listed(changes).rstrip('.')}."
            record_history.record_change(release, detail, by=by, now=now)
    return values


# Values that one line of the history tells; more are counted.
MOST_TOLD = 20


def row_in_words(row: Any) -> str:
    """The row as its table names it: "Neurology, Non-US IMGs"."""
    parts = [
        str(row.specialty or "All specialties") if hasattr(row, "specialty_id") else "",
        *(
            getattr(row, f"get_{name}_display")()
            for name in ("applicant_type", "outcome")
            if hasattr(row, name)
        ),
    ]
    return ", ".join(filter(None, parts)) or "All applicants"


def _listed(changes: Sequence[str]) -> str:
    more = len(changes) - MOST_TOLD
    told = "; ".join(changes[:MOST_TOLD])
    return f"{told}; and {more} more" if more > 0 else told


def _told(value: Any) -> str:
    return "empty" if value in (None, "") else str(value)[:100]


def _entered_values(edit: RowEdit) -> dict[str, Any]:
    """What the editor changed. Keys of sources come as people separate them."""
    becomes = dict(edit.becomes)
    if SOURCES in becomes:
        becomes[SOURCES] = ";".join(_keys(becomes[SOURCES]))
    return {
        column: value
        for column, value in becomes.items()
        if not is_same(value, edit.was[column])
    }


def _gone(row_id: int) -> BadValue:
    return BadValue(
        row_id=row_id,
        column="",
        reason="Somebody else removed this row meanwhile. If it belongs here, add it "
        "again.",
    )


def _apply(
    row: Any, table: FigureTable, wanted: dict[str, Any], source_ids: Mapping[str, int]
) -> list[BadValue]:
    """Set the values on the row and say which of them cannot be stored."""
    bad = [
        BadValue(
            row_id=row.pk,
            column=SOURCES,
            reason=f"{key!r} is not the key of a source. Add the source first.",
        )
        for key in _keys(wanted.get(SOURCES, ""))
        if key not in source_ids
    ]
    reason_before = row.missing
    for column, value in wanted.items():
        if column != SOURCES:
            setattr(row, column, value)
    if row.missing and _is_complete(row, table):
        # Nothing is missing, so there is no reason why: take it away for the editor.
        row.missing = ""
        wanted.pop("missing", None)
        if reason_before:
            wanted["missing"] = ""
    larger = _larger_parts(row, table)
    bad += larger
    try:
        row.full_clean(exclude=["release", "specialty"])
    except ValidationError as error:
        repeated = _ABOUT_PARTS if larger else frozenset()
        bad += [
            value
            for value in _bad_values(row.pk, error)
            if value.reason not in repeated
        ]
    return bad


# What the constraints say of a part that is larger than its whole, without its columns.
_ABOUT_PARTS = frozenset(
    str(constraint.violation_error_message)
    for model in MODELS.values()
    for constraint in model._meta.constraints
    if constraint.name.endswith(
        ("_wholes", "_within_active", "_within_all", "_within_applicants", "_in_order")
    )
)


def _larger_parts(row: Any, table: FigureTable) -> list[BadValue]:
    """Every part that is larger than its whole, in the cell of the part."""
    bad = []
    for part, whole in PARTS_WITHIN_WHOLES[table]:
        smaller, larger = getattr(row, part), getattr(row, whole)
        if smaller is not None and larger is not None and smaller > larger:
            names = (
                f"“{COLUMN_NAMES[column]}” ({numbers.value_or_dash(value)})"
                for column, value in ((part, smaller), (whole, larger))
            )
            reason = f"{' is more than '.join(names)}."
            bad.append(BadValue(row_id=row.pk, column=part, reason=reason))
    return bad


def _bad_values(row_id: int, error: ValidationError) -> list[BadValue]:
    return [
        BadValue(
            row_id=row_id,
            column="" if column == NON_FIELD_ERRORS else column,
            reason=reason,
        )
        for column, reasons in error.message_dict.items()
        for reason in reasons
    ]


def _is_complete(row: Any, table: FigureTable) -> bool:
    """Whether a row has what would otherwise need a reason for its absence."""
    if table == FigureTable.SCORES:
        return row.step2_ck_mean is not None or row.step2_ck_median is not None
    return all(getattr(row, column) is not None for column in COUNTS[table])


def _keys(text: str) -> list[str]:
    return list(dict.fromkeys(key.strip() for key in text.split(";") if key.strip()))


def _store(
    row: Any, model: Any, wanted: Mapping[str, Any], source_ids: Mapping[str, int]
) -> None:
    fields = [column for column in wanted if column != SOURCES]
    if fields:
        row.save(update_fields=fields)
    if SOURCES in wanted:
        row.sources.clear()
        link_sources(
            model, [(row.pk, source_ids[key]) for key in _keys(wanted[SOURCES])]
        )


def add_row(
    *,
    release_id: int,
    table: FigureTable,
    identity: Mapping[str, Any],
    by: User,
    now: datetime,
) -> None:
    """Add an empty row that waits for its values.

    `identity` holds the columns that tell rows apart. Raises WrongStatus, or
    EditRefused when the row is there already.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.DRAFT)
        model = MODELS[table]
        if model.objects.filter(release=release, **identity).exists():
            reason = "This row is there already. Change its values instead."
            raise EditRefused(bad=[BadValue(row_id=0, column="", reason=reason)])
        row = model(
            release=release,
            missing=Missing.NOT_ENTERED,
            confidence=FigureConfidence.C,
            **identity,
        )
        try:
            row.full_clean()
        except ValidationError as error:
            raise EditRefused(bad=_bad_values(0, error)) from None
        row.save()
        detail = f"{table.label}: a row added."
        record_history.record_change(release, detail, by=by, now=now)


def find_last_rows(release: Release, table: FigureTable) -> tuple[int, list[Any]]:
    """The newest published year before a draft that has this table, and those of its rows
    that the draft lacks, in their order. Merged specialties are left out. (0, []): none.
    """
    model = MODELS[table]
    before = (
        model.objects.filter(
            release__is_current=True, release__match_year__lt=release.match_year
        )
        .order_by("-release__match_year")
        .values_list("release", "release__match_year")
        .first()
    )
    if before is None:
        return 0, []
    columns = [
        "specialty_id" if name == "specialty" else name for name in IDENTITY[table]
    ]

    def identity(row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, column) for column in columns)

    present = {identity(row) for row in model.objects.filter(release=release)}
    rows = model.objects.filter(release=before[0]).order_by("pk")
    if "specialty" in IDENTITY[table]:
        rows = rows.filter(specialty__successor=None).select_related("specialty")
    return before[1], [row for row in rows if identity(row) not in present]


def add_last_rows(
    *, release_id: int, table: FigureTable, by: User, now: datetime
) -> tuple[int, int]:
    """Add the rows that the newest published year before has and this draft lacks, empty.

    Returns of which year they are, and how many. Raises WrongStatus.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.DRAFT)
        year, rows = find_last_rows(release, table)
        MODELS[table].objects.bulk_create(
            MODELS[table](
                release=release,
                missing=Missing.NOT_ENTERED,
                confidence=FigureConfidence.C,
                **{column: getattr(row, column) for column in IDENTITY[table]},
            )
            for row in rows
        )
        if rows:
            detail = f"{table.label}: {len(rows)} rows added, those of {year}."
            record_history.record_change(release, detail, by=by, now=now)
    return year, len(rows)


def remove_row(
    *, release_id: int, table: FigureTable, row_id: int, by: User, now: datetime
) -> None:
    """Take a row out of a draft. Removing one that is gone already changes nothing."""
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.DRAFT)
        removed, _ = MODELS[table].objects.filter(release=release, pk=row_id).delete()
        if removed:
            detail = f"{table.label}: a row removed."
            record_history.record_change(release, detail, by=by, now=now)


def stored_footnotes(release: Release) -> list[dict[str, str]]:
    """The footnotes of a version as an editor sees and sends them, in their order."""
    return list(release.footnotes.order_by("pk").values(*FOOTNOTE))


def change_footnotes(
    *,
    release_id: int,
    was: Sequence[Mapping[str, str]],
    footnotes: Sequence[Mapping[str, str]],
    by: User,
    now: datetime,
) -> None:
    """Replace the footnotes of a draft: table, row, column and text of each.

    `was` is what the editor saw. Raises WrongStatus, or EditRefused when somebody
    else changed them since, or when one cannot be stored; its place in the new list,
    from 1, then stands for the row.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.DRAFT)
        theirs = stored_footnotes(release)
        mine = [
            {column: note.get(column, "") for column in FOOTNOTE} for note in footnotes
        ]
        if mine == theirs:
            return
        conflicts = []
        if [dict(note) for note in was] != theirs:
            conflicts.append(
                Conflict(
                    row_id=0, column="footnotes", was=was, stored=theirs, entered=mine
                )
            )
        notes = [Footnote(release=release, **note) for note in mine]
        bad: list[BadValue] = []
        for place, note in enumerate(notes, start=1):
            try:
                note.full_clean(exclude=["release"])
            except ValidationError as error:
                bad += _bad_values(place, error)
        if conflicts or bad:
            raise EditRefused(conflicts=conflicts, bad=bad)
        release.footnotes.all().delete()
        Footnote.objects.bulk_create(notes)
        record_history.record_change(release, "Footnotes.", by=by, now=now)
