"""Load the founding tables: check everything, then write what is missing, once.

What staff changed is theirs: loading leaves it alone and says so. What nobody changed
follows the files, and a value that changes by that is listed publicly like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from imgportal.lib.model_rows import check_constraints
from profiles import founding_tables
from profiles.actions import change_rule
from profiles.founding_tables import FoundingTables, identity
from profiles.models import PassingStandard, PathwaySeason, SeasonDeadline
from profiles.models.reference import ReferenceRow
from profiles.reference_tables import STAMPED
from stats import public

UPDATED = "Updated with the tables that come with this site."
# When staff should check open rows again. Seasons that are over are not checked again.
LOOKED_AT = frozenset({"last_checked", "next_review"})
NEXT_REVIEW = date(2026, 12, 15)
FIRST_OPEN_SEASON = 2027


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedTables:
    """What a run did; zeros and nothing kept when everything was there already."""

    added: int
    updated: int
    unchanged: int
    kept: tuple[str, ...]  # rows that staff changed and that differ from the files


def load_rules(*, folder: Path, now: datetime) -> LoadedTables:
    """Write what the database does not hold yet.

    Raises ContentError, and then nothing has changed.
    """
    files = founding_tables.parse(
        folder, source_keys=public.everything().sources.keys()
    )
    for _, row in files.rows:
        row.stored_at = now
    _plan_reviews(files)
    try:
        with transaction.atomic():
            return _store(files, now=now)
    except IntegrityError:
        # To name the row, each is checked by itself; before, that would be wasted.
        for place, row in files.rows:
            check_constraints(place, row)
        raise


def _store(files: FoundingTables, *, now: datetime) -> LoadedTables:
    updated = unchanged = 0
    kept = []
    stored = {model: list(model._default_manager.all()) for model in STAMPED}
    # Staff may have moved a row to another day: `founded_as` still finds it.
    founded = {row.founded_as: row for rows in stored.values() for row in rows}
    placed = {identity(row): row for rows in stored.values() for row in rows}
    new: dict[type[ReferenceRow], list[ReferenceRow]] = {model: [] for model in stored}
    for _, fresh in files.rows:
        stored_row = founded.get(fresh.founded_as) or placed.get(fresh.founded_as)
        if stored_row is None:
            new[type(fresh)].append(fresh)
            continue
        if not stored_row.founded_as:
            # It was loaded before `founded_as` was stored, or staff entered the same row.
            stored_row.founded_as = fresh.founded_as
            stored_row.save(update_fields=["founded_as"])
        columns = _differing(stored_row, fresh)
        if not columns:
            unchanged += 1
        elif stored_row.changed_at is not None:
            kept.append(str(stored_row))
        else:
            change_rule.copy(
                source=fresh, target=stored_row, columns=columns, note=UPDATED, now=now
            )
            updated += 1
    for model, rows in new.items():
        model._default_manager.bulk_create(rows)
        if any(stored.values()):
            # Filling empty tables changes nothing that a reader could have seen.
            for added_row in rows:
                change_rule.note_added(added_row, note=UPDATED, now=now)
    added = sum(len(rows) for rows in new.values())
    return LoadedTables(
        added=added, updated=updated, unchanged=unchanged, kept=tuple(kept)
    )


def _differing(stored: ReferenceRow, fresh: ReferenceRow) -> list[str]:
    """The columns to bring up to date. Whoever looked at the sources later than the
    files did is not undone.
    """
    columns = stored.differing(fresh)
    if stored.last_checked > fresh.last_checked:
        return [name for name in columns if name not in LOOKED_AT]
    return columns


def _plan_reviews(files: FoundingTables) -> None:
    """Say when somebody should look at each row again."""
    newest: dict[str, date] = {}
    for _, row in files.rows:
        if isinstance(row, PassingStandard):
            newest[row.measured] = max(
                row.effective_from, newest.get(row.measured, date.min)
            )
    for _, row in files.rows:
        match row:
            case PassingStandard():
                is_open = newest[row.measured] == row.effective_from
            case SeasonDeadline() | PathwaySeason():
                is_open = row.match_year >= FIRST_OPEN_SEASON
            case _:
                is_open = True
        row.next_review = NEXT_REVIEW if is_open else None
