"""What IMGs ask. The answers stand in `templates/guide/questions.html`, by key."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Any

# The key is the place on the page: a promise, like every address.
QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "can-imgs": "Can IMGs do residency in the United States?",
        "rate-of-imgs": "What is the match rate of IMGs?",
        "how-difficult": "How difficult is it to match as an IMG?",
        "specialties": "Which specialties are hardest to enter, and which are most open?",
        "my-chances": "What are my chances?",
        "begin": "Where do I begin?",
        "green-card-holder": "I have a green card. Am I a US IMG?",
        "canada-school": "I studied in Canada. Am I an IMG?",
        "accreditation": "Must my school be accredited by an agency that WFME recognises?",
        "old-graduate": "I graduated long ago. Can I still be certified?",
        "step-order": "Must I take Step 1 before Step 2 CK?",
        "pass-fail": "Step 1 is pass or fail now. What about my old score?",
        "how-often": "How often can I take a Step?",
        "how-long": "How long must I wait before I try again?",
        "better-score": "Can I repeat a Step to get a better score?",
        "failed-attempt": "Does a failed attempt stay on my transcript?",
        "seven-year-rule": "What is the seven-year rule?",
        "failed-cs": "I failed Step 2 CS. What now?",
        "english": "English is my first language. Do I need OET?",
        "last-exam": "When is the last safe day for an exam before the Match?",
        "certificate-first": "Do I need the certificate to take part in the Match?",
        "certificate-end": "Does the certificate run out?",
        "soap-who": "What is SOAP, and who may take part?",
        "not-matched": "What became of those who did not match?",
        "costs-all": "What does it all cost?",
        "which-visa": "Which visa do residents have?",
        "step-3-first": "Do I need Step 3 before residency?",
        "other-rates": "Why do other sites show other match rates?",
    }
)


class _Plain(HTMLParser):
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


def plain(html: str) -> str:
    """The text of an answer in one line, for search engines."""
    reader = _Plain()
    reader.feed(html)
    return " ".join("".join(reader.parts).split())


def faq_page(answers: Mapping[str, str]) -> dict[str, Any]:
    """The schema.org description of the questions; `answers` are plain texts by key."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": QUESTIONS[key],
                "acceptedAnswer": {"@type": "Answer", "text": text},
            }
            for key, text in answers.items()
        ],
    }
