"""Public addresses of the rules. They are promises: none may ever die."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from profiles.views import rules

app_name = "rules"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", rules.rules, name="rules"),
    path("changes/", rules.changes, name="changes"),
    path("passing-scores.json", rules.passing_scores_data, name="passing_scores_data"),
]
