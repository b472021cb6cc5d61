"""`/me/reminders/`, and the way out of them for whoever holds a message in hand."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from imgportal.models import User
from profiles import member_record
from profiles.reminders import letters, schedule
from profiles.views import entry_pages
from profiles.views.entry_pages import OWN_REMINDERS
from profiles.views.member_requests import SignedInRequest, either, members_only


@members_only
def reminders(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read_settings(request.user)
    choice = OWN_REMINDERS.row_in(stored)
    bounced = choice is not None and choice.bounced == request.user.email
    return entry_pages.put_entry(
        request,
        page=OWN_REMINDERS,
        stored=stored,
        hint=(
            f"Messages to {request.user.email} came back, so none are sent. Change the "
            "address of your account, or save this page to try the same one again."
            if bounced
            else f"By e-mail to {request.user.email}, at most one message a day, and one "
            "when a changed rule changes an answer of yours or figures that you follow "
            "are published. They name dates, and no score and no result."
        ),
        about="profiles/_reminded_of.html",
        bounced=bounced,
    )


# No form of ours: a mail program posts it, for a reader who is not signed in. What is
# signed can do nothing else, and nobody else has it.
@csrf_exempt
@either
def off(request: HttpRequest, signed: str) -> HttpResponse:
    owner_id = letters.owner_of(signed)
    if owner_id is None or not User.objects.filter(pk=owner_id).exists():
        raise Http404
    is_off = request.method == "POST"
    if is_off:
        schedule.switch_off(owner_id)
    # 200 after POST, too: mail programs do not follow a redirect here (RFC 8058).
    response = render(request, "profiles/reminders_off.html", {"is_off": is_off})
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
