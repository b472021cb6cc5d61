"""Writes down who did what to a version, in the transaction of the deed itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from stats import signals
from stats.choices import ReleaseStep, Status
from stats.exceptions import WrongStatus
from stats.models import Release, ReleaseEvent

if TYPE_CHECKING:
    from imgportal.models import User


# What can be done with a version that is not in the status an action needs.
INSTEAD: dict[Status, str] = {
    Status.DRAFT: "a draft by now. Change it, or submit it for review.",
    Status.IN_REVIEW: (
        "in review by now. Publish it, or return it to its editors to change it."
    ),
    Status.PUBLISHED: "published by now. Open an amendment to change its figures.",
}


def lock_year(match_year: int) -> None:
    """Wait until nobody else works on any version of this year, and keep them out.

    Every action locks the whole year: publishing changes two versions, the new one and
    the one it replaces, and locks taken in turn could wait for each other. Read what
    decides after taking the lock. On SQLite the transaction (IMMEDIATE) is the lock.
    """
    versions = Release.objects.select_for_update().filter(match_year=match_year)
    list(versions.order_by("version").values_list("pk"))


def lock(release_id: int, *, needs: Status) -> Release:
    """The release, read again under lock, in the status that is needed.

    Raises WrongStatus, which says what to do instead.
    """
    matching = Release.objects.filter(pk=release_id)
    for match_year in matching.values_list("match_year", flat=True):
        lock_year(match_year)
    release = matching.all().first()
    if release is None:
        raise WrongStatus("This version was discarded. Begin at the list of versions.")
    if release.status != needs:
        raise WrongStatus(
            f"Version {release.version} of {release.match_year} is "
            f"{INSTEAD[Status(release.status)]}"
        )
    return release


def lock_open(release_id: int) -> Release:
    """The release under lock, while it is a draft or in review. Raises WrongStatus."""
    is_draft = Release.objects.filter(pk=release_id, status=Status.DRAFT).exists()
    return lock(release_id, needs=Status.DRAFT if is_draft else Status.IN_REVIEW)


def record(
    release: Release, step: ReleaseStep, *, by: User, now: datetime, detail: str = ""
) -> None:
    ReleaseEvent.objects.create(
        match_year=release.match_year,
        version=release.version,
        step=step,
        detail=detail,
        at=now,
        by=by,
    )
    signals.version_handed_on.send(
        None, release=release, step=step, detail=detail, by=by, now=now
    )


def record_change(
    release: Release,
    detail: str,
    *,
    by: User,
    now: datetime,
    step: ReleaseStep = ReleaseStep.CHANGED,
) -> None:
    """Values of a draft were changed: whoever did it cannot publish them."""
    release.editors.add(by)
    record(release, step, by=by, now=now, detail=detail)
