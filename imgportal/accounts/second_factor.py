"""The second factor of an account: whether there is one, and whether it was used."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from imgportal.accounts import allauth_seams
from imgportal.accounts.allauth_seams import Visitor
from imgportal.models import User

# Recovery codes stand in for one of these; alone they are no second factor.
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def list_factor_types(user: Visitor) -> set[str]:
    """The types of everything the account has, recovery codes among them."""
    factors = Authenticator.objects.filter(user_id=user.pk)
    return set(factors.values_list("type", flat=True))


def has_second_factor(user: Visitor) -> bool:
    return not list_factor_types(user).isdisjoint(SECOND_FACTORS)


def has_shown_second_factor(request: HttpRequest) -> bool:
    """Was a second factor used in this very session?

    That the account has one is not enough: a session may be older than it.
    """
    records = allauth_seams.read_authentications(request)
    return any(record["method"] == "mfa" for record in records)


def reset_second_factor(user: User) -> bool:
    """Take away everything of a second factor; False when there was nothing.

    Sessions that used it stay signed in, and are asked to set up a new one before
    they reach a staff page again.
    """
    removed, _ = Authenticator.objects.filter(user=user).delete()
    return bool(removed)
