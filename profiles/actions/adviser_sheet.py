"""Makes, finds and ends the sheets that members show to advisers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from imgportal.models import User
from profiles.actions import save_entry
from profiles.actions.secret_tokens import fingerprint, make_token
from profiles.exceptions import ChangedMeanwhile, TooMany
from profiles.models import AdviserSheet
from profiles.models.adviser_sheets import PARTS

# Of one member, at the same time.
MOST_OPEN = 5
# An ended one is listed for so long, to see whether it was opened.
LISTED_AFTER_END = timedelta(days=30)
MOST_ENDED = 10


def newest(owner: User) -> AdviserSheet | None:
    """The last one that the member made and still has."""
    return AdviserSheet.objects.owned_by(owner).order_by("-pk").first()


@transaction.atomic
def make(
    *,
    owner: User,
    seen: int,
    title: str,
    shows: Collection[str],
    days: int,
    now: datetime,
) -> str:
    """A new sheet; its token, which cannot be shown again.

    `shows` has the parts that were chosen, `seen` is the number of the
    newest sheet that the member saw, 0 for none. Raises ChangedMeanwhile, so that a form
    that is sent twice makes one sheet, and TooMany.
    """
    # Two forms at once would both count the sheets before either has made one.
    User.objects.select_for_update().get(pk=owner.pk)
    last = newest(owner)
    if (last.pk if last else 0) != seen:
        raise ChangedMeanwhile(last)
    _forget_ended(owner, now)
    mine = AdviserSheet.objects.owned_by(owner)
    if mine.filter(ends_at__gt=now).count() >= MOST_OPEN:
        raise TooMany(
            f"You have {MOST_OPEN} sheets that can be opened, which is as many as there "
            "may be. End one of them first."
        )
    token = make_token()
    AdviserSheet.objects.create(
        owner=owner,
        title=title,
        token_hash=fingerprint(token),
        made_at=now,
        ends_at=now + timedelta(days=days),
        **{f"shows_{part}": part in shows for part in PARTS},
    )
    return token


def end(*, owner: User, row_id: int) -> None:
    """From now on its address answers like one that never was. Raises Gone."""
    save_entry.remove(AdviserSheet, owner=owner, row_id=row_id)


def open_at(token: str, *, now: datetime) -> AdviserSheet | None:
    """The sheet of that address, with its owner; None when there is none (any more).

    One query in either case.
    """
    return (
        AdviserSheet.objects.filter(
            token_hash=fingerprint(token), ends_at__gt=now, owner__is_active=True
        )
        .select_related("owner")
        .first()
    )


def count_opening(sheet: AdviserSheet, *, now: datetime) -> None:
    # In the database, so that two readers at once are two.
    AdviserSheet.objects.filter(pk=sheet.pk).update(
        opened_count=F("opened_count") + 1, last_opened_at=now
    )


def _forget_ended(owner: User, now: datetime) -> None:
    ended = AdviserSheet.objects.owned_by(owner).filter(ends_at__lte=now)
    kept = list(
        ended.filter(ends_at__gt=now - LISTED_AFTER_END).values_list("pk", flat=True)[
            :MOST_ENDED
        ]
    )
    ended.exclude(pk__in=kept).delete()
