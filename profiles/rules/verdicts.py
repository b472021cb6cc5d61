"""What a rule answers, with everything needed to check the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from profiles.choices import Answer, Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to one question about one record on one day.

    `status` is the word of its decision table (docs/rules.md). `reason` is a sentence
    in our words, with the dates in it. `next_step` is empty when there is nothing to do.
    `settles` names the fields of the record that would turn "not known" into an answer.
    """

    answer: Answer
    status: str
    reason: str
    rules: tuple[str, ...]  # ids of the rule book, the deciding one first
    sources: tuple[str, ...]  # keys of sources, those of the dates used included
    confidence: Confidence  # of the weakest rule or date that the answer rests on
    decided_on: date | None = None  # the date that decides, None when none does
    next_step: str = ""
    next_date: date | None = None  # by when, or from when, the step can be taken
    settles: tuple[str, ...] = ()
    needs_look: str = ""  # what is reported and what the rule derives contradict

    @property
    def provisional(self) -> bool:
        """Rests on something unconfirmed: shown with "confirm on the official site"."""
        return self.confidence == Confidence.UNCONFIRMED
