"""Opens an amendment of each published year that the founding files know more about.

A later release of this program may bring better rows. Nothing that is published changes
by that: the drafts wait for two people, as every other change does. A better title or
address of a source is taken over at once, as an editor would on the staff pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from stats import public
from stats.actions import edit_catalogue, edit_draft, open_version
from stats.actions.import_file import import_file
from stats.choices import FigureTable
from stats.columns import COUNTS, IDENTITY, PRINTED
from stats.exceptions import AlreadyOpen, EditRefused, ImportRefused
from stats.figures import Row, YearFigures
from stats.founding_files.compare_versions import (
    SourceComparison,
    YearComparison,
    compare_sources,
    compare_year,
    content_of,
)
from stats.founding_files.files import read_figures
from stats.imports import FILES, ParsedFile, ParsedRow, plan
from stats.models import MODELS, Release, Source
from stats.release_reader import source_of

if TYPE_CHECKING:
    from imgportal.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedDraft:
    """What became of one year: a new draft, or an open version that was there."""

    comparison: YearComparison
    release: Release | None  # None: there is none, and `reason` says why
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesComparison:
    """What the files say that is not published here."""

    years: tuple[YearComparison, ...]  # oldest first
    sources: tuple[SourceComparison, ...]

    @property
    def has_news(self) -> bool:
        """Whether there is anything to take over."""
        return any(not year.is_empty for year in self.years) or any(
            not source.is_kept for source in self.sources
        )


def compare_with_published(*, folder: Path, now: datetime) -> FilesComparison:
    """Every published year and every source that the files say something else of.

    Raises ContentError when the files are not in order.
    """
    files = read_figures(folder, now=now)
    newest: dict[int, YearFigures] = {}
    for year in files.versions:
        newest[year.match_year] = year
    former_rows = frozenset(map(content_of, files.former_rows))
    former_footnotes = frozenset(files.former_footnotes)
    published = public.everything()
    compared = [
        compare_year(
            newest[match_year],
            published.versions_of(match_year),
            former_rows=former_rows,
            former_footnotes=former_footnotes,
        )
        for match_year in sorted(published.years)
        if match_year in newest
    ]
    return FilesComparison(
        years=tuple(
            year
            for year in compared
            if not year.is_empty or year.kept_rows or year.kept_footnotes
        ),
        sources=tuple(
            compare_sources(
                map(source_of, files.sources),
                {row.key: source_of(row) for row in Source.objects.all()},
                former=frozenset(files.former_sources),
            )
        ),
    )


def take_over_sources(
    comparisons: Sequence[SourceComparison], *, by: User, now: datetime
) -> list[SourceComparison]:
    """Store what the files say of sources that nobody has changed here. Returns those.

    The log of the staff pages says who did it, and what was there before.
    """
    taken_over = []
    for comparison in comparisons:
        with transaction.atomic():
            source = Source.objects.select_for_update().get(key=comparison.files.key)
            if comparison.is_kept or source_of(source) != comparison.stored:
                continue
            for column in comparison.columns:
                setattr(source, column, getattr(comparison.files, column))
            edit_catalogue.save(row=source, columns=comparison.columns, now=now)
            LogEntry.objects.log_actions(
                by.pk, [source], CHANGE, f"{comparison.in_words}.", single_object=True
            )
            taken_over.append(comparison)
    return taken_over


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
        except (AlreadyOpen, EditRefused, ImportRefused) as refused:
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
    _remove_rows(release, comparison, by=by, now=now)
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
        remarks=(),
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
            "confidence": origin.stated_grade.value,
            "sources": ";".join(source.key for source in origin.sources),
            "locator": origin.locator,
            "note": origin.note,
            "by_value": origin.by_value,
            "missing": origin.missing,
        },
        digits_lost=frozenset(),
        is_refused=False,
        is_unexplained=False,
    )


def _remove_rows(
    release: Release, comparison: YearComparison, *, by: User, now: datetime
) -> None:
    for row in comparison.former_rows:
        identity = {column: getattr(row, column) for column in IDENTITY[row.table]}
        if "specialty" in identity:
            # None stands for all specialties together.
            slug = identity.pop("specialty").slug
            identity |= {"specialty__slug": slug} if slug else {"specialty": None}
        stored = MODELS[row.table].objects.get(release=release, **identity)
        edit_draft.remove_row(
            release_id=release.pk, table=row.table, row_id=stored.pk, by=by, now=now
        )


def _replace_footnotes(
    release: Release, comparison: YearComparison, *, by: User, now: datetime
) -> None:
    stored = edit_draft.stored_footnotes(release)
    former, new = (
        [
            {"table": n.table.value, "row": n.row, "column": n.column, "text": n.text}
            for n in notes
        ]
        for notes in (comparison.former_footnotes, comparison.new_footnotes)
    )
    edit_draft.change_footnotes(
        release_id=release.pk,
        was=stored,
        footnotes=[note for note in stored if note not in former] + new,
        by=by,
        now=now,
    )
