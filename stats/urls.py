"""Addresses of published figures. They are promises: none may ever die."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stats import converters, feeds
from stats.views import (
    changes,
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

urlpatterns: list[URLPattern | URLResolver] = [
    # /match/
    path("match/", years.year_list, name="year_list"),
    path("match.<extension:extension>", years.year_list, name="year_list_data"),
    path("match/all-applicants/", totals.all_applicants, name="all_applicants"),
    path(
        "match/all-applicants.<extension:extension>",
        totals.all_applicants,
        name="all_applicants_data",
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
    # /specialties/
    path("specialties/", specialties.specialty_list, name="specialty_list"),
    path(
        "specialties.<extension:extension>",
        specialties.specialty_list,
        name="specialty_list_data",
    ),
    path(
        "specialties/compare/",
        specialty_comparison.specialty_compare,
        name="specialty_compare",
    ),
    path(
        "specialties/compare.<extension:extension>",
        specialty_comparison.specialty_compare,
        name="specialty_compare_data",
    ),
    path(
        "specialties/<slug:slug>/",
        specialties.specialty_detail,
        name="specialty_detail",
    ),
    path(
        "specialties/<slug:slug>.<extension:extension>",
        specialties.specialty_detail,
        name="specialty_detail_data",
    ),
    # /scores/
    path("scores/", scores.score_list, name="score_list"),
    path("scores.<extension:extension>", scores.score_list, name="score_list_data"),
    # /changes/
    path("changes/", changes.change_list, name="change_list"),
    path("changes.<extension:extension>", changes.change_list, name="change_list_data"),
    path("changes.atom", feeds.change_feed, name="change_feed"),
    # /sources/
    path("sources/", sources.source_list, name="source_list"),
    path("sources.<extension:extension>", sources.source_list, name="source_list_data"),
    path("sources/<str:key>/", sources.source_detail, name="source_detail"),
    # /report/
    path("report/", reports.report, name="report"),
    path("report/thanks/", reports.thanks, name="report_thanks"),
]
