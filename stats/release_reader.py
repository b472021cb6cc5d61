"""Stored releases as plain data: published ones for the public door, drafts for staff.

Reads all rows of the given releases in a fixed number of queries, however many
releases there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import TextChoices

from stats.choices import (
    ApplicantType,
    FigureConfidence,
    FigureTable,
    ReleaseKind,
    ScoreOutcome,
)
from stats.columns import COUNTS, IDENTITY, PRINTED
from stats.figures import (
    ALL_SPECIALTIES,
    ROW_TYPES,
    ApplicantRow,
    FootnoteFacts,
    PlacementRow,
    Provenance,
    ReleaseFacts,
    Row,
    SourceFacts,
    SpecialtyFacts,
    YearFigures,
    with_ancestry,
)
from stats.grades import with_grades
from stats.models import FIGURE_MODELS, Footnote, Source, Specialty

CHOICES: dict[str, Callable[[str], TextChoices]] = {
    "applicant_type": ApplicantType,
    "outcome": ScoreOutcome,
}
TYPE_ORDER = {kind: place for place, kind in enumerate(ApplicantType)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRows:
    """Versions by year and number, and the sources and specialties they refer to."""

    versions: Mapping[tuple[int, int], YearFigures]
    specialties: Mapping[str, SpecialtyFacts]  # by slug, in alphabetical order
    sources: Mapping[str, SourceFacts]  # by key, in alphabetical order


def source_of(row: Source) -> SourceFacts:
    """One document by itself; `with_ancestry` tells all of them what they rest on."""
    return SourceFacts(
        **{
            field.name: getattr(row, field.name)
            for field in fields(SourceFacts)
            if field.name not in {"rests_on", "ancestry"}
        },
        rests_on=row.rests_on_keys,
    )


def specialty_of(row: Specialty, successor: str = "") -> SpecialtyFacts:
    """`successor` is the slug of what it was merged into, empty for none."""
    return SpecialtyFacts(
        slug=row.slug,
        name=row.name,
        short_name=row.short_name,
        is_preliminary=row.is_preliminary,
        successor=successor,
    )


def read(releases: Sequence[Mapping[str, Any]]) -> ReleaseRows:
    """The rows of exactly these releases, given as dictionaries of their columns."""
    stored_sources = list(Source.objects.order_by("key"))
    by_key = with_ancestry(map(source_of, stored_sources))
    sources = {row.pk: by_key[row.key] for row in stored_sources}
    stored = list(Specialty.objects.order_by("short_name"))
    slugs = {row.pk: row.slug for row in stored}
    specialties = {
        row.pk: specialty_of(row, slugs[row.successor_id] if row.successor_id else "")
        for row in stored
    }
    rows = _read_rows(releases, specialties, sources)
    footnotes: dict[int, list[FootnoteFacts]] = defaultdict(list)
    for note in Footnote.objects.filter(release__in=list(rows)).order_by("pk"):
        footnotes[note.release_id].append(
            FootnoteFacts(
                table=FigureTable(note.table),
                row=note.row,
                column=note.column,
                text=note.text,
            )
        )
    return ReleaseRows(
        versions={
            (release["match_year"], release["version"]): with_grades(
                YearFigures.assemble(
                    ReleaseFacts(
                        match_year=release["match_year"],
                        version=release["version"],
                        kind=ReleaseKind(release["kind"]),
                        public_note=release["public_note"],
                        published_at=release["published_at"],
                        is_current=release["is_current"],
                        is_founding=release["founding"],
                        edition=release["edition"] or 0,
                        by_one_person=release["by_one_person"],
                        withdrawn_because=release.get("withdrawn_because") or "",
                        unseen_because=release.get("unseen_because") or "",
                    ),
                    rows[release["id"]],
                    footnotes[release["id"]],
                )
            )
            for release in releases
        },
        specialties={row.slug: row for row in specialties.values()},
        sources=by_key,
    )


def _read_rows(
    releases: Sequence[Mapping[str, Any]],
    specialties: Mapping[int, SpecialtyFacts],
    sources: Mapping[int, SourceFacts],
) -> dict[int, list[Row]]:
    """The rows of all tables by the id of their release. Two queries a table."""
    by_id = {release["id"]: release for release in releases}
    rows: dict[int, list[Row]] = {release_id: [] for release_id in by_id}
    for model in FIGURE_MODELS:
        owner = f"{model._meta.model_name}_id"
        links = model.sources.through._default_manager.filter(
            **{f"{model._meta.model_name}__release__in": list(by_id)}
        )
        row_sources: dict[int, list[SourceFacts]] = defaultdict(list)
        for row_id, source_id in links.order_by("pk").values_list(owner, "source_id"):
            row_sources[row_id].append(sources[source_id])
        stored: Any = model._default_manager.filter(release__in=list(by_id)).order_by(
            "pk"
        )
        for row in stored:
            release = by_id[row.release_id]
            provenance = Provenance(
                match_year=release["match_year"],
                version=release["version"],
                sources=tuple(row_sources[row.pk]),
                confidence=FigureConfidence(row.confidence),
                locator=row.locator,
                note=row.note,
                withdrawn_because=release.get("withdrawn_because") or "",
                missing=row.missing,
                by_value=row.by_value,
            )
            values = {
                column: getattr(row, column)
                for column in (*COUNTS[row.table], *PRINTED[row.table])
            }
            for column in IDENTITY[row.table]:
                values[column] = (
                    # None stands for all specialties together.
                    specialties.get(row.specialty_id, ALL_SPECIALTIES)
                    if column == "specialty"
                    else CHOICES[column](getattr(row, column))
                )
            rows[row.release_id].append(
                ROW_TYPES[row.table](**values, provenance=provenance)
            )
    for release_rows in rows.values():
        release_rows.sort(key=_place_of_type)
    return rows


def _place_of_type(row: Row) -> int:
    """Applicant types stand in the order of NRMP's tables, other rows as stored."""
    if isinstance(row, ApplicantRow | PlacementRow):
        return TYPE_ORDER[row.applicant_type]
    return 0
