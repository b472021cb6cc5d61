"""Addresses of the interface for programs. They are promises: none may ever die."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from imgportal.api import documentation, views

app_name = "api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", views.index, name="index"),
    path("v1/openapi.json", views.document, name="openapi_data"),
    path("v1/docs/", documentation.documentation, name="docs"),
    path("v1/<path:path>", views.table, name="table_data"),
    path("", views.missing, name="missing"),
    path("<path:path>", views.missing, name="missing_below"),
]
