"""The text of a page, part by part, without its markup. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

HEADINGS = frozenset({"h2", "h3"})
BLOCKS = frozenset({"p", "li", "dt", "dd", "div", "section", "caption", "h1", "h4"})
# Where a figure comes from, what only opens on demand, and what is no text at all.
LEFT_OUT = frozenset({"details", "nav", "script", "style", "svg", "form", "thead"})
# A mark of doubt is for the page: in an excerpt it would be a dead link.
LEFT_OUT_CLASS = "confirm"


@dataclass(slots=True)
class Part:
    """What stands under one heading. The first part of a page has no heading."""

    anchor: str = ""
    heading: str = ""
    text: str = ""


@dataclass(slots=True)
class _Open:
    tag: str
    anchor: str


@dataclass(slots=True)
class _Draft:
    anchor: str = ""
    heading: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.drafts = [_Draft()]
        self._around: list[_Open] = []  # sections and what else may carry an anchor
        self._heading = ""
        self._left_out = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self._left_out:
            self._depth += tag == self._left_out
            return
        if (
            tag in LEFT_OUT
            or "popover" in values
            or LEFT_OUT_CLASS in (values.get("class") or "").split()
        ):
            self._left_out, self._depth = tag, 1
        elif tag in HEADINGS:
            self._heading = tag
            section = self._around[-1].anchor if self._around else ""
            anchor = section or values.get("id") or ""
            if anchor:
                self.drafts.append(_Draft(anchor=anchor))
            else:
                # No address of its own: its words belong to the part it stands in.
                self._heading = ""
        elif tag == "section":
            self._around.append(_Open(tag, values.get("id") or ""))
        if tag in BLOCKS:
            self._write(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._left_out:
            self._depth -= tag == self._left_out
            if not self._depth:
                self._left_out = ""
        elif tag in HEADINGS:
            if not self._heading:
                self._write(". ")
            self._heading = ""
        elif tag == "section" and self._around:
            self._around.pop()
        elif tag in {"td", "th"}:
            self._write(", ")
        elif tag == "tr" or tag in {"li", "dd"}:
            self._write("; ")
        elif tag == "dt":
            self._write(": ")
        if tag in BLOCKS:
            self._write(" ")

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self._write(data)

    def _write(self, text: str) -> None:
        draft = self.drafts[-1]
        (draft.heading if self._heading and draft.anchor else draft.text).append(text)


def parts(html: str) -> list[Part]:
    """The parts that can be linked to, after what stands before the first of them."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [
        Part(draft.anchor, _tidy(draft.heading), _tidy(draft.text))
        for draft in reader.drafts
    ]


def plain(html: str) -> str:
    """All of its text in one line."""
    found = parts(html)
    return " ".join(
        text for part in found for text in (part.heading, part.text) if text
    )


def _tidy(pieces: list[str]) -> str:
    text = " ".join("".join(pieces).split())
    # The signs set between cells and items are of no use where one was empty.
    text = re.sub(r"(?:\s*[,;])+\s*;", ";", text)
    text = re.sub(r"([.:?!])\s*[;,]", r"\1", text)
    text = re.sub(r"\s+([.,;:?!])", r"\1", text).strip(" ,;")
    return text.replace("..", ".")
