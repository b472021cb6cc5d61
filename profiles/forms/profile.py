"""What the rules need to know of a member. Every field may be left empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.http import QueryDict

from imgportal.lib.time_zones import list_zones
from profiles.countries import COUNTRIES
from profiles.forms.certification import half, season_choices
from profiles.forms.record_form import DayField, RecordForm, YesNoField
from profiles.models import Profile

MOST_SPECIALTIES = 10


class ProfileForm(RecordForm):
    us_citizen = YesNoField(
        label="Are you a US citizen?",
        unsaid="Rather not say",
        help_text="Published figures count US IMGs and non-US IMGs apart. A green card "
        "is not citizenship (rule IMG-2).",
    )
    school_country = forms.ChoiceField(
        label="Country of your medical school",
        choices=(("", "Not said"), *COUNTRIES.items()),
        required=False,
        help_text="The country of its campus decides who is an IMG, not where you are "
        "from (rules IMG-1 and IMG-5).",
    )
    graduated_on = DayField(
        label="Graduation, actual or expected",
        help_text="Pathways 3 to 5 are for students and recent graduates, and the "
        "Sponsor Note of the school has to cover the year (rule E-PATH-5).",
    )
    season = forms.TypedChoiceField(
        label="Which Match are you aiming at?",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Deadlines and cut-off dates differ from season to season.",
    )
    specialties = forms.MultipleChoiceField(
        label=f"Specialties, up to {MOST_SPECIALTIES}",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="To show you the published figures of these first.",
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        required=False,
        help_text="So that “today” is your today. Deadlines of the Match are in US "
        "Eastern Time.",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        row: Profile | None,
        specialties: Iterable[tuple[str, str]],
        today: date,
    ) -> None:
        super().__init__(data, row=row)
        offers = {
            "specialties": list(specialties),
            "season": season_choices(today, row.season if row else None),
            "time_zone": _with_stored(
                list_zones("Not said: dates are taken in UTC"),
                row.time_zone if row else "",
            ),
        }
        for name, choices in offers.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def clean_specialties(self) -> list[str]:
        slugs = list(dict.fromkeys(self.cleaned_data["specialties"]))
        if len(slugs) > MOST_SPECIALTIES:
            raise forms.ValidationError(
                f"These are {len(slugs)}; choose {MOST_SPECIALTIES} at most."
            )
        return slugs

    def parts(self) -> Sequence[Any]:
        return [
            Fieldset("Who you are to the rules", half("us_citizen", "school_country")),
            Fieldset("When", half("graduated_on", "season", "time_zone")),
            Div("specialties", css_class="many"),
        ]


class StartForm(RecordForm):
    """What a new member is asked first: the same fields as in the profile."""

    button = "Show what follows"

    season = forms.TypedChoiceField(
        label="Which Match are you aiming at?",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="It decides which deadlines are yours.",
    )
    school_country = forms.ChoiceField(
        label="In which country is your medical school?",
        choices=(("", "Not said"), *COUNTRIES.items()),
        required=False,
        help_text="The campus decides, not where you are from (rules IMG-1 and IMG-5).",
    )
    us_citizen = YesNoField(
        label="Are you a US citizen?",
        unsaid="Rather not say",
        help_text="Published figures count US IMGs and non-US IMGs apart (rule IMG-2).",
    )

    def __init__(
        self, data: QueryDict | None = None, *, row: Profile | None, today: date
    ) -> None:
        super().__init__(data, row=row)
        season = self.fields["season"]
        if isinstance(season, forms.ChoiceField):
            season.choices = season_choices(today, row.season if row else None)

    def parts(self) -> Sequence[Any]:
        return ["season", "school_country", "us_citizen"]


class PathwayFactsForm(RecordForm):
    """What decides which Pathway fits."""

    licence_held = YesNoField(
        label="Have you held a licence to practise without supervision?",
        unsaid="Not said",
        help_text="In any country. A training licence does not count (rule E-PATH-3).",
    )
    licence_valid_on = DayField(
        label="Last day it was valid",
        help_text="If it is valid now, the day it ends, or today.",
    )
    licence_disciplined = YesNoField(
        label="Was a licence of yours ever subject to discipline?",
        unsaid="Rather not say",
        help_text="Pathway 1 asks for none (rule E-PATH-3).",
    )
    school_osce = YesNoField(
        label="Your regulator requires your school's clinical exam (OSCE) of everybody",
        help_text="For Pathway 2 (rule E-PATH-4).",
    )
    school_wfme = YesNoField(
        label="School accredited by an agency that WFME recognises",
        help_text="For Pathway 3. The World Directory of Medical Schools notes it (rule "
        "E-PATH-5).",
    )
    school_ncfmea = YesNoField(
        label="School accredited by an agency that NCFMEA found comparable",
        help_text="For Pathway 4 (rule E-PATH-5).",
    )
    school_joint_degree = YesNoField(
        label="Degree issued jointly with a US school accredited by LCME",
        help_text="For Pathway 5 (rule E-PATH-5).",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("licence_held") is False and cleaned.get("licence_valid_on"):
            self.add_error(
                "licence_valid_on",
                "You say that you never held one. Clear the day, or change the answer.",
            )
        return cleaned

    def parts(self) -> Sequence[Any]:
        return [
            Fieldset(
                "Your licence",
                half("licence_held", "licence_valid_on", "licence_disciplined"),
            ),
            Fieldset(
                "Your school",
                half(
                    "school_wfme", "school_ncfmea", "school_osce", "school_joint_degree"
                ),
            ),
        ]


def _with_stored(
    choices: Sequence[tuple[str, Any]], stored: str
) -> Sequence[tuple[str, Any]]:
    """Another machine may have known a zone that this one does not."""
    known = {
        zone
        for key, label in choices
        for zone in ([key] if isinstance(label, str) else dict(label))
    }
    return choices if stored in known else [*choices, (stored, stored)]
