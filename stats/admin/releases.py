"""The list of versions of Match years. Their own pages are in `stats.staff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from imgportal.lib import clock
from stats.choices import Status
from stats.models import Release
from stats.staff import urls, versions
from stats.staff.forms import StartYearForm

if TYPE_CHECKING:
    ReleaseAdminBase = admin.ModelAdmin[Release]
else:
    ReleaseAdminBase = admin.ModelAdmin


@admin.register(Release)
class ReleaseAdmin(ReleaseAdminBase):
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
        return [*urls.urlpatterns, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return versions.show_version(request, pk=object_id)

    def history_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return versions.show_history(request, pk=object_id)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = (extra_context or {}) | {
            "start_form": StartYearForm(this_year=clock.now().year),
            "open_releases": Release.objects.exclude(status=Status.PUBLISHED),
        }
        return super().changelist_view(request, context)
