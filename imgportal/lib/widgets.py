"""Inputs of forms that more than one part of the site draws."""

from __future__ import annotations

from django import forms


class UnlabelledHiddenInput(forms.HiddenInput):
    """For forms of the admin, which write a label for every field they list.

    A label must not point at a hidden field: this one points nowhere.
    """

    def id_for_label(self, id_: str) -> str:
        return ""
