"""`/me/fees/`: ticked off together, each with its amount and day, and taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from imgportal.models import User
from profiles.actions.tick_fees import tick_fees
from profiles.choices import FeeKind
from profiles.exceptions import TooMany
from profiles.models import FeePayment
from tests.profiles import records
from tests.profiles.test_import import (
    bring_back,
    exported,
    preview,
    text_of_record,
)
from tests.reading import html_of, tags_of, text_of

FEES = "/me/fees/"


def boxes(page: Any) -> dict[str, bool]:
    return {
        tag["value"]: "checked" in tag
        for tag in tags_of(page, "input")
        if tag.get("type") == "checkbox"
    }


def test_ticked_fees_are_paid_and_leave_the_list(as_ana: Client, ana: User) -> None:
    records.profile(ana)
    shown = as_ana.get(FEES)
    assert "step1-1" in boxes(shown)
    assert "695 US dollars" in text_of(shown)

    answer = as_ana.post(FEES, {"paid": ["step1-1", "nrmp-2027"]})

    assert (answer.status_code, answer["Location"]) == (302, FEES)
    stored = FeePayment.objects.owned_by(ana).order_by("fee")
    assert [(row.fee, row.turn, row.amount) for row in stored] == [
        ("nrmp", 2027, None),
        ("step1", 1, None),
    ]
    page = as_ana.get(FEES)
    assert not {"step1-1", "nrmp-2027"} & set(boxes(page))
    # No amount was said, and none is made up.
    assert "You have said no amount yet, so there is no sum." in text_of(page)


def test_the_sum_to_come_is_said_with_what_is_not_in_it(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana)
    before = text_of(as_ana.get(FEES))
    assert "OET Medicine: about 450, read for 2026." in before
    assert "To come by your plan: 4,045 US dollars, and what is not known." in before
    assert (
        "Not in the sum, because it is not known: Applications in ERAS, 2027 Match."
        in before
    )
    assert "read for 2026" in before
    assert "The documents were last read on 22 November 2026" in before

    as_ana.post(FEES, {"paid": ["step1-1"]})

    assert "To come by your plan: 3,350 US dollars" in text_of(as_ana.get(FEES))


def test_an_amount_and_a_day_can_be_said(as_ana: Client, ana: User) -> None:
    tick_fees(ana, [(FeeKind.STEP1, 1), (FeeKind.NRMP, 2027)])
    page = f"{FEES}step1/1/"

    answer = as_ana.post(page, {"amount": "710", "paid_on": "2026-02-03", "seen": "1"})

    assert (answer.status_code, answer["Location"]) == (302, FEES)
    shown = text_of(as_ana.get(FEES))
    assert "By the amounts you entered: 710 US dollars." in shown
    assert "1 without an amount is not in this sum." in shown
    assert "710 US dollars, 3 February 2026" in shown


def test_nothing_paid_is_an_amount_too(as_ana: Client, ana: User) -> None:
    records.fee(ana, "step1", 1, amount=0, paid_on=None)

    assert "By the amounts you entered: 0 US dollars." in text_of(as_ana.get(FEES))


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"amount": "30001"}, "from 0 to 30000"),
        ({"amount": "-1"}, "from 0 to 30000"),
        ({"amount": "7.5"}, "from 0 to 30000"),
        ({"paid_on": "2099-01-01"}, "has not come yet"),
        ({"paid_on": "soon"}, "no day of the calendar"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_lost(
    as_ana: Client, typed: dict[str, str], reason: str
) -> None:
    answer = as_ana.post(f"{FEES}step1/1/", typed)

    assert answer.status_code == 422
    assert reason in text_of(answer)
    assert all(f'value="{value}"' in html_of(answer) for value in typed.values())
    assert not FeePayment.objects.exists()


def test_what_is_not_on_the_page_stores_nothing(as_ana: Client, ana: User) -> None:
    records.profile(ana)

    answer = as_ana.post(FEES, {"paid": ["step1-1", "step1-77", "luck-1"]})

    assert answer.status_code == 422
    assert "no longer on this page" in text_of(answer)
    # What was ticked is still ticked.
    assert boxes(answer)["step1-1"]
    assert not FeePayment.objects.exists()


def test_ticking_twice_is_one_row(as_ana: Client, ana: User) -> None:
    records.profile(ana)
    as_ana.post(FEES, {"paid": ["step1-1"]})
    as_ana.post(f"{FEES}step1/1/", {"amount": "710", "seen": "1"})

    assert as_ana.post(FEES, {"paid": ["step1-1"]}).status_code == 302
    tick_fees(ana, [(FeeKind.STEP1, 1)])

    assert FeePayment.objects.get().amount == 710


def test_a_change_over_a_newer_one_is_shown_beside_it(
    as_ana: Client, ana: User
) -> None:
    records.fee(ana)

    answer = as_ana.post(f"{FEES}nrmp/2027/", {"amount": "90", "seen": "0"})

    assert answer.status_code == 409
    assert FeePayment.objects.get().amount == 85


def test_a_tick_can_be_taken_back(as_ana: Client, ana: User) -> None:
    records.profile(ana)
    records.fee(ana)
    page = f"{FEES}nrmp/2027/remove/"

    assert "Was NRMP registration, 2027 Match not paid?" in text_of(as_ana.get(page))
    assert as_ana.post(page).status_code == 302
    assert "nrmp-2027" in boxes(as_ana.get(FEES))
    assert as_ana.post(page).status_code == 404


@pytest.mark.parametrize(
    "place", ["luck/1", "step1/0", "step1/100", "nrmp/1", "nrmp/99999999999"]
)
def test_there_is_no_such_fee(as_ana: Client, place: str) -> None:
    assert as_ana.get(f"{FEES}{place}/").status_code == 404
    assert as_ana.post(f"{FEES}{place}/remove/").status_code == 404


def test_too_many_are_refused_together(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiles.actions.save_entry._most", lambda model: 1)

    with pytest.raises(TooMany):
        tick_fees(ana, [(FeeKind.STEP1, 1), (FeeKind.STEP2CK, 1)])

    assert not FeePayment.objects.exists()


def test_a_payment_goes_with_the_record_and_counts(as_ana: Client, ana: User) -> None:
    records.fee(ana, paid_on=date(2026, 10, 1))

    assert "1 fee paid" in text_of(as_ana.get("/me/data/"))
    assert "85" in text_of(as_ana.get("/me/data/print/"))


def test_payments_and_visa_days_come_back_as_they_were(
    as_ana: Client, ana: User, ben: User
) -> None:
    records.profile(ben, permanent_resident=False, visa_expires_on=date(2028, 5, 1))
    records.fee(ben)
    records.fee(ben, "step1", 2, amount=None, paid_on=None)

    bring_back(as_ana, exported(ben))

    assert text_of_record(ana) == text_of_record(ben)
    assert FeePayment.objects.owned_by(ana).count() == 2


def test_a_payment_of_no_match_is_refused(as_ana: Client, ben: User) -> None:
    records.fee(ben)
    document = exported(ben)
    document["record"]["fee_payments"][0]["turn"] = 3

    page = preview(as_ana, document)

    assert "needs the year of its Match" in text_of(page)
