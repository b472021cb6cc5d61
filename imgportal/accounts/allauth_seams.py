"""What the site knows about an account beyond its row: address, second factor."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage, LoginStageController
from allauth.core.internal.sessionkit import get_session_user
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

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


def drop_a_password_nobody_vouched_for(
    sender: Any, *, request: HttpRequest, email_address: EmailAddress, **kwargs: Any
) -> None:
    """Connected to allauth's `email_confirmed`; see imgportal/apps.py.

    Anybody can sign up with somebody else's address and wait. When its owner then
    comes in by a code, the address is confirmed and the stranger's password would be
    good from that moment on. So a password stays only if whoever typed it confirms
    the address, in the same session, or is signed in already.
    """
    user = email_address.user
    if request.user.is_authenticated or not user.has_usable_password():
        return
    stage = LoginStageController.enter(request, EmailVerificationStage.key)
    if stage is None or stage.login.user != user:
        user.set_unusable_password()
        user.save(update_fields=["password"])


def start_page(user: AbstractBaseUser | AnonymousUser) -> str:
    """Where somebody goes who has signed in and asked for no page."""
    if getattr(user, "is_staff", False):
        return reverse("admin:index")
    return reverse("profiles:dashboard")


def factor_types(user: AbstractBaseUser | AnonymousUser) -> set[str]:
    factors = Authenticator.objects.filter(user_id=user.pk)
    return set(factors.values_list("type", flat=True))


def proof_page(user: AbstractBaseUser | AnonymousUser) -> str:
    """Where the second factor of an account is shown once more."""
    types = factor_types(user)
    if Authenticator.Type.WEBAUTHN in types and Authenticator.Type.TOTP not in types:
        return reverse("mfa_reauthenticate_webauthn")
    return reverse("mfa_reauthenticate")


def sessions_of(user: AbstractBaseUser | AnonymousUser) -> list[UserSession]:
    """Where somebody is signed in now, the last seen first.

    Rows may outlive what they are about: the session ended, or a new password shut
    it out. They are removed at the next sign-in; to look changes nothing.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return [
        session
        for session in UserSession.objects.filter(user_id=user.pk).order_by(
            "-last_seen_at", "-pk"
        )
        if get_session_user(store(session.session_key)) == user
    ]


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
