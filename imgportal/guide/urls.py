"""Addresses of the guide. They are promises: none may ever die."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from imgportal.guide import views
from stats import converters

converters.register()

app_name = "guide"

# The pages that ask nothing.
PLAIN_PAGES = (
    *("certification", "exams", "scoring", "visas", "countries"),
    *("questions", "why-figures-differ", "glossary"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.overview, name="overview"),
    *(path(f"{slug}/", views.page, {"slug": slug}, name=slug) for slug in PLAIN_PAGES),
    path("who-is-an-img/", views.who_is_an_img, name="who-is-an-img"),
    path("pathways/", views.pathways, name="pathways"),
    path("match/", views.match, name="match"),
    path("match/<number:match_year>.ics", views.season_calendar, name="season_file"),
    path("countries/<slug:slug>/", views.country, name="country"),
    path("print/", views.printed, name="print"),
]
