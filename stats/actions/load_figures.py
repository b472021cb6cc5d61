"""Load the founding figures: read everything, check everything, then write once.

The files in `stats/data` become published first versions. The restatement of
2013 becomes a second version of kind *revision*, made of the first one and
`restatements.csv`. Loading again changes nothing: a year that has any version
already is left alone, because from then on it changes by amendment only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from stats.actions.keep_edition import keep_edition
from stats.actions.link_sources import link_sources
from stats.actions.number_edition import number_edition
from stats.choices import Status
from stats.columns import IDENTITY
from stats.figures import Row, YearFigures
from stats.founding_files.files import read_figures
from stats.models import MODELS, Footnote, Release, Source, Specialty


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedFigures:
    """What a run wrote; all zeros and empty when everything was there already."""

    sources: int
    specialties: int
    versions: tuple[tuple[int, int], ...]  # (Match year, version)
    years_left_alone: int


@transaction.atomic
def load_figures(*, folder: Path, now: datetime) -> LoadedFigures:
    """Write what the database does not hold yet.

    Raises ContentError, and then nothing has changed.
    """
    files = read_figures(folder, now=now)
    stored_keys = set(Source.objects.values_list("key", flat=True))
    sources = [row for row in files.sources if row.key not in stored_keys]
    stored_slugs = set(Specialty.objects.values_list("slug", flat=True))
    specialties = [row for row in files.specialties if row.slug not in stored_slugs]
    for source in sources:
        source.changed_at = now
    for specialty in specialties:
        specialty.changed_at = now
    Source.objects.bulk_create(sources)
    Specialty.objects.bulk_create(specialties)
    stored_years = set(Release.objects.values_list("match_year", flat=True))
    versions = [year for year in files.versions if year.match_year not in stored_years]
    edition = number_edition() if versions else 0
    # A year has one open version at a time, so the first ones are published before.
    for number in sorted({year.release.version for year in versions}):
        _store(
            [year for year in versions if year.release.version == number],
            edition=edition,
            now=now,
        )
    if versions:
        keep_edition(edition, now=now)
    return LoadedFigures(
        sources=len(sources),
        specialties=len(specialties),
        versions=tuple((year.match_year, year.release.version) for year in versions),
        years_left_alone=len(
            stored_years & {year.match_year for year in files.versions}
        ),
    )


def _store(years: Iterable[YearFigures], *, edition: int, now: datetime) -> None:
    """Fill the releases while they are drafts, then publish them.

    The guards of published figures allow no other order.
    """
    source_ids = dict(Source.objects.values_list("key", "pk"))
    specialty_ids = dict(Specialty.objects.values_list("slug", "pk"))
    releases = {
        year.match_year: Release(
            match_year=year.match_year,
            version=year.release.version,
            kind=year.release.kind,
            public_note=year.release.public_note,
            founding=True,
            opened_at=now,
        )
        for year in years
    }
    Release.objects.bulk_create(releases.values())
    by_model: dict[Any, list[tuple[Any, Row]]] = defaultdict(list)
    for year in years:
        for row in year.rows():
            model = MODELS[row.table]
            stored = model(
                release=releases[year.match_year], **_columns(row, specialty_ids)
            )
            by_model[model].append((stored, row))
    for model, pairs in by_model.items():
        model.objects.bulk_create([stored for stored, _ in pairs])
        link_sources(
            model,
            (
                (stored.pk, source_ids[source.key])
                for stored, row in pairs
                for source in row.provenance.sources
            ),
        )
    Footnote.objects.bulk_create(
        Footnote(
            release=releases[year.match_year],
            table=note.table,
            row=note.row,
            column=note.column,
            text=note.text,
        )
        for year in years
        for note in year.footnotes
    )
    Release.objects.filter(match_year__in=releases, is_current=True).update(
        is_current=False
    )
    Release.objects.filter(pk__in=[release.pk for release in releases.values()]).update(
        status=Status.PUBLISHED,
        published_at=now,
        is_current=True,
        edition=edition,
    )


def _columns(row: Row, specialty_ids: dict[str, int]) -> dict[str, Any]:
    """What the model stores of a row."""
    values = {
        column: getattr(row, column)
        for column in (*IDENTITY[row.table], *row.counts, *row.printed)
    }
    if "specialty" in values:
        # None stands for all specialties together.
        values["specialty_id"] = specialty_ids.get(values.pop("specialty").slug)
    values["confidence"] = row.provenance.stated_grade
    for column in ("locator", "note", "missing", "by_value"):
        values[column] = getattr(row.provenance, column)
    return values
