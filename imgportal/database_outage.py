"""What is answered when the database cannot be reached, or goes away in the middle.

A form may have been stored before the database went away: between its row and the
session, which is saved last, or before the page that would have said so was drawn. So
whoever sent one is told that we do not know, and where to look.
"""

from __future__ import annotations

import logging

from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Where somebody sees what was stored: beginning of an address, page, name of the page.
PLACES = (
    ("/me/", "/me/", "your record"),
    ("/admin/", "/admin/", "the staff pages"),
    ("/accounts/", "/accounts/login/", "your account"),
)


def answer_outage(request: HttpRequest, error: BaseException) -> HttpResponse | None:
    """The page about an outage of the database; None when the error is another one."""
    is_form = request.method not in SAFE_METHODS
    if not _is_outage(error, is_form=is_form):
        return None
    logger.error("The database is away: %s", error)
    template, context = "503.html", {}
    if is_form:
        template = "503_form.html"
        place = next(
            (
                {"address": address, "name": name}
                for beginning, address, name in PLACES
                if request.path_info.startswith(beginning)
            ),
            None,
        )
        context = {"place": place}
    return HttpResponse(
        render_to_string(template, context),
        status=503,
        headers={"Retry-After": "30", "Cache-Control": "no-store"},
    )


def _is_outage(error: BaseException | None, *, is_form: bool) -> bool:
    if isinstance(error, SessionInterrupted):
        # Django says this of every session that cannot be saved, whatever the reason.
        # That one was ended elsewhere, in another tab, is no outage for a reader; a form
        # that came with it may be stored all the same.
        update_error = error.__context__
        reason = update_error.__context__ if update_error else None
        return is_form or isinstance(reason, OperationalError)
    # DatabaseError itself is what SQLite raises for a damaged file. Its other subclasses
    # are mistakes in our statements.
    return (
        isinstance(error, (OperationalError, InterfaceError))
        or type(error) is DatabaseError
    )
