"""Deletes an account with everything that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.db.models import ManyToOneRel, ProtectedError, Q
from django.template.loader import render_to_string

from imgportal.accounts.sessions import delete_sessions
from imgportal.models import MessageKind, OutgoingMessage, User
from profiles import record_tables
from stats.actions import handle_reports

FAREWELL_IS_GOOD = timedelta(days=3)
# What is deleted with an account: the model, and what a page calls one row of it and
# several. None: a page need not name it, because it is part of another row.
DELETED_WITH_ACCOUNT: dict[str, tuple[str, str] | None] = {
    **{table.model._meta.label: table.words for table in record_tables.TABLES},
    "profiles.CertificationItem": (
        "item of certification, with its note",
        "items of certification, with their notes",
    ),
    "profiles.Reminder": ("reminder", "reminders"),
    "profiles.RecordChange": None,
    "profiles.AnswerChange": (
        "note of an answer that the rules changed",
        "notes of answers that the rules changed",
    ),
    "profiles.CalendarFeed": ("calendar address", "calendar addresses"),
    "profiles.AdviserSheet": ("sheet for an adviser", "sheets for advisers"),
    "imgportal.SecurityEvent": ("security event", "security events"),
    "imgportal.OutgoingMessage": None,
    "imgportal.StaffChoice": None,
    "imgportal.User_groups": None,
    "imgportal.User_user_permissions": None,
    "account.EmailAddress": ("e-mail address", "e-mail addresses"),
    "mfa.Authenticator": (
        "passkey, authenticator app or set of recovery codes",
        "passkeys, authenticator apps and sets of recovery codes",
    ),
    "usersessions.UserSession": ("signed-in device", "signed-in devices"),
}


class AccountIsKept(Exception):
    """The account cannot be deleted: it is staff's, or the history of figures names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionCount:
    """How many rows of one kind would be deleted, and what a page calls them."""

    number: int
    words: str


def list_account_references() -> list[tuple[type[models.Model], str]]:
    """Every model and field that points at an account, whichever package has it."""
    # The table of a many-to-many relation has a relation of this kind, too.
    references = {
        (relation.related_model, relation.field.name): None
        for relation in User._meta.get_fields(include_hidden=True)
        if isinstance(relation, ManyToOneRel)
    }
    return list(references)


def may_be_deleted(user: User) -> bool:
    """Not staff, and nothing but what is the account's own points at it.

    What is not listed in DELETED_WITH_ACCOUNT keeps the account: rather refuse than
    take a line out of the history of figures.
    """
    if user.is_staff:
        return False
    return not any(
        model._default_manager.filter(**{field: user.pk}).exists()
        for model, field in list_account_references()
        if model._meta.label not in DELETED_WITH_ACCOUNT
    )


def count_deletions(user: User) -> list[DeletionCount]:
    """What would be deleted, in the order and words of DELETED_WITH_ACCOUNT."""
    references = list_account_references()
    counts = []
    for label, words in DELETED_WITH_ACCOUNT.items():
        if words is None:
            continue
        number = sum(
            model._default_manager.filter(**{field: user.pk}).count()
            for model, field in references
            if model._meta.label == label
        )
        if number:
            counts.append(DeletionCount(number=number, words=words[number != 1]))
    return counts


def delete_account(
    user: User, *, message: str | None, now: datetime, only_if: Q | None = None
) -> bool:
    """Delete an account at once, sign it out everywhere, and send one message about it.

    `message` is the name of a template; None sends nothing, because nobody knows whose
    address it is. Returns False when the account was gone already, or when its row is
    not as `only_if` asks. Raises AccountIsKept, and then nothing has changed.
    """
    address = user.email
    try:
        with transaction.atomic():
            rows = User.objects.select_for_update().filter(only_if or Q(), pk=user.pk)
            locked = rows.first()
            if locked is None:
                return False
            if not may_be_deleted(locked):
                raise AccountIsKept
            delete_sessions(locked)
            handle_reports.forget_address(locked.email)
            locked.delete()
            if message is not None:
                _say_farewell(address, message, now=now)
    except ProtectedError:
        raise AccountIsKept from None
    return True


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
