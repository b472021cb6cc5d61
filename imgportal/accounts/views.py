"""The account pages that do more than allauth's own."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.internal.flows.email_verification_by_code import (
    EMAIL_VERIFICATION_CODE_SESSION_KEY,
)
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.password_reset_by_code import (
    PASSWORD_RESET_VERIFICATION_SESSION_KEY,
)
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.stages import EmailVerificationStage, LoginStageController
from allauth.account.utils import (
    get_next_redirect_url,
    passthrough_next_redirect_url,
)
from allauth.account.views import (
    ConfirmEmailVerificationCodeView,
    ConfirmLoginCodeView,
    ConfirmPasswordResetCodeView,
)
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import auto_generate_recovery_codes
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    SignupWebAuthnView,
)
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from imgportal.accounts import allauth_seams, device_names
from imgportal.accounts.adapters import AccountAdapter
from imgportal.middleware import WANTED

# --- One's own account ---------------------------------------------------------


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Everything that opens the account, and where to change each."""
    factors = Authenticator.objects.filter(user_id=request.user.pk)
    by_type: dict[str, list[Authenticator]] = {}
    for factor in factors.order_by("created_at", "pk"):
        by_type.setdefault(factor.type, []).append(factor)
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    return render(
        request,
        "account/overview.html",
        {
            "start_page": allauth_seams.start_page(request.user),
            "passkeys": by_type.get(Authenticator.Type.WEBAUTHN, []),
            "app": next(iter(by_type.get(Authenticator.Type.TOTP, [])), None),
            "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
            "session_count": len(allauth_seams.sessions_of(request.user)),
        },
    )


@require_safe
@login_required
def onward(request: HttpRequest) -> HttpResponse:
    """To where somebody was going when a second factor was asked for or made."""
    wanted = request.session.get(WANTED, "")
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return redirect(wanted)
    return redirect(allauth_seams.start_page(request.user))


@require_safe
@login_required
def session_list(request: HttpRequest) -> HttpResponse:
    """Where the account is signed in, the session that asks first."""
    current = request.session.session_key
    sessions = allauth_seams.sessions_of(request.user)
    sessions.sort(key=lambda session: session.session_key != current)
    return render(
        request,
        "account/session_list.html",
        {
            "sessions": [
                (session, device_names.in_words(session.user_agent))
                for session in sessions
            ],
            "current": current,
        },
    )


@login_required
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    # Somebody else's session is not there, rather than forbidden.
    session = get_object_or_404(UserSession, pk=pk, user_id=request.user.pk)
    end_sessions(request, [session])
    if not request.user.is_authenticated:
        return redirect("account_login")
    messages.success(request, "That device is signed out.")
    return redirect("usersessions_list")


@login_required
@require_POST
def session_end_others(request: HttpRequest) -> HttpResponse:
    others = UserSession.objects.filter(user_id=request.user.pk)
    end_sessions(request, others.exclude(session_key=request.session.session_key))
    messages.success(request, "Every other device is signed out.")
    return redirect("usersessions_list")


# --- Codes by mail ---------------------------------------------------------------


class ResendsToEverybody:
    """A further code costs the same for an address with an account and without one.

    allauth sends nothing to an unknown address the second time, and how long the
    answer takes would say so.
    """

    request: HttpRequest
    _process: Any

    def _new_code(self) -> None:
        if self._process.user:
            self._process.generate_code()

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        before = dict(self._process.state)
        try:
            self._new_code()
            self._process.send()
        except ImmediateHttpResponse:
            # allauth's page for "too often" would end what somebody is in the middle
            # of, and the code that is on its way would be good no more.
            self._process.state.update(before)
            messages.error(self.request, AccountAdapter.error_messages["rate_limited"])
        else:
            self._process.record_resend()
            messages.success(self.request, "Another code is on its way.")
        self._process.persist()
        return redirect(self.request.get_full_path())


class SaysWhenTooOld:
    """allauth leads whoever comes too late to another page, without a word."""

    waiting_in: str  # the session, under this name
    _process: Any

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        was_waiting = self.waiting_in in request.session
        response: HttpResponseBase = super().dispatch(  # type: ignore[misc]
            request, *args, **kwargs
        )
        # allauth's `dispatch` looks for what is waited for, and throws it away when
        # its time is over.
        if was_waiting and getattr(self, "_process", self) is None:
            messages.warning(
                request,
                "The code was good for 15 minutes, and they are over. Sign in with "
                "your password, or ask for a new code.",
            )
        return response


class ConfirmAddress(
    SaysWhenTooOld, ResendsToEverybody, ConfirmEmailVerificationCodeView
):
    waiting_in = EMAIL_VERIFICATION_CODE_SESSION_KEY

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        # After somebody gave up signing up, allauth still shows this page when the
        # address has an account, and only then.
        stage = LoginStageController.enter(request, EmailVerificationStage.key)
        if request.user.is_anonymous and stage is None:
            return redirect("account_login")
        if request.user.is_authenticated and self.waiting_in not in request.session:
            # The form was sent twice, and the first time was right.
            return redirect(allauth_seams.start_page(request.user))
        return super().dispatch(request, *args, **kwargs)


class ConfirmSignInCode(SaysWhenTooOld, ResendsToEverybody, ConfirmLoginCodeView):
    waiting_in = LOGIN_SESSION_KEY

    def _verify_form_valid(self, form: Any) -> HttpResponse:
        user = self._process.user
        had_password = user.has_usable_password()
        response: HttpResponse = super()._verify_form_valid(form)
        user.refresh_from_db(fields=["password"])
        if had_password and not user.has_usable_password():
            # See accounts.drop_a_password_nobody_vouched_for.
            messages.warning(
                self.request,
                "The password that was typed when this account was made does not "
                "count: it was never confirmed with a code. Choose one under Password.",
            )
        return response


class ConfirmPasswordCode(SaysWhenTooOld, ConfirmPasswordResetCodeView):
    waiting_in = PASSWORD_RESET_VERIFICATION_SESSION_KEY


confirm_address = ConfirmAddress.as_view()
confirm_password_code = ConfirmPasswordCode.as_view()
confirm_sign_in_code = ConfirmSignInCode.as_view()


# --- Second factors and passkeys ----------------------------------------------------


class ActivateSecondFactor(ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _showed_it_just_now(self.request, type="totp")
        return response


class ShowSecondFactor(AuthenticateView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        has = allauth_seams.factor_types(self.stage.login.user)
        if Authenticator.Type.TOTP not in has:
            context["form"].fields["code"].label = "Recovery code"
        return context | {"has": has}


class AddPasskey(AddWebAuthnView):
    """Only what can sign in alone: one kind of key, and one word for it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Past allauth's own, which loses what was wrong with the form before.
        context: dict[str, Any] = super(AddWebAuthnView, self).get_context_data(
            **kwargs
        )
        options = webauthn.begin_registration(self.request.user, passwordless=True)
        return context | {"js_data": {"creation_options": options}}

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _showed_it_just_now(self.request, type="webauthn")
        return response

    def get_success_url(self) -> str:
        if self.did_generate_recovery_codes:
            return reverse("mfa_view_recovery_codes")
        return reverse("mfa_list_webauthn")


class SignUpWithPasskey(SignupWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super(SignupWebAuthnView, self).get_context_data(
            **kwargs
        )
        user = self._login_stage.login.user
        options = webauthn.begin_registration(user, passwordless=True)
        return context | {"js_data": {"creation_options": options}, "email": user.email}

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if not self.request.user.is_authenticated:
            return response
        # Whoever loses the only device could never come back without these.
        _showed_it_just_now(self.request, type="webauthn")
        auto_generate_recovery_codes(self.request)
        self.request.session[WANTED] = response["Location"]
        _remember(self.request, form)
        return redirect("mfa_view_recovery_codes")


class SignInWithPasskey(LoginWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if not self.request.user.is_authenticated:
            return response
        _remember(self.request, form)
        # allauth forgets here where somebody was going.
        return redirect(get_next_redirect_url(self.request) or response["Location"])

    def form_invalid(self, form: Any) -> HttpResponse:
        _say(self.request, form)
        page = reverse("account_login")
        return redirect(passthrough_next_redirect_url(self.request, page, "next"))


class ShowPasskeyAgain(ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        _say(self.request, form)
        return redirect(self.request.get_full_path())


activate_second_factor = login_required(ActivateSecondFactor.as_view())
show_second_factor = ShowSecondFactor.as_view()
add_passkey = login_required(AddPasskey.as_view())
sign_in_with_passkey = SignInWithPasskey.as_view()
sign_up_with_passkey = SignUpWithPasskey.as_view()
show_passkey_again = ShowPasskeyAgain.as_view()


def _say(request: HttpRequest, form: Any) -> None:
    for error in form.errors.get("credential", []):
        messages.error(request, error)


def _showed_it_just_now(request: HttpRequest, *, type: str) -> None:
    """Count what was set up a moment ago as used, as every later sign-in does.

    The recovery codes may then be seen without typing the password once more.
    """
    record_authentication(
        request, request.user, method="mfa", type=type, reauthenticated=True
    )


def _remember(request: HttpRequest, form: Any) -> None:
    """A device that holds the passkey itself is its owner's.

    A phone or a security key may have been held to somebody else's computer. Staff
    are never remembered.
    """
    # Only the browser knows, and who would lie about it lies to themselves.
    answer = json.loads(form.data["credential"])
    held_here = answer.get("authenticatorAttachment") == "platform"
    if held_here and not getattr(request.user, "is_staff", False):
        request.session.set_expiry(settings.ACCOUNT_SESSION_COOKIE_AGE)
