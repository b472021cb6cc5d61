"""An address that no message can bear is refused at its field, wherever it is typed."""

from __future__ import annotations

import sys
import unicodedata
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.core.validators import validate_email
from django.test import Client

from imgportal.accounts import addresses
from imgportal.lib import email_addresses
from imgportal.models import OutgoingMessage, User
from stats.actions import handle_reports
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


AS_TYPED, AS_SENT = "Dr@München.example", "dr@xn--mnchen-3ya.example"


@pytest.mark.parametrize(
    ("address", "form"),
    [
        (AS_TYPED, AS_SENT),
        (AS_SENT.upper(), AS_SENT),
        # As browsers, and not as Python's own codec, which writes "strasse".
        ("a@straße.example", "a@xn--strae-oqa.example"),
        (" Ana@Example.ORG ", "ana@example.org"),
        ("no address", "no address"),
        ("a@" + "b" * 300, "a@" + "b" * 300),
    ],
)
def test_one_mailbox_is_one_text(address: str, form: str) -> None:
    assert email_addresses.one_form(address) == form
    assert email_addresses.one_form(form) == form


def test_people_read_the_name_of_a_domain() -> None:
    assert email_addresses.for_reading(AS_SENT) == AS_TYPED.lower()
    assert email_addresses.for_reading("ana@example.org") == "ana@example.org"
    assert email_addresses.for_reading("a@xn--999999999") == "a@xn--999999999"


@pytest.mark.django_db
@pytest.mark.parametrize("again", [AS_TYPED, AS_SENT])
def test_one_mailbox_has_one_account(client: Client, again: str) -> None:
    for address in (AS_TYPED, AS_SENT, again):
        Client().post(members.SIGN_UP, {"email": address, "password1": staff.PASSWORD})
    assert list(User.objects.values_list("email", flat=True)) == [AS_SENT]

    User.objects.update(is_active=True)
    addresses.vouch_for_address(User.objects.get())
    answer = client.post(
        "/accounts/login/", {"login": again, "password": staff.PASSWORD}
    )
    assert answer.status_code == 302
    page = client.get("/accounts/").content.decode()
    assert AS_TYPED.lower() in page
    assert "xn--" not in page


@pytest.mark.django_db
def test_commands_and_staff_find_it_in_either_form(client: Client) -> None:
    person = User.objects.create_user(AS_TYPED, is_staff=True)
    staff.sign_in(client, staff.owner())

    for typed in (AS_TYPED, AS_SENT):
        assert User.objects.of_address(typed) == person
        call_command("mark_bounced", typed)
        page = client.get("/admin/imgportal/user/", {"q": typed}).content.decode()
        assert AS_SENT in page
    assert AS_SENT not in client.get("/admin/imgportal/user/?q=other").content.decode()


@pytest.mark.django_db
def test_a_report_is_forgotten_with_the_account_in_either_form(client: Client) -> None:
    client.post("/report/", {"text": "The rate should be 61.2.", "email": AS_TYPED})
    assert ProblemReport.objects.get().email == AS_SENT
    ProblemReport.objects.update(email=AS_TYPED)

    handle_reports.forget_address(AS_SENT)

    assert ProblemReport.objects.get().email == ""


@pytest.mark.django_db
def test_stored_addresses_take_the_one_form_and_no_account_is_merged() -> None:
    one, two, other = (
        User.objects.create_user(f"{name}@example.org") for name in ("a", "b", "c")
    )
    for user, address in ((one, AS_TYPED), (two, "b@straße.example")):
        addresses.vouch_for_address(user)
        User.objects.filter(pk=user.pk).update(email=address)
        EmailAddress.objects.filter(user=user).update(email=address)
    User.objects.filter(pk=other.pk).update(email=AS_SENT)

    migration = import_module("imgportal.migrations.0003_one_form_of_addresses")
    migration.take_one_form(apps, None)

    assert dict(User.objects.values_list("pk", "email")) == {
        one.pk: AS_TYPED,
        two.pk: "b@xn--strae-oqa.example",
        other.pk: AS_SENT,
    }
    assert EmailAddress.objects.get(user=two).email == "b@xn--strae-oqa.example"


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
