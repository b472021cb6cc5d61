"""`/me/data/delete/`: deletes the account, with everything in it."""

from __future__ import annotations

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from imgportal.accounts import deletion
from imgportal.lib import clock
from imgportal.models import User

REFUSED = 409


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def delete(request: HttpRequest) -> HttpResponse:
    """Says what would be deleted, asks, and deletes; all behind re-authentication."""
    user = cast(User, request.user)
    page = {"part": "data", "counts": deletion.count_deletions(user)}
    if not deletion.may_be_deleted(user):
        status = REFUSED if request.method == "POST" else 200
        return render(request, "account/delete_refused.html", page, status=status)
    if get_adapter().can_only_sign_in_anew(now=clock.now()):
        return render(request, "account/sign_in_again.html", page)
    if request.method == "POST":
        try:
            deletion.delete_account(
                user, message="account/email/deleted_message.txt", now=clock.now()
            )
        except deletion.AccountIsKept:
            return render(request, "account/delete_refused.html", page, status=REFUSED)
        logout(request)
        return redirect("account_deleted")
    return render(request, "account/delete.html", page)


@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    return render(request, "account/deleted.html")
