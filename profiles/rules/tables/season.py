"""Table T8: whether ECFMG can confirm everything by the rank list deadline of a Match."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from profiles.choices import Event, Exam, Quantity
from profiles.rules.numbers import JANUARY_CLOSED_DAYS
from profiles.rules.reference import Deadline, Reference


class Need(StrEnum):
    """What must be there by the deadline, in the words and the order of the table."""

    STEP1 = "step1_result"
    STEP2CK = "step2ck_result"
    CLINICAL = "clinical_skills"
    COMMUNICATION = "communication_skills"


# The Steps whose results must be there (E-NRMP-1).
STEPS_NEEDED = frozenset({Exam.STEP1, Exam.STEP2CK})


class MatchStatus(StrEnum):
    """The words of table T8, and of what keeps somebody from a Match beside it."""

    EXAM_REQUIREMENTS_MET = "EXAM_REQUIREMENTS_MET"
    MISSED = "MISSED"
    AT_RISK = "AT_RISK"
    OPEN = "OPEN"
    NEEDS_CHECK = "NEEDS_CHECK"
    # No Step can be taken any more (U-ATT-2), so nothing leads to any Match.
    CLOSED = "CLOSED"
    # Training begins before the diploma is there (E-NRMP-4).
    CANNOT_BEGIN = "CANNOT_BEGIN"
    # The last day to apply to the Pathway that is needed has passed (E-PATH-6).
    PATHWAY_TOO_LATE = "PATHWAY_TOO_LATE"


# Nothing that is done serves the Match aimed at any more.
LOST_MATCH = frozenset(
    {
        MatchStatus.MISSED,
        MatchStatus.CLOSED,
        MatchStatus.CANNOT_BEGIN,
        MatchStatus.PATHWAY_TOO_LATE,
    }
)
TRAINING_BEGINS = (7, 1)


def training_day(match_year: int | None) -> date | None:
    """The day on which training begins (E-NRMP-4). None: there is no such Match."""
    if match_year is None or not date.min.year <= match_year <= date.max.year:
        return None
    return date(match_year, *TRAINING_BEGINS)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchState:
    """The answer of table T8."""

    status: MatchStatus
    deadline: Deadline | None = None  # None: the year's date is not known
    missing: tuple[Need, ...] = ()
    last_low_risk_exam: date | None = None  # that allows for its result (U-RPT-1)


def late_after(match_year: int, reference: Reference) -> date | None:
    """The exam day after which a result may come too late for the list (U-RPT-1).

    None: the day of the list is not known, or how long to allow.
    """
    return _last_exam(match_year, Quantity.RESULT_ALLOWED, reference)


def last_low_risk_exam(match_year: int, reference: Reference) -> date | None:
    """The last day on which to take an exam with little risk: one on which Steps are
    given (U-DAY-1). None: as above.
    """
    last = late_after(match_year, reference)
    return None if last is None else last_given_day(last)


def closed_weeks(match_year: int, reference: Reference) -> str:
    """Why that day is earlier than the time for a result asks; empty: it is not."""
    last = late_after(match_year, reference)
    if last is None or last_given_day(last) == last:
        return ""
    return "No Step is given in the first two weeks of January."


def last_typical_exam(match_year: int, reference: Reference) -> date | None:
    """The last exam day whose result is typically there for the rank order list."""
    return _last_exam(match_year, Quantity.RESULT_TYPICAL, reference)


def is_closed_in_january(day: date) -> bool:
    """Is no Step given on that day, as far as is known (U-DAY-1)?"""
    return day.month == 1 and day.day <= JANUARY_CLOSED_DAYS


def last_given_day(last: date) -> date:
    """The last day up to this one on which a Step is given, holidays apart (U-DAY-1)."""
    return date(last.year - 1, 12, 31) if is_closed_in_january(last) else last


def _last_exam(
    match_year: int, quantity: Quantity, reference: Reference
) -> date | None:
    deadline = reference.deadline(match_year, Event.RANK_LIST)
    return None if deadline is None else reference.last_exam_day(quantity, deadline.on)


def match_state(
    match_year: int,
    available: Mapping[Need, date | None],
    *,
    planned: Iterable[date] = (),
    reference: Reference,
    today: date,
) -> MatchState:
    """Table T8. `available` says from when ECFMG can confirm each need.

    The day of the deadline itself still counts. The certificate is not needed
    (E-NRMP-2).
    """
    deadline = reference.deadline(match_year, Event.RANK_LIST)
    if deadline is None:
        return MatchState(status=MatchStatus.NEEDS_CHECK)
    missing = tuple(
        need
        for need in Need
        if (day := available.get(need)) is None or day > deadline.on
    )
    last = reference.last_exam_day(Quantity.RESULT_ALLOWED, deadline.on)
    if not missing:
        status = MatchStatus.EXAM_REQUIREMENTS_MET
    elif today > deadline.on:
        status = MatchStatus.MISSED
    elif last is not None and any(exam > last for exam in planned):
        status = MatchStatus.AT_RISK
    else:
        status = MatchStatus.OPEN
    return MatchState(
        status=status, deadline=deadline, missing=missing, last_low_risk_exam=last
    )
