"""Where allauth asks the site how it wants things."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from imgportal.accounts import allauth_seams, device_names, second_factor
from imgportal.accounts.redirects import get_start_page
from imgportal.lib import clock, sealed_text
from imgportal.models import MessageKind, OutgoingMessage, User

logger = logging.getLogger(__name__)

# After that a message is worth nothing, and is not sent any more.
CODE_IS_GOOD = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
NOTICE_IS_GOOD = timedelta(days=3)

# The words of the links to each way of re-authentication.
REAUTHENTICATION_WORDS = {
    "reauthenticate": "Use your password instead",
    "mfa_reauthenticate": "Use a code instead",
    "mfa_reauthenticate:webauthn": "Use a passkey instead",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": (
            "This address and this password do not belong together. Check both, or "
            "reset the password."
        ),
        "too_many_login_attempts": (
            "Too many attempts. Wait five minutes, then try again."
        ),
        "incorrect_password": "This is not your password. Try again.",
        "enter_current_password": "This is not your current password. Try again.",
        "incorrect_code": "This code is not the one in the message. Check each digit.",
        "rate_limited": "A code was sent a moment ago. Wait a little, then ask again.",
        "duplicate_email": "This is your address already.",
        "email_taken": "There is already an account with this address.",
    }

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return get_start_page(request.user)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return get_start_page(request.user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_overview")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        # After a sign-up the sign-in that waited for the code leads on by itself.
        return reverse("account_overview")

    def post_login(
        self, request: HttpRequest, user: User, *, signup: bool, **kwargs: Any
    ) -> HttpResponse:
        if signup and user.has_usable_password():
            # The password was typed two pages ago, so a second factor may be set up
            # without typing it again.
            allauth_seams.record_password_use(request, user)
        response: HttpResponse = super().post_login(
            request, user, signup=signup, **kwargs
        )
        return response

    def get_http_user_agent(self, request: HttpRequest) -> str:
        return device_names.describe_device(super().get_http_user_agent(request))

    def get_reauthentication_methods(
        self, user: AbstractBaseUser | AnonymousUser
    ) -> list[dict[str, Any]]:
        # allauth shows the page of the first method. Passkeys come before codes,
        # because an account that has only passkeys has recovery codes as well.
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        methods.sort(key=lambda method: method["id"] == "mfa_reauthenticate")
        return [
            method
            | {
                "description": REAUTHENTICATION_WORDS.get(
                    method["id"], method["description"]
                )
            }
            for method in methods
        ]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        # Whoever has just typed the password and has no second factor yet is about
        # to set one up: asking again at once would protect nothing.
        if (
            app == "allauth.mfa"
            and not second_factor.has_second_factor(self.request.user)
            and self._has_authenticated_lately(clock.now())
        ):
            return False
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required

    def can_only_sign_in_anew(self, *, now: datetime) -> bool:
        """Has this account nothing to ask for, and was the sign-in minutes ago?

        Without a password and a second factor, one signs in by codes from messages.
        allauth's re-authentication then asks for nothing and lets everybody pass.
        """
        methods = self.get_reauthentication_methods(self.request.user)
        return not methods and not self._has_authenticated_lately(now)

    def _has_authenticated_lately(self, now: datetime) -> bool:
        records = allauth_seams.read_authentications(self.request)
        newest = max((record["at"] for record in records), default=0.0)
        age = now.timestamp() - newest
        return bool(age < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """Into the outbox: no request waits for a mail server."""
        request = self.request
        words = {
            "request": request,
            "email": email,
            "current_site": get_current_site(request),
        }
        now = clock.now()
        OutgoingMessage.objects.put(
            self.render_mail(template_prefix, email, words | context),
            kind=MessageKind.ACCOUNT,
            owner=_owner_of(email, context, request),
            now=now,
            expires_at=now + (CODE_IS_GOOD if "code" in context else NOTICE_IS_GOOD),
        )


def _owner_of(email: str, context: dict[str, Any], request: HttpRequest) -> User | None:
    """With whose account the message goes. None: an address that has no account."""
    if isinstance(context.get("user"), User):
        owner: User = context["user"]
        return owner
    if owner_by_address := User.objects.of_address(email):
        return owner_by_address
    # An address that was the account's until a moment ago.
    return request.user if isinstance(request.user, User) else None


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors, with their secrets encrypted where they are stored."""

    PURPOSE = "imgportal: secrets of second factors"
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": (
            "This code is not right, or was used already. Wait for the next one."
        ),
        "lost_key": (
            "Your second factor can no longer be read: the key of this site was "
            "changed. Ask whoever operates the site to reset it."
        ),
    }

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        """The device of this request, which is where a passkey is usually made."""
        return device_names.describe_device(self.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "IMG portal"}

    def encrypt(self, text: str) -> str:
        return sealed_text.seal(
            text, keys=sealed_text.site_keys(), purpose=self.PURPOSE
        )

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return sealed_text.unseal(
                encrypted_text, keys=sealed_text.site_keys(), purpose=self.PURPOSE
            )
        except sealed_text.CannotOpen:
            logger.error(
                "A second factor cannot be decrypted: SECRET_KEY was changed without "
                "keeping the old one in SECRET_KEY_FALLBACKS."
            )
            lost_key: ValidationError = self.validation_error("lost_key")
            raise lost_key from None
