"""Serves pages of published figures, which are the same for everyone.

`@public_page` hands the published figures to the view and answers conditional
requests from the time of the last publication, or of the last edit of a source or
specialty. `@edition_page` hands over those of the edition that the address asks for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from imgportal.lib import clock
from imgportal.lib.eastern_time import eastern_day
from imgportal.lib.http import read_only
from imgportal.lib.public_cache import public_answer
from stats import asked_edition, public
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
            token=_token(request, figures),
            modified=figures.publication.changed_at,
            make=lambda: view(request, figures, *args, **kwargs),
        )

    return page


def _token(request: HttpRequest, figures: public.Figures) -> str:
    """What the page is made of. A day that is later than today is refused until it comes."""
    token = figures.publication.token
    return f"{token}-{eastern_day(clock.now())}" if "as_of" in request.GET else token


def edition_page(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """Decorate a view `(request, figures, …)` of figures that have a lasting address.

    The view answers through `stats.views.responses`, which says which edition it is and
    what has changed since, and refuses or reports what cannot be had.
    """
    return _of_edition(view, takes_years=False)


def charting_page(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """The same for a page about an edition of Charting Outcomes, which `edition` may name
    by its year.
    """
    return _of_edition(view, takes_years=True)


def _of_edition(
    view: Callable[..., HttpResponse], *, takes_years: bool
) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def of_edition(
        request: HttpRequest, figures: public.Figures, *args: object, **kwargs: object
    ) -> HttpResponse:
        asked = asked_edition.figures_asked_for(
            request.GET,
            figures,
            today=eastern_day(clock.now()),
            takes_years=takes_years,
        )
        return view(request, asked, *args, **kwargs)

    return public_page(of_edition)
