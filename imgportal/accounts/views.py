"""`/accounts/`: what opens the account, and where it is signed in."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from imgportal.accounts import allauth_seams, device_names
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
    """Leads to the page that a second factor was needed for, or to the start page."""
    page = request.session.get(WANTED_PAGE, "")
    if url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return redirect(page)
    return redirect(get_start_page(request.user))


@require_safe
@login_required
def session_list(request: HttpRequest) -> HttpResponse:
    """Where the account is signed in, the session that asks first."""
    current = request.session.session_key
    sessions = list_sessions(request.user)
    sessions.sort(key=lambda session: session.session_key != current)
    return render(
        request,
        "account/session_list.html",
        {
            "sessions": [
                (session, device_names.describe_device(session.user_agent))
                for session in sessions
            ],
            "current": current,
        },
    )


@login_required
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    # Somebody else's session answers 404, like one that does not exist.
    session = get_object_or_404(UserSession, pk=pk, user_id=request.user.pk)
    allauth_seams.end_user_sessions(request, [session])
    if not request.user.is_authenticated:
        return redirect("account_login")
    messages.success(request, "That device is signed out.")
    return redirect("usersessions_list")


@login_required
@require_POST
def session_end_others(request: HttpRequest) -> HttpResponse:
    other_sessions = UserSession.objects.filter(user_id=request.user.pk).exclude(
        session_key=request.session.session_key
    )
    allauth_seams.end_user_sessions(request, other_sessions)
    messages.success(request, "Every other device is signed out.")
    return redirect("usersessions_list")
