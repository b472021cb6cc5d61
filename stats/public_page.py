"""Serves pages of published figures, which are the same for everyone.

`@public_page` hands the published figures to the view and answers conditional
requests from the time of the last publication, or of the last edit of a source or
specialty.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from imgportal.lib import clock
from imgportal.lib.http import read_only
from imgportal.lib.public_cache import public_answer
from stats import public
from stats.actions import schedule_publication

logger = logging.getLogger(__name__)


def current_figures() -> public.Figures:
    """What is public now. What was scheduled and is due is published first: the hour
    holds for the first reader after it, whatever the timer does.
    """
    figures = public.everything()
    now = clock.now()
    if figures.next_publication is None or now < figures.next_publication:
        return figures
    try:
        schedule_publication.publish_due(now=now)
    except Exception:
        # Whatever it is, somebody else who is writing or a fault of ours: readers get what
        # is public, and the next request tries again.
        logger.exception("what is due could not be published")
        return figures
    return public.everything()


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Decorate a view `(request, figures, …)` that shows published figures only."""

    @read_only
    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        figures = current_figures()
        return public_answer(
            request,
            token=figures.publication.token,
            modified=figures.publication.changed_at,
            make=lambda: view(request, figures, *args, **kwargs),
        )

    return page
