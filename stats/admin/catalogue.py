"""What the pages of sources and of specialties have in common.

The form validates, the action saves. The log of the staff pages says who changed
what, when, and what it was before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from imgportal.lib import clock
from imgportal.lib.row_versions import MeanwhileForm
from stats.actions import edit_catalogue
from stats.models import Source, Specialty

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin


class CatalogueForm(MeanwhileForm):
    """Refuses to write over what somebody else changed since the page was made."""

    stamp = "changed_at"


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
        if form.changed_columns or not change:
            edit_catalogue.save(row=obj, columns=form.changed_columns, now=clock.now())

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """For the history: what each value was, and what it is."""
        if add:
            return super().construct_change_message(request, form, formsets, add)
        changed = [
            f"{form.fields[name].label or name}: was “{form.initial.get(name) or ''}”, "
            f"is “{form.instance.serializable_value(name) or ''}”."
            for name in form.changed_columns
        ]
        return " ".join(changed)

    def view_on_site(self, obj: Source | Specialty) -> str:
        # Straight there: Django's own way asks for a table of sites.
        return obj.get_absolute_url()
