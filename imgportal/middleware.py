"""What happens around every request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from imgportal.accounts import allauth_seams
from imgportal.database_outage import answer_outage
from imgportal.lib import clock

Answer = Callable[[HttpRequest], HttpResponse]

ACCOUNTS = "/accounts/"
PERSONAL = (ACCOUNTS, "/admin/", "/me/")
# Where staff wanted to go before they were asked for a second factor.
WANTED = "staff_wanted"
# "Last seen" is right to some minutes.
FRESH = timedelta(minutes=5)


class DatabaseAwayMiddleware:
    """A plain page when a view loses the database, instead of a trace.

    What happens outside of a view (the session is saved after it) comes to the handlers
    of errors in imgportal/views.py, which give the same answer.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        return answer_outage(request, exception)


class PersonalPagesMiddleware:
    """No browser or proxy keeps a page that belongs to one person."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(PERSONAL):
            response.headers["Cache-Control"] = "no-store, private"
        return response


class WrongFormMiddleware:
    """A form with something wrong is answered 422, on allauth's pages as on ours."""

    FORMS = ("form", "verify_form", "webauthn_form")

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        if (
            request.method == "POST"
            and request.path_info.startswith(ACCOUNTS)
            and response.status_code == 200
        ):
            context = response.context_data or {}
            forms = [context.get(name) for name in self.FORMS]
            if any(form is not None and form.errors for form in forms):
                response.status_code = 422
        return response


class LastSeenMiddleware:
    """Keeps the list of a person's sessions up to date, for that person.

    allauth's own would read the session of every page, public ones too, and write at
    every request. A row is made at sign-in; here it is brought up to date when it is
    some minutes old, so that a page costs one short look.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(PERSONAL) and request.user.is_authenticated:
            self._note(request)
        return self.get_response(request)

    def _note(self, request: HttpRequest) -> None:
        now = clock.now()
        stale = UserSession.objects.filter(
            session_key=request.session.session_key,
            user_id=request.user.pk,
            last_seen_at__lt=now - FRESH,
        )
        if stale.exists():
            stale.update(
                last_seen_at=now,
                ip=get_adapter().get_client_ip(request),
                user_agent=request.headers.get("User-Agent", "")[:200],
            )


class StaffDoorMiddleware:
    """Nothing of the staff pages is answered before a second factor was used.

    Who is not signed in is sent to sign in, by the staff site itself. Who is signed
    in and not staff finds nothing there: a refusal would say that there is something.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        # By what the address means, not by how it is spelt.
        match = request.resolver_match
        if match is None or "admin" not in match.namespaces:
            return None
        user = request.user
        if not user.is_authenticated:
            return None
        if not user.is_staff:
            raise Http404
        if allauth_seams.has_second_factor(user):
            if allauth_seams.showed_second_factor(request):
                return None
            query = urlencode({"next": self._wanted(request)})
            return redirect(f"{allauth_seams.proof_page(user)}?{query}")
        request.session[WANTED] = self._wanted(request)
        return redirect("mfa_activate_totp")

    def _wanted(self, request: HttpRequest) -> str:
        # What a form would have sent cannot be sent again by a link.
        return request.get_full_path() if request.method == "GET" else request.path
