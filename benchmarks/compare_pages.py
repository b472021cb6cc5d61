"""Walks every public address of two running sites and compares what they answer.

    benchmarks/compare_pages.py http://127.0.0.1:8001 http://127.0.0.1:8002

Begins at the home page and the site map of the first site and follows every link that
stays on it, downloads and filters among them. Reports each address whose status, type
or body differs. What may differ is taken out first: the moments at which each site loaded
its figures, and the fingerprints in the names of static files. Both sites must accept
the name `localhost`. `--except REGEX` leaves out
addresses, `--save FOLDER` keeps both bodies of each difference for `diff -r`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import deque
from html.parser import HTMLParser
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

# Pages of people: what they show depends on who asks.
PERSONAL = re.compile(r"^/(accounts|admin|me|report|calendar|reminders|static)/")
MOMENT = re.compile(
    rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?|(?<=DTSTAMP:)\d{8}T\d{6}Z"
)
STYLE = re.compile(rb"(/static/[\w/.-]+)\.[0-9a-f]{12}(\.\w+)")
MOST_PAGES = 20_000
NAME = "localhost"


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"a", "link"}:
            self.addresses += [
                value for name, value in attrs if name == "href" and value
            ]


class Site:
    """One running site, over one connection."""

    def __init__(self, address: str) -> None:
        self.connection = HTTPConnection(urlsplit(address).netloc, timeout=60)

    def get(self, path: str) -> tuple[int, str, bytes]:
        """Status, content type and the body without what may differ."""
        # Under one name, so that both write the same addresses and UIDs.
        self.connection.request("GET", path, headers={"Host": NAME})
        response = self.connection.getresponse()
        body = response.read()
        kind = response.headers.get("Content-Type", "")
        location = response.headers.get("Location", "")
        body = STYLE.sub(rb"\1\2", MOMENT.sub(b"MOMENT", body))
        return response.status, f"{kind} {location}".strip(), body


def links_in(path: str, kind: str, body: bytes) -> list[str]:
    text = body.decode(errors="replace")
    if "html" in kind:
        parser = Links()
        parser.feed(text)
        addresses = parser.addresses
    elif "xml" in kind:
        addresses = re.findall(r"<loc>(.*?)</loc>", text)
    else:
        return []
    paths = []
    for address in addresses:
        url = urlsplit(urljoin(f"http://{NAME}{path}", urldefrag(address.strip())[0]))
        if url.netloc == NAME and not PERSONAL.match(url.path):
            paths.append(url.path + (f"?{url.query}" if url.query else ""))
    return paths


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--except", dest="left_out", default="$^")
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    left_out = re.compile(options.left_out)
    before, after = Site(options.before), Site(options.after)
    waiting = deque(["/", "/sitemap.xml", "/robots.txt", "/changes.atom"])
    seen = set(waiting)
    different = 0
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        answers = before.get(path), after.get(path)
        if answers[0] != answers[1]:
            different += 1
            print(f"{path}: {answers[0][:2]} | {answers[1][:2]}")
            if options.save:
                name = re.sub(r"\W+", "_", path)
                for site, (_, _, body) in zip(
                    ("before", "after"), answers, strict=True
                ):
                    (options.save / site).mkdir(parents=True, exist_ok=True)
                    (options.save / site / name).write_bytes(body)
        for link in links_in(path, answers[0][1], answers[0][2]):
            if link not in seen and not left_out.search(link):
                seen.add(link)
                waiting.append(link)
    print(f"{len(seen)} addresses, {different} differ.")
    return bool(different)


if __name__ == "__main__":
    sys.exit(main())
