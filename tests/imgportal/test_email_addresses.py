"""An address that no message can bear is refused at its field, wherever it is typed."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.test import Client

from imgportal.lib import email_addresses
from imgportal.models import OutgoingMessage, User
from stats.models import ProblemReport
from tests import members, staff

SEPARATORS = "\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"
# Django takes each of these for an address.
UNWRITABLE = [
    "a@exa\u2028mple.org",
    "a@exa\u2029mple.org",
    "a@exa\u200emple.org",
    "a@exa\u1680mple.org",
    "a@exa\u00a0mple.org",
    # Two directions in one name: no domain is called so.
    "a@exa\u05d0mple.org",
    '"a\x01b"@example.org',
]


def refused(address: str) -> bool:
    try:
        email_addresses.refuse_unwritable(address)
    except ValidationError:
        return True
    return False


def test_no_separator_and_no_control_character_passes() -> None:
    signs = [
        sign
        for sign in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]
    assert set(SEPARATORS) <= set(signs)

    passed = [
        ascii(sign)
        for sign in signs
        if not refused(f"a@exa{sign}mple.org") or not refused(f'"a{sign}"@example.org')
    ]

    assert passed == []


def test_what_passes_can_be_written_into_a_header() -> None:
    written = 0
    for code in range(0x3000):
        address = f"a@exa{chr(code)}mple.org"
        try:
            validate_email(address)
            email_addresses.refuse_unwritable(address)
        except ValidationError:
            continue
        assert EmailMessage("?", "!", to=[address]).message()["To"]
        written += 1
    assert written > 1000


@pytest.mark.parametrize(
    "address", ["ana@example.org", "dr@münchen.example", "o'neill+usmle@x.example"]
)
def test_an_address_of_any_language_passes(address: str) -> None:
    assert not refused(address)


@pytest.mark.django_db
@pytest.mark.parametrize("address", UNWRITABLE)
@pytest.mark.parametrize(
    ("page", "more"),
    [
        (members.SIGN_UP, {"password1": staff.PASSWORD}),
        ("/accounts/signup/passkey/", {}),
        ("/accounts/login/code/", {}),
        ("/accounts/password/reset/", {}),
        ("/report/", {"text": "The rate should be 61.2."}),
    ],
)
def test_it_is_refused_at_its_field(
    client: Client, page: str, more: dict[str, str], address: str
) -> None:
    answer = client.post(page, {"email": address} | more)

    assert answer.status_code == 422
    assert "email" in answer.context["form"].errors
    assert not User.objects.filter(is_staff=False).exists()
    assert not ProblemReport.objects.exists()
    assert not OutgoingMessage.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("address", UNWRITABLE)
def test_it_is_refused_for_an_account_that_there_is(
    client: Client, address: str
) -> None:
    staff.member(members.ADDRESS)
    members.sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": staff.PASSWORD})

    answer = client.post("/accounts/email/", {"email": address, "action_add": ""})

    assert answer.status_code == 422
    assert not OutgoingMessage.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("address", UNWRITABLE)
def test_it_is_refused_for_staff(client: Client, address: str) -> None:
    staff.sign_in(client, staff.owner())

    answer = client.post(
        "/admin/imgportal/user/add/",
        {"email": address, "new_password": staff.PASSWORD, "is_active": "on"},
    )

    assert "Enter a valid email address" in answer.content.decode()
    assert User.objects.count() == 1
