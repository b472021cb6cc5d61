"""Whether the e-mail address of an account is its owner's."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import HttpRequest

from imgportal.accounts import allauth_seams
from imgportal.models import User


@transaction.atomic
def vouch_for_address(user: User) -> None:
    """Take the account's address for confirmed, without a message to it.

    For staff, whose address an owner or the operator has written down: sign-in would
    otherwise ask for a code from a message. Earlier addresses are forgotten.
    """
    addresses = EmailAddress.objects.filter(user=user)
    addresses.exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def drop_unconfirmed_password(
    sender: Any, *, request: HttpRequest, email_address: EmailAddress, **kwargs: Any
) -> None:
    """Take away a password that somebody else may have chosen (`email_confirmed`).

    Anybody can sign up with somebody else's address and wait. When its owner then
    comes in by a code, the address is confirmed and the stranger's password would be
    good from that moment on. So a password stays only if whoever typed it confirms
    the address, in the same session, or is signed in already.
    """
    user = email_address.user
    if request.user.is_authenticated or not user.has_usable_password():
        return
    stage = allauth_seams.find_address_stage(request)
    if stage is None or stage.login.user != user:
        user.set_unusable_password()
        user.save(update_fields=["password"])
