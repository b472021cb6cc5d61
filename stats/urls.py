"""Addresses of published figures. People cite them, so every one stays for ever."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, path

from stats import converters, feeds
from stats.views import (
    changes,
    editions,
    embeds,
    placements,
    reports,
    scores,
    sources,
    specialties,
    specialty_comparison,
    totals,
    years,
)

converters.register()

app_name = "stats"


def with_data(
    route: str, view: Callable[..., HttpResponseBase], name: str
) -> list[URLPattern]:
    """A page, and its data at the same address with .csv or .json."""
    return [
        path(f"{route}/", view, name=name),
        path(f"{route}.<extension:extension>", view, name=f"{name}_data"),
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    *with_data("match", years.year_list, "year_list"),
    *with_data("match/all-applicants", totals.all_applicants, "all_applicants"),
    # The part of the page of all years that is about the time after SOAP.
    path(
        "match/placements.<extension:extension>",
        placements.placement_data,
        name="placements_data",
    ),
    path("match/<number:match_year>/", years.year_detail, name="year_detail"),
    path(
        "match/<number:match_year>.<extension:extension>",
        years.year_data,
        name="year_data",
    ),
    path(
        "match/<number:match_year>/v<number:version>/",
        years.year_detail,
        name="version_detail",
    ),
    path(
        "match/<number:match_year>/v<number:version>.<extension:extension>",
        years.year_data,
        name="version_data",
    ),
    # Below the versions, which look like tables named v1, v2 and so on.
    path(
        "match/<number:match_year>/<slug:table>.<extension:extension>",
        years.table_data,
        name="year_table_data",
    ),
    path(
        "match/<number:match_year>/v<number:version>/<slug:table>.<extension:extension>",
        years.table_data,
        name="version_table_data",
    ),
    *with_data("specialties", specialties.specialty_list, "specialty_list"),
    # Above the specialties, of which one could have this slug.
    *with_data(
        "specialties/compare",
        specialty_comparison.specialty_compare,
        "specialty_compare",
    ),
    *with_data(
        "specialties/<slug:slug>", specialties.specialty_detail, "specialty_detail"
    ),
    *with_data("scores", scores.score_list, "score_list"),
    *with_data("changes", changes.change_list, "change_list"),
    path("changes.atom", feeds.change_feed, name="change_feed"),
    *with_data("sources", sources.source_list, "source_list"),
    path("sources/<str:key>/", sources.source_detail, name="source_detail"),
    path("data/editions/", editions.edition_list, name="edition_list"),
    path(
        "data/editions/<number:number>/<path:name>",
        editions.edition_file,
        name="edition_file",
    ),
    path("embed/<slug:name>/", embeds.embed_page, name="embed"),
    path("embed/<slug:name>.<picture:form>", embeds.embed_file, name="embed_file"),
    path("report/", reports.report, name="report"),
    path("report/thanks/", reports.thanks, name="report_thanks"),
]
