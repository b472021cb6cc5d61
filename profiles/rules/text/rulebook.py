"""Every rule by its id: what it says in our words, who says so, how far to trust it.

The rules stand in `profiles/data/rule_book.toml`. The wording is never a quotation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from imgportal.lib import content_files
from profiles.choices import Confidence

RULE_BOOK = Path(__file__).resolve().parents[2] / "data" / "rule_book.toml"


class Topic(StrEnum):
    """The parts of the rule book, in its order."""

    IMG = "Who is an IMG"
    CERTIFICATION = "ECFMG Certification, step by step"
    SCHOOL = "Medical education"
    TIME_LIMIT = "The exams and the seven years"
    ENGLISH = "Communication skills: OET Medicine"
    PATHWAYS = "Clinical skills: Step 2 CS or a Pathway"
    CERTIFICATE = "The certificate over time"
    SCORES = "USMLE scores and passing"
    ATTEMPTS = "USMLE attempts"
    USMLE = "Other USMLE rules"
    MATCH = "The Match"
    ENTRIES = "Entries of a record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. Sources are keys of documents, in the order of their weight."""

    id: str
    topic: Topic
    wording: str
    sources: tuple[str, ...]
    confidence: Confidence | None  # None: a convention of this site
    not_judged: str = ""  # why no answer about a record rests on it; empty: one does

    @property
    def in_words(self) -> str:
        """How far it can be trusted."""
        if self.confidence is None:
            return "a convention of this site"
        return str(self.confidence.label)

    @property
    def may_block(self) -> bool:
        """Only what official or secondary sources say may stand in somebody's way."""
        return self.confidence in {Confidence.CONFIRMED, Confidence.REPORTED}


def read_trust(word: str) -> Confidence | None:
    """How far a rule can be trusted; None for a convention. Raises ValueError."""
    return None if word == "convention" else Confidence(word)


RULES = content_files.by_key(
    content_files.read_toml(
        RULE_BOOK, "rule", Rule, readers={"confidence": read_trust}
    ),
    "id",
    RULE_BOOK,
)

# When the documents behind the rules were last read.
LAST_CHECKED = content_files.read_toml_value(RULE_BOOK, "last_read", date)


def of_topic(topic: Topic) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES.values() if rule.topic == topic)


WEAKNESS = {confidence: place for place, confidence in enumerate(Confidence)}


def weakest(confidences: Iterable[Confidence | None]) -> Confidence:
    """The weakest of those that an answer rests on.

    Conventions do not weaken it. What rests on conventions alone says nothing that an
    official text could contradict, so it is as sure as what was entered.
    """
    graded = [confidence for confidence in confidences if confidence is not None]
    return max(
        graded,
        key=lambda confidence: WEAKNESS[confidence],
        default=Confidence.CONFIRMED,
    )
