"""Writes over nothing that somebody else has saved since a page was made.

Whoever saves says what they saw: the values themselves, or when (or in which version) the
row was last written. What would be lost is shown beside what was typed, and from then on
it counts as seen: saving again is meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.http import QueryDict

from imgportal.lib.widgets import UnlabelledHiddenInput

if TYPE_CHECKING:
    VersionedFormBase = forms.ModelForm[Any]
else:
    VersionedFormBase = forms.ModelForm


def is_same(left: Any, right: Any) -> bool:
    """Equal, and printed alike: a rate of 41 is not the same as a rate of 41.0."""
    return bool(left == right and str(left) == str(right))


def find_overwritten(
    *,
    stored: Mapping[str, Any],
    wanted: Mapping[str, Any],
    seen: Mapping[str, Any] | None = None,
) -> list[str]:
    """The columns in which what is wanted would replace what somebody else has stored.

    `seen` is what the page showed; None when it was an earlier state of the row, of which
    no values were kept: then everything that differs may be somebody else's.
    """
    return [
        column
        for column, value in wanted.items()
        if not is_same(stored[column], value)
        and (seen is None or not is_same(stored[column], seen[column]))
    ]


def with_seen(form: forms.BaseForm, name: str, value: str) -> QueryDict:
    """The data of a form once its sender has been shown this state of the row."""
    data = cast(QueryDict, form.data).copy()
    data[name] = value
    return data


class VersionedRowForm(VersionedFormBase):
    """A form of the staff pages about one row, whose stamp travels with it."""

    # The column that says when a row was last written.
    stamp: ClassVar[str]
    # Fields of the form that are no columns of the row.
    own_fields: ClassVar[frozenset[str]] = frozenset({"seen_at"})

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
            # Locked within the transaction of the page: nobody else can write the row
            # before it is saved.
            rows = type(self.instance)._default_manager.select_for_update()
            self._refuse_what_others_changed(rows.get(pk=self.instance.pk), cleaned)
        return cleaned

    @property
    def changed_columns(self) -> list[str]:
        """What somebody wrote, by the names of the columns."""
        return [name for name in self.changed_data if name not in self.own_fields]

    def in_words(self, stored: Any, name: str) -> str:
        """A stored value as its reader knows it; empty: there is none."""
        value = getattr(stored, name)
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, value) or "")

    def _written(self, row: Any) -> str:
        return str(getattr(row, self.stamp).isoformat())

    def _refuse_what_others_changed(self, stored: Any, cleaned: dict[str, Any]) -> None:
        written = self._written(stored)
        if cleaned.get("seen_at") == written:
            return
        wanted = {
            name: cleaned[name]
            for name in self.fields
            if name in cleaned and name not in self.own_fields
        }
        theirs = {name: getattr(stored, name) for name in wanted}
        for name in find_overwritten(stored=theirs, wanted=wanted):
            self.add_error(
                name,
                f"Somebody else has saved “{self.in_words(stored, name) or 'nothing'}” "
                "here meanwhile. Save again to put yours in its place, or write theirs.",
            )
        self.data = with_seen(self, self.add_prefix("seen_at"), written)
