"""What happens around every request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import urlencode

from imgportal.accounts import second_factor
from imgportal.accounts.redirects import WANTED_PAGE, get_reauthentication_page
from imgportal.database_outage import answer_outage
from imgportal.lib import clock, problems

ACCOUNTS = "/accounts/"
PERSONAL = (ACCOUNTS, "/admin/", "/me/")
# Addresses that hold a secret.
SECRET = ("/calendar/", "/reminders/", "/sheets/")
UNLISTED = (*PERSONAL, *SECRET, "/report/", "/search")
DATA = (".csv", ".json", ".atom", ".zip", ".sqlite3")
# Below it nothing is a page.
CITATIONS = "/cite/"
# Everything below it, but for the page that explains it.
API, DOCUMENTATION = "/api/", "/api/v1/docs/"
# Whatever is below it and no page.
FILES = "/data/"
# Pictures of charts, which other sites show.
EMBEDS = "/embed/"
PICTURES = (".svg", ".png")
# How late "last seen" may be.
LAST_SEEN_DELAY = timedelta(minutes=5)


class DatabaseAwayMiddleware(MiddlewareMixin):
    """A plain page when a view loses the database, instead of a trace.

    What happens outside of a view (the session is saved after it) comes to the handlers
    of errors in imgportal/views.py, which give the same answer.
    """

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        return answer_outage(request, exception)


class UnlistedPagesMiddleware(MiddlewareMixin):
    """No browser or proxy keeps a page that belongs to one person, and no search engine
    lists it, nor a page of answers to somebody's words.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        if request.path_info.startswith(PERSONAL):
            response.headers["Cache-Control"] = "no-store, private"
        if request.path_info.startswith(UNLISTED):
            response.headers.setdefault("X-Robots-Tag", "noindex")
        return response


class DataMiddleware(MiddlewareMixin):
    """Answers that programs read may be read by pages of any origin, errors too, and an
    error is never a page.
    """

    HEADERS: ClassVar[dict[str, str]] = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Link, ETag, Last-Modified, Retry-After",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    # What is asked before a request that a browser does not take for a simple one.
    PREFLIGHT: ClassVar[dict[str, str]] = {
        "Allow": "GET, HEAD, OPTIONS",
        "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
        "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
        "Access-Control-Max-Age": "86400",
    }

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if request.method == "OPTIONS" and is_data(request.path_info):
            return HttpResponse(status=204, headers=self.PREFLIGHT)
        return None

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        if not is_data(request.path_info):
            return response
        is_told = response.headers.get("Content-Type", "") == problems.MEDIA_TYPE
        if response.status_code >= 400 and not is_told:
            told = problems.problem(
                request,
                status=response.status_code,
                title=HTTPStatus(response.status_code).description
                or HTTPStatus(response.status_code).phrase,
            )
            for name in ("Allow", "Retry-After", "Cache-Control"):
                if name in response.headers:
                    told.headers[name] = response.headers[name]
            response = told
        for name, value in self.HEADERS.items():
            response.headers[name] = value
        return response


def is_data(path: str) -> bool:
    """Is it the address of public data or a picture of them, read by programs?"""
    if path.startswith(CITATIONS):
        return True
    if path.startswith(API):
        return path != DOCUMENTATION
    if path.startswith(FILES):
        return not path.endswith("/")
    if path.startswith(EMBEDS):
        return path.endswith(PICTURES)
    return path.endswith(DATA) and not path.startswith((*PERSONAL, *SECRET))


class WrongFormMiddleware(MiddlewareMixin):
    """A form with something wrong is answered 422, on allauth's pages as on ours."""

    FORMS = ("form", "verify_form", "webauthn_form")

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


class LastSeenMiddleware(MiddlewareMixin):
    """Keeps the list of a person's sessions up to date, for that person.

    allauth's own would read the session of every page, public ones too, and write at
    every request. A row is made at sign-in; here it is brought up to date when it is
    some minutes old, so that a page costs one short look.
    """

    def process_request(self, request: HttpRequest) -> None:
        if not request.path_info.startswith(PERSONAL):
            return
        if not request.user.is_authenticated:
            return
        now = clock.now()
        stale = UserSession.objects.filter(
            session_key=request.session.session_key,
            user_id=request.user.pk,
            last_seen_at__lt=now - LAST_SEEN_DELAY,
        )
        if stale.exists():
            stale.update(
                last_seen_at=now,
                ip=get_adapter().get_client_ip(request),
                user_agent=request.headers.get("User-Agent", "")[:200],
            )


class StaffDoorMiddleware(MiddlewareMixin):
    """Nothing of the staff pages is answered before a second factor was used.

    Whoever is not signed in is sent to sign in by the staff site itself. Whoever is
    signed in and not staff gets 404: a refusal would say that there is something.
    """

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        # The view that the address leads to counts, however the address is spelt.
        match = request.resolver_match
        if match is None or "admin" not in match.namespaces:
            return None
        user = request.user
        if not user.is_authenticated:
            return None
        if not user.is_staff:
            raise Http404
        if second_factor.has_second_factor(user):
            if second_factor.has_shown_second_factor(request):
                return None
            query = urlencode({"next": self._get_wanted_page(request)})
            return redirect(f"{get_reauthentication_page(user)}?{query}")
        request.session[WANTED_PAGE] = self._get_wanted_page(request)
        return redirect("mfa_activate_totp")

    def _get_wanted_page(self, request: HttpRequest) -> str:
        # A link cannot send a form again, so a form leads back to its page.
        return request.get_full_path() if request.method == "GET" else request.path
