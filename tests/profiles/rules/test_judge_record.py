"""Whole records, and what is said about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from profiles.choices import (
    Answer,
    AttemptState,
    Basis,
    Confidence,
    Event,
    Exam,
    Item,
    ItemState,
    Pathway,
)
from profiles.rules.facts import (
    Attempt,
    CertificateFacts,
    PathwayApplicationFacts,
    Person,
    Record,
    ReportedItem,
)
from profiles.rules.judge_record import judge
from profiles.rules.judgement import Judgement
from profiles.rules.reference import Deadline, eastern_day
from profiles.rules.tables.certificate import ELEMENTS
from profiles.rules.tables.outcomes import SittingOutcome
from tests.profiles.rules import given
from tests.profiles.rules.given import TODAY, day, oet, step1, step2ck, step2cs, tables

MET, NOT_MET, NOT_KNOWN = Answer.MET, Answer.NOT_MET, Answer.NOT_KNOWN
GRADUATE = Person(
    us_citizen=False,
    school_country="IN",
    graduation=day("2025-03-01"),
    season=2027,
    licence_held=False,
    school_osce=False,
    school_wfme=True,
)
PASSED = (
    step1("2024-02-02", "pass", result_on=day("2024-02-21")),
    step2ck("2025-08-08", 255, result_on=day("2025-09-01")),
)
GOOD_OET = oet("2026-02-01", 400, 400, 350, 400, released=True)
ACCEPTED = PathwayApplicationFacts(
    season=2027,
    number=Pathway.WFME,
    submitted_on=day("2026-09-01"),
    accepted_on=day("2026-11-01"),
    valid_to=day("2029-12-31"),
)


def done(*items: Item, on: str | None = "2026-05-01") -> dict[Item, ReportedItem]:
    return {
        item: ReportedItem(state=ItemState.DONE, on=day(on) if on else None)
        for item in items
    }


REPORTED_ONLY = done(
    Item.ACCOUNT,
    Item.IDENTITY,
    Item.APPLICATION,
    Item.SCHOOL,
    Item.CREDIT_YEARS,
    Item.DIPLOMA,
    Item.TRANSCRIPT,
    Item.FEES,
)
READY = Record(
    person=GRADUATE,
    attempts=PASSED,
    sittings=(GOOD_OET,),
    pathways=(ACCEPTED,),
    items=REPORTED_ONLY,
)


def judged(record: Record, today: str = "2026-11-22", **more: Any) -> Judgement:
    return judge(record, tables(), day(today), **more)


def of(*attempts: Any, **more: Any) -> Judgement:
    return judged(Record(attempts=attempts, **more))


# --- Nothing known, everything known ----------------------------------------------------


def test_of_an_empty_record_nothing_is_known() -> None:
    found = judged(Record())

    everything = [
        *found.steps.values(),
        *found.items.values(),
        found.seven_years,
        found.english,
        found.route,
        found.match,
        found.step3,
        found.img_class,
    ]
    assert {verdict.answer for verdict in everything} == {NOT_KNOWN}
    assert all(verdict.settles for verdict in everything)
    assert found.needs_look == ()


def test_a_complete_record() -> None:
    found = judged(READY)

    assert [item for item in Item if found.items[item].answer != MET] == [
        Item.CERTIFICATE
    ]
    assert found.certificate.status == "READY"
    assert found.match.status == "EXAM_REQUIREMENTS_MET"
    assert found.step3.status == "NOT_ELIGIBLE"
    assert found.img_class.status == "NON_US_IMG"
    assert found.needs_look == ()


@pytest.mark.parametrize("item", list(REPORTED_ONLY))
def test_what_is_only_reported_is_not_known_when_unsaid(item: Item) -> None:
    items = {name: said for name, said in REPORTED_ONLY.items() if name != item}

    found = judged(replace(READY, items=items))

    assert found.items[item].answer == NOT_KNOWN
    assert found.items[item].settles == (f"items.{item.value}",)
    if item in ELEMENTS:
        assert found.certificate.answer == NOT_KNOWN
        assert f"items.{item.value}" in found.certificate.settles


@pytest.mark.parametrize(
    "state", [ItemState.NOT_STARTED, ItemState.UNDER_WAY, ItemState.REFUSED]
)
def test_what_is_reported_as_not_done_is_missing(state: ItemState) -> None:
    said = {**REPORTED_ONLY, Item.DIPLOMA: ReportedItem(state=state)}

    found = judged(replace(READY, items=said))

    assert found.items[Item.DIPLOMA].status == f"REPORTED_{state.name}"
    assert found.certificate.status == "NOT_READY"
    assert found.certificate.answer == NOT_MET
    assert "Diploma verified" in found.certificate.reason


def test_done_on_a_later_day_is_not_done_yet() -> None:
    found = judged(
        replace(READY, items={**REPORTED_ONLY, **done(Item.FEES, on="2026-11-23")})
    )

    assert found.items[Item.FEES].answer == NOT_MET
    assert found.items[Item.FEES].next_date == day("2026-11-23")


# --- Steps ------------------------------------------------------------------------------


def test_attempts_are_numbered_by_date_and_judged() -> None:
    found = of(
        step2ck("2025-01-01", 250),
        step1("2024-06-01", "not_attended"),
        step1("2025-05-01", "pass"),
        step1("2024-01-01", "fail"),
        step1("2027-05-01", "planned", for_time_limit=True),
    )

    assert [(one.attempt.exam, one.number, one.outcome) for one in found.attempts] == [
        (Exam.STEP1, 1, SittingOutcome.FAIL),
        (Exam.STEP1, None, None),
        (Exam.STEP2CK, 1, SittingOutcome.PASS),
        (Exam.STEP1, 2, SittingOutcome.PASS),
        (Exam.STEP1, None, None),
    ]
    assert found.steps[Exam.STEP1].reason == (
        "Step 1 was passed on 1 May 2025, on attempt 2."
    )


def test_the_minimum_that_decided_is_cited() -> None:
    found = of(step2ck("2025-06-30", 214))

    verdict = found.steps[Exam.STEP2CK]
    assert "214 (the minimum was 214)" in verdict.reason
    assert {"s30", "s149"} <= set(verdict.sources)
    assert found.attempts[0].minimum is not None


def test_score_and_report_that_disagree_are_both_kept() -> None:
    found = of(step2ck("2025-07-01", 214, outcome="pass"))

    assert found.attempts[0].outcome == SittingOutcome.NEEDS_CHECK
    assert "reported is “Pass”" in found.attempts[0].needs_look
    assert found.steps[Exam.STEP2CK].answer == NOT_KNOWN
    assert found.steps[Exam.STEP2CK].settles == ("attempts.outcome",)
    assert found.items[Item.STEP2CK].answer == NOT_KNOWN


def test_an_exam_older_than_the_tables_asks_for_its_outcome() -> None:
    unsaid = of(step1("2009-05-01", 190))
    said = of(step1("2009-05-01", 190, outcome="pass"))

    assert unsaid.steps[Exam.STEP1].answer == NOT_KNOWN
    assert said.steps[Exam.STEP1].answer == MET


def test_a_result_that_is_not_entered_is_not_known() -> None:
    fresh = of(step1("2026-11-10")).steps[Exam.STEP1]
    late = of(step1("2026-09-10")).steps[Exam.STEP1]
    withheld = of(step1("2026-09-10", "withheld")).steps[Exam.STEP1]

    assert [one.answer for one in (fresh, late, withheld)] == [NOT_KNOWN] * 3
    assert fresh.next_date == day("2026-12-08")
    assert late.next_date is None
    assert "withheld" in withheld.reason


def test_a_planned_day_that_has_come_asks_what_became_of_it() -> None:
    found = of(step1("2026-11-20", "planned"))

    assert found.steps[Exam.STEP1].answer == NOT_KNOWN
    assert found.steps[Exam.STEP1].settles == ("attempts.state",)
    assert "Say what became of it" in found.attempts[0].needs_look


def test_a_planned_sitting_is_not_yet() -> None:
    verdict = of(step1("2026-12-20", "planned")).steps[Exam.STEP1]

    assert (verdict.answer, verdict.next_date) == (NOT_MET, day("2026-12-20"))


FAILS = tuple(
    step1(on, "fail") for on in ("2023-01-15", "2023-05-15", "2024-02-15", "2025-01-15")
)


def test_four_failures_close_every_step() -> None:
    found = of(*FAILS)

    assert found.steps[Exam.STEP1].status == "BLOCKED_ATTEMPT_LIMIT"
    assert found.steps[Exam.STEP1].answer == NOT_MET
    assert found.steps[Exam.STEP2CK].status == "BLOCKED_BY_OTHER_STEP"
    assert found.steps[Exam.STEP2CK].answer == NOT_MET
    assert "Step 1" in found.steps[Exam.STEP2CK].reason


def test_an_invalidated_sitting_alone_never_closes_anything() -> None:
    # Whether it uses up an attempt was not found (U-INV-1).
    found = of(*FAILS[:3], step1("2025-01-15", "invalidated"))

    assert found.steps[Exam.STEP1].status == "BLOCKED_ATTEMPT_LIMIT"
    assert found.steps[Exam.STEP1].answer == NOT_KNOWN
    assert found.steps[Exam.STEP2CK].answer == NOT_KNOWN


def test_an_outcome_in_doubt_never_closes_anything() -> None:
    found = of(
        *(given.step3(f"201{year}-05-05", 190) for year in range(4)),
        step1("2020-01-01", 230),
    )

    assert found.steps[Exam.STEP3].answer == NOT_KNOWN
    assert found.steps[Exam.STEP2CK].status == "BLOCKED_BY_OTHER_STEP"
    assert found.steps[Exam.STEP2CK].answer == NOT_KNOWN


def test_the_wait_after_three_attempts() -> None:
    found = of(
        step1("2026-01-15", "fail"),
        step1("2026-04-15", "fail"),
        step1("2026-09-15", "fail"),
        step1("2027-02-01", "planned"),
    )

    verdict = found.steps[Exam.STEP1]
    assert verdict.status == "RETAKE_WAIT"
    assert verdict.next_date == day("2027-03-15")
    assert "1 February 2027" in verdict.needs_look


def test_the_application_in_hand_decides_the_limit() -> None:
    fails = tuple(step1(f"201{year}-05-05", "fail") for year in range(4, 9))
    planned = step1("2021-09-01", "planned", applied_on=day("2021-06-30"))

    in_hand = judged(Record(attempts=(*fails, planned)), "2021-08-01")
    none = judged(Record(attempts=fails), "2021-08-01")

    assert in_hand.steps[Exam.STEP1].status == "MAY_RETAKE"
    assert none.steps[Exam.STEP1].status == "BLOCKED_ATTEMPT_LIMIT"


def test_step_2_cs_is_not_to_be_taken_again() -> None:
    verdict = of(step2cs("2019-05-05", "fail")).steps[Exam.STEP2CS]

    assert "no longer given" in verdict.reason
    assert verdict.next_step == ""


@pytest.mark.parametrize(
    ("attempts", "said"),
    [
        ([step1("2025-01-01", "cancelled", outcome="pass")], "it has a result"),
        ([step1("2025-01-01", "incomplete", outcome="pass")], "not finished"),
        ([step1("2025-01-01", "pass", score=240)], "only Pass or Fail"),
        (
            [step1("2025-01-01", "pass"), step1("2025-01-01", "fail")],
            "twice on one day",
        ),
        ([step1("2025-01-01", "pass"), step1("2026-01-01", "pass")], "was passed on"),
        ([step2cs("2021-06-01", "pass")], "given up in January 2021"),
    ],
)
def test_what_contradicts_itself_needs_a_look(attempts: list[Any], said: str) -> None:
    found = of(*attempts)

    assert any(said in text for text in found.needs_look)


# --- The seven years --------------------------------------------------------------------


def test_the_seven_years_close() -> None:
    record = Record(attempts=(step1("2020-03-10", 200), step2ck("2025-12-01", 210)))

    near = judged(record).seven_years
    last_day = judged(record, "2027-03-10").seven_years
    over = judged(record, "2027-03-11").seven_years

    assert (near.status, near.answer, near.next_date) == (
        "EXPIRING",
        NOT_MET,
        day("2027-03-10"),
    )
    assert last_day.status == "EXPIRING"
    assert (over.status, over.answer) == ("EXPIRED", NOT_MET)
    assert "The pass of Step 1 no longer counts" in over.reason


@pytest.mark.parametrize(
    "open_one",
    [
        step2ck("2027-01-05"),
        step2ck("2027-03-10", state=AttemptState.PLANNED),
        step2ck("2027-02-01", state=AttemptState.WITHHELD),
        # On the day asked about, nobody knew yet.
        step2ck("2027-03-01", 260, result_on=day("2027-04-01")),
    ],
)
def test_a_result_that_is_not_entered_leaves_the_seven_years_open(
    open_one: Attempt,
) -> None:
    record = Record(person=GRADUATE, attempts=(step1("2020-03-10", 200), open_one))

    found = judged(record, "2027-03-11")

    assert found.seven_years.answer == NOT_KNOWN
    assert "Whether Step 2 CK of" in found.seven_years.reason
    assert found.seven_years.settles == ("attempts.outcome",)
    assert found.items[Item.SEVEN_YEARS].answer == NOT_KNOWN


def test_a_result_that_comes_too_late_changes_nothing() -> None:
    late = step2ck("2027-03-11", state=AttemptState.PLANNED)
    record = Record(attempts=(step1("2020-03-10", 200), late))

    assert judged(record, "2027-04-01").seven_years.status == "EXPIRED"


def test_a_pass_that_no_longer_counts_is_no_result_for_the_match() -> None:
    late = (step1("2018-05-01", 230), step2ck("2025-06-01", 240))

    found = judged(Record(person=GRADUATE, attempts=late))

    assert found.steps[Exam.STEP1].answer == MET
    assert found.items[Item.STEP1].answer == NOT_MET
    assert found.seven_years.status == "EXPIRED"
    assert found.seven_years.next_date == day("2032-06-01")
    assert found.match.answer == NOT_MET
    assert "the Step 1 result" in found.match.reason
    assert "Step 2 CK result" not in found.match.reason


def test_a_repeated_pass_opens_the_seven_years_anew() -> None:
    again = (
        step1("2015-05-01", 230),
        step1("2023-06-01", "pass", for_time_limit=True),
        step2ck("2024-06-01", 240),
    )

    found = of(*again)

    assert found.seven_years.status == "COMPLETE"
    assert found.seven_years.needs_look == ""
    assert found.needs_look == ()


def test_two_passes_within_seven_years_need_a_look() -> None:
    found = of(
        step1("2020-05-01", 230), step1("2022-06-01", "pass", for_time_limit=True)
    )

    assert "two passes" in found.seven_years.needs_look


def test_step_2_cs_belongs_to_the_set_while_it_is_used() -> None:
    used = of(step1("2019-01-10", 230), step2cs("2020-01-10", "pass"))
    complete = of(
        step1("2016-01-10", 230),
        step2ck("2017-01-10", 240),
        step2cs("2018-01-10", "pass"),
    )

    assert "E-7Y-2" in used.seven_years.rules
    assert used.items[Item.CLINICAL].answer == MET
    assert complete.seven_years.reason.startswith("All three exams")
    assert complete.route.status == "NONE_NEEDED"
    assert complete.english.status == "NOT_NEEDED"
    assert complete.items[Item.COMMUNICATION].answer == MET


def test_a_step_2_cs_pass_that_ran_out_is_not_used() -> None:
    found = of(
        step2cs("2012-01-10", "pass"),
        step1("2020-01-10", 230),
        step2ck("2021-01-10", 240),
    )

    assert found.seven_years.status == "COMPLETE"
    assert "E-7Y-2" not in found.seven_years.rules
    assert found.items[Item.CLINICAL].answer == NOT_MET
    assert found.route.status != "NONE_NEEDED"


def test_which_pass_gives_way_is_for_ecfmg_to_say() -> None:
    # Both Steps fit together, and Step 2 CS came too late for them.
    found = of(
        step1("2010-01-10", "pass"),
        step2ck("2012-01-10", "pass"),
        step2cs("2020-02-10", "pass"),
    )

    assert found.seven_years.status == "COMPLETE"
    assert found.items[Item.CLINICAL].answer == NOT_KNOWN
    assert found.route.answer == NOT_KNOWN


def test_steps_that_are_only_reported_leave_the_seven_years_open() -> None:
    found = judged(Record(items=done(Item.STEP1, Item.STEP2CK)))

    assert found.items[Item.STEP1].answer == MET
    assert found.seven_years.answer == NOT_KNOWN
    assert found.seven_years.settles == ("attempts",)


# --- OET --------------------------------------------------------------------------------


def test_the_best_sitting_is_chosen() -> None:
    weak = oet("2026-06-01", 400, 400, 290, 400)
    old = oet("2024-06-01", 400, 400, 400, 400)

    found = judged(replace(READY, sittings=(weak, old, GOOD_OET), pathways=()))

    assert [one.is_best for one in found.sittings] == [False, True, False]
    assert [one.judged.status for one in found.sittings] == [
        "TOO_OLD_FOR_SEASON",
        "MET",
        "NOT_MET",
    ]
    assert found.english.answer == MET
    assert found.english.provisional


def test_too_old_by_an_unconfirmed_day_blocks_nobody() -> None:
    found = judged(
        Record(person=GRADUATE, sittings=(oet("2024-06-01", 400, 400, 400, 400),))
    )

    assert found.english.status == "TOO_OLD_FOR_SEASON"
    assert found.english.answer == NOT_KNOWN
    assert "Confirm it on the official site" in found.english.next_step


def test_a_weak_part_is_named_with_what_was_needed() -> None:
    found = judged(Record(sittings=(oet("2026-06-01", 400, 400, 290, 400),)))

    assert "Writing (290, needed 300)" in found.english.reason
    assert found.english.answer == NOT_MET


def test_an_accepted_pathway_took_its_sitting_with_it() -> None:
    # Too old for 2027, and accepted in 2026 with a Pathway that still holds.
    earlier = replace(ACCEPTED, season=2026, accepted_on=day("2026-03-01"))
    record = replace(
        READY, sittings=(oet("2024-06-01", 400, 400, 400, 400),), pathways=(earlier,)
    )

    assert judged(record).english.status == "MET"


@pytest.mark.parametrize(
    ("released", "answer"), [(True, MET), (None, MET), (False, NOT_MET)]
)
def test_results_must_be_released(released: bool | None, answer: Answer) -> None:
    found = judged(replace(READY, sittings=(replace(GOOD_OET, released=released),)))

    assert found.items[Item.COMMUNICATION].answer == answer
    assert bool(found.items[Item.COMMUNICATION].next_step) == (released is not True)


def test_without_a_season_only_the_scores_are_judged() -> None:
    found = judged(Record(sittings=(GOOD_OET,)))

    assert found.english.answer == NOT_KNOWN
    assert found.english.settles == ("person.season",)


def test_a_score_that_is_missing_settles_it() -> None:
    found = judged(
        Record(person=GRADUATE, sittings=(oet("2026-02-01", 400, 400, None, 400),))
    )

    assert found.english.settles == ("sittings.scores",)
    assert "Writing" in found.english.reason


# --- Clinical skills --------------------------------------------------------------------


def test_the_pathway_that_fits_and_why_the_others_do_not() -> None:
    found = judged(replace(READY, pathways=()))

    assert found.route.status == "PATHWAY_3"
    assert found.route.answer == NOT_KNOWN  # the cut-off of 2027 is unconfirmed
    assert found.route.provisional
    assert [one.verdict.status for one in found.pathways] == [
        "NO_LICENCE",
        "SCHOOL_DOES_NOT",
        "FITS",
        "EARLIER_FITS",
        "EARLIER_FITS",
        "EARLIER_FITS",
    ]
    assert found.items[Item.CLINICAL].answer == NOT_MET
    assert found.items[Item.CLINICAL].next_step == "Apply by Pathway 3."


def test_a_confirmed_cut_off_is_an_answer() -> None:
    person = replace(GRADUATE, season=2026, graduation=day("2023-01-01"))

    found = judged(Record(person=person, attempts=PASSED))

    assert found.route.status == "PATHWAY_3"
    assert found.route.answer == NOT_MET
    assert not found.route.provisional


def test_after_a_failure_only_pathway_6() -> None:
    person = replace(
        GRADUATE,
        licence_held=True,
        licence_valid_on=day("2026-01-01"),
        licence_disciplined=False,
    )

    found = judged(Record(person=person, attempts=(step2cs("2019-01-01", "fail"),)))

    assert found.route.status == "PATHWAY_6"
    assert found.route.confidence == Confidence.CONFIRMED
    assert [one.verdict.status for one in found.pathways[:5]] == ["CS_FAILED"] * 5


def test_an_accepted_pathway_that_the_rules_do_not_give_needs_a_look() -> None:
    failed = replace(READY, attempts=(*PASSED, step2cs("2019-01-01", "fail")))

    assert "leaves only Pathway 6" in judged(failed).route.needs_look


@pytest.mark.parametrize(
    ("application", "answer", "status"),
    [
        (ACCEPTED, MET, "PATHWAY_ACCEPTED"),
        (replace(ACCEPTED, valid_to=day("2027-07-01")), MET, "PATHWAY_ACCEPTED"),
        (replace(ACCEPTED, valid_to=TODAY), NOT_MET, "ENDS_TOO_SOON"),
        (replace(ACCEPTED, valid_to=day("2026-11-21")), NOT_MET, "PATHWAY_EXPIRED"),
        (replace(ACCEPTED, valid_to=None), MET, "PATHWAY_ACCEPTED"),
        # Those of 2022 were said to hold until the end of 2024.
        (replace(ACCEPTED, season=2022, valid_to=None), NOT_KNOWN, "PATHWAY_EXPIRED"),
        (replace(ACCEPTED, accepted_on=None), NOT_MET, "SUBMITTED"),
        (replace(ACCEPTED, accepted_on=day("2026-11-23")), NOT_MET, "SUBMITTED"),
        (
            replace(ACCEPTED, accepted_on=None, submitted_on=None),
            NOT_MET,
            "NOT_ACCEPTED",
        ),
    ],
)
def test_an_application(
    application: PathwayApplicationFacts, answer: Answer, status: str
) -> None:
    found = judged(replace(READY, pathways=(application,))).items[Item.CLINICAL]

    assert (found.answer, found.status) == (answer, status)


def test_an_application_whose_season_is_over_asks_for_a_new_one() -> None:
    late = replace(
        ACCEPTED, season=2026, submitted_on=day("2025-12-20"), accepted_on=None
    )
    record = replace(READY, pathways=(late,))

    during = judged(record, "2026-06-30").items[Item.CLINICAL]
    after = judged(record).items[Item.CLINICAL]

    assert (during.status, during.next_step) == (
        "SUBMITTED",
        "Send what is still missing before the season closes.",
    )
    assert (after.answer, after.status) == (NOT_MET, "SEASON_OVER")
    assert "is not accepted. The season is over" in after.reason
    assert after.next_step == "Apply anew in the 2027 season, with a new fee."
    assert after.provisional


def test_an_application_not_accepted_by_the_last_day_of_its_season() -> None:
    late = replace(
        ACCEPTED, season=2025, submitted_on=day("2025-01-10"), accepted_on=None
    )
    record = replace(READY, pathways=(late,), person=replace(GRADUATE, season=2025))

    last_day = judged(record, "2025-05-31").items[Item.CLINICAL]
    after = judged(record, "2025-06-01").items[Item.CLINICAL]

    assert last_day.status == "SUBMITTED"
    assert after.status == "SEASON_OVER"
    assert after.reason.endswith("before the season ended on 31 May 2025.")
    assert after.decided_on == day("2025-05-31")
    assert after.confidence == Confidence.CONFIRMED
    # The season aimed at is the one that is over.
    assert after.next_step == "Apply anew in a season that is open, with a new fee."


def test_an_application_that_can_still_be_accepted_decides() -> None:
    older = replace(ACCEPTED, season=2025, accepted_on=None)
    newer = replace(ACCEPTED, season=2027, accepted_on=None)

    found = judged(replace(READY, pathways=(older, newer))).items[Item.CLINICAL]

    assert found.status == "SUBMITTED"
    assert "2027 season" in found.reason


def test_an_application_that_was_refused() -> None:
    refused = replace(ACCEPTED, accepted_on=None, refused_on=day("2026-11-10"))
    record = replace(READY, pathways=(refused,))

    before = judged(record, "2026-11-09")
    after = judged(record)

    assert before.items[Item.CLINICAL].status == "SUBMITTED"
    assert before.pathways_season.answer == MET
    skills = after.items[Item.CLINICAL]
    assert (skills.answer, skills.status) == (NOT_MET, "REFUSED")
    assert skills.reason == (
        "An application for the 2027 season was submitted on 1 September 2026. It was "
        "refused on 10 November 2026."
    )
    assert skills.next_step == (
        "Apply anew in the 2027 season, or by another Pathway, with a new fee."
    )
    assert skills.decided_on == day("2026-11-10")
    # It is as if nothing had been sent in time for this Match.
    assert (after.pathways_season.answer, after.pathways_season.status) == (
        NOT_MET,
        "OPEN",
    )


def test_after_the_season_aimed_at_a_refused_application_is_made_anew_later() -> None:
    refused = replace(
        ACCEPTED,
        season=2025,
        submitted_on=None,
        accepted_on=None,
        refused_on=day("2025-05-31"),
    )
    person = replace(GRADUATE, season=2025)

    skills = judged(replace(READY, pathways=(refused,), person=person)).items[
        Item.CLINICAL
    ]

    assert skills.reason.startswith("An application for the 2025 season was submitted.")
    assert skills.next_step == (
        "Apply anew in a season that is open, or by another Pathway, with a new fee."
    )


def test_an_application_that_waits_counts_more_than_one_that_was_refused() -> None:
    refused = replace(ACCEPTED, accepted_on=None, refused_on=day("2026-11-10"))
    waits = replace(ACCEPTED, season=2028, accepted_on=None)

    found = judged(replace(READY, pathways=(refused, waits))).items[Item.CLINICAL]

    assert found.status == "SUBMITTED"


def test_an_application_accepted_and_refused_needs_a_look() -> None:
    both = replace(ACCEPTED, refused_on=day("2026-11-10"))

    found = judged(replace(READY, pathways=(both,)))

    assert found.items[Item.CLINICAL].answer == NOT_KNOWN
    assert "accepted on 1 November 2026 and as refused on 10 November" in (
        found.items[Item.CLINICAL].needs_look
    )
    assert found.match.answer != MET


def test_the_season_of_pathways() -> None:
    aiming = Record(person=GRADUATE)

    in_time = judged(aiming).pathways_season
    soon = judged(aiming, "2027-01-10").pathways_season
    closed = judged(aiming, "2027-02-01").pathways_season
    applied = judged(
        replace(aiming, pathways=(ACCEPTED,)), "2027-02-01"
    ).pathways_season

    assert (in_time.status, in_time.answer) == ("OPEN", NOT_MET)
    assert (soon.status, soon.next_date) == ("CLOSING_SOON", day("2027-01-31"))
    # The day is unconfirmed, so nobody is turned away by it.
    assert (closed.status, closed.answer) == ("CLOSED_FOR_MATCH", NOT_KNOWN)
    assert applied.answer == MET
    confirmed = replace(GRADUATE, season=2024)
    assert judged(Record(person=confirmed)).pathways_season.answer == NOT_MET


# --- Reported and derived -----------------------------------------------------------------


def test_a_report_that_contradicts_the_sittings_is_kept_and_shown() -> None:
    found = of(step1("2025-05-05", "fail"), items=done(Item.STEP1)).items[Item.STEP1]

    assert found.answer == NOT_KNOWN
    assert "you report “done”" in found.needs_look


def test_a_pass_reported_as_not_started_needs_a_look() -> None:
    items = {Item.STEP1: ReportedItem(state=ItemState.NOT_STARTED)}

    found = of(step1("2025-05-05", "pass"), items=items).items[Item.STEP1]

    assert found.answer == NOT_KNOWN
    assert found.needs_look


def test_a_report_settles_what_the_sittings_leave_open() -> None:
    # Only Step 2 CK was entered; nothing contradicts a reported Step 1.
    found = of(step2ck("2025-05-05", 250), items=done(Item.STEP1))

    assert found.items[Item.STEP1].status == "REPORTED_DONE"
    assert found.items[Item.STEP1].needs_look == ""
    assert found.seven_years.answer == NOT_KNOWN


# --- The certificate ----------------------------------------------------------------------


def certificate(**known: Any) -> CertificateFacts:
    return CertificateFacts(**{"issued_on": day("2025-05-05"), **known})


@pytest.mark.parametrize(
    ("known", "status", "answer"),
    [
        ({"basis": Basis.STEP2CS}, "PERMANENT", MET),
        ({"expires_on": day("2028-12-31")}, "ISSUED_TEMPORARY", MET),
        ({"expires_on": day("2027-03-01")}, "EXPIRING", MET),
        ({"expires_on": day("2026-11-21")}, "EXPIRED", NOT_MET),
        ({"training_months": 12}, "PERMANENT_ELIGIBLE", MET),
        ({"us_licence": True}, "PERMANENT_ELIGIBLE", MET),
        ({"validated_on": day("2026-05-05")}, "PERMANENT", MET),
        ({}, "ISSUED_TEMPORARY", MET),
        ({"issued_on": day("2026-11-23")}, "NOT_READY", NOT_MET),
    ],
)
def test_the_certificate(known: dict[str, Any], status: str, answer: Answer) -> None:
    found = judged(Record(attempts=PASSED, certificate=certificate(**known)))

    assert (found.certificate.status, found.certificate.answer) == (status, answer)


def test_with_a_certificate_everything_was_there() -> None:
    found = judged(Record(certificate=certificate()))

    assert {found.items[item].answer for item in ELEMENTS} == {MET}
    assert found.step3.status == "MAY_APPLY"
    assert found.needs_look == ()


def test_a_certificate_without_a_passed_step_needs_a_look() -> None:
    found = judged(Record(attempts=FAILS[:1], certificate=certificate()))

    assert found.items[Item.STEP1].answer == NOT_KNOWN
    assert "the certificate was issued" in found.items[Item.STEP1].needs_look


def test_a_reported_certificate_asks_for_its_days() -> None:
    found = judged(Record(items=done(Item.CERTIFICATE))).certificate

    assert found.answer == MET
    assert "certificate.issued_on" in found.settles


@pytest.mark.parametrize(
    "known",
    [
        {"expires_on": day("2025-05-04")},
        {"validated_on": day("2025-05-04")},
        {"basis": Basis.STEP2CS, "expires_on": day("2028-12-31")},
    ],
)
def test_a_certificate_that_cannot_be(known: dict[str, Any]) -> None:
    assert judged(Record(certificate=certificate(**known))).certificate.needs_look


# --- The Match ----------------------------------------------------------------------------


def test_a_late_exam_is_a_risk() -> None:
    one_left = replace(READY, attempts=(PASSED[0], step2ck("2027-02-10", "planned")))

    risk = judged(one_left).match
    in_time = judged(
        replace(one_left, attempts=(PASSED[0], step2ck("2027-01-06", "planned")))
    ).match

    assert (risk.status, risk.next_date) == ("AT_RISK", day("2026-12-31"))
    assert "U-RPT-1" in risk.rules
    assert in_time.status == "OPEN"


def test_the_deadline_is_missed_the_day_after() -> None:
    record = replace(READY, attempts=PASSED[:1])

    assert judged(record, "2027-03-03").match.status == "OPEN"
    assert judged(record, "2027-03-04").match.status == "MISSED"
    assert judged(record, "2027-03-04").match.answer == NOT_MET
    # It is still the 3rd in New York.
    asia = judged(record, "2027-03-04", eastern_today=day("2027-03-03"))
    assert asia.match.status == "OPEN"


def test_a_certificate_after_the_deadline_takes_no_match_back() -> None:
    """It is issued weeks after everything for it was there (E-NRMP-2, E-SEQ-9)."""
    record = replace(READY, certificate=certificate(issued_on=day("2027-03-20")))

    assert judged(READY, "2027-03-21").match.answer == MET
    assert judged(record, "2027-03-21").match.answer == MET
    # Alone it does not tell whether each part of it was there in time.
    alone = replace(Record(person=READY.person), certificate=record.certificate)
    assert judged(alone, "2027-03-21").match.status == "NEEDS_CHECK"
    early = replace(alone, certificate=certificate(issued_on=day("2027-03-01")))
    assert judged(early, "2027-03-21").match.answer == MET


def test_whether_a_result_came_in_time_may_not_be_known() -> None:
    unsaid = replace(READY, attempts=(PASSED[0], step2ck("2027-02-20", 250)))
    said = replace(
        READY,
        attempts=(PASSED[0], step2ck("2027-02-20", 250, result_on=day("2027-03-03"))),
    )
    late = replace(
        READY,
        attempts=(PASSED[0], step2ck("2027-02-20", 250, result_on=day("2027-03-04"))),
    )

    assert judged(unsaid, "2027-05-01").match.answer == NOT_KNOWN
    assert judged(unsaid, "2027-05-01").match.settles == ("attempts.result_on",)
    assert judged(said, "2027-05-01").match.answer == MET
    assert judged(late, "2027-05-01").match.status == "MISSED"
    # As of a day before the result came it was not there.
    assert judged(late, "2027-03-02").match.status == "AT_RISK"


@pytest.mark.parametrize(
    ("ends", "answer"), [("2027-06-30", NOT_MET), ("2027-07-01", MET)]
)
def test_what_ends_before_training_begins_does_not_count(
    ends: str, answer: Answer
) -> None:
    pathway = replace(READY, pathways=(replace(ACCEPTED, valid_to=day(ends)),))
    certified = replace(READY, certificate=certificate(expires_on=day(ends)))

    for record in (pathway, certified):
        assert judged(record).items[Item.CLINICAL].answer == answer
        assert judged(record).match.answer == answer


def test_old_results_were_in_time_without_their_day() -> None:
    attempts = (step1("2024-02-02", "pass"), step2ck("2025-08-08", 255))

    found = judged(replace(READY, attempts=attempts), "2027-05-01")

    assert found.match.answer == MET


def test_what_is_open_leaves_the_match_open() -> None:
    unclear = (PASSED[0], step2ck("2025-07-01", 214, outcome="pass"))

    found = judged(replace(READY, attempts=unclear)).match

    assert (found.answer, found.status) == (NOT_KNOWN, "NEEDS_CHECK")
    assert "attempts.outcome" in found.settles


def test_the_match_of_whoever_is_no_img() -> None:
    american = replace(GRADUATE, school_country="US")

    assert judged(replace(READY, person=american)).match.status == "NOT_IMG"


# --- Step 3, and who is an IMG ----------------------------------------------------------------


def test_step_3_comes_after_the_certificate() -> None:
    certified = replace(READY, certificate=certificate(issued_on=TODAY))

    assert judged(certified).step3.status == "MAY_APPLY"
    assert judged(certified, "2026-11-21").step3.status == "NOT_ELIGIBLE"


def test_step_3_of_whoever_is_no_img() -> None:
    american = replace(GRADUATE, school_country="US")

    found = judged(Record(person=american, attempts=PASSED)).step3

    assert found.status == "MAY_APPLY"


def test_step_3_when_nobody_knows_whether_somebody_is_an_img() -> None:
    found = judged(Record(attempts=PASSED)).step3

    assert found.answer == NOT_KNOWN
    assert found.settles == ("person.school_country",)


def test_step_3_itself() -> None:
    certified = replace(READY, certificate=certificate())
    fails = tuple(given.step3(f"2026-0{month}-05", 190) for month in (5, 6, 7))

    passed = replace(certified, attempts=(*PASSED, given.step3("2026-05-05", 230)))
    waiting = replace(certified, attempts=(*PASSED, *fails))

    assert judged(passed).step3.status == "PASSED"
    assert judged(waiting).step3.status == "RETAKE_WAIT"


@pytest.mark.parametrize(
    ("person", "status", "answer", "provisional"),
    [
        (Person(school_country="US"), "NOT_IMG", MET, False),
        (
            Person(school_country="CA", graduation=day("2025-06-30")),
            "NOT_IMG",
            MET,
            False,
        ),
        (
            Person(school_country="CA", graduation=day("2025-07-01"), us_citizen=False),
            "NON_US_IMG",
            MET,
            True,
        ),
        (Person(school_country="CA"), "NEEDS_CHECK", NOT_KNOWN, False),
        (Person(school_country="GD", us_citizen=True), "US_IMG", MET, False),
        (Person(school_country="GD"), "IMG", NOT_KNOWN, False),
        (Person(), "NEEDS_CHECK", NOT_KNOWN, False),
    ],
)
def test_img_class(
    person: Person, status: str, answer: Answer, provisional: bool
) -> None:
    found = judged(Record(person=person)).img_class

    assert (found.status, found.answer, found.provisional) == (
        status,
        answer,
        provisional,
    )


# --- As of a day ------------------------------------------------------------------------------


def test_a_record_as_of_an_earlier_day() -> None:
    found = judged(READY, "2025-08-20")

    # The exam is taken, its result has not come.
    assert found.steps[Exam.STEP2CK].status == "RESULT_PENDING"
    assert found.steps[Exam.STEP1].status == "PASSED"
    assert found.sittings == ()
    assert found.items[Item.APPLICATION].answer == NOT_MET
    assert found.items[Item.CLINICAL].answer == NOT_MET


def test_a_later_sitting_is_a_plan_without_its_result() -> None:
    found = judged(READY, "2025-08-07")

    assert found.steps[Exam.STEP2CK].status == "NOT_TAKEN"
    assert found.steps[Exam.STEP2CK].next_date == day("2025-08-08")
    assert all(one.findings == () for one in found.attempts)
    # The page shows the entry as it is.
    assert found.attempts[1].attempt.score == 255


# --- Eastern Time -----------------------------------------------------------------------------


def deadline(at: time | None, on: date = date(2027, 3, 3)) -> Deadline:
    return Deadline(
        match_year=2027,
        event=Event.RANK_LIST,
        on=on,
        at=at,
        confidence=Confidence.REPORTED,
        sources=("s63",),
    )


@pytest.mark.parametrize(
    ("moment", "at", "over"),
    [
        # 21:00 in New York is 02:00 UTC of the next day, in winter.
        (datetime(2027, 3, 4, 2, 0, tzinfo=UTC), time(21), False),
        (datetime(2027, 3, 4, 2, 0, 1, tzinfo=UTC), time(21), True),
        (datetime(2027, 3, 4, 4, 59, 59, tzinfo=UTC), None, False),
        (datetime(2027, 3, 4, 5, 0, tzinfo=UTC), None, True),
    ],
)
def test_deadlines_end_in_new_york(
    moment: datetime, at: time | None, over: bool
) -> None:
    assert deadline(at).is_over(moment) is over


def test_summer_time_begins_before_match_week() -> None:
    week = deadline(time(10), date(2027, 3, 15))

    assert week.moment is not None
    assert week.moment.astimezone(UTC) == datetime(2027, 3, 15, 14, 0, tzinfo=UTC)
    assert deadline(None).moment is None


@pytest.mark.parametrize(
    ("moment", "on"),
    [
        (datetime(2027, 3, 4, 4, 59, tzinfo=UTC), "2027-03-03"),
        (datetime(2027, 3, 4, 5, 0, tzinfo=UTC), "2027-03-04"),
        (datetime(2027, 7, 4, 3, 59, tzinfo=UTC), "2027-07-03"),
        (datetime(2027, 7, 4, 4, 0, tzinfo=UTC), "2027-07-04"),
    ],
)
def test_the_day_in_new_york(moment: datetime, on: str) -> None:
    assert eastern_day(moment) == day(on)


# --- Which exams the Match asks to sit ----------------------------------------------


@pytest.mark.parametrize(
    ("attempts", "step"),
    [
        ((step1("2025-01-15", "pass"),), "Take Step 2 CK by 31 December 2026."),
        (
            (
                step1("2026-01-15", "fail"),
                step1("2026-04-15", "fail"),
                step1("2026-09-15", "fail"),
            ),
            # Step 1 has to wait until 15 March 2027.
            "Take Step 2 CK by 31 December 2026.",
        ),
        (tuple(step1(f"202{year}-01-15", "fail") for year in (2, 3, 4, 5)), ""),
        # Sat already: its result is on the way.
        ((step1("2025-01-15", "pass"), step2ck("2026-11-10")), ""),
    ],
)
def test_match_asks_only_for_exams_that_can_be_sat(
    attempts: tuple[Attempt, ...], step: str
) -> None:
    record = Record(person=GRADUATE, attempts=attempts)

    assert judge(record, tables(), TODAY).match.next_step == step


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (
            {"licence_held": False, "school_wfme": True},
            "By what you entered Pathway 3 fits, unless Pathway 2 does, which goes first. "
            "That hangs on whether your regulator requires your school's clinical exam.",
        ),
        (
            {"licence_held": True},
            "We do not know yet which Pathway is yours. That hangs on until when your "
            "licence was valid, whether your regulator requires your school's clinical "
            "exam and 3 more.",
        ),
    ],
)
def test_an_open_route_says_what_is_likely_and_what_decides(
    known: dict[str, Any], words: str
) -> None:
    person = Person(
        us_citizen=False,
        school_country="IN",
        graduation=day("2025-06-01"),
        season=2027,
        **known,
    )

    assert judged(Record(person=person)).route.reason == words
