"""A reviewer ticks what they looked at, and says what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from imgportal.lib.two_people import needs_somebody_else
from stats import review_list
from stats.actions import record_history
from stats.choices import Status
from stats.exceptions import SamePerson
from stats.models import ReviewNote

if TYPE_CHECKING:
    from imgportal.models import User

LONGEST_COMMENT = 2000


def keep_notes(
    *,
    release_id: int,
    ticked: Collection[str],
    comments: Mapping[str, str],
    by: User,
    now: datetime,
) -> int:
    """Keep what one reviewer ticked and commented; what others said stays.

    `comments` has a text, which may be empty, for every item that was shown, by its mark.
    Returns how many of those with a tick or comment say something else by now, of which
    nothing is kept. Raises WrongStatus, or SamePerson for who changed a value.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.IN_REVIEW)
        if needs_somebody_else(by, release.editors):
            raise SamePerson(
                "You changed values of this version, so somebody else looks it through."
            )
        current = {item.mark for item in review_list.current_items(release, now=now)}
        mine = {
            note.mark: note
            for note in ReviewNote.objects.filter(release=release, by=by)
        }
        outdated = 0
        for mark, text in comments.items():
            comment = text.strip()[:LONGEST_COMMENT]
            is_ticked = mark in ticked
            note = mine.get(mark)
            if not is_ticked and not comment:
                if note:
                    note.delete()
            elif mark not in current:
                outdated += 1
            elif note is None or (note.is_ticked, note.comment) != (is_ticked, comment):
                ReviewNote.objects.update_or_create(
                    release=release,
                    mark=mark,
                    by=by,
                    defaults={"is_ticked": is_ticked, "comment": comment, "at": now},
                )
    return outdated
