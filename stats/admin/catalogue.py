"""Sources and specialties: what figures refer to, and pages call by name.

The form validates, the action saves. The log of the staff pages says who changed
what, when, and what it was before.
"""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join

from imgportal.lib import clock
from imgportal.lib.row_admin import RowAdmin
from imgportal.lib.row_versions import VersionedRowForm
from stats.actions import edit_catalogue
from stats.models import Source, Specialty


class CatalogueForm(VersionedRowForm):
    stamp = "changed_at"


class CatalogueAdmin(RowAdmin):
    # The name in addresses: given once.
    address_field = ""

    def get_readonly_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if obj is None else (*fields, self.address_field)

    def store(self, row: Source | Specialty, form: Any) -> None:
        edit_catalogue.save(row=row, columns=form.changed_columns, now=clock.now())

    def view_on_site(self, obj: Source | Specialty) -> str:
        # Straight there: Django's own way asks for a table of sites.
        return obj.get_absolute_url()


class SourceForm(CatalogueForm):
    class Meta:
        model = Source
        fields = (
            "title",
            "publisher",
            "kind",
            "rests_on",
            "sums",
            "published",
            "url",
            "accessed_on",
            "key",
        )
        widgets = {  # noqa: RUF012
            name: forms.TextInput(attrs={"size": 80})
            for name in ("title", "publisher", "rests_on")
        }
        field_classes = {"url": partial(forms.URLField, assume_scheme="https")}  # noqa: RUF012


@admin.register(Source)
class SourceAdmin(CatalogueAdmin):
    """Documents that figures rest on."""

    form = SourceForm
    address_field = "key"
    list_display = ("title", "publisher", "published", "kind", "key", "rows")
    list_filter = ("kind",)
    search_fields = ("key", "title", "publisher", "url")
    readonly_fields = ("rests_on_it",)
    fieldsets = (
        ("The document", {"fields": ("title", "publisher")}),
        ("What it is and rests on", {"fields": ("kind", "rests_on", "sums")}),
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
            resting = ", ".join(other.key for other in source.resting_on_it())
            if resting:
                return f"None. Other documents rest on it: {resting}."
            return "None. It can be deleted."
        return format_html(
            "<ul>{}</ul>It cannot be deleted while figures rest on it.",
            format_html_join("", "<li>{}</li>", ((use,) for use in uses)),
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Whoever may write one may take it back, as long as nothing rests on it.
        if not self.has_change_permission(request, obj):
            return False
        return obj is None or not (
            Source.objects.filter(pk=obj.pk).used().exists() or obj.resting_on_it()
        )

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


class SpecialtyForm(CatalogueForm):
    class Meta:
        model = Specialty
        fields = ("name", "short_name", "is_preliminary", "successor", "slug")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "successor" in self.fields:
            # Nothing new is merged into a specialty that was itself merged. The
            # successor that is stored already stays among the choices.
            standing = Q(successor=None) | Q(pk=self.instance.successor_id)
            field = cast("forms.ModelChoiceField[Specialty]", self.fields["successor"])
            field.queryset = Specialty.objects.filter(standing).exclude(
                pk=self.instance.pk
            )
            field.empty_label = "not merged"


@admin.register(Specialty)
class SpecialtyAdmin(CatalogueAdmin):
    """Renamed and merged in the open, never deleted."""

    form = SpecialtyForm
    address_field = "slug"
    list_display = ("short_name", "name", "slug", "is_preliminary", "successor")
    list_filter = (
        "is_preliminary",
        ("successor", admin.EmptyFieldListFilter),
    )
    list_select_related = ("successor",)
    search_fields = ("short_name", "name", "slug")
    fieldsets = (
        ("Names", {"fields": ("name", "short_name")}),
        ("Place among the others", {"fields": ("is_preliminary", "successor")}),
        ("On this site", {"fields": ("slug", "seen_at")}),
    )

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "successor":
            # Chosen from what is there; a new one has a page of its own.
            for may in ("can_add_related", "can_change_related", "can_view_related"):
                setattr(field.widget, may, False)
        return field
