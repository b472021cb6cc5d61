"""What the statements of the guide rest on: rules of the rule book, and a few more.

The rule book holds what a record is judged by. The guide also tells about visas, fees
and the days of the exams, which judge nobody; these statements have their ids here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from profiles.choices import Confidence
from profiles.rules.text.rulebook import RULES

CONFIRMED, REPORTED, UNCONFIRMED = (
    Confidence.CONFIRMED,
    Confidence.REPORTED,
    Confidence.UNCONFIRMED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Who says something, and how far it can be trusted.

    `confidence` is None for a convention of this site. Sources are keys of documents.
    """

    id: str
    sources: tuple[str, ...]
    confidence: Confidence | None


def _ground(id: str, sources: str, confidence: Confidence) -> Ground:
    return Ground(id=id, sources=tuple(sources.split()), confidence=confidence)


_OF_THE_GUIDE = (
    _ground("G-BREAKS", "s22 s168", REPORTED),
    _ground("G-CLOSED", "s20", CONFIRMED),
    _ground("G-CS", "s17 s144 s163", CONFIRMED),
    _ground("G-EXAM-DAYS", "s41", CONFIRMED),
    _ground("G-FEE-YEAR", "s41", CONFIRMED),
    _ground("G-FORMAT", "s20 s21", REPORTED),
    _ground("G-REVIEW", "s30", REPORTED),
    _ground("G-TWO-DIGIT", "s160 s33", REPORTED),
    _ground("V-ENTRY-1", "s105 s106 s162", UNCONFIRMED),
    _ground("V-H1B-1", "s102", REPORTED),
    _ground("V-H1B-2", "s103 s104", UNCONFIRMED),
    _ground("V-J1-1", "s98 s100 s161", CONFIRMED),
    _ground("V-SON-1", "s98", CONFIRMED),
    _ground("V-SON-2", "s99", CONFIRMED),
)

GROUNDS: Mapping[str, Ground] = MappingProxyType(
    {
        rule.id: Ground(id=rule.id, sources=rule.sources, confidence=rule.confidence)
        for rule in RULES.values()
    }
    | {ground.id: ground for ground in _OF_THE_GUIDE}
)

IN_SHORT = {
    CONFIRMED: "Confirmed",
    REPORTED: "Reported",
    UNCONFIRMED: "Unconfirmed",
    None: "Our convention",
}


def in_short(grounds: Iterable[Ground]) -> str:
    """The grades of several statements, the best first: "Confirmed, unconfirmed"."""
    found = {ground.confidence for ground in grounds}
    words = [word for grade, word in IN_SHORT.items() if grade in found]
    return ", ".join(words).capitalize()
