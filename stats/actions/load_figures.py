"""Load the founding figures: parse everything, check everything, then write once.

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

from stats.choices import (
    Status,
)
from stats.figures import (
    ApplicantRow,
    Row,
    ScoreRow,
    SpecialtyRow,
    TotalsRow,
    YearFigures,
)
from stats.founding.files import parse
from stats.models import (
    ApplicantResult,
    ScoreSummary,
    SpecialtyResult,
    YearTotals,
)
from stats.models import Footnote as StoredFootnote
from stats.models import Release as StoredRelease
from stats.models import Source as StoredSource
from stats.models import Specialty as StoredSpecialty


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a run wrote; all zeros and empty when everything was there already."""

    sources: int
    specialties: int
    versions: tuple[tuple[int, int], ...]  # (Match year, version)
    years_left_alone: int


@transaction.atomic
def load_figures(*, folder: Path, now: datetime) -> Loaded:
    """Write what the database does not hold yet.

    Raises FilesRefused with every bad row, and then nothing has changed.
    """
    parsed = parse(folder, now=now)
    known_sources = set(StoredSource.objects.values_list("key", flat=True))
    new_sources = [row for row in parsed.sources if row.key not in known_sources]
    StoredSource.objects.bulk_create(
        StoredSource(
            key=row.key,
            title=row.title,
            publisher=row.publisher,
            url=row.url,
            published=row.published,
            accessed_on=row.accessed_on,
            kind=row.kind,
            changed_at=now,
        )
        for row in new_sources
    )
    known_specialties = set(StoredSpecialty.objects.values_list("slug", flat=True))
    new_specialties = [
        row for row in parsed.specialties if row.slug not in known_specialties
    ]
    StoredSpecialty.objects.bulk_create(
        StoredSpecialty(
            slug=row.slug,
            name=row.name,
            short_name=row.short_name,
            is_preliminary=row.is_preliminary,
            changed_at=now,
        )
        for row in new_specialties
    )
    known_years = set(StoredRelease.objects.values_list("match_year", flat=True))
    new_versions = [
        year for year in parsed.versions if year.match_year not in known_years
    ]
    _store(new_versions, now=now)
    return Loaded(
        sources=len(new_sources),
        specialties=len(new_specialties),
        versions=tuple(
            (year.match_year, year.release.version) for year in new_versions
        ),
        years_left_alone=len(
            known_years & {year.match_year for year in parsed.versions}
        ),
    )


def _store(years: Iterable[YearFigures], *, now: datetime) -> None:
    """Fill each release while it is a draft, then publish it: the guards allow no other order."""
    source_ids = dict(StoredSource.objects.values_list("key", "pk"))
    specialty_ids = dict(StoredSpecialty.objects.values_list("slug", "pk"))
    for year in years:
        release = StoredRelease.objects.create(
            match_year=year.match_year,
            version=year.release.version,
            kind=year.release.kind,
            public_note=year.release.public_note,
            founding=True,
            opened_at=now,
        )
        by_model: dict[Any, list[tuple[Any, Row]]] = defaultdict(list)
        for row in year.rows():
            stored = _model_row(row, release, specialty_ids)
            by_model[type(stored)].append((stored, row))
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
                release=release,
                table=note.table,
                row=note.row,
                column=note.column,
                text=note.text,
            )
            for note in year.footnotes
        )
        StoredRelease.objects.filter(
            match_year=year.match_year, is_current=True
        ).update(is_current=False)
        release.status = Status.PUBLISHED
        release.published_at = now
        release.is_current = True
        release.save(update_fields=["status", "published_at", "is_current"])


def _model_row(row: Row, release: StoredRelease, specialty_ids: dict[str, int]) -> Any:
    values: dict[str, Any] = {
        column: getattr(row, column) for column in (*row.counts, *row.printed)
    }
    values |= {
        "release": release,
        "confidence": row.provenance.confidence,
        "locator": row.provenance.locator,
        "note": row.provenance.note,
        "missing": row.provenance.missing,
    }
    match row:
        case TotalsRow():
            return YearTotals(**values)
        case ApplicantRow():
            return ApplicantResult(applicant_type=row.applicant_type, **values)
        case SpecialtyRow():
            return SpecialtyResult(
                specialty_id=specialty_ids[row.specialty.slug], **values
            )
        case ScoreRow():
            return ScoreSummary(
                # None stands for all specialties together.
                specialty_id=specialty_ids.get(row.specialty.slug),
                applicant_type=row.applicant_type,
                outcome=row.outcome,
                **values,
            )
