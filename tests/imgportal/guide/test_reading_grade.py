"""The guide is written for who learned English as a second language.

Measured as Flesch and Kincaid do: the school grade in which a text is read. The run
reports the grade of each page at its end (tests/conftest.py).
"""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
import textstat
from django.test import Client

from tests.pages import GUIDE
from tests.reading import html_of

HIGHEST = 9.0
# One list of words and one document of all pages are no prose of their own.
PROSE = {
    name: path
    for name, path in GUIDE.items()
    if "?" not in path and path not in {"/guide/glossary/", "/guide/print/"}
}
VOID = frozenset({"br", "hr", "input", "link", "meta", "path", "line", "rect"})
NO_PROSE = frozenset(
    {"table", "details", "aside", "nav", "form", "footer", "svg", "script"}
)
SENTENCE_ENDS = frozenset({"h1", "h2", "h3", "p", "li", "dt", "dd"})


class _Prose(HTMLParser):
    """The sentences of `main`; a heading or an item of a list ends one."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._in_main = False
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_main = self._in_main or tag == "main"
        opens = any(name == "popover" for name, _ in attrs)
        if tag not in VOID and (self._hidden or tag in NO_PROSE or opens):
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        self._in_main = self._in_main and tag != "main"
        if self._hidden:
            self._hidden -= 1
        elif tag in SENTENCE_ENDS:
            self.parts.append(". ")

    def handle_data(self, data: str) -> None:
        if self._in_main and not self._hidden:
            self.parts.append(data)


def grade(text: str) -> float:
    return float(textstat.flesch_kincaid_grade(text))


@pytest.mark.django_db
@pytest.mark.parametrize("path", PROSE.values(), ids=list(PROSE))
def test_page_is_read_at_grade_nine_at_most(
    client: Client, path: str, record_property: Callable[[str, object], None]
) -> None:
    reader = _Prose()
    reader.feed(html_of(client.get(path)))

    found = grade("".join(reader.parts))

    record_property("school grade", f"{found:4.1f}  {path}")
    assert found <= HIGHEST


def test_official_english_would_be_found_too_hard() -> None:
    official = (
        "Applicants who have previously initiated primary-source verification of their "
        "medical education credentials through an authorized institutional "
        "representative must nevertheless satisfy all applicable examination "
        "requirements prior to consideration of their certification eligibility. "
    )

    assert grade(official) > HIGHEST
    assert grade("You need a pass. It must be new. The school says so. ") < 3
