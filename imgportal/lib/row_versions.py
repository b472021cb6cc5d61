"""A form of the staff pages that writes over nothing that somebody else has saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.http import QueryDict

from imgportal.lib.widgets import UnlabelledHiddenInput

if TYPE_CHECKING:
    _Form = forms.ModelForm[Any]
else:
    _Form = forms.ModelForm


class MeanwhileForm(_Form):
    """Refuses what differs from what somebody saved since the page was made, once: who
    has seen both and saves again means it.
    """

    # The column that says when a row was last written.
    stamp: ClassVar[str]
    # Fields that are no columns.
    ours: ClassVar[frozenset[str]] = frozenset({"seen_at"})

    seen_at = forms.CharField(
        required=False, label="", widget=UnlabelledHiddenInput, max_length=40
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen_at"] = self._written(self.instance)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk:
            # Within the transaction of the page, so nobody comes between this and
            # the saving.
            rows = type(self.instance)._default_manager.select_for_update()
            self._refuse_what_others_changed(rows.get(pk=self.instance.pk), cleaned)
        return cleaned

    @property
    def changed_columns(self) -> list[str]:
        """What somebody wrote, by the names of the columns."""
        return [name for name in self.changed_data if name not in self.ours]

    def in_words(self, stored: Any, name: str) -> str:
        """A stored value as its reader knows it; empty: there is none."""
        value = getattr(stored, name)
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, value) or "")

    def _written(self, row: Any) -> str:
        return str(getattr(row, self.stamp).isoformat())

    def _refuse_what_others_changed(self, stored: Any, cleaned: dict[str, Any]) -> None:
        now = self._written(stored)
        if cleaned.get("seen_at") == now:
            return
        for name in self.fields:
            if name in self.ours or name not in cleaned:
                continue
            if getattr(stored, name) != cleaned[name]:
                theirs = self.in_words(stored, name) or "nothing"
                self.add_error(
                    name,
                    f"Somebody else has saved “{theirs}” here meanwhile. Save again to "
                    "put yours in its place, or write theirs.",
                )
        # Both have been seen now: saving again is meant.
        seen = cast(QueryDict, self.data).copy()
        seen[self.add_prefix("seen_at")] = now
        self.data = seen
