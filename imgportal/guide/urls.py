"""Addresses of the guide. They are promises: none may ever die."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from imgportal.guide import views
from imgportal.guide.pages import PAGES
from stats import converters

converters.register()

app_name = "guide"

# The pages that ask something; the others need no view of their own.
ASKING_PAGES = {
    "who-is-an-img": views.who_is_an_img,
    "pathways": views.pathways,
    "match": views.match,
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.overview, name="overview"),
    *(path(f"{slug}/", view, name=slug) for slug, view in ASKING_PAGES.items()),
    *(
        path(f"{slug}/", views.page, {"slug": slug}, name=slug)
        for slug in PAGES
        if slug not in ASKING_PAGES
    ),
    path("match/<number:match_year>.ics", views.season_calendar, name="season_file"),
    path("countries/<slug:slug>/", views.country, name="country"),
    path("print/", views.printed, name="print"),
]
