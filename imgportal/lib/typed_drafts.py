"""Keeps what somebody typed when their session ended before they pressed Save.

A form waits in the session of the same browser, encrypted, and is shown at the address
it was sent to. So nobody can prepare a form for somebody else. A form that carries a
signed mark of its owner is shown to nobody but them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict

from imgportal.lib import sealed_text

MARK = "whose"  # the field of a form
KEEP_SECONDS = 4 * 3600
MOST_A_BROWSER = 10
# Characters. A note of 10,000 of any script with every other field, or the largest table.
LONGEST = 150_000
_DRAFTS = "typed_drafts"  # in the session: by address, the oldest first
_PURPOSE = "what was typed when a session ended"


def mark_for(user_id: int) -> str:
    """Goes with a form, and says whose it is."""
    return signing.dumps(user_id, salt=_PURPOSE)


def marked_owner(request: HttpRequest) -> int | None:
    """Whose form was posted; None when it does not say, or when the mark is made up."""
    try:
        owner: int = signing.loads(request.POST.get(MARK, ""), salt=_PURPOSE)
    except signing.BadSignature:
        return None
    return owner


def hold(
    request: HttpRequest,
    *,
    owner: int | None = None,
    seconds: int = KEEP_SECONDS,
    now: datetime,
) -> str:
    """Keep the posted values for so long, and return the address that shows them again.

    `owner` None: for whoever uses this browser. A form that is too long is not kept.
    """
    typed = request.POST.copy()
    for field in list(typed):
        if field == "csrfmiddlewaretoken" or "password" in field:
            # A token belongs to the session that ended, and passwords are never kept.
            del typed[field]
    text = typed.urlencode()
    if len(text) > LONGEST:
        return request.path
    forget(request)
    draft = json.dumps([owner, now.timestamp() + seconds, text])
    sealed = sealed_text.seal(draft, keys=sealed_text.site_keys(), purpose=_PURPOSE)
    newest = list(request.session.get(_DRAFTS, {}).items())[1 - MOST_A_BROWSER :]
    request.session[_DRAFTS] = dict([*newest, (request.path, sealed)])
    return f"{request.path}?held=1"


def held(request: HttpRequest, *, now: datetime) -> QueryDict | None:
    """What this person typed at this very address, None when there is nothing."""
    sealed = request.session.get(_DRAFTS, {}).get(request.path)
    if sealed is None:
        return None
    try:
        draft = sealed_text.unseal(
            sealed, keys=sealed_text.site_keys(), purpose=_PURPOSE
        )
    except sealed_text.CannotOpen:
        return None
    owner, until, text = json.loads(draft)
    if now.timestamp() > until or owner not in (None, request.user.pk):
        return None
    return QueryDict(text)


def asked_for(request: HttpRequest, *, now: datetime) -> QueryDict | None:
    """The same, at the address that `hold` returned."""
    return held(request, now=now) if "held" in request.GET else None


def forget(request: HttpRequest) -> None:
    """Nothing waits at this address any more."""
    drafts = request.session.get(_DRAFTS, {})
    if request.path in drafts:
        del drafts[request.path]
        request.session[_DRAFTS] = drafts


View = TypeVar("View", bound=Callable[..., HttpResponse])


def shows_held(view: View) -> View:
    """Marks a view that puts held values into its form itself."""
    view.shows_held = True  # type: ignore[attr-defined]
    return view
