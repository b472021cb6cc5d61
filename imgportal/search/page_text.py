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
# What keeps cells and items from running into each other.
SIGNS = {"td": ", ", "th": ", ", "tr": "; ", "li": "; ", "dd": "; ", "dt": ": "}


@dataclass(frozen=True, slots=True)
class PagePart:
    """What stands under one heading. The first part of a page has no heading."""

    anchor: str = ""
    heading: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Draft:
    anchor: str = ""
    heading: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


class _PageReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.drafts = [_Draft()]
        self._section_anchors: list[str] = []
        self._is_in_heading = False
        # The element that is being left out, and how often it is open.
        self._left_out, self._depth = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._left_out:
            self._depth += tag == self._left_out
            return
        values = dict(attrs)
        classes = (values.get("class") or "").split()
        if tag in LEFT_OUT or "popover" in values or LEFT_OUT_CLASS in classes:
            self._left_out, self._depth = tag, 1
        elif tag in HEADINGS:
            section = self._section_anchors[-1] if self._section_anchors else ""
            # Without an address, its words belong to the part it stands in.
            if anchor := section or values.get("id"):
                self.drafts.append(_Draft(anchor))
                self._is_in_heading = True
        elif tag == "section":
            self._section_anchors.append(values.get("id") or "")
        if tag in BLOCKS:
            self._write(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._left_out:
            self._depth -= tag == self._left_out
            if not self._depth:
                self._left_out = ""
            return
        if tag in HEADINGS:
            if not self._is_in_heading:
                self._write(". ")
            self._is_in_heading = False
        elif tag == "section" and self._section_anchors:
            self._section_anchors.pop()
        self._write(SIGNS.get(tag, " " if tag in BLOCKS else ""))

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self._write(data)

    def _write(self, text: str) -> None:
        draft = self.drafts[-1]
        (draft.heading if self._is_in_heading else draft.text).append(text)


def split_page(html: str) -> list[PagePart]:
    """The parts that can be linked to, after what stands before the first of them."""
    reader = _PageReader()
    reader.feed(html)
    reader.close()
    return [
        PagePart(draft.anchor, _tidy(draft.heading), _tidy(draft.text))
        for draft in reader.drafts
    ]


def plain_text(html: str) -> str:
    """All of its text in one line."""
    return " ".join(
        text for part in split_page(html) for text in (part.heading, part.text) if text
    )


def _tidy(pieces: list[str]) -> str:
    text = " ".join("".join(pieces).split())
    # The signs set between cells and items are of no use where one was empty.
    text = re.sub(r"(?:\s*[,;])+\s*;", ";", text)
    text = re.sub(r"([.:?!])\s*[;,]", r"\1", text)
    text = re.sub(r"\s+([.,;:?!])", r"\1", text).strip(" ,;")
    return text.replace("..", ".")
