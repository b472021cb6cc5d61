"""Accounts that nobody has used for long: their owners are warned, then they go. And
sign-ups whose address was never confirmed: they go without a word.

Safe to run twice at once, after days of pause, and to be killed anywhere. Who is
removed was warned, by a message that the mail server took, the stated time before. A
run that dies between sending and noting it warns that person once more, an hour later
at the earliest; never is a warning taken for sent that was not.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.template.loader import render_to_string
from django.urls import reverse

from imgportal.accounts import deletion
from imgportal.models import IdleWarning, User

logger = logging.getLogger(__name__)

# After this a run that took a message upon itself is taken for dead.
CLAIM = timedelta(hours=1)
BATCH = 200
# So long a sign-up waits for its code, which is good for minutes.
UNCONFIRMED_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one run did."""

    warned: int
    not_warned: int  # the mail server did not take the message
    removed: int


def run(*, now: datetime, months: int, days: int) -> Done:
    """Warn who was not here for `months`, remove who was warned `days` ago."""
    # Whoever came back is not idle any more, and is warned anew another time.
    IdleWarning.objects.filter(user__last_login__gte=F("claimed_at")).delete()
    removed = sum(_remove(user, now, days) for user in _warned_long_ago(now, days))
    told = [_warn(user, now, days) for user in _idle(months_before(now, months), now)]
    return Done(warned=told.count(True), not_warned=told.count(False), removed=removed)


def drop_unconfirmed(*, now: datetime) -> int:
    """Remove sign-ups whose address nobody confirmed for `UNCONFIRMED_DAYS`.

    No message goes out: whoever has the address may never have been here.
    """
    since = now - timedelta(days=UNCONFIRMED_DAYS)
    return sum(_drop(user, since) for user in _unconfirmed(since))


def _never_confirmed(since: datetime) -> Q:
    """Never signed in, and with an address that waits for its code. Who was made by
    staff has no such address.
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


def _unconfirmed(since: datetime) -> Iterator[User]:
    last = 0
    while batch := list(
        User.objects.filter(_never_confirmed(since), pk__gt=last).order_by("pk")[:BATCH]
    ):
        yield from batch
        last = batch[-1].pk


def _drop(user: User, since: datetime) -> bool:
    try:
        with transaction.atomic():
            # Whoever confirms it just now is waited for, or finds it gone.
            waiting = EmailAddress.objects.select_for_update().filter(user=user)
            if any(address.verified for address in waiting):
                return False
            return deletion.delete_account(
                user, message=None, only_if=_never_confirmed(since)
            )
    except deletion.AccountIsKept:
        return False


def months_before(moment: datetime, months: int) -> datetime:
    """The same day so many months earlier; the 28th when that month has no such day."""
    count = moment.year * 12 + moment.month - 1 - months
    day = min(moment.day, 28)
    return moment.replace(year=count // 12, month=count % 12 + 1, day=day)


def _not_here_since(moment: datetime) -> Q:
    return Q(last_login__lt=moment) | Q(last_login=None, date_joined__lt=moment)


def _idle(since: datetime, now: datetime) -> Iterator[User]:
    """Members to warn, in batches, so that memory does not grow with their number."""
    told = IdleWarning.objects.filter(
        Q(sent_at__isnull=False) | Q(claimed_at__gt=now - CLAIM)
    )
    last = 0
    while True:
        batch = list(
            User.objects.filter(_not_here_since(since), is_staff=False, pk__gt=last)
            .exclude(pk__in=told.values("user"))
            .order_by("pk")[:BATCH]
        )
        yield from (user for user in batch if deletion.may_be_deleted(user))
        if len(batch) < BATCH:
            return
        last = batch[-1].pk


def _warned_long_ago(now: datetime, days: int) -> Iterator[User]:
    last = 0
    while True:
        batch = list(
            User.objects.filter(
                pk__in=IdleWarning.objects.filter(
                    sent_at__lte=now - timedelta(days=days)
                ).values("user"),
                pk__gt=last,
            ).order_by("pk")[:BATCH]
        )
        yield from batch
        if len(batch) < BATCH:
            return
        last = batch[-1].pk


def _warn(user: User, now: datetime, days: int) -> bool | None:
    """Was it told? None: another run is about to."""
    if not _claim(user, now):
        return None
    context = {
        "site": settings.SITE_ADDRESS,
        "path": reverse("account_login"),
        "last_here": user.last_login or user.date_joined,
        "goes_on": now + timedelta(days=days),
    }
    try:
        send_mail(
            f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}Your account is not used any more",
            render_to_string("account/email/idle_message.txt", context),
            None,
            [user.email],
        )
    except (SMTPException, OSError) as error:
        # Left claimed: another run tries again. No address in the log.
        logger.error("A warning was not sent: %s", type(error).__name__)
        return False
    IdleWarning.objects.filter(user=user).update(sent_at=now)
    return True


def _claim(user: User, now: datetime) -> bool:
    try:
        with transaction.atomic():
            IdleWarning.objects.create(user=user, claimed_at=now)
    except IntegrityError:
        # Claimed before by a run that died, or a moment ago by another one.
        left_behind = IdleWarning.objects.filter(
            user=user, sent_at=None, claimed_at__lte=now - CLAIM
        )
        return left_behind.update(claimed_at=now) == 1
    return True


def _remove(user: User, now: datetime, days: int) -> bool:
    try:
        return deletion.delete_account(
            user,
            message="account/email/deleted_idle_message.txt",
            # Looked at once more, under lock: somebody may be signing in just now.
            only_if=_not_here_since(now - timedelta(days=days)),
        )
    except deletion.AccountIsKept:
        return False
