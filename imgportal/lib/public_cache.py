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
) -> HttpResponseBase:
    """The page that `make` draws, or the one kept, or 304.

    `token` stands for everything the page is made of: two pages with the same one at
    the same address are the same. The program itself is added here.
    """
    etag = f'W/"{token}-{build.fingerprint()}"'
    # The page is made first: one that does not exist must answer 404 and not 304.
    page = _kept_or_made(request, etag, make)
    response = (
        get_conditional_response(
            request,
            etag=etag,
            last_modified=int(modified.timestamp()) if modified else None,
            response=page,
        )
        or page
    )
    response.headers["ETag"] = etag
    if modified:
        response.headers["Last-Modified"] = http_date(modified.timestamp())
    response.headers["Cache-Control"] = f"public, max-age={settings.PUBLIC_MAX_AGE}"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def kept_file(name: str, make: Callable[[], bytes]) -> bytes:
    """A file that takes long to make, kept as pages are, also at an address with a query.

    `name` stands for everything that it is made of but the program.
    """
    named = f"{build.fingerprint()} {name}"
    key = f"file:{hashlib.blake2s(named.encode()).hexdigest()}"
    kept: bytes | None = caches["pages"].get(key) if settings.PAGE_CACHE else None
    if kept is None:
        kept = make()
        if settings.PAGE_CACHE:
            caches["pages"].set(key, kept, KEEP_SECONDS)
    return kept


def _kept_or_made(
    request: HttpRequest, etag: str, make: Callable[[], HttpResponse]
) -> HttpResponse:
    """The page from the cache, or made now and kept for the next reader.

    Compressed for whoever accepts it: public pages hold no secret to guess (BREACH).
    """
    # Not with a query: there are more of those than any cache has room for.
    may_keep = settings.PAGE_CACHE and not request.META.get("QUERY_STRING")
    name = f"{etag} {request.build_absolute_uri()}"
    key = f"page:{hashlib.blake2s(name.encode()).hexdigest()}"
    kept = caches["pages"].get(key) if may_keep else None
    if kept is None:
        response = make()
        if response.status_code != 200:
            return response
        # What is kept is compressed once for many; what is not, for one reader. A
        # fixed time stamp: the same page is the same bytes.
        level = WELL if may_keep else QUICKLY
        compressed = gzip.compress(response.content, compresslevel=level, mtime=0)
        kept = (dict(response.headers), response.content, compressed)
        if may_keep:
            caches["pages"].set(key, kept, KEEP_SECONDS)
    headers, content, compressed = kept
    if accepts_gzip(request):
        return HttpResponse(compressed, headers=headers | {"Content-Encoding": "gzip"})
    return HttpResponse(content, headers=headers)
