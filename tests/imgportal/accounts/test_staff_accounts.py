"""How people of the staff come, change and go."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from imgportal.accounts import invitations
from imgportal.lib import clock, eastern_time
from imgportal.lib.log_redaction import redact
from imgportal.models import SecurityEvent, User
from tests import members, staff
from tests.reading import html_of, text_of

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


# --- Invitations ---------------------------------------------------------------------

LINK = re.compile(r"https?://[^/]+(/invitations/[^/]+/)")
PASSWORDS = {"password1": CHOSEN, "password2": CHOSEN}


def invite(client: Client) -> User:
    editors = Group.objects.get(name="Editors")
    client.post(f"{ACCOUNTS}add/", NEW | {"new_password": "", "groups": [editors.pk]})
    return User.objects.get(email="ana@example.org")


def link_sent_to(address: str) -> str:
    link = LINK.search(str(members.messages_to(address)[-1].body))
    assert link is not None
    return link[1]


def test_somebody_is_invited_and_chooses_a_password_by_a_link(
    client: Client, owner: User
) -> None:
    ana = invite(client)
    assert not ana.has_usable_password()
    message = members.messages_to("ana@example.org")[-1]
    assert "owner@example.org has made an account for you" in message.body
    ends_at = eastern_time.in_words(clock.now() + invitations.IS_GOOD_FOR)
    assert ends_at[:-22] in message.body  # the day
    link = link_sent_to("ana@example.org")

    # Programs look at the links of a message before its reader does.
    for look in (Client().get, Client().head, Client().get):
        assert look(link).status_code == 200
    browser = Client()
    answer = browser.post(link, PASSWORDS, follow=True)

    assert "Your password is kept. Sign in with it." in text_of(answer)
    ana.refresh_from_db()
    assert ana.check_password(CHOSEN)
    members.sign_in(browser, "ana@example.org", CHOSEN)
    kinds = SecurityEvent.objects.filter(user=ana).values_list("kind", flat=True)
    assert SecurityEvent.Kind.PASSWORD_CHANGED in kinds
    assert "password" in members.messages_to("ana@example.org")[-1].subject


def test_invitation_works_once(client: Client, owner: User) -> None:
    ana = invite(client)
    link = link_sent_to("ana@example.org")
    Client().post(link, PASSWORDS)

    for answer in (
        Client().get(link),
        Client().post(link, dict.fromkeys(PASSWORDS, "another-one-of-words")),
    ):
        assert answer.status_code == 404
        assert "There is no invitation at this address" in text_of(answer)
    ana.refresh_from_db()
    assert ana.check_password(CHOSEN)


def test_invitation_ends_after_a_week(client: Client, owner: User) -> None:
    invite(client)
    token = link_sent_to("ana@example.org").split("/")[2]
    end = clock.now() + invitations.IS_GOOD_FOR

    assert invitations.find_invited(token, now=end - timedelta(minutes=5))
    assert invitations.find_invited(token, now=end) is None


def test_invitation_that_was_changed_is_none(client: Client, owner: User) -> None:
    invite(client)
    link = link_sent_to("ana@example.org")

    for wrong in (
        f"{link[:-2]}/",
        f"{link[:-1]}x/",
        "/invitations/x/",
        f"{link[:40]}/",
    ):
        assert Client().get(wrong).status_code == 404


def test_newer_invitation_ends_the_one_before(client: Client, owner: User) -> None:
    ana = invite(client)
    before = link_sent_to("ana@example.org")
    page = client.get(f"{ACCOUNTS}{ana.pk}/change/")
    assert "Invite once more" in text_of(page)

    change(client, ana, invites_again="on")

    newer = link_sent_to("ana@example.org")
    assert Client().get(before).status_code == 404
    assert Client().get(newer).status_code == 200
    Client().post(newer, PASSWORDS)
    page = client.get(f"{ACCOUNTS}{ana.pk}/change/")
    assert "Invite once more" not in text_of(page)


@pytest.mark.parametrize(
    "becomes",
    [{"is_active": ""}, {"email": "moved@example.org"}, {"new_password": "x"}],
)
def test_invitation_ends_with_what_it_was_for(
    client: Client, owner: User, becomes: dict[str, str]
) -> None:
    ana = invite(client)
    link = link_sent_to("ana@example.org")
    if "new_password" in becomes:
        becomes = {"new_password": "quite-another-password"}

    change(client, ana, **becomes)

    assert Client().get(link).status_code == 404


def test_password_that_is_refused_leaves_the_invitation(
    client: Client, owner: User
) -> None:
    ana = invite(client)
    link = link_sent_to("ana@example.org")

    for wrong in (
        {},
        {"password1": "1234", "password2": "1234"},
        {"password1": CHOSEN},
    ):
        assert Client().post(link, wrong).status_code == 422

    ana.refresh_from_db()
    assert not ana.has_usable_password()
    assert Client().post(link, PASSWORDS).status_code == 302


def test_no_page_or_answer_of_an_invitation_tells_its_address(
    client: Client, owner: User
) -> None:
    invite(client)
    link = link_sent_to("ana@example.org")
    secret = link.split("/")[2]

    invited, refused = Client().get(link), Client().post(link, {})
    for answer in (invited, refused, Client().get(f"{link[:-2]}/")):
        assert secret[:-1] not in html_of(answer)
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert answer.headers["Cache-Control"] == "no-store, private"
        assert "noindex" in answer.headers["X-Robots-Tag"]
    assert secret not in redact(f"GET {link} HTTP/1.1")


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
