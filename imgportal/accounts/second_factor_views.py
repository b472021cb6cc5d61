"""Pages on which a second factor or a passkey is added or shown."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    SignupWebAuthnView,
)
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic.edit import FormMixin

from imgportal.accounts import allauth_seams, second_factor
from imgportal.accounts.redirects import WANTED_PAGE


class ActivateSecondFactor(ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        allauth_seams.record_second_factor_use(self.request, "totp")
        return response


class ShowSecondFactor(AuthenticateView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        factor_types = second_factor.list_factor_types(self.stage.login.user)
        if Authenticator.Type.TOTP not in factor_types:
            context["form"].fields["code"].label = "Recovery code"
        return context | {"has": factor_types}


class NewPasskeyMixin:
    """Only what can sign in alone: one kind of key, and one word for it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Past allauth's own, which loses what was wrong with the form before.
        context: dict[str, Any] = FormMixin.get_context_data(self, **kwargs)  # type: ignore[arg-type]
        options = allauth_seams.begin_passkey(context["form"].user)
        return context | {"js_data": {"creation_options": options}}


class AddPasskey(NewPasskeyMixin, AddWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        allauth_seams.record_second_factor_use(self.request, "webauthn")
        return response

    def get_success_url(self) -> str:
        if self.did_generate_recovery_codes:
            return reverse("mfa_view_recovery_codes")
        return reverse("mfa_list_webauthn")


class SignUpWithPasskey(NewPasskeyMixin, SignupWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if not self.request.user.is_authenticated:
            return response
        allauth_seams.record_second_factor_use(self.request, "webauthn")
        # Whoever loses the only device could never come back without these.
        allauth_seams.add_recovery_codes(self.request)
        self.request.session[WANTED_PAGE] = response["Location"]
        _remember_own_device(self.request, form)
        return redirect("mfa_view_recovery_codes")


class SignInWithPasskey(LoginWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if self.request.user.is_authenticated:
            _remember_own_device(self.request, form)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        _add_error_messages(self.request, form)
        page = reverse("account_login")
        next_page = self.request.POST.get("next") or self.request.GET.get("next")
        if next_page and get_adapter().is_safe_url(next_page):
            page += f"?{urlencode({'next': next_page})}"
        return redirect(page)


class ShowPasskeyAgain(ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        _add_error_messages(self.request, form)
        return redirect(self.request.get_full_path())


def _add_error_messages(request: HttpRequest, form: Any) -> None:
    for error in form.errors.get("credential", []):
        messages.error(request, error)


def _remember_own_device(request: HttpRequest, form: Any) -> None:
    """Keep the session for long on a device that holds the passkey itself.

    A phone or a security key may have been held to somebody else's computer. Staff
    are never remembered.
    """
    # The browser alone says so. A false answer only lengthens the sender's own session.
    credential = json.loads(form.data["credential"])
    is_own_device = credential.get("authenticatorAttachment") == "platform"
    if is_own_device and not getattr(request.user, "is_staff", False):
        request.session.set_expiry(settings.ACCOUNT_SESSION_COOKIE_AGE)
