"""Versions of Match years: the list, and where each of their pages is.

The pages show and ask; everything that writes is an action. Permissions: *add* opens
versions, *change* edits and submits, *publish* publishes and returns.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from imgportal.lib import clock
from stats import converters
from stats.admin.desk import View
from stats.admin.footnotes import Footnotes
from stats.admin.forms import StartYearForm
from stats.admin.steps import Steps
from stats.admin.tables import Tables
from stats.choices import Status
from stats.models import Release


@admin.register(Release)
class ReleaseAdmin(Steps, Tables, Footnotes):
    list_display = (
        "__str__",
        "status",
        "current",
        "kind",
        "opened_by",
        "published_by",
        "published_at",
    )
    list_filter = ("status", "kind", "is_current")
    search_fields = ("match_year",)
    list_select_related = ("opened_by", "published_by")
    ordering = ("-match_year", "-version")
    list_per_page = 60
    actions = None
    change_list_template = "admin/stats/release/list.html"

    # Versions are opened, changed and discarded by actions with their own pages.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Release | None = None
    ) -> bool:
        return False

    @admin.display(description="Current", ordering="is_current")
    def current(self, release: Release) -> str | None:
        # In words: that a version is not current is nothing to warn of.
        return "current" if release.is_current else None

    def get_urls(self) -> list[URLPattern]:
        converters.register()

        def page(route: str, view: View, name: str) -> URLPattern:
            return path(
                route, self.admin_site.admin_view(view), name=f"stats_release_{name}"
            )

        return [
            page("start/", self.start, "start"),
            page("amend/<int:match_year>/", self.amend, "amend"),
            page("<int:pk>/submit/", self.submit, "submit"),
            page("<int:pk>/return/", self.return_, "return"),
            page("<int:pk>/publish/", self.publish, "publish"),
            page("<int:pk>/discard/", self.discard, "discard"),
            page("<int:pk>/footnotes/", self.footnotes, "footnotes"),
            page("<int:pk>/<table:table>/", self.grid, "grid"),
            page("<int:pk>/<table:table>/add-row/", self.add_row, "add_row"),
            page(
                "<int:pk>/<table:table>/remove-row/<int:row_id>/",
                self.remove_row,
                "remove_row",
            ),
            page("<int:pk>/<table:table>/import/", self.import_, "import"),
            page("<int:pk>/<table:table>.csv", self.export, "export"),
            page("<int:pk>/<table:table>.xlsx", self.export_workbook, "workbook"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = (extra_context or {}) | {
            "start_form": StartYearForm(this_year=clock.now().year),
            "may_open": request.user.has_perm("stats.add_release"),
            "open_releases": Release.objects.exclude(status=Status.PUBLISHED),
        }
        return super().changelist_view(request, context)
