"""A record as it stood on one day, and how a verdict is put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from profiles.choices import Answer, AttemptState, Confidence, Exam
from profiles.rules.facts import (
    Attempt,
    CertificateFacts,
    EnglishSittingFacts,
    PathwayApplicationFacts,
    Record,
)
from profiles.rules.reference import Deadline, Reference, Standard
from profiles.rules.tables.attempts import in_order
from profiles.rules.text.rulebook import RULES, weakest
from profiles.rules.verdicts import Verdict

CONFIRM = "Confirm it on the official site."

NEVER_STARTED = frozenset({AttemptState.CANCELLED, AttemptState.NOT_ATTENDED})


@dataclass(frozen=True, kw_only=True)
class Case:
    """What was known on a day: whatever comes later is planned, or not there yet."""

    record: Record
    reference: Reference
    today: date
    eastern: date  # the day in New York, whose days the deadlines mean

    @cached_property
    def pairs(self) -> tuple[tuple[Attempt, Attempt], ...]:
        """Each attempt as entered and as it was known on the day, in the order of dates."""
        return tuple(
            sorted(
                (
                    (attempt, as_known(attempt, self.today))
                    for attempt in self.record.attempts
                ),
                key=lambda pair: (pair[0].exam, *in_order(pair[0]), repr(pair[0])),
            )
        )

    @cached_property
    def attempts(self) -> tuple[Attempt, ...]:
        return tuple(attempt for _, attempt in self.pairs)

    def attempts_of(self, exam: Exam) -> tuple[Attempt, ...]:
        return tuple(attempt for attempt in self.attempts if attempt.exam == exam)

    def planned(self, exam: Exam) -> tuple[Attempt, ...]:
        """The sittings of a Step that lie ahead, that of the day itself included."""
        return tuple(
            attempt
            for attempt in self.attempts_of(exam)
            if attempt.state == AttemptState.PLANNED and attempt.on >= self.today
        )

    @cached_property
    def sittings(self) -> tuple[EnglishSittingFacts, ...]:
        """Of OET, by date; those that lie ahead are left out."""
        had = [row for row in self.record.sittings if row.on <= self.today]
        return tuple(
            sorted(
                had,
                key=lambda sitting: (
                    sitting.on,
                    sorted(
                        (part, score or 0) for part, score in sitting.scores.items()
                    ),
                ),
            )
        )

    @cached_property
    def planned_sittings(self) -> tuple[EnglishSittingFacts, ...]:
        ahead = [row for row in self.record.sittings if row.on > self.today]
        return tuple(sorted(ahead, key=lambda sitting: sitting.on))

    @cached_property
    def pathways(self) -> tuple[PathwayApplicationFacts, ...]:
        """The Pathway applications, the newest season first."""
        return tuple(
            sorted(
                (
                    application.known_on(self.today)
                    for application in self.record.pathways
                ),
                key=lambda application: (
                    -application.season,
                    application.number or 0,
                    application.accepted_on or date.max,
                    repr(application),
                ),
            )
        )

    @cached_property
    def certificate(self) -> CertificateFacts | None:
        """The certificate, once it is issued."""
        certificate = self.record.certificate
        if certificate is None or certificate.issued_on > self.today:
            return None
        return certificate

    @property
    def has_begun(self) -> bool:
        """Is any exam entered? Then we take it that an exam without an entry was not sat."""
        return bool(self.record.attempts or self.record.sittings)


def as_known(attempt: Attempt, today: date) -> Attempt:
    """What was known of an entry on that day."""
    if attempt.state in NEVER_STARTED:
        return attempt
    if attempt.on > today:
        return replace(
            attempt,
            state=AttemptState.PLANNED,
            outcome=None,
            score=None,
            result_on=None,
        )
    if attempt.result_on is not None and attempt.result_on > today:
        return replace(attempt, outcome=None, score=None, result_on=None)
    return attempt


Dated = Standard | Deadline


def verdict(
    answer: Answer,
    status: str,
    reason: str,
    rules: Iterable[str],
    *,
    dated: Iterable[Dated | None] = (),
    confidences: Iterable[Confidence | None] = (),
    sources: Iterable[str] = (),
    may_block: bool = True,
    **more: Any,
) -> Verdict:
    """A verdict with the sources and the confidence of everything it rests on.

    "Not yet" that rests on something unconfirmed blocks nobody: it becomes "not
    known", to be confirmed. `may_block=False` keeps a "not yet" that would stand without
    the unconfirmed rule as well.
    """
    ids = tuple(dict.fromkeys(rules))
    rows = [row for row in dated if row is not None]
    confidence = weakest(
        [
            *(RULES[rule].confidence for rule in ids),
            *(row.confidence for row in rows),
            *confidences,
        ]
    )
    named = [source for rule in ids for source in RULES[rule].sources]
    named += [source for row in rows for source in row.sources]
    if may_block and answer == Answer.NOT_MET and confidence == Confidence.UNCONFIRMED:
        answer = Answer.NOT_KNOWN
        step = more.get("next_step", "")
        more["next_step"] = f"{CONFIRM} {step}".strip()
    return Verdict(
        answer=answer,
        status=status,
        reason=reason,
        rules=ids,
        sources=tuple(dict.fromkeys([*named, *sources])),
        confidence=confidence,
        **more,
    )
