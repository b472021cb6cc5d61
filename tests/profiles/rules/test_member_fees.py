"""Which fees are to come by the plan, and what is known of their sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date
from random import Random
from typing import Any

import pytest

from profiles.choices import Exam, FeeKind, Item, ItemState
from profiles.rules.facts import Person, Record, ReportedItem, SeasonFacts
from profiles.rules.fee_table import FEES, newest_fee
from profiles.rules.judge_record import judge
from profiles.rules.member_fees import (
    FEE_OF_STEP,
    FeeGroup,
    MemberFee,
    label_of_fee,
    member_fees,
    sum_of,
)
from profiles.rules.plan import make_plan
from profiles.rules.tables.attempts import StepStatus
from tests.effort import part_of
from tests.profiles.rules.given import TODAY, oet, step1, step2ck, step3, tables
from tests.profiles.rules.plausible_records import plausible_record, season_day

IMG = Person(us_citizen=False, school_country="IN", season=2027)
Paid = Collection[tuple[FeeKind, int]]


def fees(
    record: Record, *, paid: Paid = (), today: date = TODAY
) -> tuple[MemberFee, ...]:
    judgement = judge(record, tables(), today)
    plan = make_plan(record, tables(), judgement, eastern=today)
    return member_fees(record, judgement, plan, tables(), paid=paid, eastern=today)


def to_come(record: Record, **more: Any) -> dict[str, MemberFee]:
    return {
        fee.label: fee for fee in fees(record, **more) if fee.group == FeeGroup.TO_COME
    }


def of(*attempts: Any, person: Person = IMG, **more: Any) -> Record:
    return Record(person=person, attempts=attempts, **more)


def test_the_way_of_an_img_costs_this() -> None:
    found = to_come(of())

    assert list(found) == [
        "Account and application for certification",
        *("Step 1", "Step 2 CK", "OET Medicine"),
        "Application for a Pathway, 2027 Match",
        "Verification of diploma and transcript",
        *("ERAS token, 2027 Match", "Applications in ERAS, 2027 Match"),
        *("USMLE transcript in ERAS, 2027 Match", "NRMP registration, 2027 Match"),
    ]
    # 690 + 695 + 695 + 450 + 945 + twice 110 + 185 + 80 + 85, of the newest rows.
    total = sum_of(found.values())
    assert (total.least, total.most) == (4045, 4045)
    assert total.unknown == ("Applications in ERAS, 2027 Match",)


def test_what_is_not_known_is_not_zero() -> None:
    nothing = sum_of([])
    assert (nothing.least, nothing.most, nothing.unknown) == (None, None, ())

    # Of that season no fee was found.
    far = to_come(of(person=Person(us_citizen=False, school_country="IN", season=2031)))
    pathway = far["Application for a Pathway, 2031 Match"]
    assert (pathway.fee, pathway.least) == (None, None)
    assert pathway.label in sum_of(far.values()).unknown
    assert sum_of([pathway]).least is None


def test_a_service_of_which_no_fee_was_found_is_not_known() -> None:
    person = Person(
        us_citizen=False,
        school_country="IN",
        season=2027,
        specialties=("plastic-surgery",),
    )
    applied = SeasonFacts(season=2027, psca_on=date(2026, 10, 1))

    found = to_come(of(person=person))["Applications in PSCA, 2027 Match"]
    assert (found.fee, found.least) == (None, None)
    assert not any(
        "PSCA" in label for label in to_come(of(person=person, seasons=(applied,)))
    )


def test_a_range_stays_one() -> None:
    planned = to_come(of(step3("2027-06-10", "planned"), person=Person()))

    assert (planned["Step 3"].least, planned["Step 3"].most) == (925, 955)


def test_what_is_paid_is_not_to_come() -> None:
    paid = {(FeeKind.STEP1, 1), (FeeKind.NRMP, 2027)}
    found = to_come(of(), paid=paid)

    assert "Step 1" not in found
    assert "NRMP registration, 2027 Match" not in found
    # That of another Match is another fee.
    assert "NRMP registration, 2027 Match" in to_come(of(), paid={(FeeKind.NRMP, 2026)})


def test_a_step_that_was_failed_costs_again() -> None:
    record = of(step1("2026-01-10", "fail"), step2ck("2026-05-10", "pass"))

    assert "Step 1, payment 2" in to_come(record, paid={(FeeKind.STEP1, 1)})
    assert not any(label.startswith("Step 2") for label in to_come(record))
    behind = {fee.label for fee in fees(record) if fee.group == FeeGroup.BEHIND}
    assert {"Step 1", "Step 2 CK"} <= behind


@pytest.mark.parametrize("state", ["not_attended", "incomplete"])
def test_an_application_that_was_used_up_costs_again(state: str) -> None:
    assert "Step 1, payment 2" in to_come(of(step1("2026-05-10", state)))


def test_a_result_that_is_to_come_costs_nothing() -> None:
    found = to_come(of(step1("2026-11-10"), sittings=(oet("2026-11-14"),)))

    assert not {"Step 1", "Step 1, payment 2", "OET Medicine"} & set(found)
    assert "Step 2 CK" in found


def test_oet_costs_again_only_when_it_was_missed() -> None:
    reached = oet("2026-05-09", 380, 380, 380, 380)
    missed = oet("2026-05-09", 280, 280, 280, 280)

    assert not any("OET" in label for label in to_come(of(sittings=(reached,))))
    assert "OET Medicine, payment 2" in to_come(of(sittings=(missed,)))


def test_what_the_season_record_says_is_done_is_behind() -> None:
    day = date(2026, 10, 1)
    season = SeasonFacts(season=2027, registered_on=day, eras_on=day)
    found = fees(of(seasons=(season,)))

    of_season = {FeeKind.NRMP, FeeKind.ERAS_TOKEN, FeeKind.ERAS}
    groups = {fee.group for fee in found if fee.kind in of_season}
    assert groups == {FeeGroup.BEHIND}
    # Late registration is over with it.
    assert FeeKind.NRMP_LATE not in {fee.kind for fee in found}


def test_registering_late_is_to_come_once_it_is_late() -> None:
    late = to_come(of(), today=date(2027, 2, 10))

    assert late["NRMP, registering late, 2027 Match"].least == 50
    assert "NRMP, registering late, 2027 Match" not in to_come(of())


def test_one_document_that_is_missing_is_one_fee() -> None:
    items = {Item.DIPLOMA: ReportedItem(state=ItemState.DONE)}
    found = to_come(of(items=items))["Verification of diploma and transcript"]

    assert (found.times, found.least) == (1, 110)


def test_a_refusal_asks_for_no_fee_of_what_it_stops() -> None:
    items = {Item.SCHOOL: ReportedItem(state=ItemState.REFUSED)}

    assert to_come(of(items=items)) == {}


def test_who_is_no_img_pays_nothing_to_ecfmg() -> None:
    found = fees(of(person=Person(us_citizen=True, school_country="US", season=2027)))

    of_imgs = {FeeKind.APPLICATION, FeeKind.DOCUMENTS, FeeKind.PATHWAY, FeeKind.OET}
    assert not (of_imgs | {FeeKind.ERAS_TOKEN, FeeKind.VISA}) & {
        fee.kind for fee in found
    }
    assert FeeKind.NRMP in {fee.kind for fee in found}


def test_an_exam_abroad_may_cost_more_each_time() -> None:
    def turns(paid: Paid) -> list[int]:
        return [
            fee.turn
            for fee in fees(of(), paid=paid)
            if fee.kind == FeeKind.EXAM_ABROAD and fee.group == FeeGroup.POSSIBLE
        ]

    assert turns(()) == [1]
    assert turns({(FeeKind.EXAM_ABROAD, 1)}) == [2]


def test_the_newest_row_of_a_fee_counts() -> None:
    step, nrmp = newest_fee(FeeKind.STEP1), newest_fee(FeeKind.NRMP)

    assert step is not None
    assert (step.season, step.least) == ("2026", 695)
    assert nrmp is not None
    assert (nrmp.season, nrmp.least) == ("2027 Match", 85)
    # Not that of a Pathway, which stands in the table of seasons, and of PSCA, which
    # nobody has found.
    assert {fee.kind for fee in FEES} == set(FeeKind) - {FeeKind.PATHWAY, FeeKind.PSCA}


@pytest.mark.parametrize("fee", FEES, ids=lambda fee: f"{fee.kind} {fee.season}")
def test_the_numbers_of_a_row_stand_in_its_words(fee: Any) -> None:
    assert (fee.least is None) == (fee.most is None)
    if fee.least is not None:
        assert 0 < fee.least <= fee.most
        assert {str(fee.least), str(fee.most)} <= set(fee.amount.split())


def test_fees_agree_with_the_plan() -> None:
    """No fee twice, none of a Step that is passed or waits, and none that was paid."""
    chance = Random(20261130)  # noqa: S311 - the same records every time
    seen: Counter[FeeGroup] = Counter()
    for _ in range(part_of(2_000)):
        record, today = plausible_record(chance), season_day(chance)
        found = fees(record, today=today)
        seen.update(fee.group for fee in found)
        keys = [(fee.kind, fee.turn) for fee in found]
        assert len(set(keys)) == len(keys)
        judgement = judge(record, tables(), today)
        planned = make_plan(record, tables(), judgement, eastern=today).exam_days
        for exam, kind in FEE_OF_STEP.items():
            status = judgement.steps[exam].status
            if status in {StepStatus.PASSED, StepStatus.RESULT_PENDING} and not any(
                name == exam.value for name, _ in planned
            ):
                assert not any(
                    fee.kind == kind and fee.group == FeeGroup.TO_COME for fee in found
                )
        assert fees(record, paid=keys, today=today) == tuple(
            fee
            for fee in fees(record, paid=keys, today=today)
            if fee.kind == FeeKind.EXAM_ABROAD
        )

    assert min(seen[group] for group in FeeGroup) > 0
    assert Exam.STEP2CS not in FEE_OF_STEP


def test_a_fee_is_called_by_its_match_or_time() -> None:
    assert label_of_fee(FeeKind.NRMP, 2027) == "NRMP registration, 2027 Match"
    assert label_of_fee(FeeKind.STEP1, 1) == "Step 1"
    assert label_of_fee(FeeKind.STEP1, 2) == "Step 1, payment 2"
