"""The home page, the pages about the site, and answers for machines."""

from __future__ import annotations

import sys

from django.conf import settings
from django.contrib.sitemaps import views as sitemap_views
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.csrf import csrf_failure

from imgportal import mistyped_addresses
from imgportal.accounts.redirects import get_start_page
from imgportal.accounts.staff_site import keep_posted_form
from imgportal.database_outage import answer_outage
from imgportal.guide import page_inputs, season
from imgportal.guide.page_inputs import PageInputs
from imgportal.lib import clock, problems, typed_drafts
from imgportal.lib.http import Nearby, read_only
from imgportal.lib.public_cache import public_answer
from imgportal.middleware import is_data
from imgportal.sitemaps import SITEMAPS
from profiles import reference_tables
from stats import year_summary
from stats.choices import IMG_GROUPS
from stats.definitions import DEFINITIONS
from stats.public import Figures
from stats.public_page import current_figures, public_page
from stats.rate_chart import YearColumn, rate_chart

DATES_SHOWN = 4


@read_only
def home(request: HttpRequest) -> HttpResponseBase:
    """The next dates of the season stand on it: it changes with the day, as the guide does."""
    inputs = page_inputs.read(now=clock.now(), figures=current_figures())
    return public_answer(
        request,
        token=inputs.token,
        modified=None,
        make=lambda: _draw_home(request, inputs),
    )


def _draw_home(request: HttpRequest, inputs: PageInputs) -> HttpResponse:
    figures = inputs.figures
    newest = figures.newest
    previous = figures.years.get(newest.match_year - 1) if newest else None
    open_year = figures.best_covered_year
    rows = figures.years[open_year].specialties if open_year else ()
    groups = [YearColumn(key=kind.value, label=str(kind.label)) for kind in IMG_GROUPS]
    return render(
        request,
        "home.html",
        {
            "story": year_summary.year_story(
                newest, previous, followed=figures.followed
            )
            if newest
            else None,
            "chart": rate_chart(
                list(figures.years.values()), groups[::-1], name="home-rates"
            ),
            "data_edition": figures.edition,
            "confirmed": figures.newest_confirmed,
            "newest_after_soap": figures.newest_after_soap,
            "first_year": next(iter(figures.years), None),
            "open_year": open_year,
            "most_open": year_summary.most_open(rows)[:4],
            "corrected": [
                year for year in figures.publications if year.release.kind != "first"
            ][:3],
            "source_count": len(figures.rests_on),
            "season": inputs.season,
            "next_dates": season.next_dates(
                inputs.tables, inputs.season, today=inputs.today
            )[:DATES_SHOWN],
        },
    )


@public_page
def about(request: HttpRequest, figures: Figures) -> HttpResponse:
    return render(
        request,
        "about/about.html",
        {
            "years": len(figures.years),
            "first_year": next(iter(figures.years), None),
            "source_count": len(figures.rests_on),
        },
    )


@public_page
def about_page(request: HttpRequest, figures: Figures, name: str) -> HttpResponse:
    """A further page about the site, which shows no figures."""
    return render(request, f"about/{name}.html", {"definitions": DEFINITIONS})


@read_only
def sitemap(request: HttpRequest) -> HttpResponseBase:
    figures, rules = current_figures(), reference_tables.everything()
    return public_answer(
        request,
        token=f"{figures.publication.token}-{rules.token}",
        modified=figures.publication.changed_at,
        make=lambda: sitemap_views.sitemap(request, sitemaps=SITEMAPS).render(),
    )


@read_only
def robots(request: HttpRequest) -> HttpResponse:
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    # What is not to be found says so itself (UnlistedPagesMiddleware), and is read only
    # where reading it is allowed.
    text = f"User-agent: *\nDisallow:\n\nSitemap: {sitemap}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@read_only
def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(staticfiles_storage.url("imgportal/favicon.ico"))


@read_only
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@read_only
def readyz(request: HttpRequest) -> HttpResponse:
    """The process reaches its database; otherwise 503 by the middleware."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if meant := mistyped_addresses.find_meant(request):
        return HttpResponsePermanentRedirect(meant)
    nearby: tuple[Nearby, ...] = getattr(exception, "nearby", ())
    sentence: str = getattr(exception, "sentence", "There is no page at this address.")
    if is_data(request.path_info):
        return problems.problem(request, status=404, title=sentence, nearby=nearby)
    return render(
        request, "404.html", {"sentence": sentence, "nearby": nearby}, status=404
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if outage := answer_outage(request, exception):
        return outage
    # The host may be the thing that is wrong, so nothing here asks for it.
    return render(None, "400.html", status=400)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form with the token of another session; what was typed is found again.

    Whoever signs in again in another window gets a new token, and a form that is still
    open has the old one. A form of a record carries the mark of its owner, and nobody
    else can make that. For the staff's the browser names the page that a form comes from
    (Origin), and a form from a page elsewhere is refused.
    """
    match = request.resolver_match
    if match is None:
        return csrf_failure(request, reason)
    own = f"{request.scheme}://{request.get_host()}"
    if "admin" in match.namespaces and request.headers.get("Origin") == own:
        return redirect(keep_posted_form(request))
    if match.view_name == settings.LOGIN_URL and request.user.is_authenticated:
        # In another tab, a moment ago.
        return redirect(get_start_page(request.user))
    owner = typed_drafts.marked_owner(request)
    if owner is not None and owner == request.user.pk:
        return redirect(typed_drafts.hold(request, owner=owner, now=clock.now()))
    return csrf_failure(request, reason)


def too_many(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    # Django calls this while it handles the error, and hands it over to nobody.
    error = sys.exception()
    if error is not None and (outage := answer_outage(request, error)):
        return outage
    return render(None, "500.html", status=500)
