"""Table T8: whether ECFMG can confirm everything by the rank list deadline of a Match."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from profiles.choices import Event, Exam
from profiles.rules.days import add_days
from profiles.rules.numbers import RESULT_DAYS
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
    """The words of table T8."""

    EXAM_REQUIREMENTS_MET = "EXAM_REQUIREMENTS_MET"
    MISSED = "MISSED"
    AT_RISK = "AT_RISK"
    OPEN = "OPEN"
    NEEDS_CHECK = "NEEDS_CHECK"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchState:
    """The answer of table T8."""

    status: MatchStatus
    deadline: Deadline | None = None  # None: the year's date is not known
    missing: tuple[Need, ...] = ()
    last_low_risk_exam: date | None = None  # results need about four weeks (U-RPT-1)


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
    last = add_days(deadline.on, -RESULT_DAYS)
    if not missing:
        status = MatchStatus.EXAM_REQUIREMENTS_MET
    elif today > deadline.on:
        status = MatchStatus.MISSED
    elif any(exam > last for exam in planned):
        status = MatchStatus.AT_RISK
    else:
        status = MatchStatus.OPEN
    return MatchState(
        status=status, deadline=deadline, missing=missing, last_low_risk_exam=last
    )
