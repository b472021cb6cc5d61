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

from stats.actions.edit_draft import MODELS
from stats.choices import Status
from stats.figures import Row, YearFigures
from stats.founding.files import read_figures
from stats.imports.columns import IDENTITY
from stats.models import Footnote as StoredFootnote
from stats.models import Release as StoredRelease
from stats.models import Source as StoredSource
from stats.models import Specialty as StoredSpecialty


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
    stored_keys = set(StoredSource.objects.values_list("key", flat=True))
    sources = [row for row in files.sources if row.key not in stored_keys]
    stored_slugs = set(StoredSpecialty.objects.values_list("slug", flat=True))
    specialties = [row for row in files.specialties if row.slug not in stored_slugs]
    for source in sources:
        source.changed_at = now
    for specialty in specialties:
        specialty.changed_at = now
    StoredSource.objects.bulk_create(sources)
    StoredSpecialty.objects.bulk_create(specialties)
    stored_years = set(StoredRelease.objects.values_list("match_year", flat=True))
    versions = [year for year in files.versions if year.match_year not in stored_years]
    # A year has one open version at a time, so the first ones are published before.
    for number in sorted({year.release.version for year in versions}):
        _store([year for year in versions if year.release.version == number], now=now)
    return LoadedFigures(
        sources=len(sources),
        specialties=len(specialties),
        versions=tuple((year.match_year, year.release.version) for year in versions),
        years_left_alone=len(
            stored_years & {year.match_year for year in files.versions}
        ),
    )


def _store(years: Iterable[YearFigures], *, now: datetime) -> None:
    """Fill the releases while they are drafts, then publish them.

    The guards of published figures allow no other order.
    """
    source_ids = dict(StoredSource.objects.values_list("key", "pk"))
    specialty_ids = dict(StoredSpecialty.objects.values_list("slug", "pk"))
    releases = {
        year.match_year: StoredRelease(
            match_year=year.match_year,
            version=year.release.version,
            kind=year.release.kind,
            public_note=year.release.public_note,
            founding=True,
            opened_at=now,
        )
        for year in years
    }
    StoredRelease.objects.bulk_create(releases.values())
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
        through = model.sources.through
        owner = f"{model._meta.model_name}_id"
        through.objects.bulk_create(
            through(**{owner: stored.pk, "source_id": source_ids[source.key]})
            for stored, row in pairs
            for source in row.provenance.sources
        )
    StoredFootnote.objects.bulk_create(
        StoredFootnote(
            release=releases[year.match_year],
            table=note.table,
            row=note.row,
            column=note.column,
            text=note.text,
        )
        for year in years
        for note in year.footnotes
    )
    StoredRelease.objects.filter(match_year__in=releases, is_current=True).update(
        is_current=False
    )
    StoredRelease.objects.filter(
        pk__in=[release.pk for release in releases.values()]
    ).update(status=Status.PUBLISHED, published_at=now, is_current=True)


def _columns(row: Row, specialty_ids: dict[str, int]) -> dict[str, Any]:
    """What the model stores of a row."""
    about = row.provenance
    values = {
        column: getattr(row, column)
        for column in (*IDENTITY[row.table], *row.counts, *row.printed)
    }
    if "specialty" in values:
        # None stands for all specialties together.
        values["specialty_id"] = specialty_ids.get(values.pop("specialty").slug)
    return {
        **values,
        "confidence": about.confidence,
        "locator": about.locator,
        "note": about.note,
        "missing": about.missing,
    }
