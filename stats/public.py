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

from stats import reading
from stats.differences import Difference, differences
from stats.figures import (
    Row,
    ScoreRow,
    Source,
    Specialty,
    SpecialtyRow,
    YearFigures,
)
from stats.models import Release as StoredRelease


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
    shelf = reading.read(releases)
    return Figures(
        publication=publication,
        versions=MappingProxyType(shelf.versions),
        specialties=shelf.specialties,
        sources=shelf.sources,
    )
