"""The picture that a social network shows for a link: `/social`, the path of the page, and
`picture.png`. It is drawn when somebody asks for it, and kept as pages are.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve

from imgportal.guide import page_inputs
from imgportal.guide.pages import PAGES
from imgportal.lib import clock, problems
from imgportal.lib.eastern_time import eastern_day
from imgportal.lib.http import Nearby, NotHere
from imgportal.lib.png import draw_png
from imgportal.lib.problems import ParameterFault
from stats.asked_edition import PARAMETERS, figures_asked_for
from stats.charts.standalone import SOCIAL_WIDTH
from stats.embeds.page_pictures import (
    PICTURES,
    draw_title_picture,
    read_page_picture,
    title_of_page,
)
from stats.public import Figures
from stats.public_page import public_page

ABOUT_SITE = (
    "Published match figures for international medical graduates, with their sources."
)
# Of pages that have no chart, or no figures for one, by the name of their address.
TITLES = {
    "home": ("IMG portal", ABOUT_SITE),
    "stats:year_list": ("Match years", "How IMGs fared, year by year."),
    "stats:all_applicants": ("All applicants", "Of the Match, year by year."),
    "stats:specialty_list": ("Specialties", "Where IMGs fill first-year positions."),
    "stats:score_list": ("Step 2 CK scores", "Of IMGs who matched, and who did not."),
    "stats:specialty_compare": (
        "Specialties, side by side",
        "Positions, who filled them, who matched, and the scores.",
    ),
    "stats:change_list": (
        "Changes to published figures",
        "What was corrected, value by value, and why.",
    ),
    "stats:source_list": (
        "Sources",
        "Every document behind the figures, and what rests on it.",
    ),
    "data:overview": (
        "Open data",
        "Every figure and every dated rule as CSV, JSON, SQLite and a data package.",
    ),
    "stats:edition_list": (
        "Editions of the figures",
        "The state after each publication, with its files, which never change.",
    ),
    "api:docs": ("The interface for programs", "Every open table at /api/v1/."),
    "rules:rules": (
        "The rules, and the dates behind them",
        "What an international medical graduate has to know, each rule with its source.",
    ),
    "rules:changes": (
        "Changes to the rules’ tables",
        "What changed, since when, and who is concerned.",
    ),
    "guide:overview": (
        "The guide for international medical graduates",
        "From a medical school abroad to residency, in plain English.",
    ),
    "guide:print": ("The whole guide", "Every page of it, as one document."),
    "search": ("Search", "Figures, rules and the guide."),
    "about": ("About this site", ABOUT_SITE),
    "measures": ("What the measures mean", "Of what each figure is a part."),
    "accessibility": ("Accessibility", "How this site can be read and used."),
    "privacy": ("Privacy", "What is kept of you, why, and for how long."),
    **{
        f"guide:{page.slug}": (page.title, page.summary.replace("\n", " "))
        for page in PAGES.values()
    },
}
# Those whose title depends on what their address names.
TITLED_BY_ARGUMENT = ("guide:country", "stats:source_detail")


def has_picture(match: ResolverMatch | None) -> bool:
    return match is not None and match.view_name in {
        *PICTURES,
        *TITLES,
        *TITLED_BY_ARGUMENT,
    }


def picture_address(request: HttpRequest, content_query: str) -> str:
    """The path of the picture for a page; that of the home page where it has none.

    `content_query` is what chooses the content of the page, its edition too.
    """
    match = request.resolver_match
    if not has_picture(match):
        return "/social/picture.png"
    query = content_query if match and match.view_name in PICTURES else ""
    return f"/social{request.path}picture.png{query and '?'}{query}"


@public_page
def picture(request: HttpRequest, figures: Figures, page: str) -> HttpResponse:
    path = f"/{page}"
    try:
        match = resolve(path)
    except Resolver404:
        match = None
    svg, faults = _read_picture(request, figures, path, match)
    if faults:
        return problems.refuse_parameters(request, faults)
    if not svg:
        raise NotHere("No page with a picture has this address.", [Nearby("Home", "/")])
    return HttpResponse(draw_png(svg, width=SOCIAL_WIDTH), content_type="image/png")


def _read_picture(
    request: HttpRequest, figures: Figures, path: str, match: ResolverMatch | None
) -> tuple[str, list[ParameterFault]]:
    if match is None or not has_picture(match):
        return "", []
    query = request.GET.copy()
    shown = figures_asked_for(query, figures, today=eastern_day(clock.now()))
    for name in PARAMETERS:
        query.pop(name, None)
    svg, faults = read_page_picture(shown, match.view_name, match.kwargs, path, query)
    faults = [*(shown.asked.faults if shown.asked else ()), *faults]
    return svg or ("" if faults else _draw_title(figures, path, match)), faults


def _draw_title(figures: Figures, path: str, match: ResolverMatch) -> str:
    if match.view_name == "guide:country":
        title, subtitle = _title_country(figures, match.kwargs["slug"])
    elif match.view_name == "stats:source_detail":
        source = figures.sources.get(match.kwargs["key"])
        title = source.title if source else ""
        subtitle = f"{source.publisher}, {source.published}" if source else ""
    elif match.view_name in TITLES:
        title, subtitle = TITLES[match.view_name]
    else:
        title, subtitle = title_of_page(figures, match.view_name, match.kwargs), ""
    return draw_title_picture(title, subtitle, path) if title else ""


def _title_country(figures: Figures, slug: str) -> tuple[str, str]:
    inputs = page_inputs.read(now=clock.now(), figures=figures)
    country = inputs.countries.get(slug)
    if country is None:
        return "", ""
    return f"For graduates of {country.name}", "What holds for your country."
