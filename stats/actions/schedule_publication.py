"""Publication at an hour that somebody chose: once, called off by anybody who publishes."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from imgportal.lib import eastern_time
from stats.actions import publish_version, record_history
from stats.choices import ReleaseKind, ReleaseStep, Status
from stats.exceptions import WorkflowRefused, WrongHour
from stats.models import Release, ScheduledPublication

if TYPE_CHECKING:
    from imgportal.models import User

FURTHEST = timedelta(days=400)
logger = logging.getLogger(__name__)


def schedule(
    *,
    release_id: int,
    at: datetime,
    by: User,
    now: datetime,
    public_note: str = "",
    kind: ReleaseKind | None = None,
) -> ScheduledPublication:
    """Have a submitted version published at `at`; an hour chosen before is replaced.

    Raises what `publish_version.publish` raises, and WrongHour.
    """
    if not now < at <= now + FURTHEST:
        raise WrongHour(
            "Choose an hour that is still to come, and at most a year ahead. It is "
            f"{eastern_time.in_words(now)} now."
        )
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.IN_REVIEW)
        publish_version.refuse_publication(
            release, by=by, now=now, at=at, public_note=public_note, kind=kind
        )
        scheduled, _ = ScheduledPublication.objects.update_or_create(
            release=release,
            defaults={
                "at": at,
                "by": by,
                "kind": kind or "",
                "public_note": public_note.strip(),
            },
        )
        record_history.record(
            release,
            ReleaseStep.SCHEDULED,
            by=by,
            now=now,
            detail=eastern_time.in_words(at),
        )
    return scheduled


def call_off(*, release_id: int, by: User, now: datetime) -> Release:
    """The version stays in review. Raises WrongStatus when it is public by now, and
    WrongHour when nothing was scheduled.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.IN_REVIEW)
        count, _ = ScheduledPublication.objects.filter(release=release).delete()
        if not count:
            raise WrongHour(
                "No hour was chosen for this version, or it was called off."
            )
        record_history.record(release, ReleaseStep.CALLED_OFF, by=by, now=now)
    return release


def publish_due(*, now: datetime) -> int:
    """Publish what is due; how many versions. Safe to run twice at once.

    What cannot be published any more is called off, and its people are told why.
    """
    due = ScheduledPublication.objects.filter(at__lte=now).order_by("at", "pk")
    return sum(
        _publish(release_id, now)
        for release_id in due.values_list("release_id", flat=True)
    )


def _publish(release_id: int, now: datetime) -> bool:
    """False: another process was quicker, or it was refused."""
    with transaction.atomic():
        try:
            release = record_history.lock(release_id, needs=Status.IN_REVIEW)
        except WorkflowRefused:
            return False
        # Read under the lock: it may have been called off, or put off, meanwhile.
        scheduled = ScheduledPublication.objects.filter(
            release=release, at__lte=now
        ).first()
        if scheduled is None:
            return False
        try:
            publish_version.publish(
                release_id=release_id,
                by=scheduled.by,
                now=now,
                public_note=scheduled.public_note,
                kind=ReleaseKind(scheduled.kind) if scheduled.kind else None,
            )
        except WorkflowRefused as refused:
            logger.warning("scheduled publication of %s refused: %s", release, refused)
            scheduled.delete()
            record_history.record(
                release,
                ReleaseStep.CALLED_OFF,
                by=scheduled.by,
                now=now,
                detail=str(refused),
            )
            return False
    return True
