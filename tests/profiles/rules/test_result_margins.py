"""Two margins for results: when one is typically there, and how long to allow (U-RPT-1).

The days were counted by hand on a calendar, not by the program.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from profiles.choices import Confidence, Exam, Quantity
from profiles.rules.facts import Person, Record
from profiles.rules.judge_record import judge
from profiles.rules.reference import DatedNumber, Reference
from profiles.rules.tables.season import (
    last_low_risk_exam,
    last_typical_exam,
    late_after,
)
from tests.profiles.rules.given import day, step1, step2ck, tables
from tests.profiles.rules.planned import plan_of


@pytest.mark.parametrize(
    ("match_year", "low_risk", "typical"),
    [
        # Eight and four weeks before 1 March 2023.
        (2023, "2023-01-04", "2023-02-01"),
        # Before 28 February 2024, in a leap year.
        (2024, "2024-01-03", "2024-01-31"),
        # Before 5 March 2025.
        (2025, "2025-01-08", "2025-02-05"),
        # Before 4 March 2026.
        (2026, "2026-01-07", "2026-02-04"),
        # Before 3 March 2027.
        (2027, "2027-01-06", "2027-02-03"),
    ],
)
def test_last_exam_days_of_a_match(
    match_year: int, low_risk: str, typical: str
) -> None:
    assert late_after(match_year, tables()) == day(low_risk)
    # No Step is given in the first two weeks of January (U-DAY-1).
    assert last_low_risk_exam(match_year, tables()) == date(match_year - 1, 12, 31)
    assert last_typical_exam(match_year, tables()) == day(typical)


@pytest.mark.parametrize(
    ("quantity", "sat_on", "expected"),
    [
        (Quantity.RESULT_TYPICAL, "2026-11-27", "2026-12-25"),
        (Quantity.RESULT_ALLOWED, "2026-11-27", "2027-01-22"),
        # Over 29 February.
        (Quantity.RESULT_TYPICAL, "2024-02-10", "2024-03-09"),
        (Quantity.RESULT_ALLOWED, "2024-01-20", "2024-03-16"),
    ],
)
def test_result_day(quantity: Quantity, sat_on: str, expected: str) -> None:
    assert tables().result_day(quantity, day(sat_on)) == day(expected)


@pytest.mark.parametrize("quantity", Quantity)
def test_before_the_first_row_nobody_knows(quantity: Quantity) -> None:
    assert tables().number(quantity, date(2016, 5, 19)) is None
    assert tables().result_day(quantity, date(2016, 5, 19)) is None


def with_allowance(days: int, *, since: str) -> Reference:
    """The founding tables, and how long to allow from a later day on."""
    row = DatedNumber(
        quantity=Quantity.RESULT_ALLOWED,
        effective_from=day(since),
        value=days,
        confidence=Confidence.REPORTED,
        sources=(),
    )
    return replace(tables(), numbers=(*tables().numbers, row))


def test_later_row_holds_from_its_day_on() -> None:
    changed = with_allowance(42, since="2027-01-01")

    # Six weeks before 3 March 2027; the Match before keeps its eight.
    assert last_low_risk_exam(2027, changed) == date(2027, 1, 20)
    assert late_after(2026, changed) == date(2026, 1, 7)
    assert last_typical_exam(2027, changed) == date(2027, 2, 3)


@pytest.mark.parametrize(
    ("planned_on", "status", "word"),
    [
        ("2026-12-31", "OPEN", None),
        # No Step is given in the first two weeks of January.
        ("2027-01-06", "OPEN", "May not be given"),
        ("2027-01-15", "AT_RISK", "May come too late"),
        # Typically there, and called of low risk no longer.
        ("2027-02-03", "AT_RISK", "May come too late"),
        ("2027-02-04", "AT_RISK", "May come too late"),
    ],
)
def test_planned_exam_and_the_rank_order_list(
    planned_on: str, status: str, word: str | None
) -> None:
    record = Record(
        person=Person(us_citizen=False, school_country="IN", season=2027),
        attempts=(step1("2025-03-10", "pass"), step2ck(planned_on, "planned")),
    )

    match = judge(record, tables(), date(2026, 11, 27)).match
    risks = plan_of(record, today=date(2026, 11, 27)).risks

    assert match.status == status
    words = [risk.word for risk in risks if risk.about == Exam.STEP2CK.label]
    assert words == ([word] if word else [])


def test_wording_says_that_it_is_reported_and_where_to_confirm() -> None:
    record = Record(
        person=Person(us_citizen=False, school_country="IN", season=2027),
        attempts=(step1("2025-03-10", "pass"), step2ck("2027-01-20", "planned")),
    )

    (move,) = [
        step
        for step in plan_of(record, today=date(2026, 11, 27)).steps
        if step.about == Exam.STEP2CK.label
    ]

    assert move.what == "Move Step 2 CK to 31 December 2026 or before, if you can."
    assert "reported" in move.why
    assert "usmle.org" in move.why
