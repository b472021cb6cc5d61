"""Keeps what somebody typed when their session ended before they pressed Save.

The values wait in the cache under a random name until they have signed in again. Only
the browser that sent them is shown them: nobody can prepare a form for somebody else.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, QueryDict

KEEP_SECONDS = 4 * 3600
MOST_A_BROWSER = 10
_NAMES = "held"  # in the session


def hold(request: HttpRequest) -> str:
    """Keep the values that were posted; returns the address to ask for them again."""
    name = secrets.token_urlsafe(24)
    typed = request.POST.copy()
    for field in list(typed):
        if field == "csrfmiddlewaretoken" or "password" in field:
            # The one belongs to a session, the other to nobody but its owner.
            del typed[field]
    caches["drafts"].set(
        f"held:{name}", (request.path, typed.urlencode()), KEEP_SECONDS
    )
    names = request.session.get(_NAMES, [])
    request.session[_NAMES] = [*names[1 - MOST_A_BROWSER :], name]
    return f"{request.path}?held={name}"


def held(request: HttpRequest) -> QueryDict | None:
    """The values that this browser typed at this very address, or None."""
    name = request.GET.get("held", "")
    if name not in request.session.get(_NAMES, []):
        return None
    kept = caches["drafts"].get(f"held:{name}")
    if kept is None or kept[0] != request.path:
        return None
    return QueryDict(kept[1])


View = TypeVar("View", bound=Callable[..., HttpResponse])


def shows_held(view: View) -> View:
    """Marks a view that puts held values into its form itself."""
    view.shows_held = True  # type: ignore[attr-defined]
    return view
