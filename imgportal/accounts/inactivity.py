"""Removes accounts that nobody has used for long, after a warning to their owners, and
sign-ups whose address was never confirmed, without one.

Safe to run twice at once, after days of pause, and to be killed anywhere. A warning is a
message in the outbox, one for each account (a constraint says so). Who is removed was
warned the stated time before, by a message that the mail server took.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from imgportal.accounts import deletion
from imgportal.models import MessageKind, MessageState, OutgoingMessage, User

BATCH = 200
# So long a sign-up waits for its code, which is good for minutes.
UNCONFIRMED_DAYS = 7
# Afterwards a new warning with a later day is written.
WARNING_IS_GOOD = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class InactivityRun:
    """What one run did."""

    warned: int  # warnings that were put into the outbox
    removed: int


def run(*, now: datetime, months: int, days: int) -> InactivityRun:
    """Remove who was warned `days` ago, then warn who has not signed in for `months`."""
    # A warning is deleted when its owner has come back or when it was not delivered, so
    # that a new one can be sent.
    _warnings().filter(
        Q(owner__last_login__gte=F("put_at"))
        | ~Q(state__in=(MessageState.WAITING, MessageState.SENT))
    ).delete()
    removed = sum(_remove(user, now, days) for user in _warned_long_ago(now, days))
    idle_since = months_before(now, months)
    return InactivityRun(
        warned=sum(_warn(user, now, days) for user in _idle(idle_since)),
        removed=removed,
    )


def _warnings() -> QuerySet[OutgoingMessage]:
    return OutgoingMessage.objects.filter(kind=MessageKind.INACTIVITY)


def drop_unconfirmed(*, now: datetime) -> int:
    """Remove sign-ups whose address nobody confirmed for `UNCONFIRMED_DAYS`.

    No message goes out, because the owner of the address may not know this site.
    """
    since = now - timedelta(days=UNCONFIRMED_DAYS)
    return sum(_drop(user, now) for user in _unconfirmed(since))


def _never_confirmed(since: datetime) -> Q:
    """Never signed in, and with an address that waits for its code.

    Accounts that staff made have no such address.
    """
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    return Q(
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        last_login=None,
        date_joined__lt=since,
        is_staff=False,
        is_superuser=False,
    )


def _in_batches(users: QuerySet[User]) -> Iterator[User]:
    """All of them by their ids, a batch in memory at a time."""
    last = 0
    while batch := list(users.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield from batch
        last = batch[-1].pk


def _unconfirmed(since: datetime) -> Iterator[User]:
    return _in_batches(User.objects.filter(_never_confirmed(since)))


def _drop(user: User, now: datetime) -> bool:
    since = now - timedelta(days=UNCONFIRMED_DAYS)
    try:
        with transaction.atomic():
            # A confirmation at this moment ends before the lock is given, or comes too
            # late and finds no address.
            waiting = EmailAddress.objects.select_for_update().filter(user=user)
            if any(address.verified for address in waiting):
                return False
            return deletion.delete_account(
                user, message=None, now=now, only_if=_never_confirmed(since)
            )
    except deletion.AccountIsKept:
        return False


def months_before(moment: datetime, months: int) -> datetime:
    """The same day so many months earlier; the 28th when that month has no such day."""
    count = moment.year * 12 + moment.month - 1 - months
    day = min(moment.day, 28)
    return moment.replace(year=count // 12, month=count % 12 + 1, day=day)


def _unused_since(moment: datetime) -> Q:
    return Q(last_login__lt=moment) | Q(last_login=None, date_joined__lt=moment)


def _idle(since: datetime) -> Iterator[User]:
    """Members to warn."""
    users = User.objects.filter(
        _unused_since(since),
        ~Exists(_warnings().filter(owner=OuterRef("pk"))),
        is_staff=False,
    )
    return (user for user in _in_batches(users) if deletion.may_be_deleted(user))


def _warned_long_ago(now: datetime, days: int) -> Iterator[User]:
    warned = _warnings().filter(
        state=MessageState.SENT, finished_at__lte=now - timedelta(days=days)
    )
    return _in_batches(User.objects.filter(pk__in=warned.values("owner")))


def _warn(user: User, now: datetime, days: int) -> bool:
    """Put a warning into the outbox; False when another run has put it there."""
    context = {
        "site": settings.SITE_ADDRESS,
        "path": reverse("account_login"),
        "last_here": user.last_login or user.date_joined,
        "goes_on": now + timedelta(days=days),
    }
    try:
        with transaction.atomic():
            OutgoingMessage.objects.put(
                EmailMessage(
                    f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}"
                    "Your account is not used any more",
                    render_to_string("account/email/idle_message.txt", context),
                ),
                kind=MessageKind.INACTIVITY,
                owner=user,
                now=now,
                expires_at=now + WARNING_IS_GOOD,
            )
    except IntegrityError:
        return False
    return True


def _remove(user: User, now: datetime, days: int) -> bool:
    try:
        return deletion.delete_account(
            user,
            message="account/email/deleted_idle_message.txt",
            now=now,
            # Looked at once more, under lock: somebody may be signing in just now.
            only_if=_unused_since(now - timedelta(days=days)),
        )
    except deletion.AccountIsKept:
        return False
