"""The answers of a judgement as a list, and which of them two judgements differ in.

Two answers are different when a member would say so: another answer, another status of
the decision table, another day. Another wording, source or confidence does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from profiles.choices import Answer, Exam, Item
from profiles.rules.days import in_words
from profiles.rules.judgement import JudgedAttempt, Judgement
from profiles.rules.tables.outcomes import SittingOutcome
from profiles.rules.verdicts import Verdict

NEEDS_LOOK = "NEEDS_LOOK"
# Whether a sitting counts as passed, as one of three answers.
OUTCOMES: Mapping[SittingOutcome, Answer] = {
    SittingOutcome.PASS: Answer.MET,
    SittingOutcome.FAIL: Answer.NOT_MET,
    SittingOutcome.INCOMPLETE: Answer.NOT_MET,
    SittingOutcome.INVALIDATED: Answer.NOT_MET,
    SittingOutcome.PENDING: Answer.NOT_KNOWN,
    SittingOutcome.NEEDS_CHECK: Answer.NOT_KNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortAnswer:
    """One answer, without its reasons: they may hold a score."""

    about: str  # "match", "exam:step2ck", "attempt:7"; the same in every judgement
    title: str = field(compare=False)
    answer: Answer
    status: str  # the word of its decision table, or that it contradicts itself
    decided_on: date | None = None
    next_date: date | None = None
    # The `about` of an answer that includes this one: when both changed, it alone is told.
    unless: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDifference:
    """One answer that two judgements do not share."""

    before: ShortAnswer
    after: ShortAnswer


def differences(before: Judgement, after: Judgement) -> list[AnswerDifference]:
    """What two judgements of one record on one day answer differently."""
    earlier = {answer.about: answer for answer in answers(before)}
    return [
        AnswerDifference(before=earlier[answer.about], after=answer)
        for answer in answers(after)
        if answer.about in earlier and earlier[answer.about] != answer
    ]


def worth_telling(changed: Sequence[AnswerDifference]) -> list[AnswerDifference]:
    """Without those that another change in the list includes."""
    told = {difference.after.about for difference in changed}
    return [difference for difference in changed if difference.after.unless not in told]


def answers(judgement: Judgement) -> Iterator[ShortAnswer]:
    """Every answer about a record, in the order in which pages show them."""
    yield _answer("match", "The Match you aim at", judgement.match)
    for exam, verdict in judgement.steps.items():
        yield _answer(f"exam:{exam.value}", exam.label, verdict)
    for judged in judgement.attempts:
        if judged.outcome is not None:
            yield _of_attempt(judged, judged.outcome)
    yield _answer("oet", "OET Medicine", judgement.english)
    for judged_sitting in judgement.sittings:
        sitting = judged_sitting.sitting
        yield _answer(
            f"sitting:{sitting.key}",
            f"OET Medicine of {in_words(sitting.on)}",
            judged_sitting.verdict,
            unless="oet",
        )
    yield _answer("seven_years", "The seven years", judgement.seven_years)
    yield _answer("step3", "Whether you may take Step 3", judgement.step3)
    yield _answer("route", "Your Pathway", judgement.route)
    for fit in judgement.pathways:
        number = fit.pathway.value
        yield _answer(f"pathway:{number}", f"Pathway {number}", fit.verdict)
    yield _answer("pathways", "The Pathways season", judgement.pathways_season)
    for item, verdict in judgement.items.items():
        yield _answer(
            f"item:{item.value}", item.label, verdict, unless=SAME_AS.get(item)
        )
    yield _answer("img", "Whether you are an IMG", judgement.img_class)


# Items that repeat an answer which is listed by itself.
SAME_AS = {
    Item.STEP1: f"exam:{Exam.STEP1.value}",
    Item.STEP2CK: f"exam:{Exam.STEP2CK.value}",
    Item.SEVEN_YEARS: "seven_years",
    Item.COMMUNICATION: "oet",
}


def _answer(
    about: str, title: str, verdict: Verdict, *, unless: str | None = None
) -> ShortAnswer:
    return ShortAnswer(
        about=about,
        title=str(title),
        answer=verdict.answer,
        status=NEEDS_LOOK if verdict.needs_look else str(verdict.status),
        decided_on=verdict.decided_on,
        next_date=verdict.next_date,
        unless=unless or "",
    )


def _of_attempt(judged: JudgedAttempt, outcome: SittingOutcome) -> ShortAnswer:
    attempt = judged.attempt
    return ShortAnswer(
        about=f"attempt:{attempt.key}",
        title=f"{attempt.exam.label} of {in_words(attempt.on)}",
        answer=OUTCOMES[outcome],
        status=NEEDS_LOOK if judged.needs_look else outcome.value,
        unless=f"exam:{attempt.exam.value}",
    )
