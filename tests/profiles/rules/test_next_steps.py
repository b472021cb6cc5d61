"""What there is to do next: once each, with its day and its reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.choices import Basis, Item, ItemState
from profiles.rules.days import add_months
from profiles.rules.facts import (
    Attempt,
    CertificateFacts,
    EnglishSittingFacts,
    PathwayApplicationFacts,
    Person,
    Record,
    ReportedItem,
)
from profiles.rules.plan.needs import Action
from profiles.rules.text.rulebook import RULES
from tests.effort import examples
from tests.profiles.rules.given import TODAY, day, oet, step1, step2ck
from tests.profiles.rules.planned import plan_of
from tests.profiles.rules.records import days, records

AIMS_AT_2027 = Person(us_citizen=False, school_country="IN", season=2027)


def steps(record: Record, *, today: date = TODAY) -> list[Action]:
    return list(plan_of(record, today=today).steps)


def of(
    *attempts: Attempt,
    person: Person = AIMS_AT_2027,
    sittings: tuple[EnglishSittingFacts, ...] = (),
    today: date = TODAY,
    items: dict[Item, ReportedItem] | None = None,
) -> dict[str, Action]:
    record = Record(
        person=person, attempts=attempts, sittings=sittings, items=items or {}
    )
    return {action.what: action for action in steps(record, today=today)}


def test_missing_exam_is_due_four_weeks_before_the_rank_list_deadline() -> None:
    found = of(step1("2025-03-10", "pass"))[
        "Plan Step 2 CK for 31 December 2026 or before."
    ]

    assert found.on == day("2026-12-31")
    assert "For the 2027 Match its result should be there by 3 March 2027" in found.why
    assert {"E-NRMP-1", "U-RPT-1"} <= set(found.rules)


def test_end_of_the_seven_years_counts_when_it_comes_first() -> None:
    found = of(step1("2019-12-20", 230))[
        "Plan Step 2 CK for 20 December 2026 or before."
    ]
    # They end where no Step is given (U-DAY-1).
    closed = of(step1("2020-01-02", 230), person=Person())[
        "Plan Step 2 CK for 31 December 2026 or before."
    ]

    assert found.on == day("2026-12-20")
    assert "The seven years end on 20 December 2026." in found.why
    assert closed.on == day("2027-01-02")
    assert "so sit it by 31 December 2026" in closed.why


def test_seven_years_give_a_day_when_they_end_within_the_year() -> None:
    near = of(step1("2020-06-15", 230), person=Person())[
        "Plan Step 2 CK for 15 June 2027 or before."
    ]
    far = of(step1("2024-01-15", "pass"), person=Person())["Plan Step 2 CK."]

    assert near.on == day("2027-06-15")
    # What is years away is said, and no day to wait for.
    assert far.on is None
    assert "The seven years end on 15 January 2031." in far.why


def test_day_that_is_over_gives_no_day() -> None:
    found = of(step1("2025-03-10", "pass"), today=day("2027-02-04"))

    assert found["Plan Step 2 CK."].on is None


def test_seven_years_that_ran_out_have_a_day_by_the_match() -> None:
    found = of(step1("2018-05-01", 230)).values()

    (again,) = [action for action in found if action.about == "Seven years"]
    assert again.what.startswith("Pass Step 1. ")
    assert again.on == day("2026-12-31")


def test_submitted_pathway_has_to_be_accepted_by_the_rank_order_list() -> None:
    record = Record(
        person=AIMS_AT_2027,
        attempts=(step1("2025-03-10", "pass"),),
        pathways=(
            PathwayApplicationFacts(season=2027, submitted_on=day("2026-10-01")),
        ),
    )

    (sent,) = [action for action in steps(record) if action.about == "Clinical skills"]
    assert sent.on == day("2027-03-03")


def test_pathway_that_ends_before_training_begins_is_to_be_renewed() -> None:
    def asked(valid_to: str) -> list[str]:
        accepted = PathwayApplicationFacts(
            season=2026, accepted_on=day("2026-02-01"), valid_to=day(valid_to)
        )
        record = Record(person=AIMS_AT_2027, pathways=(accepted,))
        return [action.what for action in steps(record)]

    renew = "Apply for Pathways Revalidation in the 2027 season."
    assert renew in asked("2027-06-30")
    assert renew not in asked("2027-07-01")


def test_planned_exam_stands_on_its_day_and_is_not_to_be_planned_again() -> None:
    found = of(step1("2025-03-10", "pass"), step2ck("2026-12-30", "planned"))

    assert found["Sit Step 2 CK."].on == day("2026-12-30")
    assert "typically there by 27 January 2027" in found["Sit Step 2 CK."].why
    assert not any(what.startswith("Plan Step 2 CK") for what in found)


def test_exam_whose_day_has_come_waits_for_a_word_before_anything_else() -> None:
    first, *_ = steps(
        Record(
            person=AIMS_AT_2027,
            attempts=(step1("2026-11-21", "planned"), step2ck("2026-12-01", "planned")),
        )
    )

    assert first.what == "Say what became of Step 1 of 21 November 2026."
    assert first.is_overdue


def test_exam_of_today_is_to_be_sat() -> None:
    found = of(step1("2026-11-22", "planned"))

    assert found["Sit Step 1."].on == TODAY
    assert not any(what.startswith("Say what became") for what in found)


def test_result_is_missed_after_four_weeks_and_not_before() -> None:
    sat = step2ck("2026-10-25")
    on_time = day("2026-11-22")

    assert (on_time - sat.on).days == 28
    assert (
        of(sat, today=on_time)["Enter the result of Step 2 CK when it comes."].on
        == on_time
    )
    late = of(sat, today=day("2026-11-23"))
    assert late["Enter the result of Step 2 CK of 25 October 2026."].is_overdue
    assert "Enter the result of Step 2 CK when it comes." not in late


def test_two_results_on_their_way_are_two_things_to_do() -> None:
    found = of(step1("2026-11-10"), step2ck("2026-11-12"))

    assert found["Enter the result of Step 1 when it comes."].on == day("2026-12-08")
    assert found["Enter the result of Step 2 CK when it comes."].on == day("2026-12-10")


def test_exam_that_is_planned_again_is_not_asked_for_twice() -> None:
    found = of(
        sittings=(oet("2025-05-01", 300, 300, 300, 300), oet("2027-01-09")),
    )

    assert found["Sit OET Medicine."].on == day("2027-01-09")
    assert not any(what.startswith("Plan OET") for what in found)


def test_nothing_entered_asks_for_what_everything_else_waits_for() -> None:
    found = [action.what for action in steps(Record())]

    assert found == [
        "Choose the Match that you aim at.",
        "Enter the exams that you have sat or planned.",
        "Say where you stand with certification.",
    ]


def test_reason_of_an_item_says_which_item_it_is() -> None:
    under_way = ReportedItem(state=ItemState.UNDER_WAY)
    found = of(items={Item.DIPLOMA: under_way, Item.TRANSCRIPT: under_way})

    asked = found["Ask your school to answer ECFMG's request."]
    assert asked.why.startswith("Diploma verified with the school: ")


def test_days_of_the_season_come_with_their_hour_when_they_are_near() -> None:
    soon = of(today=day("2027-02-20"))["Certify your rank order list."]
    early = of(today=day("2026-11-22"))

    assert soon.on == day("2027-03-03")
    assert soon.at is not None
    assert soon.at.hour == 21
    assert "Certify your rank order list." not in early


def test_nobody_is_told_to_take_an_exam_by_a_day_that_is_over() -> None:
    passed = step1("2025-03-10", "pass")
    on_time = of(passed, step2ck("2027-02-10", "planned"), today=day("2026-12-31"))
    closed = of(passed, step2ck("2027-02-10", "planned"), today=day("2027-01-01"))
    planned = of(passed, step2ck("2027-02-10", "planned"), today=day("2027-02-04"))
    sat = of(passed, step2ck("2027-02-10"), today=day("2027-02-20"))

    asked = "Move Step 2 CK to 31 December 2026 or before, if you can."
    assert on_time[asked].on == day("2026-12-31")
    assert "No Step is given in the first two weeks" in on_time[asked].why
    assert asked not in closed
    assert asked not in planned
    assert asked not in sat


def test_who_missed_the_match_is_led_to_the_next_one() -> None:
    found = of(step1("2025-03-10", "pass"), today=day("2027-03-10"))

    assert any("Choose the next Match that you aim at." in what for what in found)
    assert "Certify your rank order list." not in found


def test_oet_is_needed_by_the_rank_order_list() -> None:
    found = of(step1("2025-03-10", "pass"))[
        "Plan OET Medicine for a day well before 3 March 2027."
    ]

    assert found.on == day("2027-03-03")
    assert "ECFMG must have it by 3 March 2027, so begin well before." in found.why
    over = of(step1("2025-03-10", "pass"), today=day("2027-03-04"))
    assert over["Plan OET Medicine."].on is None


def test_nobody_is_told_to_sit_an_exam_before_it_is_allowed() -> None:
    fails = [step1(f"2026-{month}-15", "fail") for month in ("01", "04", "09")]

    found = of(*fails, step1("2027-01-20", "planned"))
    allowed = of(*fails, step1("2027-03-15", "planned"))

    moved = found["Move Step 1 to 15 March 2027 or later."]
    assert moved.on == day("2027-01-20")
    assert "Sit Step 1." not in found
    assert allowed["Sit Step 1."].on == day("2027-03-15")


def test_who_can_sit_no_step_any_more_is_asked_for_nothing_else() -> None:
    fails = [step1(f"202{year}-01-15", "fail") for year in (2, 3, 4, 5)]

    found = of(*fails, step2ck("2027-01-20", "planned"))

    (what,) = found
    assert what == "Read why no further Step can be taken."
    assert "All 4 attempts at Step 1 are used up" in found[what].why


def test_attempts_in_doubt_close_nothing() -> None:
    fails = [step1(f"202{year}-01-15", "fail") for year in (2, 3, 4)]

    found = of(*fails, step1("2025-01-15", "invalidated"))

    assert "Read why no further Step can be taken." not in found


def test_who_is_no_img_is_not_sent_to_ecfmg() -> None:
    here = Person(us_citizen=True, school_country="US", season=2027)

    found = of(step1("2025-03-10", "pass"), person=here)

    assert set(found) == {
        "Register with NRMP, if you have not.",
        "Submit your applications in ERAS, if you have not.",
    }


def test_who_has_the_certificate_is_not_asked_what_led_to_it() -> None:
    found = steps(
        Record(
            person=AIMS_AT_2027,
            certificate=CertificateFacts(
                issued_on=day("2022-10-01"),
                basis=Basis.PATHWAY,
                expires_on=day("2025-12-31"),
            ),
        )
    )

    whats = [action.what for action in found]
    assert any("Apply for Pathways Revalidation" in what for what in whats)
    assert "Enter the exams that you have sat or planned." not in whats
    assert "Say where you stand with certification." not in whats


def test_order_is_overdue_then_near_then_undated_then_far() -> None:
    found = steps(
        Record(
            attempts=(step1("2024-06-01", "pass"), step2ck("2026-09-01", "planned")),
            sittings=(oet("2027-01-09"),),
        )
    )

    assert [action.what for action in found][:3] == [
        "Say what became of Step 2 CK of 1 September 2026.",
        "Sit OET Medicine.",
        "Choose the Match that you aim at.",
    ]


@given(record=records(), today=st.one_of(st.just(TODAY), days), eastern=days)
@examples(150)
def test_every_record_has_its_steps(record: Record, today: date, eastern: date) -> None:
    found = plan_of(record, today=today, eastern=eastern).steps

    assert len({action.what for action in found}) == len(found)
    for action in found:
        assert action.what.endswith(".")
        assert action.why.endswith((".", "?"))
        assert set(action.rules) <= set(RULES)
    year = add_months(today, 12)
    near = [
        action.on
        for action in found
        if action.on
        and action.on <= year
        and not action.is_overdue
        and not action.is_gate
    ]
    assert near == sorted(near)
    # What stops the rest stands first, then what waits for a word; what has no day soon
    # stands last.
    kinds = [
        0
        if action.is_gate
        else 1
        if action.is_overdue
        else 2
        if action.on in near
        else 3
        for action in found
    ]
    assert kinds == sorted(kinds)


def test_an_application_of_a_season_that_is_over_is_made_anew_in_time() -> None:
    record = Record(
        person=AIMS_AT_2027,
        pathways=(
            PathwayApplicationFacts(season=2026, submitted_on=day("2025-12-20")),
        ),
    )

    found = {action.what: action for action in steps(record)}

    anew = found["Apply anew in the 2027 season, with a new fee."]
    assert anew.on == day("2027-01-31")
    assert anew.is_provisional
    assert not any("before the season closes" in what for what in found)


def test_a_refused_application_is_made_anew_by_the_deadline() -> None:
    refused = PathwayApplicationFacts(
        season=2027, submitted_on=day("2026-09-01"), refused_on=day("2026-11-10")
    )

    found = {
        action.what: action
        for action in steps(Record(person=AIMS_AT_2027, pathways=(refused,)))
    }

    anew = found[
        "Apply anew in the 2027 season, or by another Pathway, with a new fee."
    ]
    assert anew.on == day("2027-01-31")
    assert "refused on 10 November 2026" in anew.why


@pytest.mark.parametrize("exam", [step1, step2ck])
@pytest.mark.parametrize(
    ("on", "is_closed"),
    [
        *(("2026-12-31", False), ("2027-01-01", True)),
        *(("2027-01-14", True), ("2027-01-15", False)),
    ],
)
def test_a_step_in_the_first_two_weeks_of_january_is_asked_about(
    exam: Callable[..., Attempt], on: str, is_closed: bool
) -> None:
    """No Step is given then (U-DAY-1). It is kept, and the member is told."""
    record = Record(person=Person(season=2028), attempts=(exam(on, "planned"),))
    plan = plan_of(record)

    asked = [step for step in plan.steps if step.what.startswith("Ask the test center")]
    assert bool(asked) is is_closed
    assert any(risk.word == "May not be given" for risk in plan.risks) is is_closed
    assert all(step.on == day(on) for step in asked)
