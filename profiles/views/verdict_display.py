"""Verdicts as pages show them: with words for the answer, rules, sources and links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from profiles.choices import (
    Answer,
    AttemptState,
    Confidence,
    Item,
    ItemState,
    Pathway,
    SubTest,
)
from profiles.models import CertificationItem, EnglishSitting, ExamAttempt
from profiles.rules.judgement import JudgedAttempt, Judgement
from profiles.rules.tables.outcomes import SittingOutcome, has_number
from profiles.rules.tables.pathways import FitReason
from profiles.rules.text.rulebook import RULES, Rule
from profiles.rules.verdicts import Verdict
from profiles.views.verdict_links import Link, entered_at, field_link, official_site
from stats import public

# A shape beside each word, so that nothing hangs on a colour.
MARKS = {Answer.MET: "✓", Answer.NOT_MET: "○", Answer.NOT_KNOWN: "?"}
# What says more than the answer, by the status of the decision table.
SAYS_MORE = {
    "EXPIRING": ("Runs out soon", "◔"),
    "EXPIRED": ("Run out", "○"),
    "RUNNING": ("Running", "◔"),
    "READY": ("Ready", "○"),
    "NONE_NEEDED": ("None needed", "✓"),
    # With the shapes that the two groups have on every chart.
    "NON_US_IMG": ("Non-US IMG", "●"),
    "US_IMG": ("US IMG", "■"),
    "IMG": ("IMG", "●"),
    "NOT_IMG": ("Not an IMG", "○"),
    **{f"PATHWAY_{number}": (f"Pathway {number}", "→") for number in Pathway.values},
}
# The same, as long as there is something to do.
SAYS_MORE_UNTIL_DONE = {
    "OPEN": ("Open", "○"),
    "CLOSING_SOON": ("Closing soon", "◔"),
    "CLOSED_FOR_MATCH": ("Closed", "○"),
}
FITS = {
    Answer.MET: "It fits",
    Answer.NOT_MET: "It does not fit",
    Answer.NOT_KNOWN: "Not known",
}
# By a day that is not confirmed it does not fit: nobody is refused by it.
PROBABLY_NOT = frozenset(
    {FitReason.LICENCE_TOO_OLD.upper(), FitReason.GRADUATED_TOO_EARLY.upper()}
)
# An application that was sent is not one that was accepted.
SENT = ("Sent", "✓")
OUTCOMES = {
    SittingOutcome.PASS: "Passed",
    SittingOutcome.FAIL: "Not passed",
    SittingOutcome.PENDING: "Result not in yet",
    SittingOutcome.INCOMPLETE: "Started, not finished",
    SittingOutcome.INVALIDATED: "Score invalidated",
    SittingOutcome.NEEDS_CHECK: "Needs a look",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVerdict:
    """One verdict with what its template needs."""

    verdict: Verdict
    rules: tuple[Rule, ...]
    sources: tuple[Link, ...]
    settles: tuple[Link, ...]
    official: Link | None  # where to confirm what is provisional

    @property
    def word(self) -> str:
        return self._said[0]

    @property
    def mark(self) -> str:
        return self._said[1]

    @property
    def _said(self) -> tuple[str, str]:
        answer, status = self.verdict.answer, self.verdict.status
        if self.verdict.needs_look:
            return ("Needs a look", "!")
        if status in SAYS_MORE:
            return SAYS_MORE[status]
        if status in SAYS_MORE_UNTIL_DONE:
            return SENT if answer == Answer.MET else SAYS_MORE_UNTIL_DONE[status]
        return (str(answer.label), MARKS[answer])

    @property
    def kind(self) -> str:
        """For the style sheet."""
        return "look" if self.verdict.needs_look else str(self.verdict.answer.value)

    @property
    def confidence(self) -> str:
        return str(Confidence(self.verdict.confidence).label)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAttempt:
    """One attempt as it was entered, and what the rules make of it."""

    row: ExamAttempt
    judged: JudgedAttempt
    rules: tuple[Rule, ...]
    sources: tuple[Link, ...]
    is_ahead: bool  # its day comes after the one that is asked about

    @property
    def outcome(self) -> str:
        if self.is_ahead and self.row.state != AttemptState.CANCELLED:
            return (
                "Planned" if self.row.state == AttemptState.PLANNED else "Still to come"
            )
        if self.judged.outcome is None:
            return str(self.row.get_state_display())
        return OUTCOMES[self.judged.outcome]

    @property
    def kind(self) -> str:
        """For the style sheet."""
        if self.looks:
            return "look"
        if self.judged.outcome == SittingOutcome.PASS:
            return Answer.MET.value
        return Answer.NOT_KNOWN.value if self.is_open else Answer.NOT_MET.value

    @property
    def mark(self) -> str:
        marks = {answer.value: mark for answer, mark in MARKS.items()}
        return {**marks, "look": "!", Answer.NOT_KNOWN.value: "◌"}[self.kind]

    @property
    def is_open(self) -> bool:
        """Does its result still have to come?"""
        return (
            self.is_ahead
            or self.judged.outcome == SittingOutcome.PENDING
            or self.row.state == AttemptState.PLANNED
        )

    @property
    def looks(self) -> tuple[str, ...]:
        """What should be looked at again."""
        if self.judged.needs_look:
            return (self.judged.needs_look,)
        return tuple(finding.message for finding in self.judged.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSitting:
    """One sitting of OET, and what it is worth for the season aimed at."""

    row: EnglishSitting
    shown: ShownVerdict | None  # None: its day has not come
    is_best: bool  # the one that counts

    @property
    def scores(self) -> list[tuple[str, int | None]]:
        return [(part.label, getattr(self.row, part.value)) for part in SubTest]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRoute:
    """One Pathway, and whether it is the member's."""

    pathway: Pathway
    shown: ShownVerdict

    @property
    def word(self) -> str:
        verdict = self.shown.verdict
        if verdict.answer == Answer.NOT_KNOWN and verdict.status in PROBABLY_NOT:
            return "Probably not"
        return FITS[verdict.answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    """One item of certification: what the rules say, and what the member reports."""

    item: Item
    shown: ShownVerdict
    row: CertificationItem | None
    more: Link | None  # where the facts behind it are entered

    @property
    def is_told(self) -> bool:
        """Is there more to read at once than the word and what the member reports?"""
        verdict = self.shown.verdict
        if verdict.needs_look or (self.row and self.row.state == ItemState.REFUSED):
            return True
        return verdict.answer != Answer.NOT_KNOWN and bool(
            self.more or verdict.next_step
        )

    @property
    def is_told_by_others(self) -> bool:
        """Do other entries settle it, so that nothing need be reported here?"""
        is_reported = self.row is not None and bool(self.row.state)
        is_known = self.shown.verdict.answer != Answer.NOT_KNOWN
        return self.more is not None and is_known and not is_reported

    @property
    def url(self) -> str:
        return f"{reverse('profiles:certification')}#{self.item.value}"


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many items are done, not yet, and not known."""

    lines: list[ShownItem]

    def _count(self, answer: Answer) -> int:
        return sum(line.shown.verdict.answer == answer for line in self.lines)

    @property
    def all(self) -> int:
        return len(self.lines)

    @property
    def met(self) -> int:
        return self._count(Answer.MET)

    @property
    def not_met(self) -> int:
        return self._count(Answer.NOT_MET)

    @property
    def not_known(self) -> int:
        return self._count(Answer.NOT_KNOWN)

    @property
    def unknown(self) -> list[ShownItem]:
        return [
            line for line in self.lines if line.shown.verdict.answer == Answer.NOT_KNOWN
        ]

    @property
    def looks(self) -> int:
        """How many contradict what is reported of them."""
        return sum(bool(line.shown.verdict.needs_look) for line in self.lines)


class VerdictDisplay:
    """Shows verdicts, with the titles of the sources that are published now."""

    def __init__(self) -> None:
        self.figures = public.everything()
        self._titles = {
            key: source.title for key, source in self.figures.sources.items()
        }

    def verdict(self, verdict: Verdict, *, but: str = "") -> ShownVerdict:
        """`but`: a field that the page asks for anyway."""
        rules = _rules(verdict.rules)
        return ShownVerdict(
            verdict=verdict,
            rules=rules,
            sources=self.links(verdict.sources),
            settles=tuple(
                dict.fromkeys(
                    field_link(name)
                    for name in verdict.settles
                    if name != but and verdict.answer == Answer.NOT_KNOWN
                )
            ),
            official=official_site(rules) if verdict.provisional else None,
        )

    def items(
        self, judgement: Judgement, rows: Mapping[Item, CertificationItem]
    ) -> list[ShownItem]:
        """Every item of certification in its order."""
        return [
            ShownItem(
                item=item,
                # That this very item should be reported is what its own link says.
                shown=self.verdict(verdict, but=f"items.{item.value}"),
                row=rows.get(item),
                more=entered_at(item),
            )
            for item, verdict in judgement.items.items()
        ]

    def attempt(
        self, row: ExamAttempt, judged: JudgedAttempt, day: date
    ) -> ShownAttempt:
        """`day` is the one that is asked about."""
        names = [finding.rule for finding in judged.findings]
        keys: tuple[str, ...] = ()
        if judged.outcome in (SittingOutcome.INCOMPLETE, SittingOutcome.INVALIDATED):
            names.append(
                "U-ATT-5" if judged.outcome == SittingOutcome.INCOMPLETE else "U-INV-1"
            )
        elif (
            judged.outcome is not None
            and judged.minimum is not None
            and judged.attempt.score is not None
        ):
            names.append("U-PASS-1")
            keys = judged.minimum.sources
        elif judged.outcome is not None and not has_number(judged.attempt):
            names.append("U-PASS-2")
        if judged.needs_look:
            names.append("U-PASS-4")
        return ShownAttempt(
            row=row,
            judged=judged,
            rules=_rules(names),
            sources=self.links(keys),
            is_ahead=row.on > day,
        )

    def links(self, keys: Iterable[str]) -> tuple[Link, ...]:
        """The pages of sources, by their keys."""
        # One that is not published is left out: its page would be a 404.
        return tuple(
            Link(
                label=self._titles[key], url=reverse("stats:source_detail", args=[key])
            )
            for key in dict.fromkeys(keys)
            if key in self._titles
        )


def _rules(names: Iterable[str]) -> tuple[Rule, ...]:
    return tuple(RULES[name] for name in dict.fromkeys(names) if name in RULES)
