"""The dated tables as the guide shows them: lines of words, each with its grade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from profiles.choices import Confidence
from profiles.rules.days import in_words
from profiles.rules.reference import (
    MEASURED_SUB_TESTS,
    GradedValue,
    Reference,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWords:
    words: str
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonLine:
    """One season of the Pathways. A value is None where nobody found it."""

    match_year: int
    values: tuple[KnownWords | None, ...]
    sources: tuple[str, ...]


def seasons(reference: Reference) -> tuple[SeasonLine, ...]:
    """Every season of the Pathways, the newest first."""
    return tuple(
        SeasonLine(
            match_year=row.match_year,
            values=tuple(
                _known(value)
                for value in (
                    row.licence_from,
                    row.graduated_from,
                    row.application_deadline,
                    row.oet_from,
                    row.fee,
                    row.accepted_valid_to,
                )
            ),
            sources=row.sources,
        )
        for row in sorted(reference.seasons, key=lambda row: -row.match_year)
    )


def _known(known: GradedValue[Any] | None) -> KnownWords | None:
    if known is None:
        return None
    value = known.value
    words = in_words(value) if isinstance(value, date) else f"{value}"
    return KnownWords(words=words, confidence=known.confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """What one part of OET asks for, and since when."""

    part: str
    minimum: int
    since: date


def oet_minimums(reference: Reference, *, today: date) -> tuple[Minimum, ...]:
    """What is in force on that day; a part without a row is left out."""
    found = (
        (part, reference.standard(measured, today))
        for part, measured in MEASURED_SUB_TESTS.items()
    )
    return tuple(
        Minimum(part=str(part.label), minimum=row.minimum, since=row.effective_from)
        for part, row in found
        if row is not None
    )
