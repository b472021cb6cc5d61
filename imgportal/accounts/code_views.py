"""Pages that take a code from a message."""

from __future__ import annotations

from typing import Any

from allauth.account.views import (
    ConfirmEmailVerificationCodeView,
    ConfirmLoginCodeView,
    ConfirmPasswordResetCodeView,
)
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from imgportal.accounts.allauth_seams import (
    CodeResendMixin,
    LateCodeMixin,
    find_address_stage,
)
from imgportal.accounts.redirects import get_start_page


class ConfirmAddress(LateCodeMixin, CodeResendMixin, ConfirmEmailVerificationCodeView):
    session_key = LateCodeMixin.ADDRESS_CODE

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        # After somebody gave up signing up, allauth still shows this page when the
        # address has an account, and only then.
        if request.user.is_anonymous and find_address_stage(request) is None:
            return redirect("account_login")
        if request.user.is_authenticated and self.session_key not in request.session:
            # The form was sent twice, and the first time was right.
            return redirect(get_start_page(request.user))
        return super().dispatch(request, *args, **kwargs)


class ConfirmSignInCode(LateCodeMixin, CodeResendMixin, ConfirmLoginCodeView):
    session_key = LateCodeMixin.SIGN_IN_CODE

    def form_valid(self, form: Any) -> HttpResponse:
        user = self.stage.login.user  # None: the address has no account
        had_password = user is not None and user.has_usable_password()
        response: HttpResponse = super().form_valid(form)
        if had_password:
            user.refresh_from_db(fields=["password"])
            if not user.has_usable_password():
                # See addresses.drop_unconfirmed_password.
                messages.warning(
                    self.request,
                    "The password that was typed when this account was made does not "
                    "count: it was never confirmed with a code. Choose one under "
                    "Password.",
                )
        return response


class ConfirmPasswordCode(LateCodeMixin, ConfirmPasswordResetCodeView):
    session_key = LateCodeMixin.PASSWORD_CODE
