"""Opens versions to work on: a new year, an amendment of a published one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, models, transaction

from stats import drafts
from stats.actions import record_history
from stats.actions.link_sources import link_sources
from stats.choices import (
    CURRENT_TYPES,
    FigureConfidence,
    Missing,
    ReleaseKind,
    ReleaseStep,
    Status,
)
from stats.columns import IDENTITY
from stats.exceptions import AlreadyOpen, NothingToAmend
from stats.models import (
    FIGURE_MODELS,
    MODELS,
    ApplicantResult,
    Footnote,
    Release,
    Specialty,
    SpecialtyResult,
    YearTotals,
)

if TYPE_CHECKING:
    from imgportal.models import User


def start_year(*, match_year: int, by: User, now: datetime) -> Release:
    """Open the first version of a year, with an empty row for everything expected.

    Raises AlreadyOpen when the year has a version.
    """
    with transaction.atomic():
        if Release.objects.filter(match_year=match_year).exists():
            raise AlreadyOpen(
                f"{match_year} has a version already. Go on with it, or open an "
                "amendment of it."
            )
        release = _open(match_year, 1, ReleaseKind.FIRST, by=by, now=now)
        empty: dict[str, Any] = {
            "release": release,
            "missing": Missing.NOT_ENTERED,
            # The most careful grade, until somebody judges the source.
            "confidence": FigureConfidence.C,
        }
        YearTotals.objects.create(**empty)
        ApplicantResult.objects.bulk_create(
            ApplicantResult(applicant_type=kind, **empty) for kind in CURRENT_TYPES
        )
        SpecialtyResult.objects.bulk_create(
            SpecialtyResult(specialty=specialty, **empty)
            for specialty in Specialty.objects.filter(successor=None)
        )
        record_history.record(release, ReleaseStep.STARTED, by=by, now=now)
    return release


def open_amendment(*, match_year: int, by: User, now: datetime) -> Release:
    """Copy the current version of a year into a new draft.

    Whether it is a correction or a revision is said when it is published. Raises
    AlreadyOpen when somebody works on the year, NothingToAmend without a published
    version.
    """
    with transaction.atomic():
        record_history.lock_year(match_year)
        versions = Release.objects.filter(match_year=match_year)
        current = versions.filter(is_current=True).first()
        if versions.exclude(status=Status.PUBLISHED).exists():
            raise AlreadyOpen(
                f"Somebody is working on {match_year} already. Go on with that version."
            )
        if current is None:
            raise NothingToAmend(
                f"{match_year} has no published version. Start the year instead."
            )
        newest = versions.aggregate(newest=models.Max("version"))["newest"]
        release = _open(match_year, newest + 1, ReleaseKind.CORRECTION, by=by, now=now)
        for model in FIGURE_MODELS:
            _copy_rows(model, current, release)
        notes = list(current.footnotes.order_by("pk"))
        for note in notes:
            note.pk, note.release = None, release
        Footnote.objects.bulk_create(notes)
        lowered = _lower_grades(release)
        graded = f" {lowered} graded lower, by the rule of today." if lowered else ""
        record_history.record(
            release,
            ReleaseStep.AMENDED,
            by=by,
            now=now,
            detail=f"A copy of version {current.version}.{graded}",
        )
    return release


def _lower_grades(release: Release) -> int:
    """Give copied rows the grade of today's rule where they claim a better one, which
    nobody could publish again. Returns how many.
    """
    rows = [
        row
        for row in drafts.figures_of(release).rows()
        if row.provenance.published_grade
    ]
    for row in rows:
        identity = {column: getattr(row, column) for column in IDENTITY[row.table]}
        if "specialty" in identity:
            # None stands for all specialties together.
            slug = identity.pop("specialty").slug
            identity |= {"specialty__slug": slug} if slug else {"specialty": None}
        MODELS[row.table].objects.filter(release=release, **identity).update(
            confidence=row.provenance.confidence
        )
    return len(rows)


def discard(*, release_id: int, by: User, now: datetime) -> None:
    """Delete a draft and its rows; the public figures stay as they are.

    Raises WrongStatus when it is in review or published.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.DRAFT)
        record_history.record(release, ReleaseStep.DISCARDED, by=by, now=now)
        release.delete()


def _open(
    match_year: int, version: int, kind: ReleaseKind, *, by: User, now: datetime
) -> Release:
    try:
        with transaction.atomic():
            return Release.objects.create(
                match_year=match_year,
                version=version,
                kind=kind,
                opened_at=now,
                opened_by=by,
            )
    except IntegrityError:
        if not Release.objects.filter(match_year=match_year, version=version).exists():
            raise
        # Two people pressed at the same moment, and the first one got the version.
        raise AlreadyOpen(
            f"Somebody has just opened {match_year}. Go on with that version."
        ) from None


def _copy_rows(model: Any, source: Release, target: Release) -> None:
    """Copies of all rows with their sources, in the same order."""
    rows = list(model.objects.filter(release=source).order_by("pk"))
    old_ids = [row.pk for row in rows]
    for row in rows:
        row.pk = None
        row._state.adding = True
        row.release = target
    copies = model.objects.bulk_create(rows)
    new_id = dict(zip(old_ids, (copy.pk for copy in copies), strict=True))
    owner = f"{model._meta.model_name}_id"
    links = model.sources.through.objects.filter(**{f"{owner}__in": old_ids})
    link_sources(
        model,
        (
            (new_id[row_id], source_id)
            for row_id, source_id in links.order_by("pk").values_list(
                owner, "source_id"
            )
        ),
    )
