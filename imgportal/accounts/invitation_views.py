"""`/invitations/…/`: whoever was invited chooses a password."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from imgportal.accounts import device_names, invitations, security_events
from imgportal.accounts.forms import FirstPasswordForm
from imgportal.lib import clock
from imgportal.models import SecurityEvent

HEADERS = {
    "Cache-Control": "no-store, private",
    # Without the path, which is a secret. Not "no-referrer": a form of such a page is
    # sent with the Origin "null", which the check of forms refuses.
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """To look at it, as a mail program does ahead of its reader, uses nothing up."""
    now = clock.now()
    with transaction.atomic():
        is_post = request.method == "POST"
        person = invitations.find_invited(token, now=now, locks=is_post)
        if person is None:
            return _page(request, "account/invitation_gone.html", status=404)
        form = FirstPasswordForm(person, request.POST if is_post else None)
        if not is_post or not form.is_valid():
            return _page(
                request,
                "account/invitation.html",
                form=form,
                status=422 if is_post else 200,
            )
        form.save()
    device = device_names.describe_device(request.headers.get("User-Agent", ""))
    security_events.add_event(
        person, SecurityEvent.Kind.PASSWORD_CHANGED, device=device, now=now
    )
    get_adapter().send_notification_mail("account/email/password_set", person)
    messages.success(request, "Your password is kept. Sign in with it.")
    return redirect("account_login")


def _page(
    request: HttpRequest, template: str, *, status: int, **context: object
) -> HttpResponse:
    response = render(
        request, template, context | {"is_secret_address": True}, status=status
    )
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
