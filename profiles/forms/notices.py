"""The button that says: I have read this."""

from __future__ import annotations

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.urls import reverse

from profiles.models.notices import EVERYBODY


class DismissForm(forms.Form):
    """Up to which change the member has read: what came after it stays."""

    up_to = forms.IntegerField(
        min_value=1, max_value=EVERYBODY, widget=forms.HiddenInput
    )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_action = reverse("profiles:answer_changes")
        button = StrictButton(
            "I have read this", type="submit", css_class="btn-outline-primary"
        )
        helper.layout = Layout("up_to", Div(button, css_class="actions"))
        return helper
