"""Every row of the decision tables on both sides of its boundary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from profiles.choices import Basis, Exam, Item, SubTest
from profiles.rules.days import add_months
from profiles.rules.facts import Attempt, CertificateFacts, Person
from profiles.rules.tables import (
    attempts,
    certificate,
    english,
    img_status,
    outcomes,
    pathways,
    season,
    step3,
    time_limit,
    validation,
)
from profiles.rules.tables.attempts import StepStatus
from profiles.rules.tables.season import Need
from profiles.rules.tables.validation import Code
from tests.profiles.rules import given
from tests.profiles.rules.given import TODAY, day, oet, step1, step2ck, step2cs, tables


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2020-02-29", 84, "2027-02-28"),
        ("2017-02-28", 84, "2024-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2027-03-10", -6, "2026-09-10"),
        ("9999-12-01", 84, "9999-12-31"),
    ],
)
def test_months_keep_the_day_or_end_with_the_month(
    start: str, months: int, end: str
) -> None:
    assert add_months(day(start), months) == day(end)


# --- T1 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attempt", "codes"),
    [
        # The day itself has come.
        (step1("2026-11-22", "pass"), []),
        (step1("2026-11-23", "pass"), [Code.FUTURE_DATE_WITH_RESULT]),
        (step1("2026-11-23", "incomplete"), [Code.FUTURE_DATE_WITH_RESULT]),
        (step1("2026-11-23", "planned"), []),
        (step2ck("2026-11-01", 1), []),
        (step2ck("2026-11-01", 300), []),
        (step2ck("2026-11-01", 0), [Code.SCORE_RANGE]),
        (step2ck("2026-11-01", 301), [Code.SCORE_RANGE]),
        (step2ck("2026-11-01", -5), [Code.SCORE_RANGE]),
        (step1("2022-01-25", 240), []),
        (step1("2022-01-26", 240), [Code.NO_NUMERIC_SCORE]),
        (step1("2022-01-26", 400), [Code.SCORE_RANGE, Code.NO_NUMERIC_SCORE]),
        (step2cs("2019-05-05", 200), [Code.NO_NUMERIC_SCORE]),
        (step2cs("2021-01-26", "pass"), []),
        (step2cs("2021-01-27", "pass"), [Code.EXAM_DISCONTINUED]),
        (
            step2cs("2027-01-27", 500),
            [
                Code.FUTURE_DATE_WITH_RESULT,
                Code.SCORE_RANGE,
                Code.NO_NUMERIC_SCORE,
                Code.EXAM_DISCONTINUED,
            ],
        ),
    ],
)
def test_t1_a_sitting(attempt: Attempt, codes: list[Code]) -> None:
    found = validation.attempt_findings(attempt, today=TODAY)

    assert [finding.code for finding in found] == codes
    assert all(finding.message and finding.rule for finding in found)


@pytest.mark.parametrize("score", [245.5, "245", True, [245], float("nan")])
def test_t1_a_score_is_a_whole_number(score: object) -> None:
    codes = validation.attempt_codes(
        exam=Exam.STEP2CK,
        on=day("2026-02-02"),
        score=score,
        has_outcome=False,
        today=TODAY,
    )

    assert codes == [Code.SCORE_RANGE]


def test_t1_the_unofficial_last_day_of_step_2_cs_refuses_nobody() -> None:
    (warned,) = validation.attempt_findings(step2cs("2021-01-31", "pass"), today=TODAY)
    (refused,) = validation.attempt_findings(step2cs("2021-02-01", "pass"), today=TODAY)

    assert (warned.refuses, refused.refuses) == (False, True)


@pytest.mark.parametrize("score", [0, 10, 350, 500])
def test_t1_oet_scores_on_the_scale(score: int) -> None:
    assert not validation.english_findings(oet("2026-05-09", score), today=TODAY)


@pytest.mark.parametrize("score", [-10, 5, 355, 501, 510])
def test_t1_oet_scores_off_the_scale(score: int) -> None:
    (found,) = validation.english_findings(
        oet("2026-05-09", 350, score, 350, 350), today=TODAY
    )

    assert (found.code, found.field) == (Code.OET_RANGE, SubTest.READING)


def test_t1_oet_scores_before_the_day() -> None:
    (found,) = validation.english_findings(oet("2026-11-23", 350), today=TODAY)

    assert found.code == Code.FUTURE_DATE_WITH_RESULT


@pytest.mark.parametrize("value", ["01234567", "0-123-456-7"])
def test_t1_usmle_id_of_eight_digits(value: str) -> None:
    assert validation.id_codes(value) == []


@pytest.mark.parametrize("value", ["", "0123456", "012345678", "0123456x", "٠١٢٣٤٥٦٧"])
def test_t1_any_other_usmle_id_warns_only(value: str) -> None:
    assert validation.id_codes(value) == [Code.ID_LENGTH_CHECK]


def test_two_sittings_on_one_day_and_a_second_pass_are_refused() -> None:
    others = [step1("2020-01-10", "pass"), step2ck("2021-01-10", 250)]

    def codes(attempt: Attempt) -> list[Code]:
        found = validation.among_others(
            attempt, others, reference=tables(), today=TODAY
        )
        return [finding.code for finding in found]

    assert codes(step1("2020-01-10", "fail")) == [Code.SAME_DAY]
    assert codes(step2ck("2020-01-10", 200)) == []
    assert codes(step1("2020-01-11", "pass")) == [Code.PASSED_BEFORE]
    assert codes(step1("2027-02-11", "planned", for_time_limit=True)) == []
    assert codes(step1("2019-01-11", "fail")) == []


# --- T2 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attempt", "outcome"),
    [
        (step1("2026-01-05", "incomplete"), "INCOMPLETE"),
        (step1("2026-01-05", "incomplete", score=250), "INCOMPLETE"),
        (step1("2020-01-05", "invalidated", score=250), "INVALIDATED"),
        (step2cs("2019-01-05", "fail"), "FAIL"),
        (step2cs("2019-01-05"), "PENDING"),
        (step1("2022-01-26", "fail"), "FAIL"),
        (step1("2022-01-26"), "PENDING"),
        # A number that cannot be there decides nothing.
        (step1("2022-01-26", 250), "PENDING"),
        (step1("2022-01-26", 100, outcome="pass"), "PASS"),
        (step2ck("2026-01-05"), "PENDING"),
        (step2ck("2026-01-05", "pass"), "PASS"),
        (step2ck("2026-01-05", "withheld"), "PENDING"),
        # Before the tables: Step 1 2014, Step 2 CK 1 July 2012, Step 3 2016.
        (step1("2013-12-31", 250), "NEEDS_CHECK"),
        (step1("2013-12-31", 150, outcome="pass"), "PASS"),
        (step1("2014-01-01", 192), "PASS"),
        (step1("2014-01-01", 191), "FAIL"),
        (step1("2017-12-31", 192), "PASS"),
        (step1("2018-01-01", 193), "FAIL"),
        (step1("2018-01-01", 194), "PASS"),
        (step1("2022-01-25", 193), "FAIL"),
        (step2ck("2012-06-30", 250), "NEEDS_CHECK"),
        (step2ck("2012-07-01", 196), "PASS"),
        (step2ck("2013-06-30", 196), "PASS"),
        (step2ck("2013-07-01", 202), "FAIL"),
        (step2ck("2014-06-30", 203), "PASS"),
        (step2ck("2014-07-01", 208), "FAIL"),
        (step2ck("2022-06-30", 209), "PASS"),
        (step2ck("2022-07-01", 213), "FAIL"),
        (step2ck("2022-07-01", 214), "PASS"),
        (step2ck("2025-06-30", 214), "PASS"),
        (step2ck("2025-07-01", 217), "FAIL"),
        (step2ck("2025-07-01", 218), "PASS"),
        (given.step3("2015-12-31", 250), "NEEDS_CHECK"),
        (given.step3("2016-01-01", 195), "FAIL"),
        (given.step3("2019-12-31", 196), "PASS"),
        (given.step3("2020-01-01", 197), "FAIL"),
        (given.step3("2023-12-31", 198), "PASS"),
        (given.step3("2024-01-01", 199), "FAIL"),
        (given.step3("2024-01-01", 200), "PASS"),
        # What is reported and what the score says.
        (step2ck("2025-07-01", 217, outcome="pass"), "NEEDS_CHECK"),
        (step2ck("2025-07-01", 218, outcome="fail"), "NEEDS_CHECK"),
        (step2ck("2025-07-01", 218, outcome="pass"), "PASS"),
    ],
)
def test_t2(attempt: Attempt, outcome: str) -> None:
    assert outcomes.outcome(attempt, tables()) == outcome


# --- T3 -----------------------------------------------------------------------------


def fails(step: Exam, *days: str, last: str = "fail") -> list[Attempt]:
    return [given.sat(step, on, last if on == days[-1] else "fail") for on in days]


FOUR = ("2023-01-15", "2023-05-15", "2024-02-15", "2025-01-15")


def standing(
    step: Exam,
    of: list[Attempt],
    today: str = "2026-11-22",
    applied: str | None = None,
) -> attempts.StepStanding:
    return attempts.standing(
        step,
        of,
        reference=tables(),
        today=day(today),
        applied_on=day(applied) if applied else None,
    )


@pytest.mark.parametrize(
    ("of", "status"),
    [
        (fails(Exam.STEP1, *FOUR[:3]), StepStatus.MAY_RETAKE),
        (fails(Exam.STEP1, *FOUR), StepStatus.BLOCKED_ATTEMPT_LIMIT),
        (fails(Exam.STEP1, *FOUR, last="incomplete"), StepStatus.BLOCKED_ATTEMPT_LIMIT),
        (
            fails(Exam.STEP1, *FOUR, last="invalidated"),
            StepStatus.BLOCKED_ATTEMPT_LIMIT,
        ),
        (fails(Exam.STEP1, *FOUR, last="pass"), StepStatus.PASSED),
        (fails(Exam.STEP1, *FOUR, last=""), StepStatus.RESULT_PENDING),
        (fails(Exam.STEP1, *FOUR, last="withheld"), StepStatus.RESULT_PENDING),
        # No sitting, so no attempt.
        (fails(Exam.STEP1, *FOUR, last="not_attended"), StepStatus.MAY_RETAKE),
        (fails(Exam.STEP1, *FOUR, last="cancelled"), StepStatus.MAY_RETAKE),
        (fails(Exam.STEP1, *FOUR, last="planned"), StepStatus.MAY_RETAKE),
        ([step1("2026-11-23", "planned")], StepStatus.NOT_TAKEN),
        ([step1("2026-11-22")], StepStatus.RESULT_PENDING),
        (fails(Exam.STEP2CK, *FOUR), StepStatus.BLOCKED_BY_OTHER_STEP),
        (fails(Exam.STEP2CS, *FOUR), StepStatus.BLOCKED_BY_OTHER_STEP),
        (fails(Exam.STEP3, *FOUR), StepStatus.BLOCKED_BY_OTHER_STEP),
        (fails(Exam.STEP2CK, *FOUR[:3]), StepStatus.NOT_TAKEN),
        (fails(Exam.STEP2CK, *FOUR, last="pass"), StepStatus.NOT_TAKEN),
        (fails(Exam.STEP2CK, *FOUR, last=""), StepStatus.NOT_TAKEN),
        # What is passed stays passed, and closed is closed before any wait.
        (
            [*fails(Exam.STEP2CK, *FOUR), step1("2020-01-01", 230)],
            StepStatus.PASSED,
        ),
        (
            [*fails(Exam.STEP2CK, *FOUR), step1("2026-11-20")],
            StepStatus.BLOCKED_BY_OTHER_STEP,
        ),
    ],
)
def test_t3_status_of_step_1(of: list[Attempt], status: StepStatus) -> None:
    assert standing(Exam.STEP1, of).status == status
    assert standing(Exam.STEP1, of[::-1]).status == status


@pytest.mark.parametrize(
    ("applied", "sittings", "status"),
    [
        ("2021-06-30", 4, StepStatus.MAY_RETAKE),
        ("2021-06-30", 5, StepStatus.MAY_RETAKE),
        ("2021-06-30", 6, StepStatus.BLOCKED_ATTEMPT_LIMIT),
        ("2021-07-01", 4, StepStatus.BLOCKED_ATTEMPT_LIMIT),
        ("2021-07-01", 3, StepStatus.MAY_RETAKE),
        # Nothing said: the next application would come today.
        (None, 4, StepStatus.BLOCKED_ATTEMPT_LIMIT),
    ],
)
def test_t3_the_limit_is_that_of_the_application(
    applied: str | None, sittings: int, status: StepStatus
) -> None:
    of = fails(Exam.STEP1, *(f"{2010 + year}-01-15" for year in range(sittings)))

    assert standing(Exam.STEP1, of, "2021-08-01", applied).status == status


def test_t3_before_july_2021_one_step_does_not_close_another() -> None:
    of = fails(Exam.STEP2CS, *(f"{2010 + year}-01-15" for year in range(6)))

    before = standing(Exam.STEP1, of, "2021-08-01", "2021-06-30")
    after = standing(Exam.STEP1, of, "2021-08-01", "2021-07-01")

    assert before.status == StepStatus.NOT_TAKEN
    assert after.status == StepStatus.BLOCKED_BY_OTHER_STEP
    assert after.closed_by == Exam.STEP2CS


@pytest.mark.parametrize(
    ("days", "earliest"),
    [
        (("2011-01-15", "2011-04-15", "2011-09-15"), "2012-03-15"),
        (("2026-01-15", "2026-02-15", "2026-03-15"), "2027-01-15"),
        (("2026-02-01", "2026-05-31", "2026-08-31"), "2027-02-28"),
        (("2024-02-29", "2024-03-15", "2024-04-15"), "2025-02-28"),
    ],
)
def test_t3_the_wait_ends_with_its_last_day(
    days: tuple[str, ...], earliest: str
) -> None:
    of = fails(Exam.STEP1, *days)
    first = day(earliest)
    before = date.fromordinal(first.toordinal() - 1)

    waiting = standing(Exam.STEP1, of, before.isoformat(), "2022-01-01")

    assert (waiting.status, waiting.earliest) == (StepStatus.RETAKE_WAIT, first)
    assert standing(Exam.STEP1, of, earliest, "2022-01-01").status == "MAY_RETAKE"


def test_t3_sittings_are_counted_in_the_order_of_their_dates() -> None:
    sittings = [
        step1("2024-05-01", "fail"),
        step1("2022-05-01", "incomplete"),
        step1("2023-05-01", "not_attended"),
        step1("2027-05-01", "planned"),
        step2ck("2021-05-01", 250),
    ]

    started = attempts.started(sittings, Exam.STEP1, TODAY)

    assert started == [sittings[1], sittings[0]]


# --- T4 -----------------------------------------------------------------------------


def passes(**days: str) -> Mapping[Exam, list[date]]:
    return {
        Exam(step): [day(part) for part in text.split()] for step, text in days.items()
    }


@pytest.mark.parametrize(
    ("passed", "today", "status"),
    [
        (passes(), "2026-11-22", "NOT_STARTED"),
        (passes(step2cs="2019-01-01"), "2026-11-22", "NOT_STARTED"),
        (passes(step1="2026-11-23"), "2026-11-22", "NOT_STARTED"),
        (passes(step1="2020-03-10"), "2026-09-09", "RUNNING"),
        (passes(step1="2020-03-10"), "2026-09-10", "EXPIRING"),
        (passes(step1="2020-03-10"), "2027-03-10", "EXPIRING"),
        (passes(step1="2020-03-10"), "2027-03-11", "EXPIRED"),
        (passes(step2ck="2020-02-29"), "2027-02-28", "EXPIRING"),
        (passes(step2ck="2020-02-29"), "2027-03-01", "EXPIRED"),
        (passes(step1="2011-10-01", step2ck="2018-10-01"), "2018-10-01", "COMPLETE"),
        (passes(step1="2011-10-01", step2ck="2018-10-02"), "2018-10-02", "EXPIRED"),
        (passes(step2ck="2011-10-01", step1="2018-10-01"), "2026-11-22", "COMPLETE"),
        # The second pass of a Step, after the first had run out.
        (passes(step1="2015-01-10 2023-01-10"), "2026-11-22", "RUNNING"),
        (
            passes(step1="2015-01-10 2023-01-10", step2ck="2024-01-10"),
            "2026-11-22",
            "COMPLETE",
        ),
        # What was complete once stays complete.
        (
            passes(step1="2001-01-10 2023-01-10", step2ck="2002-01-10"),
            "2026-11-22",
            "COMPLETE",
        ),
    ],
)
def test_t4(passed: Mapping[Exam, list[date]], today: str, status: str) -> None:
    assert time_limit.window(passed, today=day(today)).status == status


def test_t4_names_every_pass_that_no_longer_counts() -> None:
    required = time_limit.REQUIRED_WITH_CS
    two_old = passes(step1="2010-01-10", step2ck="2011-05-01", step2cs="2019-01-01")
    none_left = passes(step1="2014-01-10", step2ck="2016-05-01")

    complete = time_limit.window(two_old, required=required, today=TODAY)
    begun = time_limit.window(none_left, required=required, today=TODAY)
    sooner = time_limit.window(none_left, required=required, today=day("2022-01-01"))

    assert complete.invalid == (Exam.STEP1, Exam.STEP2CK)
    assert begun.invalid == (Exam.STEP1, Exam.STEP2CK)
    assert sooner.invalid == (Exam.STEP1,)
    assert (sooner.still_counts, sooner.next_deadline) == (
        (Exam.STEP2CK,),
        day("2023-05-01"),
    )


# --- T5 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "scores", "season_of", "status"),
    [
        ("2026-05-09", (350, 350, 300, 350), 2027, "MET"),
        ("2026-05-09", (350, 350, 290, 350), 2027, "NOT_MET"),
        ("2026-05-09", (350, 350, 300, 340), 2027, "NOT_MET"),
        ("2026-05-09", (350, 340, 300, 350), 2027, "NOT_MET"),
        ("2022-04-01", (350, 350, 300, 350), 2024, "MET"),
        ("2022-03-31", (350, 350, 340, 350), 2024, "NOT_MET"),
        ("2022-03-31", (350, 350, 350, 350), 2024, "MET"),
        # Too low comes before too old, and before a season nobody knows.
        ("2019-01-01", (340, 350, 350, 350), 2027, "NOT_MET"),
        ("2022-06-01", (350, 350, 290, 350), 2023, "NOT_MET"),
        ("2022-06-01", (350, 350, 300, 350), 2023, "NEEDS_CHECK"),
        ("2022-06-01", (350, 350, 300, 350), 2040, "NEEDS_CHECK"),
        ("2025-01-01", (350, 350, 300, 350), 2027, "MET"),
        ("2024-12-31", (350, 350, 300, 350), 2027, "TOO_OLD_FOR_SEASON"),
        ("2024-01-01", (350, 350, 300, 350), 2026, "MET"),
        ("2023-12-31", (350, 350, 300, 350), 2026, "TOO_OLD_FOR_SEASON"),
        ("2018-07-01", (350, 350, 350, 350), 2021, "MET"),
        ("2018-06-30", (350, 350, 350, 350), 2021, "TOO_OLD_FOR_SEASON"),
        # A score that is not there yet.
        ("2026-05-09", (350, 350, None, 350), 2027, "NEEDS_CHECK"),
        ("2026-05-09", (340, None, None, None), 2027, "NOT_MET"),
    ],
)
def test_t5(on: str, scores: Any, season_of: int, status: str) -> None:
    assert english.judged(oet(on, *scores), season_of, tables()).status == status


def test_t5_names_every_weak_part_in_the_order_of_the_report() -> None:
    found = english.judged(oet("2026-05-09", 350, 340, 290, 340), 2027, tables())

    assert found.failed == (SubTest.READING, SubTest.WRITING, SubTest.SPEAKING)


def test_t5_sittings_are_never_joined() -> None:
    sittings = [
        oet("2026-01-09", 400, 400, 290, 400),
        oet("2026-05-09", 340, 400, 400, 400),
    ]
    found = [english.judged(sitting, 2027, tables()) for sitting in sittings]

    best = english.best(found)

    assert best is not None
    assert best.status == "NOT_MET"


# --- T6 -----------------------------------------------------------------------------


def route(season_of: int | None = 2026, **known: Any) -> pathways.Route:
    cs_pass_valid = known.pop("cs_pass_valid", False)
    cs_fails = known.pop("cs_fails", 0)
    everything = {
        "licence_held": False,
        "licence_disciplined": False,
        "school_osce": False,
        "school_wfme": False,
        "school_ncfmea": False,
        "school_joint_degree": False,
        "graduation": day("2025-06-30"),
    }
    return pathways.find_route(
        Person(**{**everything, **known}),
        cs_pass_valid=cs_pass_valid,
        cs_fails=cs_fails,
        season=season_of,
        reference=tables(),
    ).route


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"cs_pass_valid": True, "cs_fails": 2}, "NONE_NEEDED"),
        ({"cs_fails": 1, "school_wfme": True}, "PATHWAY_6"),
        ({"licence_valid_on": day("2021-01-01")}, "PATHWAY_1"),
        ({"licence_valid_on": day("2020-12-31")}, "PATHWAY_6"),
        ({"licence_valid_on": day("2020-12-31"), "school_wfme": True}, "PATHWAY_3"),
        (
            {"licence_valid_on": day("2026-01-01"), "licence_disciplined": True},
            "PATHWAY_6",
        ),
        ({"school_osce": True}, "PATHWAY_2"),
        ({"school_wfme": True, "school_ncfmea": True}, "PATHWAY_3"),
        ({"school_ncfmea": True, "school_joint_degree": True}, "PATHWAY_4"),
        ({"school_joint_degree": True}, "PATHWAY_5"),
        ({"school_joint_degree": True, "graduation": day("2023-01-01")}, "PATHWAY_5"),
        ({"school_joint_degree": True, "graduation": day("2022-12-31")}, "PATHWAY_6"),
        ({}, "PATHWAY_6"),
        # Not said is not "no".
        ({"school_wfme": None}, "NEEDS_CHECK"),
        ({"school_wfme": True, "graduation": None}, "NEEDS_CHECK"),
        ({"licence_held": None, "school_wfme": True}, "NEEDS_CHECK"),
        (
            {"licence_valid_on": day("2026-01-01"), "licence_disciplined": None},
            "NEEDS_CHECK",
        ),
        ({"cs_pass_valid": None}, "NEEDS_CHECK"),
        # Unless it makes no difference.
        ({"school_wfme": None, "graduation": day("2010-01-01")}, "PATHWAY_6"),
        ({"school_wfme": True, "school_ncfmea": None}, "PATHWAY_3"),
        ({"licence_valid_on": day("2026-01-01"), "graduation": None}, "PATHWAY_1"),
    ],
)
def test_t6(known: dict[str, Any], expected: str) -> None:
    assert route(**known) == expected


@pytest.mark.parametrize(
    ("season_of", "known", "expected"),
    [
        (2022, {"licence_valid_on": day("2026-01-01")}, "NEEDS_CHECK"),
        (2040, {"school_wfme": True}, "NEEDS_CHECK"),
        (None, {"school_wfme": True}, "NEEDS_CHECK"),
        (2022, {"cs_fails": 1}, "PATHWAY_6"),
        # Only the licence's cut-off is known.
        (2024, {"licence_valid_on": day("2019-01-01")}, "PATHWAY_1"),
        (2024, {"licence_valid_on": day("2018-12-31")}, "NEEDS_CHECK"),
        (2024, {"school_wfme": True}, "NEEDS_CHECK"),
        (2025, {"school_wfme": True, "graduation": day("2022-01-01")}, "PATHWAY_3"),
    ],
)
def test_t6_seasons(
    season_of: int | None, known: dict[str, Any], expected: str
) -> None:
    assert route(season_of, **known) == expected


# --- T7 -----------------------------------------------------------------------------


def test_t7_what_is_missing_stands_in_the_order_of_the_rule() -> None:
    everything = set(certificate.ELEMENTS)

    assert certificate.not_issued(everything).status == "READY"
    for item in certificate.ELEMENTS:
        found = certificate.not_issued(everything - {item})
        assert (found.status, found.missing) == ("NOT_READY", (item,))
    assert certificate.not_issued(set()).missing == (
        Item.APPLICATION,
        Item.SCHOOL,
        Item.CREDIT_YEARS,
        Item.DIPLOMA,
        Item.TRANSCRIPT,
        Item.STEP1,
        Item.STEP2CK,
        Item.SEVEN_YEARS,
        Item.CLINICAL,
        Item.COMMUNICATION,
        Item.FEES,
    )


@pytest.mark.parametrize(
    ("known", "today", "status"),
    [
        (
            {"basis": Basis.STEP2CS, "expires_on": "2020-01-01"},
            "2026-11-22",
            "PERMANENT",
        ),
        ({"training_months": 12}, "2026-11-22", "PERMANENT_ELIGIBLE"),
        ({"training_months": 11}, "2026-11-22", "ISSUED_TEMPORARY"),
        ({"us_licence": True}, "2026-11-22", "PERMANENT_ELIGIBLE"),
        (
            {"us_licence": True, "expires_on": "2025-12-31"},
            "2026-11-22",
            "PERMANENT_ELIGIBLE",
        ),
        ({"us_licence": True, "validated_on": "2026-11-22"}, "2026-11-22", "PERMANENT"),
        (
            {"us_licence": True, "validated_on": "2026-11-23"},
            "2026-11-22",
            "PERMANENT_ELIGIBLE",
        ),
        (
            {"validated_on": "2026-01-01", "expires_on": "2026-02-01"},
            "2026-11-22",
            "PERMANENT",
        ),
        ({"expires_on": "2028-12-31"}, "2028-06-29", "ISSUED_TEMPORARY"),
        ({"expires_on": "2028-12-31"}, "2028-07-01", "EXPIRING"),
        ({"expires_on": "2028-12-31"}, "2028-12-31", "EXPIRING"),
        ({"expires_on": "2028-12-31"}, "2029-01-01", "EXPIRED"),
        ({}, "2026-11-22", "ISSUED_TEMPORARY"),
    ],
)
def test_t7_issued(known: dict[str, Any], today: str, status: str) -> None:
    dated: dict[str, Any] = {"issued_on": day("2025-05-05"), "basis": Basis.PATHWAY}
    dated |= {
        name: day(value) if name.endswith("_on") else value
        for name, value in known.items()
    }
    found = certificate.issued(
        CertificateFacts(**dated),
        today=day(today),
    )

    assert found.status == status


# --- T8 -----------------------------------------------------------------------------


def match(today: str, planned: str = "", **days: Any) -> season.MatchState:
    everything = {need.value: "2026-10-01" for need in Need}
    merged: dict[str, str | None] = {**everything, **days}
    return season.match_state(
        2027,
        {Need(need): day(on) if on else None for need, on in merged.items()},
        planned=[day(planned)] if planned else [],
        reference=tables(),
        today=day(today),
    )


@pytest.mark.parametrize(
    ("today", "planned", "days", "status"),
    [
        ("2026-11-22", "", {}, "EXAM_REQUIREMENTS_MET"),
        ("2027-06-01", "", {"step1_result": "2027-03-03"}, "EXAM_REQUIREMENTS_MET"),
        ("2027-06-01", "", {"step1_result": "2027-03-04"}, "MISSED"),
        ("2027-03-03", "", {"step1_result": None}, "OPEN"),
        ("2027-03-04", "", {"step1_result": None}, "MISSED"),
        ("2026-11-22", "2027-01-06", {"step2ck_result": None}, "OPEN"),
        ("2026-11-22", "2027-02-04", {"step2ck_result": None}, "AT_RISK"),
        ("2026-11-22", "2027-02-04", {}, "EXAM_REQUIREMENTS_MET"),
        ("2027-03-04", "2027-02-04", {"step2ck_result": None}, "MISSED"),
    ],
)
def test_t8(today: str, planned: str, days: dict[str, Any], status: str) -> None:
    assert match(today, planned, **days).status == status


def test_t8_says_what_is_missing_in_the_order_of_the_table() -> None:
    nothing: dict[str, Any] = {need.value: None for need in Need}
    found = match("2026-11-22", **nothing)

    assert found.missing == tuple(Need)
    assert found.last_low_risk_exam == day("2027-01-06")


def test_t8_a_year_without_a_date() -> None:
    found = season.match_state(2040, {}, reference=tables(), today=TODAY)

    assert found.status == "NEEDS_CHECK"


# --- T9, T10, T11 -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step1_is", "step2ck_is", "is_img", "issued", "answer"),
    [
        ("PASSED", "PASSED", True, "2026-11-22", ("MAY_APPLY", None)),
        ("PASSED", "PASSED", True, "2026-11-23", ("NOT_ELIGIBLE", "ECFMG_CERTIFICATE")),
        ("PASSED", "PASSED", True, None, ("NOT_ELIGIBLE", "ECFMG_CERTIFICATE")),
        ("PASSED", "PASSED", False, None, ("MAY_APPLY", None)),
        ("NOT_TAKEN", "PASSED", True, None, ("NOT_ELIGIBLE", "STEPS")),
        ("PASSED", "RESULT_PENDING", False, "2026-01-01", ("NOT_ELIGIBLE", "STEPS")),
    ],
)
def test_t9(
    step1_is: str, step2ck_is: str, is_img: bool, issued: str | None, answer: object
) -> None:
    found = step3.step3_state(
        step1=StepStatus(step1_is),
        step2ck=StepStatus(step2ck_is),
        is_img=is_img,
        certificate_issued_on=day(issued) if issued else None,
        today=TODAY,
    )

    assert (found.status, found.why) == answer


@pytest.mark.parametrize(
    ("country", "graduation", "citizen", "found", "flag"),
    [
        ("US", None, None, "NOT_IMG", ""),
        ("PR", "2024-05-01", True, "NOT_IMG", ""),
        ("gu", None, False, "NOT_IMG", ""),
        ("CA", "2025-06-30", False, "NOT_IMG", ""),
        ("CA", "2025-07-01", False, "NON_US_IMG", "CANADA_2025_CHECK"),
        ("CA", "2025-07-01", True, "US_IMG", "CANADA_2025_CHECK"),
        ("CA", None, True, None, ""),
        ("GD", "2024-05-01", True, "US_IMG", ""),
        ("IN", None, False, "NON_US_IMG", ""),
        ("IN", None, None, "IMG", ""),
        ("", None, True, None, ""),
    ],
)
def test_t10(
    country: str,
    graduation: str | None,
    citizen: bool | None,
    found: str | None,
    flag: str,
) -> None:
    answer = img_status.classify_graduate(
        school_country=country,
        graduation=day(graduation) if graduation else None,
        us_citizen=citizen,
    )

    assert (answer.img_class, answer.flag) == (found, flag)


@pytest.mark.parametrize(
    ("season_of", "today", "status"),
    [
        (2027, "2026-12-31", "OPEN"),
        (2027, "2027-01-01", "CLOSING_SOON"),
        (2027, "2027-01-31", "CLOSING_SOON"),
        (2027, "2027-02-01", "CLOSED_FOR_MATCH"),
        # The deadline of 2025 was moved.
        (2025, "2025-02-15", "CLOSING_SOON"),
        (2025, "2025-02-16", "CLOSED_FOR_MATCH"),
        # Only the calendar of the Match year has one.
        (2022, "2022-02-01", "CLOSED_FOR_MATCH"),
        (2040, "2026-11-22", "NEEDS_CHECK"),
    ],
)
def test_t11(season_of: int, today: str, status: str) -> None:
    found = pathways.season_state(season_of, reference=tables(), today=day(today))

    assert found.status == status
