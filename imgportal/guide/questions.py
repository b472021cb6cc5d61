"""What IMGs ask (`data/questions.csv`); `templates/guide/questions.html` answers by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from imgportal.guide import DATA
from imgportal.lib import content_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    key: str  # its place on the page: a promise, like every address
    text: str


FILE = DATA / "questions.csv"
QUESTIONS = content_files.by_key(content_files.read_csv(FILE, Question), "key", FILE)


class _AnswerReader(HTMLParser):
    """The words of an answer, without what only opens on demand."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if (
            self._hidden
            or tag in {"details", "aside"}
            or any(key == "popover" for key, _ in attrs)
        ):
            self._hidden += 1
        elif tag in {"p", "li"}:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def extract_text(html: str) -> str:
    """The text of an answer in one line, for search engines."""
    reader = _AnswerReader()
    reader.feed(html)
    return " ".join("".join(reader.parts).split())


def describe_questions(answers: Mapping[str, str]) -> dict[str, Any]:
    """The schema.org description of the questions; `answers` are plain texts by key."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": QUESTIONS[key].text,
                "acceptedAnswer": {"@type": "Answer", "text": text},
            }
            for key, text in answers.items()
        ],
    }
