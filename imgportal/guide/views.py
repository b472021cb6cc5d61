"""The pages of the guide: the same for everybody, kept until something changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from imgportal.guide import page_inputs as shelves
from imgportal.guide import season as seasons
from imgportal.guide.calendar_file import season_file
from imgportal.guide.form_answers import class_verdict, pathway_verdict
from imgportal.guide.forms import ClassifyForm, PathwayForm, ZoneForm
from imgportal.guide.grounds import GROUNDS
from imgportal.guide.page_contents import contents
from imgportal.guide.page_inputs import Shelf
from imgportal.guide.pages import PAGES, Page
from imgportal.lib import clock
from imgportal.lib.http import Nearby, NotHere, nearest, read_only
from imgportal.lib.public_cache import public_answer
from profiles.calendar_file import MEDIA_TYPE
from profiles.choices import Event

# Behind what the page of every country says.
COUNTRY_SOURCES = tuple(
    key
    for ground in ("V-SON-1", "E-RAP-1", "E-PATH-5")
    for key in GROUNDS[ground].sources
)


def guide_page(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """Decorate a view `(request, shelf, …)` of the guide.

    A page changes with the figures, with the dated tables and with the day: a review
    becomes due and a season ends at midnight in New York.
    """

    @read_only
    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        shelf = shelves.read(now=clock.now())
        response = public_answer(
            request,
            token=shelf.token,
            # No time says it all: a page also changes because a day has passed.
            modified=None,
            make=lambda: view(request, shelf, *args, **kwargs),
        )
        if request.META.get("QUERY_STRING"):
            # Somebody's answers to our questions: for nobody's cache.
            response.headers["Cache-Control"] = "no-store"
        return response

    return page


@guide_page
def overview(request: HttpRequest, shelf: Shelf) -> HttpResponse:
    return render(
        request,
        "guide/overview.html",
        {
            "shelf": shelf,
            "pages": PAGES,
            "rank_list": shelf.tables.deadline(shelf.season, Event.RANK_LIST),
            "explained": set(),
        },
    )


@guide_page
def page(request: HttpRequest, shelf: Shelf, slug: str) -> HttpResponse:
    """A page without questions."""
    return _shown(request, shelf, PAGES[slug])


@guide_page
def who_is_an_img(request: HttpRequest, shelf: Shelf) -> HttpResponse:
    form = ClassifyForm.read(request.GET)
    answer = form.answer
    more = {"form": form, "answer": answer, "verdict": class_verdict(answer)}
    return _shown(request, shelf, PAGES["who-is-an-img"], more)


@guide_page
def pathways(request: HttpRequest, shelf: Shelf) -> HttpResponse:
    form = PathwayForm.read(request.GET, season=shelf.season, reference=shelf.tables)
    more = {"form": form, "verdict": pathway_verdict(form.answer)}
    return _shown(request, shelf, PAGES["pathways"], more)


@guide_page
def match(request: HttpRequest, shelf: Shelf) -> HttpResponse:
    form = ZoneForm.read(request.GET)
    files = {
        year: request.build_absolute_uri(reverse("guide:season_file", args=[year]))
        for year in seasons.years(shelf.tables)
    }
    current = files.get(shelf.season, "")
    more = {
        "form": form,
        "zone": form.chosen_zone,
        # Calendar programs know by it that they are to look again.
        "webcal": f"webcal://{current.partition('://')[2]}" if current else "",
    }
    return _shown(request, shelf, PAGES["match"], more)


@guide_page
def season_calendar(
    request: HttpRequest, shelf: Shelf, match_year: int
) -> HttpResponse:
    """The dates of one season for a calendar program."""
    page = request.build_absolute_uri(PAGES["match"].get_absolute_url())
    body = season_file(shelf, match_year, host=request.get_host(), page=page)
    if body is None:
        known = sorted(seasons.years(shelf.tables), key=lambda it: abs(it - match_year))
        raise NotHere(
            "We know no dates of that Match.",
            [
                Nearby(f"The {year} Match", reverse("guide:season_file", args=[year]))
                for year in sorted(known[:4])
            ]
            or [Nearby(PAGES["match"].title, PAGES["match"].get_absolute_url())],
        )
    name = f"match-{match_year}.ics"
    return HttpResponse(
        body,
        content_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _shown(
    request: HttpRequest,
    shelf: Shelf,
    page: Page,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    order = list(PAGES.values())
    place = order.index(page)
    return render(
        request,
        "guide/page.html",
        {
            **contents(page, shelf),
            "pages": PAGES,
            "before": order[place - 1] if place else None,
            "after": order[place + 1] if place + 1 < len(order) else None,
            "explained": set(),
            **(more or {}),
        },
    )


@guide_page
def country(request: HttpRequest, shelf: Shelf, slug: str) -> HttpResponse:
    found = shelf.countries.get(slug)
    page = PAGES["countries"]
    if found is None:
        raise NotHere(
            "The guide has no country at this address.",
            [
                Nearby(
                    shelf.countries[near].name, reverse("guide:country", args=[near])
                )
                for near in nearest(slug, list(shelf.countries))
            ]
            or [Nearby(page.title, page.get_absolute_url())],
        )
    keys = dict.fromkeys((*found.sources, *COUNTRY_SOURCES))
    return render(
        request,
        "guide/country.html",
        {
            "page": page,
            "shelf": shelf,
            "country": found,
            "documents": [source for key in keys if (source := shelf.source(key))],
            "is_past_due": page.is_past_due(shelf.today),
            "explained": set(),
        },
    )


@guide_page
def printed(request: HttpRequest, shelf: Shelf) -> HttpResponse:
    """The whole guide as one document, with one list of sources at its end."""
    parts = [
        {
            **(part := contents(page, shelf)),
            "body": render_to_string(page.template, part | {"whole": True}),
        }
        for page in PAGES.values()
    ]
    behind = {source.key: source for part in parts for source in part["documents"]}
    return render(
        request,
        "guide/print.html",
        {
            "shelf": shelf,
            "parts": parts,
            # s9 before s10; names after numbers.
            "documents": sorted(
                behind.values(),
                key=lambda it: (not it.key[1:].isdigit(), len(it.key), it.key),
            ),
        },
    )
