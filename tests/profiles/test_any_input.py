"""Whatever is posted, the answer is a page: never a 500, and nothing half written."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from imgportal.models import User
from tests.effort import examples
from tests.profiles import forms, records

FORMS = {
    "/me/exams/add/step1/": forms.STEP1,
    "/me/exams/add/step1-with-score/": forms.STEP1_WITH_SCORE,
    "/me/exams/add/step2ck/": forms.STEP2CK,
    "/me/exams/add/step2cs/": forms.STEP2CS,
    "/me/exams/add/step3/": forms.STEP3,
    "/me/exams/add/oet/": forms.OET,
    "/me/certification/account/": forms.ITEM,
    "/me/certification/pathways/add/": forms.PATHWAY,
    "/me/certification/pathways/": forms.PATHWAY_FACTS,
    "/me/certification/certificate/edit/": forms.CERTIFICATE,
    "/me/profile/": forms.PROFILE,
    "/me/reminders/": forms.REMINDERS,
}
NASTY = (
    *("", " ", "0", "-0", "-1", "1e9", "NaN", "Infinity", "٢٤٥", "²", "½"),
    *("9" * 30, "9" * 5_000, "\x00", "24\x005", "\x1b[31m", "\ufeff", "\u202e"),
    *("2024-02-30", "0000-00-00", "9999-12-31", "2024-03-10T00:00", "-2024-03-10"),
    *("2025-03-10", "2030-01-01", "yes", "no", "on", "pass", "planned", "withheld"),
    *("👩🏽‍⚕️" * 50, "<script>", "'; DROP TABLE", "{{ user }}", "%s%n", "../..", "null"),
)
VALUES = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.integers().map(str),
    st.dates().map(str),
)
# One client and one database for all examples of a test: what they leave is the
# record of somebody who has tried a lot.
many = examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("address", list(FORMS))
def test_whatever_is_posted_is_answered(as_ana: Client, address: str) -> None:
    sensible: dict[str, Any] = FORMS[address]
    names = sorted(
        {*sensible, "second_day", "result_on", "applied_on", "note", "score"}
    )

    @many
    @given(st.dictionaries(st.sampled_from(names), VALUES))
    def post(change: dict[str, str]) -> None:
        response = as_ana.post(address, sensible | change)
        assert response.status_code in {302, 409, 422}

    post()
    # And the pages can show whatever came of it.
    pages = (
        "/me/",
        "/me/exams/",
        "/me/certification/",
        "/me/profile/",
        "/me/season/",
        "/me/way/",
    )
    for page in (*pages, "/me/season/calendar.ics", address):
        assert as_ana.get(page).status_code == 200


@pytest.mark.parametrize(
    "address", ["/me/exams/", "/me/certification/", "/me/season/", "/me/way/"]
)
def test_whatever_day_is_asked_about_is_answered(
    as_ana: Client, ana: User, address: str
) -> None:
    records.full_record(ana)

    @many
    @given(VALUES)
    def ask(day: str) -> None:
        assert as_ana.get(address, {"as_of": day}).status_code == 200

    ask()
    assert (
        as_ana.get(address, {"as_of": ["2027-01-01", "2028-01-01"]}).status_code == 200
    )


@pytest.mark.parametrize(
    "address",
    [
        *("/me/exams/add/step9/", "/me/exams/add/oet1/", "/me/exams/step2ck/0/"),
        f"/me/exams/step2ck/{'9' * 18}/",
        f"/me/exams/step2ck/{'9' * 30}/",
        f"/me/exams/step2ck/{'9' * 5000}/",
        f"/me/exams/oet/{'9' * 30}/",
        f"/me/exams/oet/{'9' * 30}/remove/",
        f"/me/certification/pathways/{'9' * 30}/",
        f"/me/certification/pathways/{'9' * 30}/remove/",
        *("/me/certification/luck/", "/me/exams/%00/1/", "/me/nothing/"),
    ],
)
def test_an_address_of_nothing_is_404(as_ana: Client, address: str) -> None:
    assert as_ana.get(address).status_code == 404
    # A form for what is not there comes back with what was typed, or not at all.
    assert as_ana.post(address, forms.STEP2CK).status_code == 404
