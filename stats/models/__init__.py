"""What is stored about published figures."""

from __future__ import annotations

from stats.models.editions import Edition
from stats.models.figures import (
    FIGURE_MODELS,
    MODELS,
    ApplicantResult,
    PlacementResult,
    ScoreSummary,
    SpecialtyResult,
    YearTotals,
)
from stats.models.footnotes import Footnote
from stats.models.releases import Release, ReleaseEvent
from stats.models.reports import ProblemReport
from stats.models.review_notes import ReviewNote
from stats.models.schedules import ScheduledPublication
from stats.models.second_looks import SecondLook
from stats.models.sources import Source
from stats.models.specialties import Specialty
from stats.models.withdrawals import Withdrawal

__all__ = [
    "FIGURE_MODELS",
    "MODELS",
    "ApplicantResult",
    "Edition",
    "Footnote",
    "PlacementResult",
    "ProblemReport",
    "Release",
    "ReleaseEvent",
    "ReviewNote",
    "ScheduledPublication",
    "ScoreSummary",
    "SecondLook",
    "Source",
    "Specialty",
    "SpecialtyResult",
    "Withdrawal",
    "YearTotals",
]
