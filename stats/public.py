"""The only door to published figures for the rest of the site.

Everything is frozen plain data. A published version never changes, so what is
read once stays true until the next publication: `everything()` asks the database
one short question (which versions are published?) and reads the rows again only
when the answer differs from the last one. Nothing here writes.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.db import models

from stats.choices import ApplicantType, Confidence, Outcome, ReleaseKind, Table
from stats.differences import Difference, differences
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
from stats.models import Release as StoredRelease
from stats.models import Source as StoredSource
from stats.models import Specialty as StoredSpecialty


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What is published now: two of them are equal exactly when the figures are."""

    token: str
    published_at: datetime | None  # None: nothing is published yet


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Every published figure, current and earlier versions alike."""

    publication: Publication
    versions: Mapping[tuple[int, int], YearFigures]
    specialties: Mapping[str, Specialty]  # by slug, in alphabetical order
    sources: Mapping[str, Source]  # by key, in alphabetical order

    @cached_property
    def years(self) -> dict[int, YearFigures]:
        """The current version of each Match year, oldest first."""
        return {
            year.match_year: year
            for year in self.versions.values()
            if year.release.is_current
        }

    @cached_property
    def newest(self) -> YearFigures | None:
        """The newest year of which the results of IMGs are known."""
        return next(
            (
                year
                for year in reversed(self.years.values())
                if year.imgs is not None and year.imgs.match_rate is not None
            ),
            None,
        )

    def versions_of(self, match_year: int) -> tuple[YearFigures, ...]:
        """All published versions of one year, oldest first; empty when there is none."""
        return tuple(
            year for year in self.versions.values() if year.match_year == match_year
        )

    def changes_in(self, year: YearFigures) -> tuple[Difference, ...]:
        """What this version changed in the one before it; empty for a first one."""
        before = self.versions.get((year.match_year, year.release.version - 1))
        return differences(before, year) if before else ()

    @cached_property
    def publications(self) -> tuple[YearFigures, ...]:
        """Every published version, the newest publication first."""
        return tuple(
            sorted(
                self.versions.values(),
                key=lambda year: (
                    year.release.published_at,
                    year.release.version,
                    year.match_year,
                ),
                reverse=True,
            )
        )

    @cached_property
    def specialty_years(self) -> Mapping[str, tuple[SpecialtyRow, ...]]:
        """The positions of each specialty over the years, oldest first, by slug."""
        rows: dict[str, list[SpecialtyRow]] = defaultdict(list)
        for year in self.years.values():
            for row in year.specialties:
                rows[row.specialty.slug].append(row)
        return {slug: tuple(found) for slug, found in rows.items()}

    @cached_property
    def scores_of(self) -> Mapping[str, tuple[ScoreRow, ...]]:
        """The scores of each specialty, newest edition first, by slug."""
        rows: dict[str, list[ScoreRow]] = defaultdict(list)
        for year in reversed(self.years.values()):
            for row in year.scores:
                rows[row.specialty.slug].append(row)
        return {slug: tuple(found) for slug, found in rows.items()}

    @cached_property
    def editions(self) -> tuple[int, ...]:
        """The years that have a Charting Outcomes edition, newest first."""
        return tuple(
            year.match_year for year in reversed(self.years.values()) if year.scores
        )

    @cached_property
    def rests_on(self) -> Mapping[str, tuple[Row, ...]]:
        """The current rows that rest on each source, by key."""
        rows: dict[str, list[Row]] = defaultdict(list)
        for year in self.years.values():
            for row in year.rows():
                for source in row.provenance.sources:
                    rows[source.key].append(row)
        return {key: tuple(found) for key, found in rows.items()}


# The figures of the last publication seen by this process. Replaced as a whole,
# so a request on another thread sees either the old or the new ones.
_last_seen: Figures | None = None


def everything() -> Figures:
    """All published figures. One query when nothing was published since, else 13."""
    global _last_seen
    publication, figures = _publication(_published()), _last_seen
    if figures is None or figures.publication != publication:
        figures = _last_seen = _read()
    return figures


def forget() -> None:
    """Read everything again next time. Only tests need it: they undo publications."""
    global _last_seen
    _last_seen = None


# A published release: its id, whether it is the current one, and since when.
State = tuple[int, bool, datetime | None]


def _published() -> list[State]:
    """What tells one publication from the next. Asked for every page, so kept short."""
    return list(
        StoredRelease.objects.published()
        .order_by("match_year", "version")
        .values_list("id", "is_current", "published_at")
    )


def _publication(states: Sequence[State]) -> Publication:
    return Publication(
        token=hashlib.blake2s(repr(states).encode(), digest_size=8).hexdigest(),
        published_at=max((moment for *_, moment in states if moment), default=None),
    )


def _read() -> Figures:
    """Read the published releases, and the rows of exactly these.

    The releases are fixed first and their rows can no longer change, so a
    publication in the middle of these queries cannot mix two states.
    """
    releases: Sequence[Mapping[str, Any]] = list(
        StoredRelease.objects.published()
        .order_by("match_year", "version")
        .annotate(
            by_one_person=models.Exists(
                StoredRelease.editors.through.objects.filter(
                    release_id=models.OuterRef("pk"),
                    user_id=models.OuterRef("published_by_id"),
                )
            )
        )
        .values()
    )
    publication = _publication(
        [
            (release["id"], release["is_current"], release["published_at"])
            for release in releases
        ]
    )
    sources = {
        row.pk: Source(
            key=row.key,
            title=row.title,
            publisher=row.publisher,
            url=row.url,
            published=row.published,
            accessed_on=row.accessed_on,
            kind=row.kind,
        )
        for row in StoredSource.objects.order_by("key")
    }
    specialties = {
        row.pk: Specialty(
            slug=row.slug,
            name=row.name,
            short_name=row.short_name,
            is_preliminary=row.is_preliminary,
        )
        for row in StoredSpecialty.objects.order_by("short_name")
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
    read: dict[tuple[int, int], YearFigures] = {}
    for release in releases:
        pk = release["id"]
        read[release["match_year"], release["version"]] = YearFigures(
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
    return Figures(
        publication=publication,
        versions=MappingProxyType(read),
        specialties={row.slug: row for row in specialties.values()},
        sources={row.key: row for row in sources.values()},
    )
