"""Finished public answers in front of Django."""

from __future__ import annotations

import gzip
import io
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client

from imgportal.lib.finished_answers import (
    NOTE,
    FinishedAnswers,
    FinishedNote,
    choose_coding,
    is_for_everybody,
)
from imgportal.middleware import UNLISTED
from tests import pages
from tests.factories import person

pytestmark = pytest.mark.django_db
NEVER = (*UNLISTED, settings.STATIC_URL, "/healthz", "/readyz")
EVERYBODY = sorted({*pages.PAGES.values(), *pages.DATA, *pages.GUIDE.values()})


@contextmanager
def connection_kept_open() -> Iterator[None]:
    """The transaction of the test is on it; Django's own test client does the same."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


class Site:
    """The site with a store in front of it, and what its views were asked."""

    def __init__(self, most_bytes: int = 10_000_000) -> None:
        self.state: object | None = "first"
        self.drawn: list[str] = []
        self._django = WSGIHandler()
        self.answers = FinishedAnswers(
            self._ask, state=lambda: self.state, most_bytes=most_bytes, never=NEVER
        )

    def _ask(
        self, environ: dict[str, Any], start: Callable[..., Any]
    ) -> Iterable[bytes]:
        self.drawn.append(environ["PATH_INFO"])
        return self._django(environ, start)

    def get(self, address: str, **headers: str) -> Answer:
        return self.ask("GET", address, **headers)

    def ask(self, method: str, address: str, **headers: str) -> Answer:
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "testserver",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            **headers,
        }
        started: list[Any] = []
        with connection_kept_open():
            content = b"".join(
                self.answers(environ, lambda *given: started.append(given))
            )
        status, heads = started[0][:2]
        return Answer(int(status.split()[0]), dict(heads), content)


class Answer:
    def __init__(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.status, self.headers, self.content = status, headers, content

    @property
    def text(self) -> bytes:
        match self.headers.get("Content-Encoding"):
            case "br":
                return bytes(brotli.decompress(self.content))
            case "gzip":
                return gzip.decompress(self.content)
        return self.content


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.mark.parametrize("address", EVERYBODY)
def test_kept_answer_is_the_one_that_was_drawn(
    site: Site, client: Client, address: str
) -> None:
    drawn = client.get(address)

    first, second = site.get(address), site.get(address)

    assert first.status == second.status == drawn.status_code
    assert first.content == second.content == drawn.content
    names = {*drawn.headers} - {"Content-Length"}
    for answer in (first, second):
        assert {name: answer.headers[name] for name in names} == {
            name: drawn.headers[name] for name in names
        }
        assert int(answer.headers["Content-Length"]) == len(answer.content)
    is_kept = drawn.headers["Cache-Control"].startswith("public")
    assert len(site.drawn) == (1 if is_kept else 2)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0", ""),
        ("GZIP ; q=0.5", "gzip"),
        ("identity", ""),
        ("", ""),
        ("*", ""),
        ("br" * 5000, ""),
    ],
)
def test_answer_comes_in_a_coding_that_the_reader_accepts(
    site: Site, accepted: str, coding: str
) -> None:
    plain = site.get("/match/").content

    answer = site.get("/match/", HTTP_ACCEPT_ENCODING=accepted)

    assert choose_coding(accepted) == coding
    assert answer.headers.get("Content-Encoding", "") == coding
    assert answer.text == plain
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert len(answer.content) <= len(plain)


def test_reader_who_has_it_is_told_so(site: Site) -> None:
    answer = site.get("/match/")
    etag, modified = answer.headers["ETag"], answer.headers["Last-Modified"]

    tags = (etag, f'"x", {etag}', etag.removeprefix("W/"), "*")
    for tag in tags:
        again = site.get("/match/", HTTP_IF_NONE_MATCH=tag)
        assert (again.status, again.content) == (304, b"")
        assert again.headers["ETag"] == etag
    assert site.get("/match/", HTTP_IF_MODIFIED_SINCE=modified).status == 304
    for headers in (
        {"HTTP_IF_NONE_MATCH": 'W/"another"'},
        {"HTTP_IF_NONE_MATCH": 'W/"another"', "HTTP_IF_MODIFIED_SINCE": modified},
        {"HTTP_IF_MODIFIED_SINCE": "Thu, 01 Jan 1998 00:00:00 GMT"},
        {"HTTP_IF_MODIFIED_SINCE": "yesterday"},
    ):
        assert site.get("/match/", **headers).status == 200
    assert site.drawn == ["/match/"]


@pytest.mark.parametrize("path", ["/data/editions/1/README.md", "/robots.txt"])
def test_what_is_not_kept_is_as_it_was(site: Site, client: Client, path: str) -> None:
    drawn = client.get(path)
    answer = site.get(path)

    assert (answer.status, answer.content) == (200, drawn.content)
    if "ETag" in drawn.headers:
        again = site.get(path, HTTP_IF_NONE_MATCH=drawn.headers["ETag"])
        assert (again.status, again.content) == (304, b"")
    assert len(site.answers.pages) == 0


def test_first_reader_who_has_it_is_told_so_too(site: Site) -> None:
    etag = Site().get("/match/?since=2015").headers["ETag"]

    assert site.get("/match/?since=2015", HTTP_IF_NONE_MATCH=etag).status == 304


def test_head_has_the_headers_alone(site: Site) -> None:
    drawn = site.ask("HEAD", "/match/")
    kept = site.ask("HEAD", "/match/")
    whole = site.get("/match/")

    for answer in (drawn, kept):
        assert (answer.status, answer.content) == (200, b"")
        assert answer.headers == whole.headers
    assert site.drawn == ["/match/"]


@pytest.mark.parametrize(
    "address",
    ["/nothing/", "/match/1900/", "/data/x.csv", "/api/v1/figures/scores?x=1"],
)
def test_refusal_is_not_kept(site: Site, address: str) -> None:
    assert [site.get(address).status for _ in range(2)] in ([404, 404], [400, 400])
    assert len(site.drawn) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "get"])
def test_only_reading_is_kept(site: Site, method: str) -> None:
    site.ask(method, "/match/")
    site.ask(method, "/match/")

    assert len(site.drawn) == 2
    assert len(site.answers.pages) == 0


def test_everything_leaves_when_something_has_changed(site: Site) -> None:
    site.get("/match/")
    site.get("/match/?since=2015")
    site.state = "second"

    site.get("/match/")

    assert site.drawn == ["/match/"] * 3
    assert len(site.answers.pages) == 1
    assert len(site.answers.filtered) == 0


def test_unknown_state_keeps_nothing(site: Site) -> None:
    site.get("/match/")
    site.state = None

    assert site.get("/match/").status == 200
    assert site.drawn == ["/match/"] * 2


def test_hosts_and_schemes_are_kept_apart(site: Site, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]

    one = site.get("/about/", HTTP_HOST="one.example").content
    two = site.get("/about/", HTTP_HOST="two.example").content

    assert b"http://one.example/about/" in one
    assert b"http://two.example/about/" in two
    assert site.get("/about/", HTTP_HOST="evil.example").status == 400
    assert len(site.answers.pages) == 2


def test_filters_without_number_push_out_no_page() -> None:
    site = Site(most_bytes=600_000)
    site.get("/about/")

    for year in range(40):
        site.get(f"/match/?since=2015&x={year}")
    site.get("/about/")

    assert site.drawn.count("/about/") == 1
    assert 1 <= len(site.answers.filtered) < 10
    assert site.answers.filtered.size <= 600_000


@pytest.mark.parametrize(
    "first", ["/me/", "/accounts/login/", "/admin/", "/search/?q=soap"]
)
def test_nothing_of_anybody_enters(site: Site, first: str) -> None:
    owner = person()
    visitor = Client()
    visitor.force_login(owner)
    cookie = "; ".join(
        f"{name}={morsel.value}" for name, morsel in visitor.cookies.items()
    )

    site.get(first, HTTP_COOKIE=cookie)

    assert (len(site.answers.pages), len(site.answers.filtered)) == (0, 0)


@pytest.mark.parametrize("address", EVERYBODY)
def test_what_is_kept_is_the_same_for_somebody_signed_in(
    site: Site, address: str
) -> None:
    visitor = Client()
    visitor.force_login(person())
    cookie = "; ".join(
        f"{name}={morsel.value}" for name, morsel in visitor.cookies.items()
    )

    signed_in = site.get(address, HTTP_COOKIE=cookie)

    assert signed_in.content == Site().get(address).content
    assert "Set-Cookie" not in signed_in.headers


@pytest.mark.parametrize(
    "header",
    [
        ("Cache-Control", "no-store"),
        ("Set-Cookie", "sessionid=x"),
        ("Vary", "Cookie, Accept-Encoding"),
        ("Content-Encoding", "gzip"),
    ],
)
def test_headers_have_to_agree(header: tuple[str, str]) -> None:
    name, value = header
    headers = [("Cache-Control", "public, max-age=60"), ("Vary", "Accept-Encoding")]
    assert is_for_everybody(headers)

    others = [pair for pair in headers if pair[0] != name]
    assert not is_for_everybody([*others, (name, value)])


def test_many_readers_cause_one_drawing() -> None:
    begun, go_on = threading.Event(), threading.Event()
    drawn: list[str] = []

    def slow(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        drawn.append(environ["PATH_INFO"])
        begun.set()
        assert go_on.wait(10)
        environ[NOTE].append(note)
        start("200 OK", [("Cache-Control", "public, max-age=60")])
        return [b"page"]

    note = FinishedNote(etag='W/"x"', modified=None)
    answers = FinishedAnswers(slow, state=lambda: 1, most_bytes=1000, never=("/me/",))
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_HOST": "x"}
    bodies: list[bytes] = []

    def read() -> None:
        bodies.append(b"".join(answers(dict(environ), lambda *given: None)))

    readers = [threading.Thread(target=read) for _ in range(20)]
    for reader in readers:
        reader.start()
    assert begun.wait(10)
    go_on.set()
    for reader in readers:
        reader.join(10)

    assert bodies == [b"page"] * 20
    assert drawn == ["/"]
