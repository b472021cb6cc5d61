"""What the pages of sources and of specialties have in common.

The form validates, the action saves. The log of the staff pages says who changed
what, when, and what it was before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, QueryDict

from imgportal.lib import clock
from imgportal.lib.widgets import UnlabelledHiddenInput
from stats.actions import cataloguing
from stats.models import Source, Specialty

if TYPE_CHECKING:
    _Form = forms.ModelForm[Any]
    _Admin = admin.ModelAdmin[Any]
else:
    _Form = forms.ModelForm
    _Admin = admin.ModelAdmin


class CatalogueForm(_Form):
    """Refuses to write over what somebody else changed since the page was made."""

    seen_at = forms.CharField(
        required=False, label="", widget=UnlabelledHiddenInput, max_length=40
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen_at"] = self.instance.changed_at.isoformat()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk:
            # Within the transaction of the page, so nobody comes between this and
            # the saving.
            rows = type(self.instance)._default_manager.select_for_update()
            self._refuse_what_others_changed(rows.get(pk=self.instance.pk), cleaned)
        return cleaned

    def _refuse_what_others_changed(self, stored: Any, cleaned: dict[str, Any]) -> None:
        now = stored.changed_at.isoformat()
        if cleaned.get("seen_at") == now:
            return
        for name, field in self.fields.items():
            if name == "seen_at" or name not in cleaned:
                continue
            theirs = getattr(stored, name)
            if theirs != cleaned[name]:
                shown = dict(getattr(field, "choices", ())).get(theirs, theirs)
                self.add_error(
                    name,
                    f"Somebody else has saved “{shown or 'nothing'}” here meanwhile. "
                    "Save again to put yours in its place, or write theirs.",
                )
        # Both have been seen now: saving again is meant.
        seen = cast(QueryDict, self.data).copy()
        seen[self.add_prefix("seen_at")] = now
        self.data = seen


class CatalogueAdmin(_Admin):
    """Edits one row at a time; nothing is deleted or changed in bulk."""

    actions = None
    # The name in addresses: given once.
    address_field = ""

    def get_readonly_fields(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> tuple[str, ...]:
        known = tuple(super().get_readonly_fields(request, obj))
        return known if obj is None else (*known, self.address_field)

    def save_model(
        self, request: HttpRequest, obj: Source | Specialty, form: Any, change: bool
    ) -> None:
        columns = [name for name in form.changed_data if name != "seen_at"]
        if columns or not change:
            cataloguing.save(row=obj, columns=columns, now=clock.now())

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """For the history: what each value was, and what it is."""
        if add:
            return super().construct_change_message(request, form, formsets, add)
        changed = [
            f"{form.fields[name].label or name}: was “{form.initial.get(name) or ''}”, "
            f"is “{form.instance.serializable_value(name) or ''}”."
            for name in form.changed_data
            if name != "seen_at"
        ]
        return " ".join(changed)

    def view_on_site(self, obj: Source | Specialty) -> str:
        # Straight there: Django's own way asks for a table of sites.
        return obj.get_absolute_url()
