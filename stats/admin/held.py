"""Keeps what somebody typed when their session ended before they pressed Save.

The values wait in the cache under a random name until they have signed in again.
They are figures of a draft, nothing personal.
"""

from __future__ import annotations

import secrets

from django.core.cache import cache
from django.http import QueryDict

KEEP_SECONDS = 4 * 3600


def hold(place: str, values: QueryDict) -> str:
    """Keep the values typed at one address; returns the name to ask for them again."""
    name = secrets.token_urlsafe(24)
    cache.set(f"held:{name}", (place, values.urlencode()), KEEP_SECONDS)
    return name


def held(place: str, name: str) -> QueryDict | None:
    """The values typed at this very address, or None when they are gone."""
    kept = cache.get(f"held:{name[:64]}") if name else None
    if kept is None or kept[0] != place:
        return None
    return QueryDict(kept[1])
