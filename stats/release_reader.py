"""Stored releases as plain data: published ones for the public door, drafts for staff.

Reads all rows of the given releases in a fixed number of queries, however many
releases there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stats.choices import ApplicantType, Confidence, Outcome, ReleaseKind, Table
from stats.figures import (
    ALL_SPECIALTIES,
    ApplicantRow,
    Footnote,
    Provenance,
    Release,
    Row,
    ScoreRow,
    Source,
    Specialty,
    SpecialtyRow,
    TotalsRow,
    YearFigures,
)
from stats.models import (
    ApplicantResult,
    ScoreSummary,
    SpecialtyResult,
    YearTotals,
)
from stats.models import Footnote as StoredFootnote
from stats.models import Source as StoredSource
from stats.models import Specialty as StoredSpecialty


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What was read: versions by year and number, and what their rows refer to."""

    versions: Mapping[tuple[int, int], YearFigures]
    specialties: Mapping[str, Specialty]  # by slug, in alphabetical order
    sources: Mapping[str, Source]  # by key, in alphabetical order


def source_of(row: StoredSource) -> Source:
    return Source(
        key=row.key,
        title=row.title,
        publisher=row.publisher,
        url=row.url,
        published=row.published,
        accessed_on=row.accessed_on,
        kind=row.kind,
    )


def specialty_of(row: StoredSpecialty, successor: str = "") -> Specialty:
    """`successor` is the slug of what it was merged into, empty for none."""
    return Specialty(
        slug=row.slug,
        name=row.name,
        short_name=row.short_name,
        is_preliminary=row.is_preliminary,
        successor=successor,
    )


def read(releases: Sequence[Mapping[str, Any]]) -> Shelf:
    """The rows of exactly these releases, given as dictionaries of their columns."""
    sources = {row.pk: source_of(row) for row in StoredSource.objects.order_by("key")}
    stored = list(StoredSpecialty.objects.order_by("short_name"))
    slugs = {row.pk: row.slug for row in stored}
    specialties = {
        row.pk: specialty_of(row, slugs[row.successor_id] if row.successor_id else "")
        for row in stored
    }
    ids = [release["id"] for release in releases]
    versions = {release["id"]: release for release in releases}

    def rows_of(model: Any) -> dict[int, list[tuple[Any, Provenance]]]:
        """The rows of one table with their provenance, by release. Two queries."""
        through = model.sources.through.objects
        owner = f"{model._meta.model_name}_id"
        of_row: dict[int, list[Source]] = defaultdict(list)
        for row_id, source_id in (
            through.filter(**{f"{model._meta.model_name}__release__in": ids})
            .order_by("pk")
            .values_list(owner, "source_id")
        ):
            of_row[row_id].append(sources[source_id])
        found: dict[int, list[tuple[Any, Provenance]]] = defaultdict(list)
        for row in model.objects.filter(release__in=ids).order_by("pk"):
            release = versions[row.release_id]
            found[row.release_id].append(
                (
                    row,
                    Provenance(
                        match_year=release["match_year"],
                        version=release["version"],
                        sources=tuple(of_row[row.pk]),
                        confidence=Confidence(row.confidence),
                        locator=row.locator,
                        note=row.note,
                        missing=row.missing,
                    ),
                )
            )
        return found

    def values(row: Any, kind: type[Row]) -> dict[str, Any]:
        return {
            column: getattr(row, column) for column in (*kind.counts, *kind.printed)
        }

    totals = rows_of(YearTotals)
    applicants = rows_of(ApplicantResult)
    by_specialty = rows_of(SpecialtyResult)
    scores = rows_of(ScoreSummary)
    footnotes: dict[int, list[Footnote]] = defaultdict(list)
    for note in StoredFootnote.objects.filter(release__in=ids).order_by("pk"):
        footnotes[note.release_id].append(
            Footnote(
                table=Table(note.table),
                row=note.row,
                column=note.column,
                text=note.text,
            )
        )

    type_order = {kind: place for place, kind in enumerate(ApplicantType)}
    versions_read: dict[tuple[int, int], YearFigures] = {}
    for release in releases:
        pk = release["id"]
        versions_read[release["match_year"], release["version"]] = YearFigures(
            release=Release(
                match_year=release["match_year"],
                version=release["version"],
                kind=ReleaseKind(release["kind"]),
                public_note=release["public_note"],
                published_at=release["published_at"],
                is_current=release["is_current"],
                is_founding=release["founding"],
                by_one_person=release["by_one_person"],
            ),
            totals=next(
                (
                    TotalsRow(**values(row, TotalsRow), provenance=provenance)
                    for row, provenance in totals[pk]
                ),
                None,
            ),
            applicants=tuple(
                sorted(
                    (
                        ApplicantRow(
                            applicant_type=ApplicantType(row.applicant_type),
                            **values(row, ApplicantRow),
                            provenance=provenance,
                        )
                        for row, provenance in applicants[pk]
                    ),
                    key=lambda row: type_order[row.applicant_type],
                )
            ),
            specialties=tuple(
                SpecialtyRow(
                    specialty=specialties[row.specialty_id],
                    **values(row, SpecialtyRow),
                    provenance=provenance,
                )
                for row, provenance in by_specialty[pk]
            ),
            scores=tuple(
                ScoreRow(
                    specialty=(
                        specialties[row.specialty_id]
                        if row.specialty_id is not None
                        else ALL_SPECIALTIES
                    ),
                    applicant_type=ApplicantType(row.applicant_type),
                    outcome=Outcome(row.outcome),
                    **values(row, ScoreRow),
                    provenance=provenance,
                )
                for row, provenance in scores[pk]
            ),
            footnotes=tuple(footnotes[pk]),
        )
    return Shelf(
        versions=versions_read,
        specialties={row.slug: row for row in specialties.values()},
        sources={row.key: row for row in sources.values()},
    )
