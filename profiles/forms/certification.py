"""What a member reports of certification: items, Pathways, the certificate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms.layout import Column, Fieldset, Row
from django import forms
from django.http import QueryDict

from profiles.choices import Basis, Item, ItemState, Pathway
from profiles.forms.record_form import DayField, RecordForm, YesNoField, refused
from profiles.models import CertificationItem, PathwayApplication
from profiles.models.certification import FIRST_PATHWAYS_SEASON
from profiles.models.owned import LONGEST_NOTE, Owned

# How far ahead a season may be named.
SEASONS_AHEAD = 7


def season_choices(today: date, stored: int | None) -> list[tuple[str, str]]:
    """The Match years that had Pathways and those to come, and what is stored."""
    years = set(range(FIRST_PATHWAYS_SEASON, today.year + SEASONS_AHEAD + 1))
    years |= {stored} if stored else set()
    return [("", "Not said"), *((str(year), f"{year} Match") for year in sorted(years))]


def half(*names: str) -> Row:
    """Fields side by side where there is room."""
    return Row(*(Column(name, css_class="col-12 col-sm-6") for name in names))


class NoteField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label="Private note",
            required=False,
            # The same line in every browser: CR LF becomes LF below.
            widget=forms.Textarea(attrs={"rows": 5}),
            help_text=f"For yourself; nobody else reads it. At most {LONGEST_NOTE:,} "
            "characters. Please no passport, USMLE or other numbers.",
        )

    def to_python(self, value: Any) -> str:
        # Before the length is looked at: browsers send two characters a line. A lone
        # one as well, so that what is stored reads the same when it comes back.
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > LONGEST_NOTE:
            raise forms.ValidationError(
                f"This note is {len(value):,} characters long, and we can keep "
                f"{LONGEST_NOTE:,}. Please shorten it."
            )


class ItemForm(RecordForm):
    """One item as the member reports it."""

    state = forms.ChoiceField(
        label="Where it stands",
        choices=(("", "Nothing reported"), *ItemState.choices),
        required=False,
    )
    since = DayField(label="Since", help_text="The day it came to that.")
    note = NoteField()

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        row: CertificationItem | None,
        item: Item,
        today: date,
    ) -> None:
        self.item, self.today = item, today
        super().__init__(data, row=row)

    def clean_since(self) -> date | None:
        day: date | None = self.cleaned_data["since"]
        if day and day > self.today:
            raise refused("This day has not come yet.", "F-DATE-1")
        return day

    def parts(self) -> Sequence[Any]:
        return [half("state", "since"), "note"]


class PathwayForm(RecordForm):
    """An application for a Pathway."""

    season = forms.TypedChoiceField(
        label="Pathways season",
        coerce=int,
        help_text="Seasons are named by their Match.",
        error_messages={"required": "Choose the season."},
    )
    number = forms.TypedChoiceField(
        label="Which Pathway",
        choices=(("", "Not said"), *Pathway.choices),
        coerce=int,
        empty_value=None,
        required=False,
    )
    submitted_on = DayField(label="Sent")
    accepted_on = DayField(
        label="Accepted", help_text="The day ECFMG told you that it is accepted."
    )
    valid_to = DayField(
        label="Valid to",
        help_text="As ECFMG states it. We never compute it (rule E-EXP-1).",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        row: PathwayApplication | None,
        today: date,
    ) -> None:
        self.today = today
        super().__init__(data, row=row)
        season = self.fields["season"]
        if isinstance(season, forms.ChoiceField):
            season.choices = season_choices(today, row.season if row else None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        sent, accepted = cleaned.get("submitted_on"), cleaned.get("accepted_on")
        valid_to = cleaned.get("valid_to")
        for name in ("submitted_on", "accepted_on"):
            if (day := cleaned.get(name)) and day > self.today:
                self.add_error(name, refused("This day has not come yet.", "F-DATE-1"))
        if sent and accepted and accepted < sent:
            self.add_error("accepted_on", "It is accepted after it was sent.")
        if accepted and valid_to and valid_to < accepted:
            self.add_error("valid_to", "It ends after it was accepted.")
        return cleaned

    def place_is_taken(self) -> None:
        self.add_error(
            "season",
            "You have an application in this season already: change that one, or "
            "choose another season.",
        )

    def parts(self) -> Sequence[Any]:
        return [
            half("season", "number"),
            half("submitted_on", "accepted_on", "valid_to"),
        ]


class CertificateForm(RecordForm):
    """The certificate, once it is issued."""

    issued_on = DayField(
        label="Issued",
        required=True,
        help_text="You are certified from this day on.",
    )
    basis = forms.ChoiceField(
        label="Clinical skills rest on",
        choices=(("", "Not said"), *Basis.choices),
        required=False,
        help_text="Only certificates that rest on a Pathway expire (rule E-EXP-3).",
    )
    expires_on = DayField(
        label="Expires, as printed on it",
        help_text="Empty when none is printed. We never compute it (rule E-EXP-1).",
    )
    validated_on = DayField(
        label="Permanently validated",
        help_text="The day ECFMG made it valid without an end (rule E-EXP-2).",
    )
    training_months = forms.IntegerField(
        label="Months of US clinical training so far",
        required=False,
        min_value=0,
        max_value=600,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            "Enter whole months, from 0 to 600.",
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text="In a programme accredited by ACGME. Twelve make it permanent on "
        "request (rule E-EXP-2).",
    )
    us_licence = YesNoField(label="Unrestricted US licence", unsaid="Not said")

    def __init__(
        self, data: QueryDict | None = None, *, row: Owned | None, today: date
    ) -> None:
        self.today = today
        super().__init__(data, row=row)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        issued = cleaned.get("issued_on")
        for name in ("issued_on", "validated_on"):
            if (day := cleaned.get(name)) and day > self.today:
                self.add_error(name, refused("This day has not come yet.", "F-DATE-1"))
        for name, words in (
            ("expires_on", "It expires after it was issued."),
            ("validated_on", "It is validated after it was issued."),
        ):
            if issued and (day := cleaned.get(name)) and day < issued:
                self.add_error(name, words)
        return cleaned

    def parts(self) -> Sequence[Any]:
        return [
            half("issued_on", "basis"),
            half("expires_on"),
            Fieldset(
                "Making it permanent",
                half("training_months", "us_licence", "validated_on"),
            ),
        ]
