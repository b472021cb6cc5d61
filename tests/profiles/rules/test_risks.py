"""What could go wrong: what runs out, is used up, or may come too late."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.choices import Answer, Basis, Confidence, Pathway
from profiles.rules.facts import (
    Attempt,
    CertificateFacts,
    EnglishSittingFacts,
    PathwayApplicationFacts,
    Person,
    Record,
)
from profiles.rules.plan.needs import Risk
from profiles.rules.text.rulebook import RULES
from tests.effort import examples
from tests.profiles.rules.given import TODAY, day, oet, step1, step2ck
from tests.profiles.rules.planned import plan_of
from tests.profiles.rules.records import days, records

HELD = PathwayApplicationFacts(
    season=2027, accepted_on=day("2026-11-01"), valid_to=day("2029-12-31")
)
AIMS_AT_2027 = Person(us_citizen=False, school_country="IN", season=2027)


def of(
    *attempts: Attempt,
    person: Person = AIMS_AT_2027,
    sittings: tuple[EnglishSittingFacts, ...] = (),
    pathways: tuple[PathwayApplicationFacts, ...] = (),
    certificate: CertificateFacts | None = None,
    today: date = TODAY,
) -> dict[str, Risk]:
    record = Record(
        person=person,
        attempts=attempts,
        sittings=sittings,
        pathways=pathways,
        certificate=certificate,
    )
    found = plan_of(record, today=today).risks
    assert len({(risk.about, risk.word) for risk in found}) == len(found)
    return {f"{risk.about}: {risk.word}": risk for risk in found}


@pytest.mark.parametrize(
    ("passed_on", "word", "is_near"),
    [
        ("2023-03-10", "Running", False),
        ("2020-03-10", "Runs out soon", True),
        ("2019-11-22", "Runs out soon", True),
        ("2019-11-21", "Run out", True),
    ],
)
def test_seven_years_are_watched_to_their_last_day(
    passed_on: str, word: str, is_near: bool
) -> None:
    found = of(step1(passed_on, "pass"))[f"Seven years: {word}"]

    assert found.is_near is is_near
    assert found.on == day(passed_on).replace(year=day(passed_on).year + 7)


def test_finished_seven_years_are_no_risk() -> None:
    found = of(step1("2024-03-10", "pass"), step2ck("2025-03-10", 250))

    assert not any(name.startswith("Seven years") for name in found)


@pytest.mark.parametrize(
    ("planned", "is_late"), [("2027-10-15", False), ("2027-10-16", True)]
)
def test_exam_planned_after_the_seven_years_is_near_though_they_end_far_away(
    planned: str, is_late: bool
) -> None:
    found = of(
        step1("2020-10-15", 230),
        step2ck(planned, "planned"),
        person=Person(us_citizen=False, school_country="IN"),
    )

    assert found["Seven years: Running"].on == day("2027-10-15")
    assert ("Step 2 CK: Planned too late" in found) is is_late
    if is_late:
        late = found["Step 2 CK: Planned too late"]
        assert (late.is_near, late.on) == (True, day("2027-10-15"))
        assert "after the seven years end on 15 October 2027" in late.verdict.reason


def test_exam_planned_in_time_and_once_more_afterwards_is_not_too_late() -> None:
    found = of(
        step1("2020-10-15", 230),
        step2ck("2027-01-10", "planned"),
        step2ck("2027-11-10", "planned"),
    )

    assert "Step 2 CK: Planned too late" not in found


@pytest.mark.parametrize(
    ("fails", "name", "is_near"),
    [
        (2, "Step 1: 2 attempts left", False),
        (3, "Step 1: 1 attempt left", True),
        (4, "Step 1: Attempts used up", True),
    ],
)
def test_limit_of_attempts_comes_nearer(fails: int, name: str, is_near: bool) -> None:
    sat = [step1(f"202{year}-01-15", "fail") for year in range(2, 2 + fails)]

    assert of(*sat)[name].is_near is is_near


def test_one_failure_is_not_yet_a_risk() -> None:
    assert not any("attempt" in name for name in of(step1("2025-01-15", "fail")))


def test_wait_before_the_fourth_attempt_ends_on_its_day() -> None:
    sat = [step1(f"2026-{month}-15", "fail") for month in ("01", "04", "09")]

    assert of(*sat)["Step 1: Wait"].on == day("2027-03-15")


def test_step_that_is_passed_has_no_attempts_to_run_out() -> None:
    sat = [step1(f"202{year}-01-15", "fail") for year in (2, 3, 4)]

    assert not any("Step 1" in name for name in of(*sat, step1("2025-01-15", "pass")))


@pytest.mark.parametrize(
    ("planned", "is_late"),
    [
        ("2027-01-06", False),
        ("2027-02-04", True),
        ("2027-03-03", True),
        ("2027-03-20", True),
    ],
)
def test_planned_exam_is_late_after_the_last_day_with_little_risk(
    planned: str, is_late: bool
) -> None:
    found = of(step1("2025-03-10", "pass"), step2ck(planned, "planned"))

    assert ("Step 2 CK: May come too late" in found) is is_late
    if is_late:
        late = found["Step 2 CK: May come too late"]
        assert late.on == day("2026-12-31")
        assert "The last exam day of low risk is 31 December 2026" in (
            late.verdict.reason
        )
        assert late.verdict.answer == Answer.NOT_KNOWN


def test_exam_that_nobody_has_planned_in_time_is_late_as_well() -> None:
    passed = step1("2025-03-10", "pass")
    name = "The Match: May come too late"

    on_time = of(passed, pathways=(HELD,), today=day("2026-12-31"))
    # No Step is given in the first two weeks of January (U-DAY-1).
    late = of(passed, pathways=(HELD,), today=day("2027-01-01"))
    assert name not in on_time
    assert late[name].on == day("2027-03-03")


def test_without_an_application_it_is_too_late_for_a_pathway() -> None:
    passed = step1("2025-03-10", "pass")
    name = "The Match: Too late for a Pathway"

    assert name not in of(passed, today=day("2027-01-31"))
    late = of(passed, today=day("2027-02-01"))[name]
    assert late.on == day("2027-01-31")
    # The day is not confirmed, so it is no "no".
    assert late.verdict.answer == Answer.NOT_KNOWN
    assert "Ask ECFMG whether an application can still count" in late.verdict.next_step


def test_who_is_no_img_has_no_certification_to_lose() -> None:
    here = Person(us_citizen=True, school_country="US", season=2027)

    assert of(step1("2020-03-10", 230), person=here) == {}


def test_wait_says_how_many_attempts_are_left_as_well() -> None:
    sat = [step1(f"2026-{month}-15", "fail") for month in ("01", "04", "09")]

    assert {"Step 1: Wait", "Step 1: 1 attempt left"} <= set(of(*sat))


def test_result_that_is_late_by_itself_is_said_once() -> None:
    found = of(
        step1("2025-03-10", "pass"),
        step2ck("2027-02-10"),
        pathways=(HELD,),
        today=day("2027-02-20"),
    )

    assert "The Match: May come too late" in found


def test_match_that_is_missed_is_said() -> None:
    assert of(step1("2025-03-10", "pass"), today=day("2027-03-04"))[
        "The Match: Missed"
    ].is_near


@pytest.mark.parametrize(
    ("valid_to", "name", "is_near"),
    [
        ("2026-11-21", "Your Pathway: Ended", True),
        ("2027-05-22", "Your Pathway: Ends before training begins", True),
        ("2027-07-01", "Your Pathway: Ends", False),
        ("2028-12-31", "Your Pathway: Ends", False),
    ],
)
def test_accepted_pathway_is_watched_until_it_ends(
    valid_to: str, name: str, is_near: bool
) -> None:
    accepted = PathwayApplicationFacts(
        season=2026,
        number=Pathway.WFME,
        accepted_on=day("2026-02-01"),
        valid_to=day(valid_to),
    )

    found = of(pathways=(accepted,))[name]

    assert (found.is_near, found.on) == (is_near, day(valid_to))


@pytest.mark.parametrize(
    ("expires_on", "name", "is_near"),
    [
        ("2026-11-21", "The certificate: Ended", True),
        ("2027-05-22", "The certificate: Ends before training begins", True),
        ("2027-07-01", "The certificate: Ends", False),
        ("2029-12-31", "The certificate: Ends", False),
    ],
)
def test_certificate_is_watched_until_its_printed_day(
    expires_on: str, name: str, is_near: bool
) -> None:
    found = of(
        certificate=CertificateFacts(
            issued_on=day("2026-01-10"),
            basis=Basis.PATHWAY,
            expires_on=day(expires_on),
        )
    )[name]

    assert (found.is_near, found.on) == (is_near, day(expires_on))


def test_certificate_on_step_2_cs_never_ends() -> None:
    found = of(
        certificate=CertificateFacts(issued_on=day("2020-01-10"), basis=Basis.STEP2CS)
    )

    assert not any(name.startswith("The certificate") for name in found)


def test_oet_that_grows_old_is_unconfirmed_and_never_a_no() -> None:
    found = of(sittings=(oet("2025-02-01", 400, 400, 400, 400, released=True),))

    old = found["OET Medicine: Growing old"]
    assert old.on == day("2027-02-01")
    assert old.verdict.confidence == Confidence.UNCONFIRMED
    assert old.verdict.answer == Answer.NOT_KNOWN


def test_oet_does_not_matter_once_the_certificate_is_there() -> None:
    found = of(
        sittings=(oet("2025-02-01", 400, 400, 400, 400, released=True),),
        certificate=CertificateFacts(issued_on=day("2026-01-10"), basis=Basis.STEP2CS),
    )

    assert not any(name.startswith("OET") for name in found)


def test_pathway_that_ends_before_training_begins_is_near() -> None:
    def accepted(valid_to: str) -> PathwayApplicationFacts:
        return PathwayApplicationFacts(
            season=2026, accepted_on=day("2026-02-01"), valid_to=day(valid_to)
        )

    in_2028 = Person(us_citizen=False, school_country="IN", season=2028)
    word = "Your Pathway: Ends before training begins"
    assert word in of(pathways=(accepted("2027-06-30"),))
    assert word not in of(pathways=(accepted("2027-07-01"),))
    assert word in of(pathways=(accepted("2028-06-30"),), person=in_2028)


def test_pathway_behind_a_certificate_that_holds_is_no_risk() -> None:
    found = of(
        pathways=(
            PathwayApplicationFacts(
                season=2025,
                accepted_on=day("2025-02-01"),
                valid_to=day("2026-12-31"),
            ),
        ),
        certificate=CertificateFacts(
            issued_on=day("2025-06-01"),
            basis=Basis.PATHWAY,
            expires_on=day("2029-12-31"),
        ),
    )

    assert not any(name.startswith("Your Pathway") for name in found)


def test_pathways_season_that_closes_is_a_risk_for_who_needs_one() -> None:
    soon = day("2027-01-15")

    assert "The Pathways season: Closing soon" in of(today=soon)
    accepted = PathwayApplicationFacts(
        season=2027, accepted_on=day("2026-12-01"), valid_to=day("2029-12-31")
    )
    assert "The Pathways season: Closing soon" not in of(
        pathways=(accepted,), today=soon
    )


@given(record=records(), today=st.one_of(st.just(TODAY), days), eastern=days)
@examples(150)
def test_every_record_has_its_risks(record: Record, today: date, eastern: date) -> None:
    found = plan_of(record, today=today, eastern=eastern).risks

    nearness = [risk.is_near for risk in found]
    assert nearness == sorted(nearness, reverse=True)
    for risk in found:
        assert risk.word
        assert risk.verdict.reason.endswith(".")
        assert set(risk.verdict.rules) <= set(RULES)


def test_an_application_that_was_not_accepted_in_its_season() -> None:
    application = PathwayApplicationFacts(season=2025, submitted_on=day("2025-01-10"))

    risk = of(pathways=(application,))["Your Pathway: Not accepted in its season"]

    assert risk.is_near
    assert risk.on == day("2025-05-31")


def test_an_application_that_was_refused() -> None:
    application = PathwayApplicationFacts(season=2027, refused_on=day("2026-11-10"))

    risk = of(pathways=(application,))["Your Pathway: Refused"]

    assert risk.is_near
    assert risk.on == day("2026-11-10")
