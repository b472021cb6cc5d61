"""Answers that every part of the site gives alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


_ENCODING = re.compile(r";\s*charset=[^;]*", re.IGNORECASE)


def ignore_claimed_encoding(site: WSGIApplication) -> WSGIApplication:
    """The site without the encoding that a request claims for its body.

    Django reads the address in it as well, and fails over those that encode no text. All
    that is sent here is UTF-8.
    """

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        kind = environ.get("CONTENT_TYPE", "")
        if "charset" in kind.lower():
            environ["CONTENT_TYPE"] = _ENCODING.sub("", kind)
        return site(environ, start)

    return answer


def read_only(view: View) -> View:
    """Answer GET and HEAD, and 405 to everything else.

    Exempt from the check for forged forms: a view that changes nothing has nothing to
    forge, and the check would answer 403, as if the right form could do something.
    """
    return csrf_exempt(require_safe(view))


def site_authority() -> str:
    """Host and port of the site by its settings, for names that must last.

    Not the Host header: under a second allowed name every reader of a feed would see
    all entries again, and every calendar would hold each event twice.
    """
    return urlsplit(settings.SITE_ADDRESS).netloc


@dataclass(frozen=True, slots=True)
class Nearby:
    """A page that somebody who missed may have meant."""

    label: str
    url: str


class NotHere(Http404):
    """A 404 that says what is not here and offers the nearest pages."""

    def __init__(self, sentence: str, nearby: Iterable[Nearby] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.nearby = tuple(nearby)


def nearest(word: str, candidates: Sequence[str], most: int = 4) -> list[str]:
    """The candidates most like the word, the most alike first."""
    return get_close_matches(word[:80].lower(), candidates, n=most, cutoff=0.4)
