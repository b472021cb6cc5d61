"""Whoever deletes their account leaves nothing behind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client

from imgportal.accounts import addresses, deletion
from imgportal.lib import clock
from imgportal.models import (
    MessageKind,
    OutgoingMessage,
    SecurityEvent,
    StaffChoice,
    User,
)
from profiles.actions import calendar_address
from profiles.models import AnswerChange, Reminder, ReminderChoice
from stats.actions import handle_reports
from stats.models import ProblemReport
from tests import factories, members, staff
from tests.profiles import records
from tests.reading import html_of

DELETE = "/me/data/delete/"
NEW = "another-long-one-of-words"
AGAIN = "/accounts/reauthenticate/"
# What points at an account and does not go with it: it keeps the account instead.
KEEPS = {
    "stats.Release": "public history names who opened, submitted and published",
    "stats.Release_editors": "who changed a value may not publish it",
    "stats.ReleaseEvent": "what staff did with a version, and who",
    "stats.ReviewNote": "who looked at what before a version was published",
    "stats.Withdrawal": "who said publicly that a version should not be used",
    "stats.SecondLook": "who looked at a version after one of its editors published it",
    "stats.ScheduledPublication": "who chose the hour at which a version is published",
    "stats.ProblemReport": "who of the staff handled a report",
    "profiles.RuleProposal": "who proposed a change of a rule, and who decided on it",
    "profiles.RuleProposal_authors": "who wrote a proposal may not approve it",
    "admin.LogEntry": "what staff changed on the staff pages",
}


@pytest.fixture
def ana(db: None, client: Client) -> User:
    """A member with something in every table, signed in on two devices."""
    members.sign_up(client)
    user = User.objects.get()
    other = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/130.0")
    members.sign_in(other)
    records.full_record(user)
    calendar_address.renew(owner=user, seen=0)
    records.sheet(user)
    ReminderChoice.objects.create(owner=user)
    Reminder.objects.create(
        owner=user,
        kind="seven_years",
        due_on=factories.NOW.date(),
        planned_on=factories.NOW.date(),
        title="The seven years end",
        on=factories.NOW.date(),
    )
    AnswerChange.objects.create(
        owner=user,
        comparison=1,
        about="match",
        title="The Match you aim at",
        before_answer="not_met",
        after_answer="met",
        changed_at=factories.NOW,
        found_at=factories.NOW,
    )
    OutgoingMessage.objects.put(
        EmailMessage("Your account is not used any more"),
        kind=MessageKind.INACTIVITY,
        owner=user,
        now=factories.NOW,
        expires_at=factories.NOW,
    )
    # Of somebody who was on the staff once.
    StaffChoice.objects.create(owner=user)
    staff.give_second_factor(user)
    return user


def show_it_is_me(client: Client) -> Any:
    return client.post(
        f"{AGAIN}?next={DELETE}", {"password": staff.PASSWORD}, follow=True
    )


def in_the_database(needle: str) -> list[str]:
    """Tables and columns that hold a text anywhere in any row."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                found += [
                    f"{table}.{name}"
                    for name, value in zip(names, row, strict=True)
                    if needle.lower() in str(value).lower()
                ]
    return found


def rows_of(user_id: int) -> list[str]:
    """Rows whose foreign key to an account holds this number, by the database itself."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if field.related_model is not User:
                continue
            with connection.cursor() as cursor:
                cursor.execute(
                    f'SELECT count(*) FROM "{model._meta.db_table}" '  # noqa: S608
                    f'WHERE "{field.column}" = %s',
                    [user_id],
                )
                (count,) = cursor.fetchone()
            found += [model._meta.label] * bool(count)
    return found


def sessions_of(user_id: int) -> int:
    return sum(
        session.get_decoded().get("_auth_user_id") == str(user_id)
        for session in Session.objects.all()
    )


def test_every_table_that_points_at_an_account_goes_or_keeps_it() -> None:
    labels = {model._meta.label for model, _ in deletion.list_account_references()}

    assert labels == deletion.DELETED_WITH_ACCOUNT.keys() | KEEPS.keys()
    assert not deletion.DELETED_WITH_ACCOUNT.keys() & KEEPS.keys()


def test_the_walk_sees_every_foreign_key() -> None:
    # The other way round: from the tables, so that no kind of relation is overlooked.
    seen = {
        (model._meta.label, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if field.related_model is User
    }

    walked = {(m._meta.label, name) for m, name in deletion.list_account_references()}
    assert seen == walked


def test_nothing_is_left(client: Client, ana: User) -> None:
    staff.sign_in(client, ana)
    before = rows_of(ana.pk)
    wanted = {
        label
        for label in deletion.DELETED_WITH_ACCOUNT
        if label not in {"imgportal.User_groups", "imgportal.User_user_permissions"}
    }
    assert set(before) == wanted
    assert in_the_database(ana.email)
    handle_reports.receive(
        text="Is this right?", email="ANA@example.org", now=clock.now()
    )
    members.delivered().clear()

    deletion.delete_account(
        ana, message="account/email/deleted_message.txt", now=clock.now()
    )

    assert rows_of(ana.pk or 1) == []
    assert in_the_database("ana@example.org") == []
    assert ProblemReport.objects.get().email == ""
    (farewell,) = members.delivered()
    assert farewell.to == ["ana@example.org"]
    assert "Step" not in farewell.body
    assert "ana" not in f"{farewell.subject} {farewell.body}".lower().split()


def test_who_deletes_is_asked_for_the_password_first(client: Client, ana: User) -> None:
    Authenticator.objects.all().delete()
    client.session.flush()
    members.sign_in(client)

    response = client.get(DELETE)

    assert response.status_code == 302
    assert response["Location"].startswith(AGAIN)
    page = show_it_is_me(client)
    text = html_of(page)
    for words in (
        *("5 exam attempts", "5 sittings of OET", "1 certificate", "1 profile"),
        *("2 items of certification, with their notes", "1 Pathway application"),
        *("signed-in device", "ana@example.org", "Download my record"),
    ):
        assert words in text
    assert "no-store" in page["Cache-Control"]
    assert User.objects.filter(pk=ana.pk).exists()


def test_deleting_happens_at_once_and_signs_out_everywhere(
    client: Client, ana: User
) -> None:
    Authenticator.objects.all().delete()
    other = Client()
    members.sign_in(other)
    show_it_is_me(client)
    assert sessions_of(ana.pk) >= 2
    members.delivered().clear()

    response = client.post(DELETE)

    assert response.status_code == 302
    assert response["Location"] == "/accounts/deleted/"
    page = client.get(response["Location"])
    assert page.status_code == 200
    assert "Your account is deleted" in html_of(page)
    assert not User.objects.filter(pk=ana.pk).exists()
    assert sessions_of(ana.pk) == 0
    for signed_in_before in (client, other):
        assert signed_in_before.get("/me/").status_code == 302
    assert len(members.delivered()) == 1


def test_nothing_is_deleted_without_showing_who_one_is(
    client: Client, ana: User
) -> None:
    Authenticator.objects.all().delete()
    client.session.flush()
    members.sign_in(client)

    response = client.post(DELETE)

    assert response["Location"].startswith(AGAIN)
    assert User.objects.filter(pk=ana.pk).exists()
    # A wrong password leads nowhere, the right one to what was asked for.
    wrong = client.post(f"{AGAIN}?next={DELETE}", {"password": "not mine at all"})
    assert wrong.status_code == 422
    assert User.objects.filter(pk=ana.pk).exists()
    client.post(f"{AGAIN}?next={DELETE}", {"password": staff.PASSWORD})
    assert not User.objects.filter(pk=ana.pk).exists()
    assert sessions_of(ana.pk) == 0


def test_whoever_has_only_codes_by_mail_signs_in_anew(
    client: Client, ana: User
) -> None:
    Authenticator.objects.all().delete()
    ana.set_unusable_password()
    ana.save()
    client.force_login(ana)

    page = client.get(DELETE)
    assert "Sign in again first" in html_of(page)
    client.post(DELETE)
    assert User.objects.filter(pk=ana.pk).exists()

    client.logout()
    client.post("/accounts/login/code/", {"email": ana.email})
    code = members.code_sent_to(ana.email)
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert "Delete my account for good" in html_of(client.get(DELETE))
    client.post(DELETE)
    assert not User.objects.filter(pk=ana.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("person", [staff.editor, staff.publisher, staff.owner])
def test_staff_are_told_why_they_stay(client: Client, person: Any) -> None:
    user = person()
    members.sign_in(client, user.email)
    page = client.post(
        f"{AGAIN}?next={DELETE}", {"password": staff.PASSWORD}, follow=True
    )

    assert "It belongs to the staff of this site" in html_of(page)
    assert client.post(DELETE).status_code == 409
    with pytest.raises(deletion.AccountIsKept):
        deletion.delete_account(
            user, message="account/email/deleted_message.txt", now=clock.now()
        )
    assert User.objects.filter(pk=user.pk).exists()
    assert members.delivered() == []


@pytest.mark.django_db
def test_former_staff_whom_the_history_names_stay() -> None:
    user = staff.editor()
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=user, content_type=kind, object_id="1", action_flag=CHANGE
    )
    user.is_staff = False
    user.save()

    assert not deletion.may_be_deleted(user)
    with pytest.raises(deletion.AccountIsKept):
        deletion.delete_account(
            user, message="account/email/deleted_message.txt", now=clock.now()
        )
    assert LogEntry.objects.count() == 1

    LogEntry.objects.all().delete()
    assert deletion.may_be_deleted(user)


def test_deleting_twice_is_deleting_once(ana: User) -> None:
    members.delivered().clear()
    for _ in range(2):
        deletion.delete_account(
            ana, message="account/email/deleted_message.txt", now=clock.now()
        )

    assert len(members.delivered()) == 1


def test_nobody_else_loses_anything(ana: User) -> None:
    ben = factories.person("ben")
    addresses.vouch_for_address(ben)
    records.full_record(ben)
    kept = rows_of(ben.pk)

    deletion.delete_account(
        ana, message="account/email/deleted_message.txt", now=clock.now()
    )

    assert rows_of(ben.pk) == kept
    assert EmailAddress.objects.filter(user=ben).exists()


# --- The list of events ---------------------------------------------------------------


def events_of(user: User) -> list[str]:
    found = SecurityEvent.objects.filter(user=user).order_by("pk")
    return [str(event.kind) for event in found]


@pytest.mark.django_db
def test_a_new_device_is_noted_once(client: Client) -> None:
    members.sign_up(client)
    user = User.objects.get()
    assert events_of(user) == ["signed_up"]

    for _ in range(2):
        members.sign_in(Client())
        members.sign_in(Client(HTTP_USER_AGENT="(Windows NT 10.0) Firefox/130.0"))

    assert events_of(user) == ["signed_up", "new_device"]
    assert SecurityEvent.objects.latest("pk").device == "Firefox on Windows"


# allauth tells of a new second factor when it is committed.
@pytest.mark.django_db(transaction=True)
def test_what_concerns_safety_is_noted(client: Client) -> None:
    members.sign_up(client)
    user = User.objects.get()
    client.post(
        "/accounts/password/change/",
        {"oldpassword": staff.PASSWORD, "password1": NEW, "password2": NEW},
    )
    client.post(AGAIN, {"password": NEW})
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    client.post(members.CONFIRM, {"code": members.code_sent_to("new@example.org")})
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    client.post("/accounts/2fa/totp/activate/", {"code": staff.code(secret)})
    client.post("/accounts/2fa/totp/deactivate/")

    assert events_of(user) == [
        *("signed_up", "password_changed", "address_changed"),
        *("app_added", "codes_made", "app_removed", "codes_removed"),
    ]
    # Addresses, old and new, are in the account and nowhere else.
    for event in SecurityEvent.objects.all():
        assert "@" not in json.dumps([event.kind, event.device])


@pytest.mark.django_db
def test_the_list_has_an_end() -> None:
    from imgportal.accounts import security_events

    user, other = factories.person("ana"), factories.person("ben")
    for _ in range(security_events.MOST_KEPT + 5):
        security_events.add_event(
            user, security_events.Kind.EXPORTED, device="", now=factories.NOW
        )
    security_events.add_event(
        other, security_events.Kind.EXPORTED, device="", now=factories.NOW
    )

    assert len(events_of(user)) == security_events.MOST_KEPT
    assert len(events_of(other)) == 1
    assert UserSession.objects.count() == 0
