"""Addresses of the guide. They are promises: none may ever die."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from imgportal.guide import views
from stats import converters

converters.register()

app_name = "guide"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.overview, name="overview"),
    path("who-is-an-img/", views.who_is_an_img, name="who-is-an-img"),
    path(
        "certification/",
        views.page,
        {"slug": "certification"},
        name="certification",
    ),
    path("pathways/", views.pathways, name="pathways"),
    path("exams/", views.page, {"slug": "exams"}, name="exams"),
    path("scoring/", views.page, {"slug": "scoring"}, name="scoring"),
    path("match/", views.match, name="match"),
    path("match/<number:match_year>.ics", views.season_calendar, name="season_file"),
    path("visas/", views.page, {"slug": "visas"}, name="visas"),
    path("countries/", views.page, {"slug": "countries"}, name="countries"),
    path("countries/<slug:slug>/", views.country, name="country"),
    path("questions/", views.page, {"slug": "questions"}, name="questions"),
    path(
        "why-figures-differ/",
        views.page,
        {"slug": "why-figures-differ"},
        name="why-figures-differ",
    ),
    path("glossary/", views.page, {"slug": "glossary"}, name="glossary"),
    path("print/", views.printed, name="print"),
]
