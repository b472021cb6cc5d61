"""Stored releases as plain data: published ones for the public door, drafts for staff.

Reads all rows of the given releases in a fixed number of queries, however many
releases there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

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
    FootnoteFacts,
    Provenance,
    ReleaseFacts,
    Row,
    SourceFacts,
    SpecialtyFacts,
    YearFigures,
)
from stats.models import FIGURE_MODELS, Footnote, Source, Specialty


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRows:
    """Versions by year and number, and the sources and specialties they refer to."""

    versions: Mapping[tuple[int, int], YearFigures]
    specialties: Mapping[str, SpecialtyFacts]  # by slug, in alphabetical order
    sources: Mapping[str, SourceFacts]  # by key, in alphabetical order


def source_of(row: Source) -> SourceFacts:
    return SourceFacts(
        **{field.name: getattr(row, field.name) for field in fields(SourceFacts)}
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
    sources = {row.pk: source_of(row) for row in Source.objects.order_by("key")}
    stored = list(Specialty.objects.order_by("short_name"))
    slugs = {row.pk: row.slug for row in stored}
    specialties = {
        row.pk: specialty_of(row, slugs[row.successor_id] if row.successor_id else "")
        for row in stored
    }
    ids = [release["id"] for release in releases]
    by_id = {release["id"]: release for release in releases}

    def read_row(row: Any, row_sources: Sequence[SourceFacts]) -> Row:
        release, table = by_id[row.release_id], row.table
        values = {
            column: getattr(row, column)
            for column in (*COUNTS[table], *PRINTED[table], *IDENTITY[table])
            if column != "specialty"
        }
        if "specialty" in IDENTITY[table]:
            # None stands for all specialties together.
            values["specialty"] = specialties.get(row.specialty_id, ALL_SPECIALTIES)
        if "applicant_type" in values:
            values["applicant_type"] = ApplicantType(row.applicant_type)
        if "outcome" in values:
            values["outcome"] = ScoreOutcome(row.outcome)
        figures: Row = ROW_TYPES[table](
            **values,
            provenance=Provenance(
                match_year=release["match_year"],
                version=release["version"],
                sources=tuple(row_sources),
                confidence=FigureConfidence(row.confidence),
                locator=row.locator,
                note=row.note,
                missing=row.missing,
            ),
        )
        return figures

    rows: dict[int, list[Row]] = defaultdict(list)
    for model in FIGURE_MODELS:
        links = model.sources.through._default_manager.filter(
            **{f"{model._meta.model_name}__release__in": ids}
        )
        owner = f"{model._meta.model_name}_id"
        row_sources: dict[int, list[SourceFacts]] = defaultdict(list)
        for row_id, source_id in links.order_by("pk").values_list(owner, "source_id"):
            row_sources[row_id].append(sources[source_id])
        stored_rows: Any = model._default_manager.filter(release__in=ids).order_by("pk")
        for stored_row in stored_rows:
            row = read_row(stored_row, row_sources[stored_row.pk])
            rows[stored_row.release_id].append(row)
    footnotes: dict[int, list[FootnoteFacts]] = defaultdict(list)
    for note in Footnote.objects.filter(release__in=ids).order_by("pk"):
        footnotes[note.release_id].append(
            FootnoteFacts(
                table=FigureTable(note.table),
                row=note.row,
                column=note.column,
                text=note.text,
            )
        )
    types = list(ApplicantType)
    versions: dict[tuple[int, int], YearFigures] = {}
    for release in releases:
        figures = YearFigures.assemble(
            ReleaseFacts(
                match_year=release["match_year"],
                version=release["version"],
                kind=ReleaseKind(release["kind"]),
                public_note=release["public_note"],
                published_at=release["published_at"],
                is_current=release["is_current"],
                is_founding=release["founding"],
                by_one_person=release["by_one_person"],
            ),
            rows[release["id"]],
            footnotes[release["id"]],
        )
        in_order = sorted(
            figures.applicants, key=lambda row: types.index(row.applicant_type)
        )
        versions[figures.match_year, figures.release.version] = replace(
            figures, applicants=tuple(in_order)
        )
    return ReleaseRows(
        versions=versions,
        specialties={row.slug: row for row in specialties.values()},
        sources={row.key: row for row in sources.values()},
    )
