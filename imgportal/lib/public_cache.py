"""Public pages that are the same for everyone: conditional, and fit to be kept.

Nothing here reads the session, so a shared cache may keep the page and no name can
leak into it. What is kept here stands in front of Django (`finished_answers`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from imgportal.lib import build
from imgportal.lib.finished_answers import NOTE, FinishedNote


def public_answer(
    request: HttpRequest,
    *,
    token: str,
    modified: datetime | None,
    make: Callable[[], HttpResponse],
    is_there: bool = False,
) -> HttpResponseBase:
    """The page that `make` draws, or 304.

    `token` stands for everything the page is made of: two pages with the same one at
    the same address are the same. The program itself is added here. `is_there`: the
    address, with its query, is known to lead to something.
    """
    etag = f'W/"{token}-{build.fingerprint()}"'
    moment = int(modified.timestamp()) if modified else None
    response: HttpResponseBase | None = None
    if is_there:
        response = get_conditional_response(request, etag=etag, last_modified=moment)
    if response is None:
        # The page is made first: one that does not exist is a 404 and no 304.
        page = make()
        note = request.META.get(NOTE)
        if note is not None and page.status_code == 200:
            note.append(FinishedNote(etag=etag, modified=moment))
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
