"""Opens an amendment of each published year that the founding files know more about.

A later release of this program may bring better rows. Nothing that is published changes
by that: the drafts wait for two people, as every other change does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from stats import public
from stats.actions import open_version, record_history
from stats.actions.import_file import import_file
from stats.choices import FigureTable
from stats.columns import COUNTS, IDENTITY, PRINTED
from stats.exceptions import AlreadyOpen, ImportRefused
from stats.figures import Row, YearFigures
from stats.founding_files.compare_versions import (
    YearComparison,
    compare_year,
    content_of,
)
from stats.founding_files.files import read_figures
from stats.imports import FILES, ParsedFile, ParsedRow, plan
from stats.models import Footnote, Release

if TYPE_CHECKING:
    from imgportal.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedDraft:
    """What became of one year: a new draft, or an open version that was there."""

    comparison: YearComparison
    release: Release | None  # None: there is none, and `reason` says why
    reason: str = ""


def compare_with_published(*, folder: Path, now: datetime) -> list[YearComparison]:
    """Every published year that the files say something else of, oldest first.

    Raises ContentError when the files are not in order.
    """
    files = read_figures(folder, now=now)
    newest: dict[int, YearFigures] = {}
    for year in files.versions:
        newest[year.match_year] = year
    former_rows = frozenset(map(content_of, files.former_rows))
    former_footnotes = frozenset(files.former_footnotes)
    compared = [
        compare_year(
            newest[match_year],
            published,
            former_rows=former_rows,
            former_footnotes=former_footnotes,
        )
        for match_year, published in sorted(public.everything().years.items())
        if match_year in newest
    ]
    return [
        comparison
        for comparison in compared
        if not comparison.is_empty or comparison.kept_rows
    ]


def open_drafts(
    comparisons: Sequence[YearComparison], *, by: User, now: datetime
) -> list[OpenedDraft]:
    """A draft for each of these years, each in a transaction of its own.

    A year on which somebody is working is left alone, and so is one whose rows its
    draft would not take.
    """
    opened = []
    for comparison in comparisons:
        if comparison.is_empty:
            continue
        release, reason = None, ""
        try:
            with transaction.atomic():
                release = _open(comparison, by=by, now=now)
        except (AlreadyOpen, ImportRefused) as refused:
            release, reason = None, str(refused)
        opened.append(
            OpenedDraft(comparison=comparison, release=release, reason=reason)
        )
    return opened


def _open(comparison: YearComparison, *, by: User, now: datetime) -> Release:
    release = open_version.open_amendment(
        match_year=comparison.match_year, by=by, now=now
    )
    # Proposed to whoever publishes it.
    release.kind = comparison.kind
    release.public_note = comparison.public_note
    release.save(update_fields=["kind", "public_note"])
    for table in FigureTable:
        _import_rows(release, table, comparison.rows(table), by=by, now=now)
    _replace_footnotes(release, comparison, by=by, now=now)
    return release


def _import_rows(
    release: Release,
    table: FigureTable,
    rows: Sequence[Row],
    *,
    by: User,
    now: datetime,
) -> None:
    if not rows:
        return
    parsed = ParsedFile(
        name=f"the founding file {FILES[table]}.csv",
        table=table,
        rows=tuple(_parsed(row, place) for place, row in enumerate(rows, 1)),
        refusals=(),
    )
    import_file(
        release_id=release.pk,
        parsed=parsed,
        fingerprint=plan(release, parsed).fingerprint,
        by=by,
        now=now,
    )


def _parsed(row: Row, place: int) -> ParsedRow:
    """A row as a file of staff would bring it."""
    origin = row.provenance
    identity = {
        column: getattr(row, column)
        for column in ("applicant_type", "outcome")
        if column in IDENTITY[row.table]
    }
    specialty = getattr(row, "specialty", None)
    return ParsedRow(
        line=place,
        match_year=origin.match_year,
        specialty=None if specialty is None else specialty.name,
        applicant_type=identity.get("applicant_type"),
        outcome=identity.get("outcome"),
        values={
            column: getattr(row, column)
            for column in (*COUNTS[row.table], *PRINTED[row.table])
        }
        | {
            "confidence": origin.confidence.value,
            "sources": ";".join(source.key for source in origin.sources),
            "locator": origin.locator,
            "note": origin.note,
            "missing": origin.missing,
        },
        digits_lost=frozenset(),
        is_refused=False,
    )


def _replace_footnotes(
    release: Release, comparison: YearComparison, *, by: User, now: datetime
) -> None:
    for note in comparison.former_footnotes:
        release.footnotes.filter(
            table=note.table, row=note.row, column=note.column, text=note.text
        ).delete()
    Footnote.objects.bulk_create(
        Footnote(
            release=release,
            table=note.table,
            row=note.row,
            column=note.column,
            text=note.text,
        )
        for note in comparison.new_footnotes
    )
    if comparison.new_footnotes or comparison.former_footnotes:
        record_history.record_change(
            release,
            f"{len(comparison.new_footnotes)} new notes below the tables, "
            f"{len(comparison.former_footnotes)} taken away.",
            by=by,
            now=now,
        )
