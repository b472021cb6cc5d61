"""The same member in two tabs at the same moment, each with a connection of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from imgportal.lib import clock
from imgportal.models import User
from profiles.actions import adviser_sheet, save_entry
from profiles.exceptions import ChangedMeanwhile
from profiles.models import AdviserSheet, CertificationItem, ExamAttempt, Profile
from tests.profiles import forms, records
from tests.stats.test_races import at_once, meanwhile

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_a_form_posted_twice_at_once_makes_one_row(ana: User) -> None:
    def post() -> Any:
        client = Client()
        client.force_login(ana)
        return client.post("/me/exams/add/step2ck/", forms.STEP2CK).status_code

    assert at_once(post, post, post) == [302, 302, 302]
    assert ExamAttempt.objects.count() == 1


def test_two_first_profiles_at_once_make_one(ana: User) -> None:
    def put(country: str) -> Profile:
        return save_entry.put(
            Profile, owner=ana, seen=0, values={"school_country": country}
        )

    found = at_once(lambda: put("IN"), lambda: put("NG"))

    (kept,) = [one for one in found if isinstance(one, Profile)]
    (late,) = [one for one in found if isinstance(one, ChangedMeanwhile)]
    assert late.row == kept == Profile.objects.get()
    assert Profile.objects.get().school_country == kept.school_country


def test_of_two_changes_at_once_one_is_told_of_the_other(ana: User) -> None:
    row = records.attempt(ana, score=245)

    def change(score: int) -> ExamAttempt:
        return save_entry.change(
            ExamAttempt, owner=ana, row_id=row.pk, seen=1, values={"score": score}
        )

    late = meanwhile(lambda: change(250), lambda: change(260))

    assert isinstance(late, ChangedMeanwhile)
    assert ExamAttempt.objects.get().score == 250


def test_a_removal_during_a_change_keeps_what_was_typed(ana: User) -> None:
    records.item(ana, "account", note="First.")
    row = CertificationItem.objects.get()

    def change() -> CertificationItem:
        return save_entry.put(
            CertificationItem,
            owner=ana,
            key={"item": "account"},
            seen=1,
            values={"note": "Second.", "since": date(2026, 6, 1)},
        )

    late = meanwhile(
        lambda: save_entry.remove(CertificationItem, owner=ana, row_id=row.pk), change
    )

    assert isinstance(late, ChangedMeanwhile)
    assert late.row is None


def test_two_forms_for_a_sheet_at_once_make_one(ana: User) -> None:
    def make() -> str:
        return adviser_sheet.make(
            owner=ana, seen=0, title="", shows=["exams"], days=7, now=clock.now()
        )

    made = at_once(make, make, make)

    assert sum(isinstance(token, str) for token in made) == 1
    assert sum(isinstance(late, ChangedMeanwhile) for late in made) == 2
    assert AdviserSheet.objects.count() == 1


def test_readers_at_once_are_all_counted(ana: User) -> None:
    address = records.sheet(ana)

    read = at_once(*[lambda: Client().get(address).status_code] * 4)

    assert read == [200] * 4
    assert AdviserSheet.objects.get().opened_count == 4
