"""Keeps what a member typed when their session ended before they pressed Save.

It waits in the session of the same browser, encrypted, for an hour, and only for the
member who was shown the form: the form carries a signed mark of whose it is. Nothing
personal goes into the shared cache, and a stranger can make us keep nothing.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from django.core import signing
from django.http import HttpRequest, QueryDict

from imgportal.lib import sealed_text

if TYPE_CHECKING:
    from imgportal.models import User

MARK = "whose"  # the field of a form
_KEPT = "held_form"  # in the session
_PURPOSE = "profiles: what was typed when a session ended"
KEEP_SECONDS = 3600
# A note of 10,000 characters of any script, and every other field.
LONGEST = 150_000


def mark_for(user: User) -> str:
    """Goes with a form, and says whose it is."""
    return signing.dumps(user.pk, salt=_PURPOSE)


def hold(request: HttpRequest, *, now: datetime) -> None:
    """Keep a form that came from somebody who is not signed in any more."""
    try:
        whose = signing.loads(request.POST.get(MARK, ""), salt=_PURPOSE)
    except signing.BadSignature:
        return
    typed = request.POST.urlencode()
    if len(typed) > LONGEST:
        return
    kept = json.dumps([whose, request.path, now.timestamp(), typed])
    request.session[_KEPT] = sealed_text.seal(
        kept, keys=sealed_text.site_keys(), purpose=_PURPOSE
    )


def held(request: HttpRequest, *, now: datetime) -> QueryDict | None:
    """What this member typed at this very address, None when there is nothing."""
    if _KEPT not in request.session:
        return None
    try:
        kept = sealed_text.unseal(
            request.session[_KEPT], keys=sealed_text.site_keys(), purpose=_PURPOSE
        )
    except sealed_text.CannotOpen:
        return None
    whose, path, at, typed = json.loads(kept)
    is_old = now.timestamp() - at > KEEP_SECONDS
    if is_old or (whose, path) != (request.user.pk, request.path):
        return None
    return QueryDict(typed)


def forget(request: HttpRequest) -> None:
    """The member has saved, so nothing waits any more."""
    request.session.pop(_KEPT, None)
