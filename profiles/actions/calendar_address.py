"""Makes and finds the secret address of a member's calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.actions import save_entry
from profiles.actions.secret_tokens import fingerprint, make_token
from profiles.models import CalendarFeed

if TYPE_CHECKING:
    from imgportal.models import User


def renew(*, owner: User, seen: int) -> str:
    """A new token; the former address answers no more. It cannot be shown again.

    `seen` is the version of the address that the member saw, 0 for none. Raises
    ChangedMeanwhile, so that a page that is sent twice makes one address.
    """
    token = make_token()
    save_entry.put(
        CalendarFeed, owner=owner, seen=seen, values={"token_hash": fingerprint(token)}
    )
    return token


def owner_of(token: str) -> User | None:
    """Whose calendar an address shows; None when there is no such address (any more).

    One query in either case. What is compared is a hash, so that the time it takes
    says nothing about the token.
    """
    feed = (
        CalendarFeed.objects.filter(
            token_hash=fingerprint(token), owner__is_active=True
        )
        .select_related("owner")
        .first()
    )
    return None if feed is None else feed.owner
