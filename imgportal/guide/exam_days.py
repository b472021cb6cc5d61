"""How long the exam days are (`data/exam_days.csv`), with sources and a grade in each
row.
"""

from __future__ import annotations

from dataclasses import dataclass

from imgportal.guide import DATA
from imgportal.lib import content_files
from profiles.choices import Confidence


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


EXAM_DAYS = content_files.read_csv(DATA / "exam_days.csv", ExamDay)
