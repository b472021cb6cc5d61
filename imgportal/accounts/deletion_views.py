"""`/me/data/delete/`: the account goes, with everything in it."""

from __future__ import annotations

from typing import cast

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from imgportal.accounts import deletion
from imgportal.lib import clock, reauthentication
from imgportal.models import User

REFUSED = 409


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def delete(request: HttpRequest) -> HttpResponse:
    """Says what goes, asks, and deletes; all of it behind re-authentication."""
    user = cast(User, request.user)
    page = {"part": "data", "counts": deletion.what_goes(user)}
    if not deletion.may_leave(user):
        status = REFUSED if request.method == "POST" else 200
        return render(request, "account/delete_refused.html", page, status=status)
    if reauthentication.can_only_sign_in_anew(request, now=clock.now()):
        return render(request, "account/sign_in_again.html", page)
    if request.method == "POST":
        try:
            deletion.delete_account(
                user, message="account/email/deleted_message.txt", now=clock.now()
            )
        except deletion.Stays:
            return render(request, "account/delete_refused.html", page, status=REFUSED)
        logout(request)
        return redirect("account_deleted")
    return render(request, "account/delete.html", page)


@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    return render(request, "account/deleted.html")
