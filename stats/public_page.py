"""Serves pages of published figures, which are the same for everyone.

`@public_page` hands the published figures to the view and answers conditional
requests from the time of the last publication, or of the last edit of a source or
specialty.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from imgportal.lib.http import read_only
from imgportal.lib.public_cache import public_answer
from stats import public


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Decorate a view `(request, figures, …)` that shows published figures only."""

    @read_only
    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        figures = public.everything()
        return public_answer(
            request,
            token=figures.publication.token,
            modified=figures.publication.changed_at,
            make=lambda: view(request, figures, *args, **kwargs),
        )

    return page
