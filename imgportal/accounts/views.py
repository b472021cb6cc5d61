"""`/accounts/`: what opens the account, and the way on from there."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from imgportal.accounts.redirects import WANTED_PAGE, get_start_page
from imgportal.accounts.sessions import list_sessions


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
            "start_page": get_start_page(request.user),
            "passkeys": by_type.get(Authenticator.Type.WEBAUTHN, []),
            "app": next(iter(by_type.get(Authenticator.Type.TOTP, [])), None),
            "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
            "session_count": len(list_sessions(request.user)),
        },
    )


@require_safe
@login_required
def onward(request: HttpRequest) -> HttpResponse:
    """To where somebody was going when a second factor was asked for or made."""
    wanted = request.session.get(WANTED_PAGE, "")
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return redirect(wanted)
    return redirect(get_start_page(request.user))
