"""What the site knows about an account beyond its row: address, second factor."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest

from imgportal.models import User

# Recovery codes stand in for one of these; alone they are no second factor.
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@transaction.atomic
def vouch_for_address(user: User) -> None:
    """Take the account's address for its own, without a message to it.

    For staff, whose address an owner or the operator has written down: sign-in would
    otherwise ask for a code from a message. Earlier addresses are forgotten.
    """
    addresses = EmailAddress.objects.filter(user=user)
    addresses.exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def has_second_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    factors = Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS)
    return bool(factors.exists())


def showed_second_factor(request: HttpRequest) -> bool:
    """Was a second factor used in this very session?

    That the account has one is not enough: a session may be older than it.
    """
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def reset_second_factor(user: User) -> int:
    """Take away everything of a second factor; how many things that were.

    Sessions that used it stay signed in, and are asked to set up a new one before
    they reach a staff page again.
    """
    removed, _ = Authenticator.objects.filter(user=user).delete()
    return int(removed)
