"""The dated tables of the rules, for the staff. Members' records are never here.

The form validates, the action saves and lists the change publicly.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from imgportal.lib import clock
from imgportal.lib.row_admin import RowAdmin
from imgportal.lib.row_versions import VersionedRowForm
from profiles.actions import change_rule
from profiles.models import (
    Country,
    PassingStandard,
    PathwaySeason,
    RuleNumber,
    SeasonDeadline,
    SpecialtyService,
)
from profiles.models.reference import SEASON_VALUES, ReferenceRow
from stats import public


class ReferenceForm(VersionedRowForm):
    """Asks for a public reason, and refuses to write over somebody else's change."""

    stamp = "stored_at"
    own_fields = VersionedRowForm.own_fields | {"why"}

    why = forms.CharField(
        label="Public note",
        max_length=300,
        widget=forms.TextInput(attrs={"size": 80}),
        help_text="Why it changes, in a sentence that everybody may read on "
        "/rules/changes/.",
    )

    def clean_sources(self) -> str:
        keys = [key.strip() for key in self.cleaned_data["sources"].split(";")]
        sources = public.everything().sources
        missing = [key for key in keys if key and key not in sources]
        if missing:
            raise forms.ValidationError(
                f"There is no document with the key {', '.join(missing)}. Add it among "
                "the sources first."
            )
        return ";".join(dict.fromkeys(key for key in keys if key))

    def in_words(self, stored: ReferenceRow, name: str) -> str:
        return stored.in_words(name)


class ReferenceAdmin(RowAdmin):
    """Edits one row at a time. Nothing is deleted: what is wrong is changed."""

    form = ReferenceForm
    values: tuple[Any, ...] = ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            (None, {"fields": self.values}),
            (
                "Where it comes from",
                {"fields": ("sources", "note", "last_checked", "next_review")},
            ),
            ("The change", {"fields": ("why", "seen_at")}),
        )

    def store(self, row: ReferenceRow, form: Any) -> None:
        change_rule.save(
            row=row,
            columns=form.changed_columns,
            note=form.cleaned_data["why"],
            now=clock.now(),
        )

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        message = super().construct_change_message(request, form, formsets, add)
        if add:
            return message
        return f"{message} Public note: {form.cleaned_data['why']}".strip()

    def view_on_site(self, obj: Model) -> str:
        return f"{reverse('rules:rules')}#{obj._meta.model_name}"

    @admin.display(description="Source")
    def documents(self, row: ReferenceRow) -> str:
        return row.sources.replace(";", ", ")


@admin.register(PassingStandard)
class PassingStandardAdmin(ReferenceAdmin):
    values = ("measured", "effective_from", "minimum_score", "confidence")
    list_display = (
        "measured",
        "effective_from",
        "minimum_score",
        "confidence",
        "documents",
        "last_checked",
        "next_review",
    )
    list_filter = ("measured", "confidence")


@admin.register(RuleNumber)
class RuleNumberAdmin(ReferenceAdmin):
    values = ("quantity", "effective_from", "value", "confidence")
    list_display = (
        "quantity",
        "effective_from",
        "value",
        "confidence",
        "documents",
        "last_checked",
        "next_review",
    )
    list_filter = ("quantity", "confidence")


@admin.register(SeasonDeadline)
class SeasonDeadlineAdmin(ReferenceAdmin):
    values = ("match_year", "event", "on", ("at", "until"), "confidence")
    list_display = (
        "event",
        "match_year",
        "on",
        "at",
        "confidence",
        "documents",
        "last_checked",
        "next_review",
    )
    list_filter = ("match_year", "confidence")
    ordering = ("-match_year", "on", "at")


@admin.register(PathwaySeason)
class PathwaySeasonAdmin(ReferenceAdmin):
    values = (
        "match_year",
        *SEASON_VALUES[:3],
        "season_closes",
        *SEASON_VALUES[3:],
    )
    list_display = (
        "match_year",
        "licence_from",
        "graduated_from",
        "application_deadline",
        "oet_from",
        "last_checked",
        "next_review",
    )
    ordering = ("-match_year",)


class SpecialtyServiceForm(ReferenceForm):
    def clean_specialty(self) -> str:
        slug = str(self.cleaned_data["specialty"])
        is_known = slug in public.everything().specialties
        if "specialty" in self.changed_data and not is_known:
            raise forms.ValidationError(
                f"There is no specialty with the address “{slug}”. Copy the last part of "
                "the address of its page."
            )
        return slug


@admin.register(SpecialtyService)
class SpecialtyServiceAdmin(ReferenceAdmin):
    form = SpecialtyServiceForm
    values = (("specialty", "specialty_name"), "from_season", "service", "confidence")
    list_display = (
        "specialty_name",
        "from_season",
        "service",
        "confidence",
        "documents",
        "last_checked",
        "next_review",
    )
    list_filter = ("service", "confidence")


@admin.register(Country)
class CountryAdmin(ReferenceAdmin):
    values = (
        ("name", "iso2"),
        "regulator",
        "degree",
        "need_authority",
        "particulars",
        "confidence",
    )
    list_display = (
        "name",
        "iso2",
        "confidence",
        "documents",
        "last_checked",
        "next_review",
    )
    list_filter = ("confidence",)
    search_fields = ("name", "iso2")
