"""Deleting an account with everything that hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.template.loader import render_to_string

from imgportal.models import MessageKind, OutgoingMessage, User
from stats.actions import handle_reports

FAREWELL_IS_GOOD = timedelta(days=3)
# Everything that goes with an account, by the name of its model, and what a page calls
# it: one, several. No words: it goes silently, with what it belongs to.
GOES: dict[str, tuple[str, str] | None] = {
    "profiles.Profile": ("profile", "profiles"),
    "profiles.ExamAttempt": ("exam attempt", "exam attempts"),
    "profiles.EnglishSitting": ("sitting of OET", "sittings of OET"),
    "profiles.PathwayApplication": ("Pathway application", "Pathway applications"),
    "profiles.CertificationItem": (
        "item of certification, with its note",
        "items of certification, with their notes",
    ),
    "profiles.Certificate": ("certificate", "certificates"),
    "profiles.ReminderChoice": ("choice of reminders", "choices of reminders"),
    "profiles.Reminder": ("reminder", "reminders"),
    "profiles.AnswerChange": (
        "note of an answer that the rules changed",
        "notes of answers that the rules changed",
    ),
    "profiles.CalendarFeed": ("calendar address", "calendar addresses"),
    "imgportal.SecurityEvent": ("security event", "security events"),
    "imgportal.OutgoingMessage": None,
    "imgportal.User_groups": None,
    "imgportal.User_user_permissions": None,
    "account.EmailAddress": ("e-mail address", "e-mail addresses"),
    "mfa.Authenticator": (
        "passkey, authenticator app or set of recovery codes",
        "passkeys, authenticator apps and sets of recovery codes",
    ),
    "usersessions.UserSession": ("signed-in device", "signed-in devices"),
}


class Stays(Exception):
    """The account cannot be deleted: it is staff's, or the history of figures names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """So many of something would be deleted."""

    number: int
    words: str


def pointing_at_accounts() -> list[tuple[type[models.Model], str]]:
    """Every model and field that points at an account, whoever made it."""
    found: dict[tuple[type[models.Model], str], None] = {}
    for relation in User._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete:
            continue
        model, field = relation.related_model, getattr(relation, "field", None)
        # The tables between two others are there by themselves.
        if field is None or field.many_to_many or not isinstance(model, type):
            continue
        found[(model, field.name)] = None
    return list(found)


def may_leave(user: User) -> bool:
    """Not staff, and nothing but what is the account's own points at it.

    What is not listed in GOES keeps the account: rather refuse than take a line out of
    the history of figures.
    """
    if user.is_staff:
        return False
    return not any(
        model._default_manager.filter(**{field: user.pk}).exists()
        for model, field in pointing_at_accounts()
        if model._meta.label not in GOES
    )


def what_goes(user: User) -> list[Count]:
    """What would be deleted, in words."""
    counts = []
    for model, field in pointing_at_accounts():
        words = GOES.get(model._meta.label)
        number = model._default_manager.filter(**{field: user.pk}).count()
        if words and number:
            counts.append(Count(number=number, words=words[number != 1]))
    order = [words for words in GOES.values() if words]
    return sorted(
        counts,
        key=lambda count: next(
            i for i, words in enumerate(order) if count.words in words
        ),
    )


def delete_account(
    user: User, *, message: str | None, now: datetime, only_if: Q | None = None
) -> bool:
    """Delete it at once, sign it out everywhere, and send one message about it.

    `message` is the name of a template; None: it says nothing, because nobody knows
    whose address it is. False: it was gone already, or what `only_if` asks of its row
    is not so. Raises Stays, and then nothing has changed.
    """
    address = user.email
    try:
        with transaction.atomic():
            rows = User.objects.select_for_update().filter(only_if or Q(), pk=user.pk)
            mine = rows.first()
            if mine is None:
                return False
            if not may_leave(mine):
                raise Stays
            _end_sessions(mine)
            handle_reports.forget_address(mine.email)
            mine.delete()
            if message is not None:
                _say_farewell(address, message, now=now)
    except ProtectedError:
        raise Stays from None
    return True


def _end_sessions(user: User) -> None:
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    for key in UserSession.objects.filter(user=user).values_list(
        "session_key", flat=True
    ):
        store.delete(key)


def _say_farewell(address: str, message: str, *, now: datetime) -> None:
    OutgoingMessage.objects.put(
        EmailMessage(
            f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}Your account was deleted",
            render_to_string(message),
            to=[address],
        ),
        kind=MessageKind.ACCOUNT,
        owner=None,
        now=now,
        expires_at=now + FAREWELL_IS_GOOD,
    )
