"""Nobody is removed who was not warned, and nobody is warned twice for nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from imgportal.accounts import inactivity
from imgportal.accounts.inactivity import InactivityRun
from imgportal.lib import clock
from imgportal.models import MessageKind, MessageState, OutgoingMessage, User
from tests import factories, members, staff
from tests.profiles import records

NOW = factories.NOW
DAY = timedelta(days=1)
NOTHING = InactivityRun(warned=0, removed=0)

pytestmark = pytest.mark.django_db


def member(name: str, last_here: datetime | None, joined: datetime = NOW) -> User:
    user = factories.person(name)
    User.objects.filter(pk=user.pk).update(last_login=last_here, date_joined=joined)
    user.refresh_from_db()
    return user


def run(now: datetime = NOW) -> InactivityRun:
    """As the command: what was stored is sent at once."""
    done = inactivity.run(now=now, months=24, days=60)
    members.delivered(now)
    return done


def names() -> set[str]:
    return {
        email.partition("@")[0]
        for email in User.objects.values_list("email", flat=True)
    }


@pytest.mark.parametrize(
    ("moment", "months", "earlier"),
    [
        (datetime(2026, 11, 22), 24, datetime(2024, 11, 22)),  # noqa: DTZ001
        (datetime(2026, 1, 31), 2, datetime(2025, 11, 28)),  # noqa: DTZ001
        (datetime(2028, 2, 29), 12, datetime(2027, 2, 28)),  # noqa: DTZ001
        (datetime(2026, 1, 1), 1, datetime(2025, 12, 1)),  # noqa: DTZ001
    ],
)
def test_months_are_those_of_the_calendar(
    moment: datetime, months: int, earlier: datetime
) -> None:
    assert inactivity.months_before(moment, months) == earlier


def test_who_was_not_here_for_long_is_warned_then_removed() -> None:
    old = inactivity.months_before(NOW, 24) - DAY
    ana = member("ana", old)
    records.full_record(ana)
    member("never", None, joined=old)
    member("ben", old + 2 * DAY)
    member("new", None)

    assert run() == InactivityRun(warned=2, removed=0)
    assert {message.to[0] for message in members.delivered(NOW)} == {
        "ana@example.org",
        "never@example.org",
    }
    warning = str(members.delivered(NOW)[0].body)
    assert "last used on 21 November 2024" in warning
    assert "sign in before 21 January 2027" in warning
    assert "http://testserver/accounts/login/" in warning
    assert "Step" not in warning
    members.delivered(NOW).clear()

    # On time, and not an hour earlier; however often it runs.
    for moment in (NOW, NOW + DAY, NOW + 60 * DAY - timedelta(hours=1)):
        assert run(moment).removed == 0
    assert run(NOW + 60 * DAY).removed == 2
    assert names() == {"ben", "new"}
    farewells = [
        m
        for m in members.delivered(NOW)
        if m.to in (["ana@example.org"], ["never@example.org"])
    ]
    assert len(farewells) == 2
    assert all("It is deleted now" in str(message.body) for message in farewells)


def test_who_comes_back_stays_and_may_be_warned_again() -> None:
    ana = member("ana", NOW - 800 * DAY)
    assert run().warned == 1

    User.objects.filter(pk=ana.pk).update(last_login=NOW + 59 * DAY)

    assert run(NOW + 61 * DAY) == NOTHING
    assert not OutgoingMessage.objects.filter(kind=MessageKind.INACTIVITY).exists()
    assert run(NOW + 900 * DAY).warned == 1
    assert names() == {"ana"}


def test_who_signs_in_while_a_run_removes_stays() -> None:
    ana = member("ana", NOW - 800 * DAY)
    run()
    later = NOW + 60 * DAY
    # As the run saw it a moment ago.
    (seen,) = inactivity._warned_long_ago(later, 60)
    User.objects.filter(pk=ana.pk).update(last_login=later)

    assert not inactivity._remove(seen, later, 60)
    assert names() == {"ana"}


def test_staff_and_who_the_history_names_stay() -> None:
    old = NOW - 3000 * DAY
    for person in (staff.editor(), staff.owner()):
        User.objects.filter(pk=person.pk).update(last_login=old, date_joined=old)
    former = member("former", old)
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=former, content_type=kind, object_id="1", action_flag=CHANGE
    )

    assert run() == NOTHING
    assert run(NOW + 100 * DAY) == NOTHING
    assert members.delivered(NOW) == []


def test_two_runs_at_once_warn_once() -> None:
    ana = member("ana", NOW - 800 * DAY)
    # Both runs have seen her; the other one was quicker.
    assert inactivity._warn(ana, NOW, 60)

    assert not inactivity._warn(ana, NOW, 60)
    assert run(NOW + timedelta(minutes=5)) == NOTHING
    assert len(members.delivered(NOW)) == 1


def test_killed_before_sending_is_made_up_for() -> None:
    ana = member("ana", NOW - 800 * DAY)
    inactivity._warn(ana, NOW, 60)

    # Never taken for warned, however long the pause; too late for the day it names.
    assert run(NOW + 100 * DAY) == NOTHING
    assert OutgoingMessage.objects.get().state == MessageState.EXPIRED
    assert run(NOW + 101 * DAY) == InactivityRun(warned=1, removed=0)
    assert run(NOW + 160 * DAY).removed == 0
    assert run(NOW + 161 * DAY).removed == 1


class HangsUp(EmailBackend):
    """A mail server that goes away, at the edge of the program."""

    def send_messages(self, messages: Any) -> int:
        raise SMTPServerDisconnected


def test_who_could_not_be_told_is_not_removed() -> None:
    member("ana", NOW - 800 * DAY)
    with override_settings(EMAIL_BACKEND=f"{__name__}.HangsUp"):
        assert run() == InactivityRun(warned=1, removed=0)
        for days in range(1, 100, 7):
            assert run(NOW + days * DAY).removed == 0

    assert names() == {"ana"}
    assert len(members.delivered(NOW + 100 * DAY)) == 1
    assert run(NOW + 160 * DAY - timedelta(hours=1)).removed == 0
    assert run(NOW + 160 * DAY).removed == 1


def test_command_fails_when_the_mail_server_takes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    member("ana", NOW - 800 * DAY)

    with (
        override_settings(EMAIL_BACKEND=f"{__name__}.HangsUp"),
        pytest.raises(CommandError, match="1 messages were not taken"),
    ):
        call_command("remove_idle_accounts")


def test_many_are_done_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inactivity, "BATCH", 2)
    for number in range(5):
        member(f"member{number}", NOW - 800 * DAY)

    assert run().warned == 5
    assert run(NOW + 60 * DAY).removed == 5
    assert names() == set()


def test_command_says_what_it_did(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    member("ana", NOW - 800 * DAY)

    with override_settings(IDLE_WARNING_MONTHS=0):
        call_command("remove_idle_accounts")
    call_command("remove_idle_accounts")
    monkeypatch.setattr(clock, "now", lambda: NOW + 60 * DAY)
    call_command("remove_idle_accounts")

    assert capsys.readouterr().out.splitlines() == [
        "IDLE_WARNING_MONTHS is 0: no account is removed for being unused.",
        "Warned 1, removed 0.",
        "Warned 0, removed 1.",
    ]


def test_command_refuses_where_nobody_can_be_told() -> None:
    member("ana", NOW - 800 * DAY)
    files = "django.core.mail.backends.filebased.EmailBackend"

    with (
        override_settings(EMAIL_BACKEND=files),
        pytest.raises(CommandError, match="nobody could be warned"),
    ):
        call_command("remove_idle_accounts")
    assert not OutgoingMessage.objects.filter(kind=MessageKind.INACTIVITY).exists()


# --- Sign-ups that nobody confirmed ---------------------------------------------------


def signs_up(name: str, joined: datetime) -> User:
    """Through the form, without the code that was sent."""
    Client().post(
        members.SIGN_UP,
        {"email": f"{name}@example.org", "password1": staff.PASSWORD},
    )
    User.objects.filter(email=f"{name}@example.org").update(date_joined=joined)
    return User.objects.get(email=f"{name}@example.org")


def test_a_sign_up_that_nobody_confirms_goes_after_seven_days() -> None:
    signs_up("ana", NOW - 8 * DAY)
    signs_up("ben", NOW - 6 * DAY)
    members.delivered(NOW).clear()

    assert inactivity.drop_unconfirmed(now=NOW) == 1
    assert inactivity.drop_unconfirmed(now=NOW) == 0
    assert names() == {"ben"}
    # Whose address it is may never have been here.
    assert members.delivered(NOW) == []
    assert not EmailAddress.objects.filter(email="ana@example.org").exists()


def test_who_confirmed_stays_and_so_does_whom_staff_made(client: Client) -> None:
    members.sign_up(client)
    client.logout()
    User.objects.update(date_joined=NOW - 9 * DAY)
    # Confirmed, and never signed in since, for all that is stored.
    User.objects.update(last_login=None)
    member("made", None, joined=NOW - 90 * DAY)
    waiting = signs_up("editor", NOW - 90 * DAY)
    User.objects.filter(pk=waiting.pk).update(is_staff=True)

    assert inactivity.drop_unconfirmed(now=NOW) == 0
    assert names() == {"ana", "made", "editor"}


def test_who_confirms_at_the_last_moment_stays() -> None:
    user = signs_up("ana", NOW - 8 * DAY)
    found = inactivity._unconfirmed(NOW - 7 * DAY)
    assert next(found) == user
    EmailAddress.objects.update(verified=True)

    assert not inactivity._drop(user, NOW)
    assert names() == {"ana"}


def test_a_removed_sign_up_can_begin_anew(client: Client) -> None:
    signs_up("ana", NOW - 8 * DAY)
    inactivity.drop_unconfirmed(now=NOW)
    cache.clear()
    members.sign_up(client)

    assert names() == {"ana"}


def test_command_removes_sign_ups_whatever_the_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for number in range(3):
        signs_up(f"member{number}", NOW - 8 * DAY)
    monkeypatch.setattr(inactivity, "BATCH", 2)
    with override_settings(IDLE_WARNING_MONTHS=0):
        call_command("remove_idle_accounts")

    assert "Removed 3 sign-ups that nobody confirmed." in capsys.readouterr().out
    assert names() == set()
