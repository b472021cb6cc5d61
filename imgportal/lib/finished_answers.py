"""Finished public answers, kept in front of Django: bytes and headers, ready to be sent.

An answer enters only when the view says that it is the same for everybody
(`imgportal.lib.public_cache`) and its headers agree. It leaves as soon as anything that
answers are made of has changed (`State`), and every one leaves at midnight in New York.
"""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import brotli
from django.utils.http import parse_etags, parse_http_date_safe

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Headers = list[tuple[str, str]]

# Where a view leaves word that its answer is finished.
NOTE = "imgportal.finished_answer"
# How well an answer is compressed: once for everybody who asks for it, or for one reader,
# in a third of the time for a tenth more bytes.
GZIP_LEVEL, BROTLI_QUALITY = 6, 5
QUICK_GZIP_LEVEL, QUICK_BROTLI_QUALITY = 2, 1
# Smaller ones grow by it.
LEAST_COMPRESSED = 200
# How long a request waits for another that draws the same, in seconds.
LONGEST_WAIT = 20.0
CODINGS = ("br", "gzip")
# They are of one form of the answer, or of the moment.
NOT_KEPT = {"content-length", "content-encoding", "date", "server"}


@dataclass(slots=True)
class FinishedAnswer:
    """One answer in every coding that was asked for."""

    headers: Headers
    content: bytes
    etag: str
    modified: int | None  # seconds since 1970
    # Is it drawn for one reader only?
    for_one: bool = False
    # By coding; the empty one is as it is.
    forms: dict[str, tuple[Headers, bytes]] = field(default_factory=dict)
    not_modified: Headers = field(default_factory=list)

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return len(self.content) + sum(len(body) for _, body in self.forms.values())

    def form(self, coding: str) -> tuple[Headers, bytes]:
        if coding not in self.forms:
            body = _compress(self.content, coding, for_one=self.for_one)
            if coding and len(body) >= len(self.content):
                self.forms[coding] = self.form("")
            else:
                headers = [*self.headers, ("Content-Length", str(len(body)))]
                if coding:
                    headers.append(("Content-Encoding", coding))
                self.forms[coding] = headers, body
        return self.forms[coding]


def _compress(content: bytes, coding: str, *, for_one: bool) -> bytes:
    if coding == "br":
        quality = QUICK_BROTLI_QUALITY if for_one else BROTLI_QUALITY
        return bytes(brotli.compress(content, quality=quality))
    if coding == "gzip":
        level = QUICK_GZIP_LEVEL if for_one else GZIP_LEVEL
        # A fixed time stamp: the same answer is the same bytes.
        return gzip.compress(content, compresslevel=level, mtime=0)
    return content


def choose_coding(accepted: str) -> str:
    """The best of our codings that an Accept-Encoding allows; empty for none."""
    if not accepted:
        return ""
    weights: dict[str, bool] = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        weights[name] = not weight or weight.strip("0.") != ""
    return next((coding for coding in CODINGS if weights.get(coding)), "")


class _Shelf:
    """Answers by address, those longest unused leaving first when they are too large."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.size = 0
        self._answers: OrderedDict[tuple[str, ...], FinishedAnswer] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: tuple[str, ...]) -> FinishedAnswer | None:
        answer = self._answers.get(key)
        if answer is not None:
            try:
                self._answers.move_to_end(key)
            except KeyError:
                # Another request has just pushed it out.
                return answer
        return answer

    def add(self, key: tuple[str, ...], answer: FinishedAnswer) -> None:
        with self._lock:
            self._answers[key] = answer
            self.size = sum(other.size for other in self._answers.values())
            while self.size > self.most_bytes and len(self._answers) > 1:
                _, gone = self._answers.popitem(last=False)
                self.size -= gone.size

    def clear(self) -> None:
        with self._lock:
            self._answers.clear()
            self.size = 0


class FinishedAnswers:
    """A WSGI application that answers from what another one has finished before.

    `state` says what answers are made of now; two equal states mean equal answers, None
    that it cannot be known, and then everything is asked of the application.
    """

    def __init__(
        self,
        application: Application,
        *,
        state: Callable[[], object | None],
        most_bytes: int,
        never: tuple[str, ...],
    ) -> None:
        self.application = application
        # The beginnings of addresses that are not for everybody, or kept elsewhere.
        self._never = never
        self._state = state
        self._keeps = most_bytes > 0
        # Addresses with filters are without number, and push out each other alone.
        self.pages, self.filtered = _Shelf(most_bytes // 2), _Shelf(most_bytes // 2)
        self._kept_in: object | None = None
        self._changing = threading.Lock()
        self._drawing: dict[tuple[str, ...], threading.Event] = {}

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or path.startswith(
            self._never
        ):
            return self.application(environ, start_response)
        state = self._state() if self._keeps else None
        if state is None:
            return self._pass_on(environ, start_response)
        if state != self._kept_in:
            self._begin_anew(state)
        key = key_of(environ)
        shelf = self.filtered if key[-1] else self.pages
        answer = shelf.get(key)
        if answer is None:
            return self._draw(environ, start_response, key, shelf, state)
        return send(answer, environ, start_response)

    def _begin_anew(self, state: object) -> None:
        with self._changing:
            if state != self._kept_in:
                self.pages.clear()
                self.filtered.clear()
                self._kept_in = state

    def _draw(
        self,
        environ: Environ,
        start_response: StartResponse,
        key: tuple[str, ...],
        shelf: _Shelf,
        state: object,
    ) -> Iterable[bytes]:
        """Ask the application. Whoever asks the same meanwhile waits for the answer."""
        mine = threading.Event()
        other = self._drawing.setdefault(key, mine)
        if other is not mine:
            other.wait(LONGEST_WAIT)
            answer = shelf.get(key)
            if answer is not None and state == self._kept_in:
                return send(answer, environ, start_response)
            return self._pass_on(environ, start_response)
        try:
            drawn = self._ask(environ, start_response)
            if not isinstance(drawn, FinishedAnswer):
                return drawn
            # What was drawn is at least as new as the state that was asked for before it.
            is_kept = is_for_everybody(drawn.headers) and state == self._kept_in
            drawn.for_one = not is_kept
            sent = send(drawn, environ, start_response)
            if is_kept:
                shelf.add(key, drawn)
            return sent
        finally:
            self._drawing.pop(key, None)
            mine.set()

    def _pass_on(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Ask the application for this reader alone."""
        answer = self._ask(environ, start_response)
        if not isinstance(answer, FinishedAnswer):
            return answer
        answer.for_one = True
        return send(answer, environ, start_response)

    def _ask(
        self, environ: Environ, start_response: StartResponse
    ) -> FinishedAnswer | list[bytes]:
        """What the application answers, finished; else it is sent as it is."""
        note: list[FinishedNote] = []
        asked = {**environ, NOTE: note}
        started: list[Any] = []
        result = self.application(asked, lambda *given: started.append(given))
        try:
            content = b"".join(result)
        finally:
            if hasattr(result, "close"):
                result.close()
        status, headers = started[0][0], list(started[0][1])
        if note and status.startswith("200 "):
            return _finish(headers, content, note[0])
        start_response(status, headers)
        return [content]


@dataclass(frozen=True, slots=True)
class FinishedNote:
    """What a view says of an answer that is the same for everybody."""

    etag: str
    modified: int | None


def key_of(environ: Environ) -> tuple[str, ...]:
    """What tells one answer from another, the query last."""
    return (
        environ.get("wsgi.url_scheme", ""),
        environ.get("HTTP_X_FORWARDED_PROTO", "")[:16],
        environ.get("HTTP_HOST", ""),
        environ.get("SCRIPT_NAME", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
    )


def is_for_everybody(headers: Headers) -> bool:
    """Do the headers say so too?"""
    by_name = {name.lower(): value for name, value in headers}
    return (
        by_name.get("cache-control", "").startswith("public")
        and by_name.get("vary", "").lower() in ("", "accept-encoding")
        and "set-cookie" not in by_name
        and "content-encoding" not in by_name
    )


def _finish(headers: Headers, content: bytes, note: FinishedNote) -> FinishedAnswer:
    kept = [(name, value) for name, value in headers if name.lower() not in NOT_KEPT]
    return FinishedAnswer(
        headers=kept,
        content=content,
        etag=note.etag,
        modified=note.modified,
        # Without what describes a body that is not sent.
        not_modified=[
            (name, value) for name, value in kept if name.lower() != "content-type"
        ],
    )


def send(
    answer: FinishedAnswer, environ: Environ, start_response: StartResponse
) -> list[bytes]:
    """The form that the reader accepts, or 304 where they have it."""
    if has_it(answer, environ):
        start_response("304 Not Modified", answer.not_modified)
        return []
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    coding = choose_coding(accepted) if len(answer.content) > LEAST_COMPRESSED else ""
    headers, body = answer.form(coding)
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def has_it(answer: FinishedAnswer, environ: Environ) -> bool:
    """Does the reader have this very answer? (RFC 9110, 13.1: a tag goes before a time.)"""
    tags = environ.get("HTTP_IF_NONE_MATCH")
    if tags:
        if tags == answer.etag:
            return True
        wanted = {tag.removeprefix("W/") for tag in parse_etags(tags)}
        return "*" in wanted or answer.etag.removeprefix("W/") in wanted
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    if since and answer.modified is not None:
        moment = parse_http_date_safe(since)
        return moment is not None and answer.modified <= moment
    return False
