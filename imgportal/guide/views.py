"""The pages of the guide: the same for everybody, kept until something changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from imgportal.guide import page_inputs
from imgportal.guide.calendar_file import write_calendar
from imgportal.guide.form_answers import describe_class, describe_pathways
from imgportal.guide.forms import ClassifyForm, WhichPathwayForm, ZoneForm
from imgportal.guide.grounds import GROUNDS
from imgportal.guide.page_contents import build_context
from imgportal.guide.page_inputs import PageInputs
from imgportal.guide.pages import PAGES
from imgportal.guide.season import list_years
from imgportal.lib import clock
from imgportal.lib.http import (
    Nearby,
    NotHere,
    nearest,
    read_only,
    site_authority,
)
from imgportal.lib.public_cache import public_answer
from profiles.calendar_file import MEDIA_TYPE
from profiles.choices import Event

# Behind what the page of every country says.
COUNTRY_SOURCES = tuple(
    key
    for ground in ("V-SON-1", "E-RAP-1", "E-PATH-5")
    for key in GROUNDS[ground].sources
)


def guide_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Decorate a view `(request, inputs, …)` of the guide.

    A page changes with the figures, with the dated tables and with the day: a review
    becomes due and a season ends at midnight in New York.
    """

    @read_only
    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        inputs = page_inputs.read(now=clock.now())
        response = public_answer(
            request,
            token=inputs.token,
            # No time says it all: a page also changes because a day has passed.
            modified=None,
            make=lambda: view(request, inputs, *args, **kwargs),
        )
        if request.META.get("QUERY_STRING"):
            # Somebody's answers to our questions: for nobody's cache.
            response.headers["Cache-Control"] = "no-store"
        return response

    return page


@guide_page
def overview(request: HttpRequest, inputs: PageInputs) -> HttpResponse:
    return render(
        request,
        "guide/overview.html",
        {
            "inputs": inputs,
            "pages": PAGES,
            "rank_list": inputs.tables.deadline(inputs.season, Event.RANK_LIST),
            "explained": set(),
        },
    )


@guide_page
def page(request: HttpRequest, inputs: PageInputs, slug: str) -> HttpResponse:
    """A page without questions."""
    return _render_page(request, inputs, slug)


@guide_page
def who_is_an_img(request: HttpRequest, inputs: PageInputs) -> HttpResponse:
    form = ClassifyForm(request.GET)
    answer = form.answer
    return _render_page(
        request,
        inputs,
        "who-is-an-img",
        form=form,
        answer=answer,
        verdict=describe_class(answer),
    )


@guide_page
def pathways(request: HttpRequest, inputs: PageInputs) -> HttpResponse:
    form = WhichPathwayForm.read(
        request.GET, season=inputs.season, reference=inputs.tables
    )
    verdict = describe_pathways(form.answer)
    return _render_page(request, inputs, "pathways", form=form, verdict=verdict)


@guide_page
def match(request: HttpRequest, inputs: PageInputs) -> HttpResponse:
    form = ZoneForm.read(request.GET)
    webcal = ""
    if inputs.season in list_years(inputs.tables):
        path = reverse("guide:season_file", args=[inputs.season])
        # Calendar programs know by the scheme that they are to look again.
        webcal = f"webcal://{request.get_host()}{path}"
    return _render_page(
        request, inputs, "match", form=form, zone=form.chosen_zone, webcal=webcal
    )


@guide_page
def season_calendar(
    request: HttpRequest, inputs: PageInputs, match_year: int
) -> HttpResponse:
    """The dates of one season for a calendar program."""
    match_page = PAGES["match"]
    page = request.build_absolute_uri(match_page.get_absolute_url())
    body = write_calendar(inputs, match_year, host=site_authority(), page=page)
    if body is None:
        by_distance = sorted(
            list_years(inputs.tables), key=lambda year: abs(year - match_year)
        )
        raise NotHere(
            "We know no dates of that Match.",
            [
                Nearby(f"The {year} Match", reverse("guide:season_file", args=[year]))
                for year in sorted(by_distance[:4])
            ]
            or [Nearby(match_page.title, match_page.get_absolute_url())],
        )
    name = f"match-{match_year}.ics"
    return HttpResponse(
        body,
        content_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _render_page(
    request: HttpRequest, inputs: PageInputs, slug: str, **answers: Any
) -> HttpResponse:
    order = list(PAGES)
    place = order.index(slug)
    return render(
        request,
        "guide/page.html",
        {
            **build_context(PAGES[slug], inputs),
            "pages": PAGES,
            "before": PAGES[order[place - 1]] if place else None,
            "after": PAGES[order[place + 1]] if place + 1 < len(order) else None,
            "explained": set(),
            **answers,
        },
    )


@guide_page
def country(request: HttpRequest, inputs: PageInputs, slug: str) -> HttpResponse:
    country = inputs.countries.get(slug)
    page = PAGES["countries"]
    if country is None:
        raise NotHere(
            "The guide has no country at this address.",
            [
                Nearby(
                    inputs.countries[near].name, reverse("guide:country", args=[near])
                )
                for near in nearest(slug, list(inputs.countries))
            ]
            or [Nearby(page.title, page.get_absolute_url())],
        )
    return render(
        request,
        "guide/country.html",
        {
            "page": page,
            "inputs": inputs,
            "country": country,
            "documents": inputs.list_sources(
                dict.fromkeys((*country.sources, *COUNTRY_SOURCES))
            ),
            "is_past_due": page.is_past_due(inputs.today),
            "explained": set(),
        },
    )


@guide_page
def printed(request: HttpRequest, inputs: PageInputs) -> HttpResponse:
    """The whole guide as one document, with one list of sources at its end."""
    parts = [
        {
            **(context := build_context(page, inputs)),
            "body": render_to_string(page.template, context | {"whole": True}),
        }
        for page in PAGES.values()
    ]
    sources = {source.key: source for part in parts for source in part["documents"]}
    return render(
        request,
        "guide/print.html",
        {
            "inputs": inputs,
            "parts": parts,
            # s9 before s10; names after numbers.
            "documents": sorted(
                sources.values(),
                key=lambda source: (
                    not source.key[1:].isdigit(),
                    len(source.key),
                    source.key,
                ),
            ),
        },
    )
