"""Public addresses as people paste and type them: with capitals, or with what stood after
them in a text.
"""

from __future__ import annotations

import re
from copy import copy
from urllib.parse import quote

from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve

from imgportal.middleware import UNLISTED

# What ends a sentence, a quotation or a parenthesis, and what a mail program adds.
AFTER_AN_ADDRESS = " \t\r\n.,;:!?)]}>\"'\u2019\u201d\u00bb*_|"
LONGEST = 200


def find_meant(request: HttpRequest) -> str:
    """The public page that an address without a page was meant to be, with its query;
    empty: there is none. Never one of an account: their addresses are nobody's to guess.
    """
    path = request.path_info
    if request.method not in {"GET", "HEAD"} or len(path) > LONGEST:
        return ""
    trimmed = re.sub("/{2,}", "/", path.lower()).rstrip(AFTER_AN_ADDRESS)
    for meant in (trimmed, f"{trimmed.rstrip('/')}/"):
        if meant != path and _is_there(request, meant):
            query = request.META.get("QUERY_STRING", "")
            return quote(meant) + (f"?{query}" if query else "")
    return ""


def _is_there(request: HttpRequest, path: str) -> bool:
    if path.startswith(UNLISTED):
        return False
    asked = copy(request)
    asked.path = asked.path_info = path
    try:
        match = resolve(path)
        answer = match.func(asked, *match.args, **match.kwargs)
    except (Resolver404, Http404):
        return False
    return bool(answer.status_code < 400)
