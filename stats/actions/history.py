"""Writes down who did what to a version, in the transaction of the deed itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from stats.choices import Status, Step
from stats.exceptions import WrongStatus
from stats.models import Release, ReleaseEvent

if TYPE_CHECKING:
    from imgportal.models import User


def lock(release_id: int, *, needs: Status, what_then: str) -> Release:
    """The release, read again under lock, in the status that is needed.

    Raises WrongStatus, which says what to do instead. On SQLite the transaction
    itself (IMMEDIATE) is the lock.
    """
    release = Release.objects.select_for_update().filter(pk=release_id).first()
    if release is None:
        raise WrongStatus("This version was discarded. Begin at the list of versions.")
    if release.status != needs:
        raise WrongStatus(
            f"Version {release.version} of {release.match_year} is "
            f"{release.get_status_display().lower()} by now. {what_then}"
        )
    return release


def record(
    release: Release, step: Step, *, by: User, now: datetime, detail: str = ""
) -> None:
    ReleaseEvent.objects.create(
        match_year=release.match_year,
        version=release.version,
        step=step,
        detail=detail,
        at=now,
        by=by,
    )
