"""When a member wants to be reminded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.layout import Div, Fieldset
from django import forms

from profiles.choices import LEADS, USUAL_LEADS
from profiles.forms.record_form import RecordForm
from profiles.models import ReminderChoice
from profiles.models.owned import Owned
from profiles.record_tables import REMINDERS, RecordField
from profiles.reminders import followed_figures
from profiles.rules.reminders import joined, parsed
from stats import public

IN_WORDS = {1: "1 day before"}


class ReminderForm(RecordForm):
    table = REMINDERS
    kept_choices = ("follows_specialties",)

    @classmethod
    def typed(cls, values: Mapping[str, Any]) -> Any:
        return super().typed(values) | {"leads": values["leads"].split(",")}

    def field_for(self, field: RecordField) -> forms.Field:
        if field.name != "leads":
            return super().field_for(field)
        return forms.MultipleChoiceField(
            label=field.label,
            choices=[
                (str(days), IN_WORDS.get(days, f"{days} days before")) for days in LEADS
            ],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "Choose among these."},
        )

    def initial_from(self, row: Owned | None) -> dict[str, Any]:
        stored = super().initial_from(row)
        leads = stored.get("leads", USUAL_LEADS)
        return stored | {
            "is_on": stored.get("is_on", True),
            "leads": [str(days) for days in parsed(leads)],
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (
            cleaned.get("is_on")
            and not cleaned.get("leads")
            and "leads" not in self.errors
        ):
            self.add_error(
                "leads", "Choose at least one, or untick “Send me reminders”."
            )
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What to store. Saving also says that the address works again."""
        leads = [int(days) for days in self.cleaned_data["leads"]]
        years = self.cleaned_data["follows_years"]
        specialties = self.cleaned_data["follows_specialties"]
        return {
            "is_on": self.cleaned_data["is_on"],
            "leads": joined(leads) or USUAL_LEADS,
            "follows_years": years,
            "follows_specialties": specialties,
            "followed_after": followed_figures.followed_after(
                self.row if isinstance(self.row, ReminderChoice) else None,
                years=years,
                specialties=specialties,
                figures=public.everything(),
            ),
            "bounced": "",
        }

    def parts(self) -> Sequence[Any]:
        return [
            "is_on",
            Div("leads", css_class="many"),
            Fieldset(
                "Figures that you follow",
                "follows_years",
                Div("follows_specialties", css_class="many"),
            ),
        ]
