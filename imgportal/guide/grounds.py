"""What the statements of the guide rest on: rules of the rule book, and a few more.

The rule book holds what a record is judged by. The guide also tells about visas, fees
and the days of the exams, which judge nobody; these statements have their ids in
`data/grounds.csv`, and those that change about visas in `data/visas.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imgportal.guide import DATA
from imgportal.guide.visas import VISA_ENTRIES
from imgportal.lib import content_files
from profiles.choices import Confidence
from profiles.rules.text.rulebook import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Who says something, and how far it can be trusted.

    `confidence` is None for a convention of this site. Sources are keys of documents.
    """

    id: str
    sources: tuple[str, ...]
    confidence: Confidence | None


FILE = DATA / "grounds.csv"
GROUNDS = content_files.by_key(
    (
        *(
            Ground(id=rule.id, sources=rule.sources, confidence=rule.confidence)
            for rule in RULES.values()
        ),
        *(
            Ground(
                id=entry.ground, sources=entry.documents, confidence=entry.confidence
            )
            for entry in VISA_ENTRIES.values()
        ),
        *content_files.read_csv(FILE, Ground),
    ),
    "id",
    FILE,
)

GRADE_WORDS = {
    Confidence.CONFIRMED: "Confirmed",
    Confidence.REPORTED: "Reported",
    Confidence.UNCONFIRMED: "Unconfirmed",
    None: "Our convention",
}


def join_grades(grounds: Iterable[Ground]) -> str:
    """The grades of several statements, the best first: "Confirmed, unconfirmed"."""
    grades = {ground.confidence for ground in grounds}
    words = [word for grade, word in GRADE_WORDS.items() if grade in grades]
    return ", ".join(words).capitalize()
