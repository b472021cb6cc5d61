"""What happens around every request."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from imgportal import accounts

logger = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponse]

PERSONAL = ("/accounts/", "/admin/", "/me/")
# Where staff wanted to go before they were asked for a second factor.
WANTED = "staff_wanted"


class DatabaseAwayMiddleware:
    """A plain page when the database cannot be reached, instead of a trace."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, (OperationalError, InterfaceError)):
            return None
        logger.error("The database is away: %s", exception)
        return HttpResponse(
            render_to_string("503.html"),
            status=503,
            headers={"Retry-After": "30", "Cache-Control": "no-store"},
        )


class PersonalPagesMiddleware:
    """No browser or proxy keeps a page that belongs to one person."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(PERSONAL):
            response.headers["Cache-Control"] = "no-store, private"
        return response


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
        if accounts.has_second_factor(user):
            if accounts.showed_second_factor(request):
                return None
            query = urlencode({"next": self._wanted(request)})
            return redirect(f"{reverse('mfa_reauthenticate')}?{query}")
        request.session[WANTED] = self._wanted(request)
        return redirect("mfa_activate_totp")

    def _wanted(self, request: HttpRequest) -> str:
        # What a form would have sent cannot be sent again by a link.
        return request.get_full_path() if request.method == "GET" else request.path
