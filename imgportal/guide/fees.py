"""What the way costs (`data/fees.csv`), and how long the exam days are
(`data/exam_days.csv`): tables with sources and a grade in each row.

The account and the application for certification are one sum, because the sources
disagree about which of the two contains the identity check.
"""

from __future__ import annotations

from dataclasses import dataclass

from imgportal.guide import DATA
from imgportal.lib import content_files
from profiles.choices import Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """One fee in US dollars, in the words of the table."""

    item: str
    amount: str
    season: str  # the year or season it was read for
    confidence: Confidence
    sources: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamDay:
    """One exam day, and when it is or was like that."""

    exam: str
    when: str
    is_current: bool
    blocks: str
    confidence: Confidence
    sources: tuple[str, ...]
    questions: int | None = None  # None: not found
    hours: int | None = None
    note: str = ""


FEES = content_files.read_csv(DATA / "fees.csv", Fee)
EXAM_DAYS = content_files.read_csv(DATA / "exam_days.csv", ExamDay)
