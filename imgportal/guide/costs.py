"""What the way costs, and how long the exam days are: tables with a ground a row."""

from __future__ import annotations

from dataclasses import dataclass

from imgportal.guide.grounds import CONFIRMED, REPORTED, UNCONFIRMED
from profiles.choices import Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """One fee in US dollars, in the words of the table."""

    what: str
    amount: str
    of: str  # the year or season it was read for
    confidence: Confidence
    sources: tuple[str, ...]
    note: str = ""


def _fee(
    what: str,
    amount: str,
    of: str,
    confidence: Confidence,
    sources: str,
    note: str = "",
) -> Fee:
    return Fee(
        what=what,
        amount=amount,
        of=of,
        confidence=confidence,
        sources=tuple(sources.split()),
        note=note,
    )


# The account and the application are shown as one sum: the sources disagree about
# which of the two contains the identity check.
_ACCOUNT, _APPLICATION = 110, 580

FEES = (
    _fee(
        "MyIntealth account, identity check and application for certification",
        f"{_ACCOUNT + _APPLICATION}",
        "2026",
        UNCONFIRMED,
        "s63 s64",
    ),
    _fee(
        "Verification of your documents",
        "110 each",
        "2026",
        UNCONFIRMED,
        "s63 s64",
        "Most people need two: diploma and transcript.",
    ),
    _fee("Step 1", "680", "2025", CONFIRMED, "s41"),
    _fee("Step 1", "695", "2026", UNCONFIRMED, "s63 s64"),
    _fee("Step 2 CK", "695", "2026", UNCONFIRMED, "s63 s64"),
    _fee(
        "Extra for an exam outside the United States and Canada",
        "210 or 235 each",
        "2026",
        UNCONFIRMED,
        "s63 s147",
        "The sources disagree for Step 1.",
    ),
    _fee("OET Medicine", "about 450", "2026", UNCONFIRMED, "s63 s64"),
    _fee(
        "Step 3",
        "925 or 955",
        "2026",
        UNCONFIRMED,
        "s63 s64",
        "The sources disagree.",
    ),
    _fee(
        "ERAS applications in one specialty",
        "11 each up to 30, then 30 each",
        "2026 season",
        CONFIRMED,
        "s93",
    ),
    _fee(
        "USMLE transcript in ERAS",
        "80 a season",
        "2024 season",
        CONFIRMED,
        "s94",
        "Another source says 70 for the 2027 season.",
    ),
    _fee("ERAS token", "185", "2027 season", UNCONFIRMED, "s63"),
    _fee("NRMP registration", "70", "2025 Match", REPORTED, "s95"),
    _fee("NRMP registration", "85", "2027 Match", UNCONFIRMED, "s63"),
    _fee("NRMP, registering late", "50 more", "2025 to 2027", REPORTED, "s87 s82"),
    _fee(
        "NRMP, each rank after the first 20",
        "30",
        "2025 Match",
        REPORTED,
        "s96 s95",
    ),
    _fee(
        "Sponsorship of a J-1 visa by ECFMG",
        "370",
        "2023",
        REPORTED,
        "s101",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One exam day, and when it is or was like that."""

    exam: str
    when: str
    blocks: str
    questions: int | None  # None: not found
    hours: int | None
    confidence: Confidence
    sources: tuple[str, ...]
    note: str = ""


def _format(
    exam: str,
    when: str,
    blocks: str,
    questions: int | None,
    hours: int | None,
    confidence: Confidence,
    sources: str,
    note: str = "",
) -> Format:
    return Format(
        exam=exam,
        when=when,
        blocks=blocks,
        questions=questions,
        hours=hours,
        confidence=confidence,
        sources=tuple(sources.split()),
        note=note,
    )


FORMATS = (
    _format("Step 1", "from 14 May 2026", "14 of 30 minutes", 280, 8, CONFIRMED, "s20"),
    _format(
        "Step 2 CK", "from 7 May 2026", "16 of 30 minutes", 316, 9, CONFIRMED, "s20"
    ),
    _format(
        "Step 3, first day",
        "from 10 March 2026",
        "12 of 30 minutes",
        232,
        7,
        REPORTED,
        "s20 s21",
    ),
    _format(
        "Step 3, second day",
        "from 10 March 2026",
        "9 of 30 minutes",
        180,
        9,
        UNCONFIRMED,
        "s21",
        "And 13 or 14 patient cases on the computer.",
    ),
)
FORMATS_BEFORE = (
    _format("Step 1", "until 13 May 2026", "7 of 60 minutes", 280, 8, CONFIRMED, "s20"),
    _format(
        "Step 2 CK",
        "until 6 May 2026",
        "8 of 60 minutes",
        316,
        9,
        CONFIRMED,
        "s20",
        "Older material says up to 318 questions.",
    ),
    _format(
        "Step 3, first day",
        "until 9 March 2026",
        "6 of 60 minutes",
        None,
        None,
        REPORTED,
        "s20 s21",
    ),
    _format(
        "Step 3, second day",
        "until 9 March 2026",
        "6 of 45 minutes",
        None,
        None,
        REPORTED,
        "s20 s21",
        "And patient cases on the computer.",
    ),
)
