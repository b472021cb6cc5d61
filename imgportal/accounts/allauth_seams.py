"""The only module that uses what allauth does not promise to keep.

allauth documents its models, adapters, forms, views, signals and decorators. Anything
else may move with a release, so it is used here alone, and each docstring says why the
documented part does not do. tests/imgportal/accounts/test_allauth_seams.py names all of
it: an upgrade that moves something fails there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.email_verification_by_code import (
    EMAIL_VERIFICATION_CODE_SESSION_KEY,
)
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.password_reset_by_code import (
    PASSWORD_RESET_VERIFICATION_SESSION_KEY,
)
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.stages import EmailVerificationStage, LoginStageController
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.recovery_codes.internal.flows import auto_generate_recovery_codes
from allauth.mfa.webauthn.internal.auth import (
    begin_registration,
    get_authenticator_by_credential_id,
)
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from imgportal.models import User

Visitor = AbstractBaseUser | AnonymousUser

# --- How the person of a session has authenticated ---------------------------------


def read_authentications(request: HttpRequest) -> list[dict[str, Any]]:
    """How the person of this session has shown who they are, the oldest first.

    Each has a `method` ("password", "mfa", "code") and its time `at`, in seconds since
    1970. allauth asks these records itself and has no documented way to read them.
    """
    records: list[dict[str, Any]] = get_authentication_records(request, request.user)
    return records


def record_password_use(request: HttpRequest, user: User) -> None:
    """Count the password of a new account as typed just now.

    allauth records a password at sign-in, but not the one of the sign-up form.
    """
    record_authentication(request, user, method="password")


def record_second_factor_use(request: HttpRequest, factor_type: str) -> None:
    """Count a second factor that was set up a moment ago as used.

    The recovery codes may then be seen without typing the password once more. allauth
    records a second factor only when it is used to sign in or asked for again.
    """
    record_authentication(
        request, request.user, method="mfa", type=factor_type, reauthenticated=True
    )


# --- Steps of signing in -----------------------------------------------------------


def find_address_stage(request: HttpRequest) -> Any | None:
    """The step of an unfinished sign-in that waits for the code to the address.

    None when this session waits for no such code. `login.user` is whose address it is.
    allauth keeps unfinished sign-ins to itself.
    """
    return LoginStageController.enter(request, EmailVerificationStage.key)


class LateCodeMixin:
    """Tells whoever types a code too late what happened.

    allauth leads them to another page without a word, and only its private names say
    that a code was waited for (the session) and is good no more (the process).
    """

    ADDRESS_CODE = EMAIL_VERIFICATION_CODE_SESSION_KEY
    PASSWORD_CODE = PASSWORD_RESET_VERIFICATION_SESSION_KEY
    SIGN_IN_CODE = LOGIN_SESSION_KEY

    session_key: str  # one of the three above
    _process: Any

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        was_waiting = self.session_key in request.session
        response: HttpResponseBase = super().dispatch(  # type: ignore[misc]
            request, *args, **kwargs
        )
        # No attribute at all: allauth did not come so far as to look for a code.
        if was_waiting and getattr(self, "_process", self) is None:
            messages.warning(
                request,
                "The code was good for 15 minutes, and they are over. Sign in with "
                "your password, or ask for a new code.",
            )
        return response


class CodeResendMixin:
    """A further code costs the same for an address with an account and without one.

    allauth sends nothing to an unknown address the second time, and how long the
    answer takes would say so. Its documented views cannot be told otherwise.
    """

    request: HttpRequest
    _process: Any

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        state_before = dict(self._process.state)
        try:
            if self._process.user:
                self._process.generate_code()
            self._process.send()
        except ImmediateHttpResponse:
            # allauth's page for "too often" would end what somebody is in the middle
            # of, and the code that is on its way would be good no more.
            self._process.state.update(state_before)
            messages.error(self.request, get_adapter().error_messages["rate_limited"])
        else:
            self._process.record_resend()
            messages.success(self.request, "Another code is on its way.")
        self._process.persist()
        return redirect(self.request.get_full_path())


# --- Passkeys, recovery codes, sessions ----------------------------------------------


def begin_passkey(user: Visitor) -> dict[str, Any]:
    """What a browser needs to make a passkey that can sign in alone.

    allauth's own view asks for keys that are only a second factor.
    """
    options: dict[str, Any] = begin_registration(user, passwordless=True)
    return options


def has_passkey(user: User, credential_id: bytes) -> bool:
    """Does the account have the passkey with this id?

    allauth keeps the id inside a binary value that only its own code reads.
    """
    return get_authenticator_by_credential_id(user, credential_id) is not None


def add_recovery_codes(request: HttpRequest) -> None:
    """Give the signed-in person recovery codes, unless they have some.

    allauth does it when a passkey is added, but not when an account is made with one.
    """
    auto_generate_recovery_codes(request)


def end_user_sessions(request: HttpRequest, sessions: Iterable[UserSession]) -> None:
    """Sign out these sessions; whose request it is as well, when theirs is one of them.

    allauth's form ends all other sessions, never a single one.
    """
    end_sessions(request, sessions)
