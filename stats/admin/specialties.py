"""Specialties: renamed and merged in the open, never deleted."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from stats.admin.catalogue import CatalogueAdmin, CatalogueForm
from stats.models import Specialty


class SpecialtyForm(CatalogueForm):
    class Meta:
        model = Specialty
        fields = ("name", "short_name", "is_preliminary", "successor", "slug")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "successor" in self.fields:
            # What was itself merged leads nowhere new, except where it already does.
            standing = Q(successor=None) | Q(pk=self.instance.successor_id)
            field = cast("forms.ModelChoiceField[Specialty]", self.fields["successor"])
            field.queryset = Specialty.objects.filter(standing).exclude(
                pk=self.instance.pk
            )
            field.empty_label = "not merged"


@admin.register(Specialty)
class SpecialtyAdmin(CatalogueAdmin):
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

    def has_delete_permission(
        self, request: HttpRequest, obj: Specialty | None = None
    ) -> bool:
        return False
