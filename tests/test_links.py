"""No link of the site is dead: each leads to a page that is there, and to a place on it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from imgportal.lib.official_sites import OFFICIAL_SITES
from stats.models import Source
from tests.factories import person
from tests.pages import GUIDE, PAGES, SEARCH
from tests.profiles.test_access import addresses_of

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

# Every figure has a page to report a problem with it: they differ in what they name.
REPORTS = re.compile(r"/report/\?.*")
# They lead elsewhere on purpose: who is signed in goes on, who is not signs in.
LEADS_ON = ("/me/", "/accounts/")
START = "the start"


class _Anchors(HTMLParser):
    """What a page links to, and the places on it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if found := values.get("id"):
            self.ids.add(found)
        if tag in {"a", "area", "link"} and (link := values.get("href")):
            self.links.append(link)


@dataclass
class Crawl:
    """Walks a site from some addresses on; a page with a query is looked at, no more."""

    client: Client
    faults: list[str] = field(default_factory=list)
    outside: dict[str, str] = field(default_factory=dict)  # by address, where it stood
    # By link: the page and the place on it.
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    _ids: dict[str, set[str] | None] = field(default_factory=dict)
    _waiting: list[tuple[str, str]] = field(default_factory=list)

    def walk(self, *starts: str, follow: bool = True) -> None:
        self._waiting += [(start, START) for start in starts]
        while self._waiting:
            path, linked_from = self._waiting.pop()
            if path not in self._ids:
                self._look(path, linked_from, follow=follow or linked_from == START)
        for link, (page, anchor) in self.places.items():
            ids = self._ids.get(page)
            if ids is not None and anchor not in ids:
                self.faults.append(f"{link}: there is no such place")

    def _look(self, path: str, linked_from: str, *, follow: bool) -> None:
        answer = self.client.get(path)
        self._ids[path] = None
        if answer.status_code != 200:
            leads_on = answer.status_code == 302 and path.startswith(LEADS_ON)
            # Where the walk starts, nobody was sent by a link.
            if linked_from != START and not leads_on:
                fault = f"{path} (linked from {linked_from}): {answer.status_code}"
                self.faults.append(fault)
            return
        if not answer.headers["Content-Type"].startswith("text/html"):
            return
        reader = _Anchors()
        reader.feed(answer.content.decode())
        self._ids[path] = reader.ids
        # A page of results may lead to any number of others.
        if follow and ("?" not in path or linked_from == START):
            for link in reader.links:
                self.note(urljoin(f"http://testserver{path}", link), path)

    def note(self, link: str, page: str) -> None:
        parts = urlsplit(link)
        if parts.netloc != "testserver":
            self.outside.setdefault(link, page)
            return
        if parts.scheme != "http" or parts.path.startswith("/static/"):
            return
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        path = REPORTS.sub("/report/", path)
        if parts.fragment:
            self.places.setdefault(link, (path, parts.fragment))
        self._waiting.append((path, page))


def test_no_public_link_is_dead(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each chart as a picture: that it is there is enough here.
    monkeypatch.setattr("stats.views.embeds.draw_png", lambda svg, *, width: b"")
    crawl = Crawl(client)

    crawl.walk(*(PAGES | GUIDE | SEARCH).values())

    assert crawl.faults == []
    assert len(crawl.places) > 100
    documents = set(Source.objects.values_list("url", flat=True))
    official = {site.url for site in OFFICIAL_SITES.values()}
    for link, page in crawl.outside.items():
        parts = urlsplit(link)
        if parts.scheme == "webcal":
            continue
        assert link in documents | official, f"{link} on {page} is no source of ours"
        # A document may be found at an old address only.
        assert parts.scheme == "https" or link in documents, f"{link} on {page}"
        assert re.fullmatch(r"[\w-]+(\.[\w-]+)+\.?", parts.hostname or ""), link
        assert not re.search(r"\s", link), f"{link} on {page}"


def test_no_link_of_a_member_is_dead(client: Client) -> None:
    ana = person("ana")
    client.force_login(ana)
    crawl = Crawl(client)

    crawl.walk(*addresses_of(ana).values(), follow=False)

    assert crawl.faults == []


def test_dead_links_are_found(client: Client) -> None:
    crawl = Crawl(client)
    crawl.note("http://testserver/guide/nowhere/", "/a/")
    crawl.note("http://testserver/guide/#nowhere", "/a/")
    crawl.note("http://testserver/guide", "/a/")

    crawl.walk()

    assert sorted(crawl.faults) == [
        "/guide (linked from /a/): 301",
        "/guide/nowhere/ (linked from /a/): 404",
        "http://testserver/guide/#nowhere: there is no such place",
    ]
