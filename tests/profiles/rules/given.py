"""Short words for what a record says, and the founding tables as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from profiles import founding_tables
from profiles.choices import AttemptState, Exam, ReportedOutcome, SubTest
from profiles.rules.facts import Attempt, EnglishSittingFacts
from profiles.rules.reference import Reference

TODAY = date(2026, 11, 22)


@cache
def tables() -> Reference:
    return founding_tables.parse(founding_tables.FOUNDING_TABLES).reference


def day(text: str) -> date:
    return date.fromisoformat(text)


STATES = {state.value: state for state in AttemptState}


def sat(exam: Exam, on: str, what: str | int = "", **more: Any) -> Attempt:
    """A sitting with what came of it: a state, pass or fail, a score, or nothing yet."""
    known: dict[str, Any] = {"state": AttemptState.TAKEN}
    if isinstance(what, int):
        known["score"] = what
    elif what in STATES:
        known["state"] = STATES[what]
    elif what:
        known["outcome"] = ReportedOutcome(what)
    if "outcome" in more:
        more["outcome"] = ReportedOutcome(more["outcome"])
    return Attempt(exam=exam, on=day(on), **{**known, **more})


def step1(on: str, what: str | int = "", **more: Any) -> Attempt:
    return sat(Exam.STEP1, on, what, **more)


def step2ck(on: str, what: str | int = "", **more: Any) -> Attempt:
    return sat(Exam.STEP2CK, on, what, **more)


def step2cs(on: str, what: str | int = "", **more: Any) -> Attempt:
    return sat(Exam.STEP2CS, on, what, **more)


def step3(on: str, what: str | int = "", **more: Any) -> Attempt:
    return sat(Exam.STEP3, on, what, **more)


def oet(on: str, *scores: int | None, **more: Any) -> EnglishSittingFacts:
    """The scores in the order of the report: Listening, Reading, Writing, Speaking."""
    by_part: Mapping[SubTest, int | None] = dict(zip(SubTest, scores, strict=False))
    return EnglishSittingFacts(on=day(on), scores=by_part, **more)
