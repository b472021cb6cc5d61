"""Rows of a member: stored once, changed only as seen, removed for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from imgportal.models import User
from profiles.actions import save_entry
from profiles.choices import Item
from profiles.exceptions import (
    AlreadyThere,
    ChangedMeanwhile,
    Contradiction,
    Gone,
    TooMany,
)
from profiles.models import (
    Certificate,
    CertificationItem,
    EnglishSitting,
    ExamAttempt,
    FeePayment,
    Profile,
)
from profiles.record_tables import ATTEMPTS
from tests.profiles import records

STEP2CK = {
    "exam": "step2ck",
    "on": date(2025, 3, 10),
    "state": "taken",
    "outcome": "pass",
    "score": 245,
}


def test_add_stores_a_row_of_its_owner(ana: User) -> None:
    row = save_entry.add(ExamAttempt, owner=ana, values=STEP2CK)

    stored = ExamAttempt.objects.get()
    assert (stored.pk, stored.owner, stored.score) == (row.pk, ana, 245)


def test_add_of_the_same_row_twice_stores_it_once(ana: User) -> None:
    first = save_entry.add(ExamAttempt, owner=ana, values=STEP2CK)
    second = save_entry.add(ExamAttempt, owner=ana, values=STEP2CK)

    assert first == second
    assert ExamAttempt.objects.count() == 1


def test_add_refuses_another_row_in_the_same_place(ana: User) -> None:
    first = save_entry.add(ExamAttempt, owner=ana, values=STEP2CK)

    with pytest.raises(AlreadyThere) as refused:
        save_entry.add(ExamAttempt, owner=ana, values=STEP2CK | {"score": 199})

    assert refused.value.row == first
    assert ExamAttempt.objects.get().score == 245


def test_two_members_may_sit_on_the_same_day(ana: User, ben: User) -> None:
    save_entry.add(ExamAttempt, owner=ana, values=STEP2CK)
    save_entry.add(ExamAttempt, owner=ben, values=STEP2CK | {"score": 199})

    assert ExamAttempt.objects.owned_by(ana).get().score == 245
    assert ExamAttempt.objects.owned_by(ben).get().score == 199


def test_add_says_when_a_record_is_full(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        save_entry, "TABLE_OF", {ExamAttempt: replace(ATTEMPTS, most=1)}
    )
    save_entry.add(ExamAttempt, owner=ana, values=STEP2CK)

    with pytest.raises(TooMany, match="holds 1 of these"):
        save_entry.add(
            ExamAttempt, owner=ana, values=STEP2CK | {"on": date(2025, 4, 1)}
        )
    # The last one, posted twice, is still no other row.
    assert save_entry.add(ExamAttempt, owner=ana, values=STEP2CK).score == 245


def test_change_counts_the_version_up(ana: User) -> None:
    row = records.attempt(ana, score=245)

    save_entry.change(
        ExamAttempt, owner=ana, row_id=row.pk, seen=1, values={"score": 250}
    )

    stored = ExamAttempt.objects.get()
    assert (stored.score, stored.version) == (250, 2)


def test_change_of_what_was_changed_meanwhile_is_refused(ana: User) -> None:
    row = records.attempt(ana, score=245)
    save_entry.change(
        ExamAttempt, owner=ana, row_id=row.pk, seen=1, values={"score": 250}
    )

    with pytest.raises(ChangedMeanwhile) as refused:
        save_entry.change(
            ExamAttempt, owner=ana, row_id=row.pk, seen=1, values={"score": 199}
        )

    assert refused.value.row == ExamAttempt.objects.get(score=250)


def test_change_posted_twice_is_the_same_change(ana: User) -> None:
    row = records.attempt(ana, score=245)

    for _ in range(2):
        save_entry.change(
            ExamAttempt, owner=ana, row_id=row.pk, seen=1, values={"score": 250}
        )

    assert ExamAttempt.objects.get().version == 2


def test_change_to_a_day_that_is_taken_is_refused(ana: User) -> None:
    first = records.attempt(ana)
    second = records.attempt(ana, on=date(2025, 4, 1), outcome="fail")

    with pytest.raises(AlreadyThere) as refused:
        save_entry.change(
            ExamAttempt,
            owner=ana,
            row_id=second.pk,
            seen=1,
            values={"exam": "step2ck", "on": first.on},
        )

    assert refused.value.row == first


def test_change_of_a_strangers_row_is_as_of_none(ana: User, ben: User) -> None:
    row = records.attempt(ana, score=245)

    with pytest.raises(Gone):
        save_entry.change(
            ExamAttempt, owner=ben, row_id=row.pk, seen=1, values={"score": 1}
        )

    assert ExamAttempt.objects.get().score == 245


def test_remove_of_a_strangers_row_is_as_of_none(ana: User, ben: User) -> None:
    row = records.attempt(ana)

    with pytest.raises(Gone):
        save_entry.remove(ExamAttempt, owner=ben, row_id=row.pk)

    assert ExamAttempt.objects.count() == 1


def test_remove_is_for_good(ana: User) -> None:
    row = records.attempt(ana)

    save_entry.remove(ExamAttempt, owner=ana, row_id=row.pk)

    assert not ExamAttempt.objects.exists()
    with pytest.raises(Gone):
        save_entry.remove(ExamAttempt, owner=ana, row_id=row.pk)


def test_put_keeps_one_row_an_item(ana: User) -> None:
    records.item(ana, "diploma_verified", state="under_way")
    stored = CertificationItem.objects.get()

    save_entry.put(
        CertificationItem,
        owner=ana,
        key={"item": "diploma_verified"},
        seen=stored.version,
        values={"state": "done"},
    )
    records.item(ana, "fees_clear")

    assert dict(CertificationItem.objects.values_list("item", "state")) == {
        Item.DIPLOMA: "done",
        Item.FEES: "done",
    }


def test_put_from_two_empty_forms_loses_neither(ana: User) -> None:
    records.profile(ana, school_country="IN")

    with pytest.raises(ChangedMeanwhile) as refused:
        records.profile(ana, school_country="NG")

    assert refused.value.row == Profile.objects.get(school_country="IN")


def test_put_of_what_was_removed_meanwhile_asks_again(ana: User) -> None:
    row = records.certificate(ana)
    save_entry.remove(Certificate, owner=ana, row_id=row.pk)

    with pytest.raises(ChangedMeanwhile) as refused:
        save_entry.put(
            Certificate, owner=ana, seen=1, values={"issued_on": date(2026, 1, 1)}
        )

    assert refused.value.row is None
    assert not Certificate.objects.exists()


IMPOSSIBLE: list[tuple[Any, dict[str, Any]]] = [
    (ExamAttempt, STEP2CK | {"score": 301}),
    (ExamAttempt, STEP2CK | {"score": 0}),
    (ExamAttempt, STEP2CK | {"exam": "step9"}),
    (ExamAttempt, STEP2CK | {"state": "guessed"}),
    (ExamAttempt, STEP2CK | {"outcome": "win"}),
    (ExamAttempt, STEP2CK | {"exam": "step2cs"}),  # with a score
    (ExamAttempt, STEP2CK | {"state": "planned"}),  # with a result
    (ExamAttempt, STEP2CK | {"second_day": date(2025, 3, 11)}),  # not Step 3
    (ExamAttempt, STEP2CK | {"exam": "step3", "second_day": date(2025, 3, 9)}),
    (ExamAttempt, STEP2CK | {"result_on": date(2025, 3, 9)}),
    (ExamAttempt, STEP2CK | {"applied_on": date(2025, 3, 11)}),
    (ExamAttempt, STEP2CK | {"period_from": date(2025, 3, 1)}),  # without an end
    (ExamAttempt, STEP2CK | {"extended_to": date(2025, 8, 31)}),
    (
        ExamAttempt,
        STEP2CK | {"period_from": date(2025, 3, 1), "period_to": date(2025, 2, 28)},
    ),
    (
        ExamAttempt,
        STEP2CK | {"period_to": date(2025, 5, 31), "extended_to": date(2025, 5, 30)},
    ),
    (ExamAttempt, STEP2CK | {"period_to": date(2101, 1, 1)}),
    (ExamAttempt, STEP2CK | {"on": date(1949, 12, 31)}),
    (ExamAttempt, STEP2CK | {"on": date(2101, 1, 1)}),
    (EnglishSitting, {"on": date(2026, 5, 9), "writing": 355}),
    (EnglishSitting, {"on": date(2026, 5, 9), "listening": 510}),
    (CertificationItem, {"item": "luck", "state": "done"}),
    (CertificationItem, {"item": "account", "state": "perhaps"}),
    (CertificationItem, {"item": "account", "note": "n" * 10_001}),
    (Certificate, {"issued_on": date(2026, 5, 9), "expires_on": date(2026, 5, 8)}),
    (Certificate, {"issued_on": date(2026, 5, 9), "basis": "charm"}),
    (Profile, {"season": 1900}),
    (FeePayment, {"fee": "luck", "turn": 1}),
    (FeePayment, {"fee": "step1", "turn": 0}),
    (FeePayment, {"fee": "step1", "turn": 2027}),  # no fee of a season
    (FeePayment, {"fee": "nrmp", "turn": 1}),
    (FeePayment, {"fee": "step1", "turn": 1, "amount": 30_001}),
    (FeePayment, {"fee": "step1", "turn": 1, "paid_on": date(1949, 12, 31)}),
]


@pytest.mark.parametrize(("model", "values"), IMPOSSIBLE)
def test_the_database_refuses_what_cannot_be(
    ana: User, model: Any, values: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(owner=ana, **values)

    with pytest.raises(Contradiction, match="cannot all be true"):
        save_entry.add(model, owner=ana, values=values)


def test_a_record_goes_with_its_account(ana: User, ben: User) -> None:
    records.full_record(ana)
    records.full_record(ben)

    ana.delete()

    for model in (Profile, ExamAttempt, EnglishSitting, CertificationItem, Certificate):
        assert model.objects.exists()
        assert not model.objects.exclude(owner=ben).exists()
