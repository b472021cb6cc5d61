"""Invites somebody to the staff pages by a link that works once.

Nothing is stored of it: the link is signed, and holds a fingerprint of the unusable
password that the account has until somebody chooses one. So choosing one ends the link,
and so does inviting anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from imgportal.lib import eastern_time
from imgportal.models import MessageKind, OutgoingMessage, User

IS_GOOD_FOR = timedelta(days=7)
_PURPOSE = "imgportal.accounts.invitations"


def invite(person: User, *, by: User, now: datetime) -> None:
    """Send a link. The account has no password from now on, and earlier links end."""
    person.set_unusable_password()
    person.save(update_fields=["password"])
    ends_at = now + IS_GOOD_FOR
    path = reverse("invitation", args=[_token(person, ends_at)])
    words = {
        "by": by,
        "url": f"{settings.SITE_ADDRESS}{path}",
        "ends_at": eastern_time.in_words(ends_at),
    }
    OutgoingMessage.objects.put(
        EmailMessage(
            subject="[IMG portal] You are invited to the staff pages",
            body=render_to_string("account/email/invitation_message.txt", words),
        ),
        kind=MessageKind.ACCOUNT,
        owner=person,
        now=now,
        expires_at=ends_at,
    )


def find_invited(token: str, *, now: datetime, locks: bool = False) -> User | None:
    """Whose invitation this is. None: it never was one, was used, or has ended.

    With `locks` nobody else can use it before the transaction ends.
    """
    try:
        pk, state, ends_at = signing.loads(token, salt=_PURPOSE)
    except signing.BadSignature:
        return None
    people = User.objects.select_for_update() if locks else User.objects.all()
    person = people.filter(pk=pk, is_active=True, is_staff=True).first()
    if (
        person is None
        or now.timestamp() >= ends_at
        or person.has_usable_password()
        or not constant_time_compare(state, _fingerprint(person))
    ):
        return None
    return person


def _token(person: User, ends_at: datetime) -> str:
    return signing.dumps(
        [person.pk, _fingerprint(person), ends_at.timestamp()], salt=_PURPOSE
    )


def _fingerprint(person: User) -> str:
    """Of the address and the unusable password, which is 40 random characters."""
    return salted_hmac(
        _PURPOSE, f"{person.email} {person.password}", algorithm="sha256"
    ).hexdigest()
