"""Asking for the verdicts of another day, by a form for the address line."""

from __future__ import annotations

from datetime import date

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Div, Layout, Row
from django import forms
from django.http import QueryDict

from profiles.forms.record_form import DayField


class AsOfForm(forms.Form):
    """It never refuses: what cannot be used falls back to today, and says so."""

    as_of = DayField(label="Show the verdicts as of")

    def __init__(self, data: QueryDict, *, today: date) -> None:
        super().__init__(data, auto_id="%s")
        self.today = today
        self.several = len(data.getlist("as_of")) > 1

    @property
    def day(self) -> date:
        """The day asked for, today when there is none."""
        if not self.is_valid() or self.several:
            return self.today
        return self.cleaned_data["as_of"] or self.today

    @property
    def is_another_day(self) -> bool:
        return self.day != self.today

    @property
    def notice(self) -> str:
        """Why the day asked for could not be used; empty when it was."""
        if self.several:
            return "The address names more than one day, so these are today's verdicts."
        if not self.is_valid():
            return (
                "The day in the address is none that we can use, so these are today's "
                "verdicts. Write it as 2027-03-10."
            )
        return ""

    @property
    def shown(self) -> AsOfForm:
        """The form with the day in force, as it is drawn."""
        data = QueryDict(mutable=True)
        data["as_of"] = self.day.isoformat()
        return AsOfForm(data, today=self.today)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_method = "get"
        helper.form_class = "filters as-of"
        helper.disable_csrf = True
        helper.layout = Layout(
            Row(
                Column("as_of", css_class="col-auto"),
                Div(
                    # A button without a name adds nothing to the address.
                    StrictButton(
                        "Show", type="submit", css_class="btn-outline-primary"
                    ),
                    css_class="col-auto",
                ),
                css_class="g-2 align-items-end",
            )
        )
        return helper
