"""What the rules need to know of a member. Every field may be left empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.urls import reverse

from imgportal.lib.time_zones import list_zones
from profiles.countries import country_choices
from profiles.forms.record_form import RecordForm, half, season_field
from profiles.models import Profile
from profiles.record_tables import PROFILE, RecordField


class ProfileForm(RecordForm):
    table = PROFILE
    names: ClassVar[tuple[str, ...]] = (
        *("us_citizen", "school_country", "graduated_on", "season", "specialties"),
        *("time_zone", "permanent_resident"),
    )
    kept_choices = ("school_country", "specialties", "time_zone")

    def field_for(self, field: RecordField) -> forms.Field:
        row = self.row if isinstance(self.row, Profile) else Profile()
        texts: dict[str, Any] = {
            "label": field.label,
            "help_text": field.hint,
            "required": False,
        }
        match field.name:
            case "school_country":
                return forms.ChoiceField(
                    choices=(("", "Not said"), *country_choices(row.school_country)),
                    **texts,
                )
            case "season":
                return season_field(field, self.today, row.season)
            case "time_zone":
                zones = list_zones("Not said: dates are taken in UTC")
                return forms.ChoiceField(
                    choices=_with_stored(zones, row.time_zone), **texts
                )
        return super().field_for(field)

    def parts(self) -> Sequence[Any]:
        return [
            Fieldset(
                "Who you are to the rules",
                half("us_citizen", "school_country", "permanent_resident"),
            ),
            Fieldset("When", half("graduated_on", "season", "time_zone")),
            Div("specialties", css_class="many"),
        ]


class StartForm(ProfileForm):
    """What a new member is asked first: the same fields as in the profile."""

    names = ("season", "school_country", "us_citizen")
    button = "Show what follows"
    texts: Mapping[str, tuple[str, str]] = {
        "season": (
            "Which Match are you aiming at?",
            "It decides which deadlines are yours.",
        ),
        "school_country": (
            "In which country is your medical school?",
            "The campus decides, not where you are from (rules IMG-1 and IMG-5).",
        ),
        "us_citizen": (
            "Are you a US citizen?",
            "Published figures count US IMGs and non-US IMGs apart (rule IMG-2).",
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # It also stands on the page of who has entered nothing yet.
        self.action = reverse("profiles:start")

    def field_for(self, field: RecordField) -> forms.Field:
        asked = super().field_for(field)
        asked.label, asked.help_text = self.texts[field.name]
        return asked

    def parts(self) -> Sequence[Any]:
        return [*self.names]


class PathwayFactsForm(RecordForm):
    """What decides which Pathway fits."""

    table = PROFILE
    names = (
        *("licence_held", "licence_valid_on", "licence_disciplined"),
        *("school_osce", "school_wfme", "school_ncfmea", "school_joint_degree"),
    )

    def parts(self) -> Sequence[Any]:
        return [
            Fieldset("Your licence", half(*self.names[:3])),
            Fieldset(
                "Your school",
                half(
                    "school_wfme", "school_ncfmea", "school_osce", "school_joint_degree"
                ),
            ),
        ]


class VisaDaysForm(RecordForm):
    """Days only: nothing is concluded from them."""

    table = PROFILE
    names = ("visa_form_on", "visa_interview_on", "visa_expires_on")

    def parts(self) -> Sequence[Any]:
        return [half(*self.names)]


def _with_stored(
    choices: Sequence[tuple[str, Any]], stored: str
) -> Sequence[tuple[str, Any]]:
    """Another machine may have known a zone that this one does not."""
    zones = {
        zone
        for key, label in choices
        for zone in ([key] if isinstance(label, str) else dict(label))
    }
    return choices if stored in zones else [*choices, (stored, stored)]
