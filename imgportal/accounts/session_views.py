"""`/accounts/sessions/`: where an account is signed in."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from imgportal.accounts import allauth_seams, device_names
from imgportal.accounts.sessions import list_sessions


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
    # Somebody else's session is not there, rather than forbidden.
    session = get_object_or_404(UserSession, pk=pk, user_id=request.user.pk)
    allauth_seams.end_user_sessions(request, [session])
    if not request.user.is_authenticated:
        return redirect("account_login")
    messages.success(request, "That device is signed out.")
    return redirect("usersessions_list")


@login_required
@require_POST
def session_end_others(request: HttpRequest) -> HttpResponse:
    others = UserSession.objects.filter(user_id=request.user.pk).exclude(
        session_key=request.session.session_key
    )
    allauth_seams.end_user_sessions(request, others)
    messages.success(request, "Every other device is signed out.")
    return redirect("usersessions_list")
