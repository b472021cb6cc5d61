"""What a reader meets on a page: its words, its tables, its links."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

# What a response of Django's test client looks like to these readers.
Response = Any

# What flows in a line; anything else begins a new one.
INLINE = frozenset({"a", "abbr", "code", "em", "span", "strong", "sup"})


@dataclass
class _Cell:
    parts: list[str] = field(default_factory=list)
    rows: int = 1
    columns: int = 1


class _Tables(HTMLParser):
    """Every table as rows of cells; a cell that spans several is repeated in each.

    What folds open under a figure is left out: it tells where the figure is from.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[_Cell]]] = {}
        self._caption: list[str] | None = None
        self._cell: _Cell | None = None
        self._rows: list[list[_Cell]] = []
        self._folded = 0
        self._on_phone = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "table":
            self._rows = []
        elif tag == "caption":
            self._caption = []
        elif tag == "tr":
            self._rows.append([])
        elif tag in {"td", "th"}:
            self._cell = _Cell(
                rows=int(values.get("rowspan") or 1),
                columns=int(values.get("colspan") or 1),
            )
            self._rows[-1].append(self._cell)
        elif tag == "details":
            self._folded += 1
        # The name of a group of columns, which stands above them on a desk.
        self._on_phone = "on-phone" in (values.get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "thead":
            self._rows = []
        elif tag == "table":
            self.tables[_joined(self._caption or [])] = self._rows
            self._caption = None
        elif tag in {"td", "th", "caption"}:
            self._cell = None
        elif tag == "details":
            self._folded -= 1
        self._on_phone = False

    def handle_data(self, data: str) -> None:
        if self._folded or self._on_phone:
            return
        if self._cell is not None:
            self._cell.parts.append(data)
        elif self._caption is not None:
            self._caption.append(data)


class _Words(HTMLParser):
    """The text of `main`, links and all; blocks of data are not text."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.links: list[str] = []
        self._in_main = False
        self._in_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_main = self._in_main or tag == "main"
        self._in_data = tag == "script"
        if tag not in INLINE:
            self.parts.append(" ")
        if tag == "a" and self._in_main:
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_main = self._in_main and tag != "main"
        self._in_data = False

    def handle_data(self, data: str) -> None:
        if self._in_main and not self._in_data:
            self.parts.append(data)


class _Tags(HTMLParser):
    """The attributes of every tag of these names; one without a value has an empty one."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = names
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.names:
            self.found.append({key: value or "" for key, value in attrs})


def _joined(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


def html_of(response: Response) -> str:
    return str(response.content.decode())


def _words(response: Response) -> _Words:
    reader = _Words()
    reader.feed(html_of(response))
    return reader


def text_of(response: Response) -> str:
    """The words of a page as they are read, in one line."""
    return _joined(_words(response).parts)


def links_of(response: Response) -> list[str]:
    """Where the links of a page's content lead."""
    return _words(response).links


def tables_of(response: Response) -> dict[str, list[list[str]]]:
    """The rows of every table by its caption, without the column headings' rows."""
    reader = _Tables()
    reader.feed(html_of(response))
    return {caption: _unfolded(rows) for caption, rows in reader.tables.items()}


def table_of(response: Response, caption: str) -> list[list[str]]:
    """The table whose caption contains these words."""
    (found,) = [rows for name, rows in tables_of(response).items() if caption in name]
    return found


def _unfolded(rows: list[list[_Cell]]) -> list[list[str]]:
    unfolded: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # column: (rows still to fill, text)
    for row in rows:
        texts: list[str] = []
        cells = iter(row)
        while True:
            left, text = hanging.get(len(texts), (0, ""))
            if left:
                hanging[len(texts)] = (left - 1, text)
                texts.append(text)
                continue
            cell = next(cells, None)
            if cell is None:
                break
            text = _joined(cell.parts)
            for _ in range(cell.columns):
                hanging[len(texts)] = (cell.rows - 1, text)
                texts.append(text)
        unfolded.append(texts)
    return unfolded


MISSING = re.compile(r"^– \((?P<why>.+)\)$")


def number_in(cell: str) -> float | None:
    """The number that a cell shows; None for a dash, which has to give its reason, and
    for the least and the most that a missing value can be.
    """
    if cell.startswith("–"):
        assert MISSING.match(cell), f"a dash without a reason: {cell!r}"
        return None
    if re.fullmatch(r"[\d,]+–[\d,]+d", cell):
        return None
    return float(cell.replace(",", "").rstrip("pd").removesuffix("%"))


def csv_of(response: Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def json_of(response: Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.content)
    return found


def data_block_of(response: Response) -> dict[str, Any] | None:
    """The schema.org description inside a page, if it has one."""
    found = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', html_of(response)
    )
    assert len(found) <= 1
    return json.loads(found[0]) if found else None


def tags_of(response: Response, tag: str) -> list[dict[str, str]]:
    """The attributes of every such tag."""
    reader = _Tags(tag)
    reader.feed(html_of(response))
    return reader.found


def asked_by(response: Response) -> set[str]:
    """The names of the fields that a page asks for, without the search of the header."""
    html = html_of(response)
    reader = _Tags("input", "select", "textarea")
    reader.feed(html[html.index("<main") :])
    return {
        tag["name"]
        for tag in reader.found
        if "name" in tag and tag.get("type") != "hidden"
    }
