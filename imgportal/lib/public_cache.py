"""Public pages that are the same for everyone: conditional, compressed, kept.

Nothing here reads the session, so a shared cache may keep the page and no name can
leak into it.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from imgportal.lib import build
from imgportal.lib.http import accepts_gzip

# Finished pages are found by what they are made of, so none is ever stale; the
# time only bounds how long one stays in the cache unused.
KEEP_SECONDS = 24 * 3600

# Levels of gzip: the second takes a third of the time for a tenth more bytes.
WELL, QUICKLY = 6, 2


def public_answer(
    request: HttpRequest,
    *,
    token: str,
    modified: datetime | None,
    make: Callable[[], HttpResponse],
    is_there: bool = False,
) -> HttpResponseBase:
    """The page that `make` draws, or the one kept, or 304.

    `token` stands for everything the page is made of: two pages with the same one at
    the same address are the same. The program itself is added here. `is_there`: the
    address, with its query, is known to lead to something.
    """
    etag = f'W/"{token}-{build.fingerprint()}"'
    name = f"{etag} {request.build_absolute_uri()}"
    key = f"page:{hashlib.blake2s(name.encode()).hexdigest()}"
    moment = int(modified.timestamp()) if modified else None
    # A page with a query is made anew for each reader. That it is there is remembered, so
    # that it is not made for those who have it.
    may_remember = settings.PAGE_CACHE and bool(request.META.get("QUERY_STRING"))
    response: HttpResponseBase | None = None
    if is_there or (may_remember and caches["there"].get(key)):
        response = get_conditional_response(request, etag=etag, last_modified=moment)
    if response is None:
        # One that does not exist is a 404 and no 304.
        page = _kept_or_made(request, key, make, store=_store_for(request, is_there))
        if may_remember and page.status_code == 200:
            caches["there"].set(key, True, KEEP_SECONDS)
        response = (
            get_conditional_response(
                request, etag=etag, last_modified=moment, response=page
            )
            or page
        )
    response.headers["ETag"] = etag
    if modified:
        response.headers["Last-Modified"] = http_date(modified.timestamp())
    response.headers["Cache-Control"] = f"public, max-age={settings.PUBLIC_MAX_AGE}"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _store_for(request: HttpRequest, is_there: bool) -> str | None:
    """The cache in which the answer may be kept; None: in none.

    There are more queries than any cache has room for. Those that are understood have a
    small one of their own, where they push out each other alone.
    """
    if not settings.PAGE_CACHE:
        return None
    if not request.META.get("QUERY_STRING"):
        return "pages"
    return "answers" if is_there else None


def kept_file(name: str, make: Callable[[], bytes]) -> bytes:
    """A file that takes long to make, kept in a store of its own: its addresses have
    queries, and must not push out pages.

    `name` stands for everything that it is made of but the program.
    """
    named = f"{build.fingerprint()} {name}"
    key = f"file:{hashlib.blake2s(named.encode()).hexdigest()}"
    kept: bytes | None = caches["pictures"].get(key) if settings.PAGE_CACHE else None
    if kept is None:
        kept = make()
        if settings.PAGE_CACHE:
            caches["pictures"].set(key, kept, KEEP_SECONDS)
    return kept


def _kept_or_made(
    request: HttpRequest,
    key: str,
    make: Callable[[], HttpResponse],
    *,
    store: str | None,
) -> HttpResponse:
    """The page from the cache, or made now and kept for the next reader.

    Compressed for whoever accepts it: public pages hold no secret to guess (BREACH).
    """
    kept = caches[store].get(key) if store else None
    if kept is None:
        response = make()
        if response.status_code != 200:
            return response
        # What is kept is compressed once for many; what is not, for one reader. A
        # fixed time stamp: the same page is the same bytes.
        level = WELL if store == "pages" else QUICKLY
        compressed = gzip.compress(response.content, compresslevel=level, mtime=0)
        kept = (dict(response.headers), response.content, compressed)
        if store:
            caches[store].set(key, kept, KEEP_SECONDS)
    headers, content, compressed = kept
    if accepts_gzip(request):
        return HttpResponse(compressed, headers=headers | {"Content-Encoding": "gzip"})
    return HttpResponse(content, headers=headers)
