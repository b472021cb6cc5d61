"""Every query string has a form; see FilterForm for what it does with a wrong one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Div, Layout, Row
from crispy_forms.utils import render_crispy_form
from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString

from imgportal.lib import email_addresses
from imgportal.lib.filter_form import Choices, FilterForm, nameless_button
from imgportal.lib.problems import ParameterFault
from stats import asked_edition
from stats.choices import (
    FIRST_MATCH_YEAR,
    IMG_GROUPS,
    LAST_MATCH_YEAR,
    ApplicantType,
    FigureTable,
    RateOf,
)
from stats.models.reports import LONGEST_TEXT, SHORTEST_TEXT
from stats.rate_chart import ALL_IMGS


def year_choices(years: Sequence[int]) -> Choices:
    return [(str(year), str(year)) for year in years]


class MatchFilterForm(FilterForm):
    """`/match/`: which groups, over which years."""

    chooses = ("group", "since", "until")

    group = forms.MultipleChoiceField(
        label="Groups",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=[kind.value for kind in IMG_GROUPS[::-1]],
        choices=(
            *((kind.value, kind.label) for kind in IMG_GROUPS[::-1]),
            (ALL_IMGS, "All IMGs together"),
            *(
                (kind.value, kind.label)
                for kind in ApplicantType
                if kind not in (*IMG_GROUPS, ApplicantType.IMG_TOTAL, ApplicantType.ALL)
            ),
        ),
    )
    since = forms.ChoiceField(label="First Match year", required=False)
    until = forms.ChoiceField(label="Last Match year", required=False)

    def columns(self) -> Sequence[Any]:
        return (
            Div("group", css_class="col-12 filters__many"),
            Column("since", css_class="col-6 col-sm-3 col-lg-2"),
            Column("until", css_class="col-6 col-sm-3 col-lg-2"),
        )


class AllApplicantsForm(FilterForm):
    """`/match/all-applicants/`: of whom the rate is a share."""

    chooses = ("of",)

    of = forms.ChoiceField(
        label="Match rate",
        required=False,
        initial=RateOf.RANKED.value,
        choices=RateOf.choices,
        widget=forms.RadioSelect,
    )

    def columns(self) -> Sequence[Any]:
        return (Div("of", css_class="col-auto"),)


class SpecialtyFilterForm(FilterForm):
    """`/specialties/`: the newest known year of each or one for all, an order, a search."""

    chooses = ("year",)

    year = forms.ChoiceField(label="Match year", required=False)
    q = forms.CharField(
        label="Specialty",
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "placeholder": "Name"}
        ),
    )
    sort = forms.ChoiceField(
        label="Order",
        required=False,
        initial="-share",
        choices=(
            ("-share", "Most open to IMGs first"),
            ("share", "Least open to IMGs first"),
            ("-preferred", "Largest share matched to it first"),
            ("preferred", "Smallest share matched to it first"),
            ("name", "By name"),
            ("-name", "By name, from the end"),
            ("-offered", "Most positions offered first"),
            ("offered", "Fewest positions offered first"),
            ("-filled", "Most positions filled first"),
            ("filled", "Fewest positions filled first"),
            ("-us_img", "Most US IMGs first"),
            ("us_img", "Fewest US IMGs first"),
            ("-non_us_img", "Most non-US IMGs first"),
            ("non_us_img", "Fewest non-US IMGs first"),
            ("-imgs", "Most IMGs first"),
            ("imgs", "Fewest IMGs first"),
        ),
    )

    def columns(self) -> Sequence[Any]:
        return (
            Column("year", css_class="col-7 col-sm-4 col-md-3"),
            Column("q", css_class="col-5 col-sm-4 col-md-3"),
            Column("sort", css_class="col-8 col-sm-6 col-md-4"),
        )


class EditionForm(FilterForm):
    """`/scores/`: which edition of Charting Outcomes, and which scores of it.

    Addresses from before the figures themselves had editions name it `edition`; they are
    promises, and a year is none of the numbers of those.
    """

    chooses = ("charting_outcomes", "group", "specialty")

    charting_outcomes = forms.ChoiceField(label="Edition", required=False)
    group = forms.ChoiceField(label="Group", required=False)
    specialty = forms.ChoiceField(label="Specialty", required=False)

    def __init__(self, data: QueryDict | None = None, **given: Any) -> None:
        spelled = asked_edition.rename_years(data) if data is not None else None
        super().__init__(spelled, **given)
        if data is not None and "charting_outcomes" not in data:
            # A fault names what the address has.
            self.faults = [
                replace(
                    fault,
                    parameter=fault.parameter.replace("charting_outcomes", "edition"),
                    detail=fault.detail.replace("charting_outcomes", "edition"),
                )
                for fault in self.faults
            ]

    def columns(self) -> Sequence[Any]:
        return (
            Column("charting_outcomes", css_class="col-5 col-sm-3 col-md-2"),
            Column("group", css_class="col-7 col-sm-4 col-md-3"),
            Column("specialty", css_class="col-8 col-sm-5 col-md-4"),
        )


class CompareForm(FilterForm):
    """`/specialties/compare/`: up to four specialties side by side."""

    chooses = ("s",)

    MOST = 4

    s = forms.MultipleChoiceField(
        label="Specialties", required=False, widget=forms.CheckboxSelectMultiple
    )

    def _choose(self, name: str, field: forms.Field, values: Sequence[str]) -> None:
        super()._choose(name, field, values)
        slugs = list(dict.fromkeys(self.chosen[name]))
        self.chosen[name] = slugs[: self.MOST]
        if len(slugs) > self.MOST:
            self.notices.append(
                f"Four specialties fit side by side; we show the first {self.MOST}."
            )
            self.faults.append(
                ParameterFault(
                    parameter=name,
                    code="value",
                    detail=f"At most {self.MOST} specialties are compared.",
                )
            )

    def columns(self) -> Sequence[Any]:
        return (Div("s", css_class="col-12 filters__many"),)


class OwnScoreForm(forms.Form):
    """Places a score in the published quartiles, in the browser and nowhere else.

    Its field has no name, so that no browser can put the score into an address.
    """

    score = forms.IntegerField(
        label="Your Step 2 CK score",
        min_value=1,
        max_value=300,
        help_text="It stays in this browser tab: it is not sent, not stored and not "
        "put into the address.",
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self) -> None:
        super().__init__()
        self.fields["score"].widget.template_name = "stats/widgets/nameless_number.html"

    @property
    def drawn(self) -> SafeString:
        return _drawn_own_score()

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_class = "filters own-score"
        helper.form_id = "own-score"
        # Shown by the script that does the work; without it there is nothing to do.
        helper.attrs = {"hidden": True}
        helper.disable_csrf = True
        button = nameless_button("Place it", css_id="place")
        helper.layout = Layout(
            Row(
                Column("score", css_class="col-12 col-sm-6 col-md-4"),
                Div(button, css_class="col-auto mb-3 own-score__button"),
                css_class="g-3 align-items-start",
            )
        )
        return helper


@cache
def _drawn_own_score() -> SafeString:
    return cast(SafeString, render_crispy_form(OwnScoreForm()))


class FigureAddressForm(forms.Form):
    """`/report/`: which figure. What cannot be read is as if it were not there."""

    year = forms.IntegerField(
        required=False, min_value=FIRST_MATCH_YEAR, max_value=LAST_MATCH_YEAR
    )
    version = forms.IntegerField(required=False, min_value=1, max_value=9999)
    table = forms.TypedChoiceField(
        required=False,
        choices=FigureTable.choices,
        coerce=FigureTable,
        empty_value=None,
    )
    row = forms.CharField(required=False, max_length=120)

    @property
    def readable(self) -> dict[str, Any]:
        """The values that could be read, by name."""
        self.full_clean()
        return self.cleaned_data


class ProblemForm(forms.Form):
    """What a reader says is wrong, and where to send an answer."""

    text = forms.CharField(
        label="What is wrong?",
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text="Which value it is, what it should be, and where you read that. "
        "Nothing personal, please: the staff reads it.",
        error_messages={"required": "Please say what is wrong."},
    )
    email = forms.EmailField(
        label="Your e-mail address, if you would like an answer",
        required=False,
        validators=[email_addresses.refuse_unwritable],
        help_text="Used for the answer and for nothing else, and deleted with it.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": "This is not an e-mail address. Write it as name@example.org, "
            "or leave it empty."
        },
    )

    def __init__(self, data: QueryDict | None = None, *, address: str) -> None:
        super().__init__(data)
        self.address = address

    def clean_email(self) -> str:
        return email_addresses.one_form(self.cleaned_data["email"])

    def clean_text(self) -> str:
        # Browsers send two characters for each new line.
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        if len(text) < SHORTEST_TEXT:
            raise forms.ValidationError(
                f"Please say a little more: at least {SHORTEST_TEXT} characters."
            )
        if len(text) > LONGEST_TEXT:
            raise forms.ValidationError(
                f"This is {len(text):,} characters long, and we can take "
                f"{LONGEST_TEXT:,}. Please shorten it."
            )
        return text

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_action = self.address
        helper.form_class = "report-form"
        button = nameless_button("Send the report")
        helper.layout = Layout("text", "email", button)
        return helper
