"""Documents that figures rest on."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join

from stats.actions import edit_catalogue
from stats.admin.catalogue import CatalogueAdmin, CatalogueForm
from stats.models import Source


class SourceForm(CatalogueForm):
    class Meta:
        model = Source
        fields = (
            "title",
            "publisher",
            "kind",
            "published",
            "url",
            "accessed_on",
            "key",
        )
        widgets = {  # noqa: RUF012
            name: forms.TextInput(attrs={"size": 80}) for name in ("title", "publisher")
        }
        field_classes = {"url": partial(forms.URLField, assume_scheme="https")}  # noqa: RUF012


@admin.register(Source)
class SourceAdmin(CatalogueAdmin):
    form = SourceForm
    address_field = "key"
    list_display = ("title", "publisher", "published", "kind", "key", "rows")
    list_filter = ("kind",)
    search_fields = ("key", "title", "publisher", "url")
    readonly_fields = ("rests_on_it",)
    fieldsets = (
        ("The document", {"fields": ("title", "publisher", "kind")}),
        ("When and where", {"fields": ("published", "url", "accessed_on")}),
        ("On this site", {"fields": ("key", "rests_on_it", "seen_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return Source.objects.with_row_counts()

    @admin.display(description="Rows", ordering="row_count")
    def rows(self, source: Source) -> int:
        count: int = getattr(source, "row_count")  # noqa: B009
        return count

    @admin.display(description="Figures that rest on it")
    def rests_on_it(self, source: Source) -> str:
        if source.pk is None or not (uses := source.uses()):
            return "None. It can be deleted."
        return format_html(
            "<ul>{}</ul>It cannot be deleted while figures rest on it.",
            format_html_join("", "<li>{}</li>", ((use,) for use in uses)),
        )

    def has_delete_permission(
        self, request: HttpRequest, obj: Source | None = None
    ) -> bool:
        # Whoever may write one may take it back, as long as nothing rests on it.
        if not self.has_change_permission(request, obj):
            return False
        return obj is None or not Source.objects.filter(pk=obj.pk).used().exists()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        source = self.get_object(request, object_id)
        if (
            source is not None
            and self.has_change_permission(request, source)
            and (uses := source.uses())
        ):
            where = "; ".join(str(use) for use in uses)
            messages.error(
                request,
                f"“{source.title}” cannot be deleted: figures rest on it ({where}).",
            )
            return redirect("admin:stats_source_change", source.pk)
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: Source) -> None:
        edit_catalogue.delete_source(source=obj)
