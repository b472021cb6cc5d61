"""The few account pages that do more than allauth's own."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from imgportal.middleware import WANTED


class ActivateSecondFactor(ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        # This session has just shown a code: it counts as every later sign-in does,
        # and the recovery codes may be seen without typing the password once more.
        record_authentication(
            self.request,
            self.request.user,
            method="mfa",
            type="totp",
            reauthenticated=True,
        )
        return response


activate_second_factor = login_required(ActivateSecondFactor.as_view())


@require_safe
@login_required
def onward(request: HttpRequest) -> HttpResponse:
    """To where staff were going when they were asked for a second factor."""
    wanted = request.session.get(WANTED, "")
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return redirect(wanted)
    return redirect(reverse("admin:index"))
