"""Ways out when everybody who could publish a version has changed a value of it.

An editor compares what a publisher changed with its source and answers for it from then
on: then that publisher may publish. Or, where that cannot wait, an editor publishes with a
reason that everybody reads, until somebody else has looked.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from stats import drafts
from stats.actions import publish_version, record_history
from stats.choices import ReleaseKind, ReleaseStep, Status
from stats.exceptions import NoteMissing, SamePerson, WrongStatus
from stats.models import Release, SecondLook

if TYPE_CHECKING:
    from imgportal.models import User

# A sentence, and not a keystroke.
SHORTEST_REASON = 15


def take_over(*, release_id: int, of: User, by: User, now: datetime) -> Release:
    """From now on `by` answers for what `of` changed, who may publish it again.

    Two people have seen each of these values then. Raises WrongStatus or SamePerson.
    """
    if of == by:
        raise SamePerson("Somebody else has to answer for what you changed.")
    with transaction.atomic():
        release = record_history.lock_open(release_id)
        if not release.editors.contains(of):
            raise WrongStatus(f"{of} has changed no value of this version.")
        release.editors.add(by)
        release.editors.remove(of)
        record_history.record(
            release, ReleaseStep.TAKEN_OVER, by=by, now=now, detail=str(of)
        )
    return release


def publish_alone(
    *,
    release_id: int,
    reason: str,
    by: User,
    now: datetime,
    public_note: str = "",
    kind: ReleaseKind | None = None,
) -> Release:
    """Publish what one has changed, because nobody is left who has not.

    Raises what `publish_version.publish` raises but SamePerson for its editors; SamePerson
    when somebody else could publish it, and NoteMissing without a reason.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise NoteMissing(
            "Say why it cannot wait, in a sentence for everybody to read."
        )
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.IN_REVIEW)
        left = drafts.publishers_left(release)
        if left:
            raise SamePerson(
                f"{', '.join(map(str, left))} can publish this version: ask them."
            )
        SecondLook.objects.update_or_create(
            release=release, defaults={"reason": reason.strip()}
        )
        return publish_version.publish(
            release_id=release_id, by=by, now=now, public_note=public_note, kind=kind
        )


def note_second_look(*, release_id: int, by: User, now: datetime) -> Release:
    """Somebody else has compared a version with its sources. Raises SamePerson or
    WrongStatus.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.PUBLISHED)
        look = SecondLook.objects.filter(release=release, looked_at=None).first()
        if look is None:
            raise WrongStatus("This version waits for no second look, or has had it.")
        if release.published_by == by:
            raise SamePerson("You published it. Somebody else has to look.")
        look.looked_at, look.looked_by = now, by
        look.save(update_fields=["looked_at", "looked_by"])
        record_history.record(release, ReleaseStep.LOOKED, by=by, now=now)
    return release
