"""The numbers and dates that the rules fix once; each belongs to the rule beside it.

What a body changes by a number alone (minimum scores, deadlines, cut-offs, how long a
result takes) is not here but in the tables that staff keep (`reference.py`). What stands
here is history, a definition, or a limit whose change would come with rules of its own
(whom it binds, from which day, what becomes of earlier exams): no new number could say
that, so it is program. `docs/rules.md` lists both, and docs/keeping-rules.md when each is
read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLimit:
    """How many sittings of one Step, by the day the application was submitted."""

    from_day: date
    sittings: int


# --- Scores ---------------------------------------------------------------------
# Scales, days in the past and the length of an id: another scale would be another exam.
LOWEST_SCORE, HIGHEST_SCORE = 1, 300  # U-SCORE-1
PASS_FAIL_FROM = date(2022, 1, 26)  # U-SCORE-2: first Step 1 day without a number
# U-DAY-1: no Step is given from 1 January to this day of it.
JANUARY_CLOSED_DAYS = 14
STEP2CS_LAST_DAY = date(2021, 1, 26)  # U-CS-1: the month is official, the day is not
STEP2CS_LAST_MONTH_END = date(2021, 1, 31)  # U-CS-1
OET_HIGHEST, OET_STEP = 500, 10  # F-OET-1, E-OET-4
USMLE_ID_DIGITS = 8  # U-ID-1

# --- Attempts -------------------------------------------------------------------
# Each limit came with rules on whom it binds, by the day of an application.
# U-ATT-1. The decision table knows two limits; that of 2012 came in by steps.
ATTEMPT_LIMITS = (
    AttemptLimit(from_day=date.min, sittings=6),
    AttemptLimit(from_day=date(2021, 7, 1), sittings=4),
)
# U-ATT-2: from this day of application one Step closes the others.
CLOSING_OTHERS_FROM = date(2021, 7, 1)
SITTINGS_BEFORE_WAIT = 3  # U-ATT-3
MONTHS_AFTER_FIRST = 12  # U-ATT-3
MONTHS_AFTER_LAST = 6  # U-ATT-3
PERIOD_MONTHS = 3  # U-EP-1
DAYS_AFTER_PERIOD = 28  # U-ATT-5: from then on a new application is processed

# --- Certification --------------------------------------------------------------
# Another length would have to say which passes and certificates it binds.
WINDOW_YEARS = 7  # E-7Y-1
TRAINING_MONTHS = 12  # E-EXP-2
CANADA_IMG_FROM = date(2025, 7, 1)  # IMG-3a
# IMG-1: whose people hold the country's passport count as the country.
COUNTS_AS_US = frozenset({"US", "PR", "GU", "VI", "AS", "MP"})
COUNTS_AS_CANADA = frozenset({"CA"})

# --- Warnings of this site (conventions) ----------------------------------------
WARNING_MONTHS = 6
CLOSING_SOON_DAYS = 30
# E-OET-3: each season has its own oldest sitting, and so far it was about this old.
OET_ABOUT_YEARS = 2


def attempt_limit(applied_on: date) -> int:
    """How many sittings of one Step an application of that day allows (U-ATT-1)."""
    return [rule.sittings for rule in ATTEMPT_LIMITS if rule.from_day <= applied_on][-1]
