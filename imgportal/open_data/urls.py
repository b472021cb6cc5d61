"""Addresses of the open data. People write them into programs, so every one stays."""

from __future__ import annotations

from django.urls import URLPattern, path

from imgportal.open_data import views
from stats import converters

converters.register()

app_name = "data"

urlpatterns: list[URLPattern] = [
    path("", views.overview, name="overview"),
    path("imgportal.zip", views.package_file, {"name": "imgportal.zip"}, name="zip"),
    path(
        "imgportal.sqlite3",
        views.package_file,
        {"name": "imgportal.sqlite3"},
        name="sqlite",
    ),
    path(
        "datapackage.json",
        views.package_file,
        {"name": "datapackage.json"},
        name="descriptor",
    ),
    path(
        "datasette.json",
        views.package_file,
        {"name": "datasette.json"},
        name="datasette",
    ),
    path("examples/<str:file>", views.example_file, name="example"),
    path("<slug:name>.<extension:extension>", views.table_file, name="table"),
]
