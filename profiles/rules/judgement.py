"""Everything that can be said about one record on one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from profiles.choices import Exam, Item, Pathway
from profiles.rules.facts import Attempt, EnglishSittingFacts
from profiles.rules.reference import Standard
from profiles.rules.tables.english import EnglishJudged
from profiles.rules.tables.outcomes import SittingOutcome
from profiles.rules.tables.pathways import Fit
from profiles.rules.tables.validation import EntryFinding
from profiles.rules.verdicts import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAttempt:
    """One sitting as it was entered, and what the rules make of it."""

    attempt: Attempt
    # Among the started sittings of its Step, by date, from 1. None: it is no attempt.
    number: int | None
    outcome: SittingOutcome | None  # None: it lies ahead, or was never started
    minimum: Standard | None  # what a score of that day is compared with
    findings: tuple[EntryFinding, ...]  # table T1, and what clashes with other sittings
    needs_look: str  # what is reported and what is derived contradict; empty: nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSitting:
    """One sitting of OET Medicine for the season aimed at."""

    judged: EnglishJudged
    verdict: Verdict
    findings: tuple[EntryFinding, ...]
    is_best: bool  # the one that the answer rests on

    @property
    def sitting(self) -> EnglishSittingFacts:
        return self.judged.sitting


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPathway:
    """Whether one Pathway is the member's, and why or why not."""

    pathway: Pathway
    fit: Fit
    verdict: Verdict  # met: it is the one; not met: it does not fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All verdicts about one record as of one day. Nothing in it is stored."""

    today: date
    attempts: tuple[JudgedAttempt, ...]  # by date
    steps: Mapping[Exam, Verdict]  # table T3, every Step
    seven_years: Verdict  # table T4
    sittings: tuple[JudgedSitting, ...]  # by date, those of the past
    english: Verdict  # table T5 for the best sitting
    route: Verdict  # table T6
    pathways: tuple[JudgedPathway, ...]  # all six, in order
    pathways_season: Verdict  # table T11 for the season aimed at
    items: Mapping[Item, Verdict]  # every item of certification, in its order
    certificate: Verdict  # table T7; the last of the items
    match: Verdict  # table T8 for the season aimed at
    step3: Verdict  # table T9
    img_class: Verdict  # table T10

    @property
    def needs_look(self) -> tuple[str, ...]:
        """Everything that contradicts itself, each once."""
        contradictions = [
            *(judged.needs_look for judged in self.attempts),
            *(verdict.needs_look for verdict in self.steps.values()),
            self.seven_years.needs_look,
            self.route.needs_look,
            *(verdict.needs_look for verdict in self.items.values()),
        ]
        return tuple(dict.fromkeys(text for text in contradictions if text))
