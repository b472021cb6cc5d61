"""How Django's admin edits the tables that staff keep: one row at a time, by an action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

if TYPE_CHECKING:
    RowAdminBase = admin.ModelAdmin[Any]
else:
    RowAdminBase = admin.ModelAdmin


class RowAdmin(RowAdminBase):
    """Its form is a VersionedRowForm. Nothing is changed in bulk, or deleted unless a
    subclass says so; the history says what each value was, and what it is.
    """

    actions = None

    def store(self, row: Any, form: Any) -> None:
        """Store a new row, or the changed columns of one that is there, by an action."""
        raise NotImplementedError

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: bool
    ) -> None:
        if form.changed_columns or not change:
            self.store(obj, form)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        if add:
            return super().construct_change_message(request, form, formsets, add)
        return " ".join(
            f"{form.fields[name].label or name}: was “{form.initial.get(name) or ''}”, "
            f"is “{form.instance.serializable_value(name) or ''}”."
            for name in form.changed_columns
        )
