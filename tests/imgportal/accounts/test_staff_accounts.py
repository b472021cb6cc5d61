"""How people of the staff come, change and go."""

from __future__ import annotations

import os
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from imgportal.models import User
from tests import members, staff

pytestmark = pytest.mark.django_db

CHOSEN = "chosen-after-an-invitation"
ACCOUNTS = "/admin/imgportal/user/"
NEW = {
    "email": "Ana@Example.org",
    "new_password": staff.PASSWORD,
    "is_active": "on",
}


@pytest.fixture
def owner(client: Client) -> User:
    user = staff.owner()
    staff.sign_in(client, user)
    return user


def change(client: Client, user: User, **values: object) -> None:
    groups = list(user.groups.values_list("pk", flat=True))
    form = {"email": user.email, "is_active": "on", "groups": groups} | values
    response = client.post(f"{ACCOUNTS}{user.pk}/change/", form)
    assert response.status_code == 302, response.context["errors"]


def test_person_made_by_an_owner_signs_in_without_a_message(
    client: Client, owner: User
) -> None:
    editors = Group.objects.get(name="Editors")
    client.post(f"{ACCOUNTS}add/", NEW | {"groups": [editors.pk]})
    ana = User.objects.get(email="ana@example.org")
    browser = Client()

    response = browser.post(
        "/accounts/login/", {"login": ana.email, "password": staff.PASSWORD}
    )

    assert response["Location"] == "/admin/"
    assert ana.is_staff
    assert not ana.is_superuser
    assert list(ana.groups.all()) == [editors]
    assert ana.has_perm("stats.change_release")
    assert not ana.has_perm("stats.publish_release")


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"email": "OWNER@example.org"}, "already an account"),
        ({"email": "not an address"}, "valid email"),
        ({"new_password": "short"}, "too short"),
        ({"groups": []}, "Choose what this person may do"),
        ({"new_password": "ana@example.org"}, "too similar"),
    ],
)
def test_person_is_not_made_from_what_cannot_be(
    client: Client, owner: User, values: dict[str, str], complaint: str
) -> None:
    groups = {"groups": [Group.objects.get(name="Editors").pk]}
    page = client.post(f"{ACCOUNTS}add/", NEW | groups | values)

    assert complaint in page.content.decode()
    assert User.objects.filter(is_staff=True, is_superuser=False).count() == 0


def test_changed_address_is_the_one_to_sign_in_with(
    client: Client, owner: User
) -> None:
    editor = staff.editor()

    change(client, editor, email="Moved@example.org")

    addresses = EmailAddress.objects.filter(user=editor)
    assert list(addresses.values_list("email", "verified", "primary")) == [
        ("moved@example.org", True, True)
    ]


def test_empty_password_keeps_the_one_there_is(client: Client, owner: User) -> None:
    editor = staff.editor()

    change(client, editor, new_password="")
    editor.refresh_from_db()
    assert editor.check_password(staff.PASSWORD)

    change(client, editor, new_password="quite-another-password")
    editor.refresh_from_db()
    assert editor.check_password("quite-another-password")


def test_person_who_leaves_is_unticked_and_signed_out(
    client: Client, owner: User
) -> None:
    editor = staff.editor()
    browser = Client()
    staff.sign_in(browser, editor)

    change(client, editor, is_active="")

    assert browser.get("/admin/").status_code == 302
    assert User.objects.filter(pk=editor.pk).exists()


def test_who_comes_back_is_in_no_session_from_before(
    client: Client, owner: User
) -> None:
    editor = staff.editor()
    browser = Client()
    staff.sign_in(browser, editor)
    UserSession.objects.create(
        user=editor,
        session_key=str(browser.session.session_key),
        ip="192.0.2.1",
        user_agent="Firefox",
    )
    change(client, editor, is_active="")

    change(client, editor, is_active="on")

    assert browser.get("/admin/").status_code == 302


def test_somebody_is_invited_and_chooses_a_password_by_a_code(
    client: Client, owner: User
) -> None:
    editors = Group.objects.get(name="Editors")
    client.post(f"{ACCOUNTS}add/", NEW | {"new_password": "", "groups": [editors.pk]})
    ana = User.objects.get(email="ana@example.org")
    assert not ana.has_usable_password()
    (message,) = members.messages_to("ana@example.org")
    assert "owner@example.org has made an account for you" in message.body
    assert "/accounts/password/reset/" in message.body

    browser = Client()
    browser.post("/accounts/password/reset/", {"email": "ana@example.org"})
    code = members.code_sent_to("ana@example.org")
    browser.post("/accounts/password/reset/confirm/", {"code": code})
    browser.post(
        "/accounts/password/reset/complete/",
        {"password1": CHOSEN, "password2": CHOSEN},
    )

    ana.refresh_from_db()
    assert ana.check_password(CHOSEN)


def test_nobody_can_be_deleted(client: Client, owner: User) -> None:
    editor = staff.editor()

    assert client.post(
        f"{ACCOUNTS}{editor.pk}/delete/", {"post": "yes"}
    ).status_code in {403}
    client.post(
        ACCOUNTS,
        {"action": "delete_selected", "_selected_action": [editor.pk], "post": "yes"},
    )
    assert User.objects.filter(pk=editor.pk).exists()


def test_owner_cannot_shut_themselves_out(client: Client, owner: User) -> None:
    change(client, owner, is_active="", is_superuser="")

    owner.refresh_from_db()
    assert owner.is_active
    assert owner.is_superuser


@pytest.mark.parametrize("person", [staff.editor, staff.publisher])
@pytest.mark.parametrize("path", ["", "add/", "{pk}/change/", "{pk}/delete/"])
def test_only_owners_manage_the_staff(
    client: Client, person: object, path: str
) -> None:
    assert callable(person)
    user = person()
    staff.sign_in(client, user)

    response = client.post(f"{ACCOUNTS}{path.format(pk=user.pk)}", {"is_superuser": 1})

    assert response.status_code == 403
    user.refresh_from_db()
    assert not user.is_superuser


def test_members_are_on_no_list(client: Client, owner: User) -> None:
    member = staff.member()

    assert member.email not in client.get(ACCOUNTS).content.decode()
    # Django's answer to an unknown row: back to the start, with a message.
    assert client.get(f"{ACCOUNTS}{member.pk}/change/").status_code == 302


def test_list_says_who_has_a_second_factor(client: Client, owner: User) -> None:
    staff.editor()

    page = client.get(ACCOUNTS).content.decode()

    assert page.count('<td class="field-second_factor">') == 2
    assert 'alt="True"' in page
    assert 'alt="False"' in page


def test_owner_made_on_the_command_line_signs_in(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "DJANGO_SUPERUSER_PASSWORD", staff.PASSWORD)
    call_command(
        "createsuperuser",
        email="Boss@example.org",
        interactive=False,
        stdout=StringIO(),
    )

    response = client.post(
        "/accounts/login/", {"login": "boss@example.org", "password": staff.PASSWORD}
    )

    assert response["Location"] == "/admin/"
    assert client.get("/admin/")["Location"] == "/accounts/2fa/totp/activate/"
