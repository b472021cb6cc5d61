"""What every form of a record has: its version, its layout, its rule for refusing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Hidden, Layout
from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html

from profiles.models.owned import EARLIEST, LATEST, Owned
from profiles.rules.days import in_words

# No version of any row: what it stands for was changed by somebody who plays.
NO_VERSION = -1


def refused(sentence: str, rule: str) -> forms.ValidationError:
    """A refusal that leads to the rule it rests on, beside the form, not instead."""
    return forms.ValidationError(
        format_html(
            '{} <a href="{}#{}" target="_blank">Rule {}</a>.',
            sentence,
            reverse("rules:rules"),
            rule,
            rule,
        )
    )


class RuledNumberField(forms.IntegerField):
    """A whole number; whatever else is typed is refused by one rule."""

    def __init__(self, *, sentence: str, rule: str, **kwargs: Any) -> None:
        self.sentence, self.rule = sentence, rule
        super().__init__(
            required=False,
            widget=forms.NumberInput(
                attrs={"inputmode": "numeric", "autocomplete": "off"}
            ),
            **kwargs,
        )

    def clean(self, value: Any) -> int | None:
        try:
            number: int | None = super().clean(value)
        except (forms.ValidationError, OverflowError):
            # Overflow: hundreds of digits, which the check of the step cannot divide.
            raise refused(self.sentence, self.rule) from None
        return number


class DayField(forms.DateField):
    """A date, written as browsers send it or in words, from 1950 to 2100."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(
            widget=forms.DateInput(
                format="%Y-%m-%d",
                attrs={
                    "type": "date",
                    "min": EARLIEST.isoformat(),
                    "max": LATEST.isoformat(),
                },
            ),
            # Never 3/4/2024: half of the readers would take it for the other day.
            input_formats=["%Y-%m-%d", "%d %B %Y", "%d %b %Y"],
            error_messages={
                "required": "Enter the day.",
                "invalid": "This is no day of the calendar. Write it as 2024-03-10.",
            },
            **kwargs,
        )

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not EARLIEST <= value <= LATEST:
            raise forms.ValidationError(
                f"A record reaches from {EARLIEST.year} to {LATEST.year}: check the year."
            )


# USMLE was first given in June 1992; OET is a few years older.
FIRST_EXAM = date(1990, 1, 1)
FURTHEST_PLAN = timedelta(days=3 * 366)


def check_exam_day(day: date, today: date) -> None:
    if day < FIRST_EXAM:
        raise forms.ValidationError(
            f"This exam was not given before {FIRST_EXAM.year}: check the year."
        )
    if day > today + FURTHEST_PLAN:
        raise forms.ValidationError(
            "This is more than three years ahead: check the year."
        )


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or nothing said. Nothing said is never taken for a no."""

    def __init__(self, *, unsaid: str = "Not known", **kwargs: Any) -> None:
        super().__init__(
            choices=(("", unsaid), ("yes", "Yes"), ("no", "No")),
            coerce=lambda value: value == "yes",
            empty_value=None,
            required=False,
            error_messages={"invalid_choice": "Choose one of the three."},
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)


class _VersionField(forms.IntegerField):
    def clean(self, value: Any) -> int:
        try:
            number = super().clean(value)
        except forms.ValidationError:
            number = None
        return NO_VERSION if number is None else int(number)


class RecordForm(forms.Form):
    """A form about one row of a member.

    `row` is the row as it is stored, None when there is none yet. `seen` travels with
    the form: the version of the row that the form was filled from, 0 for none.
    """

    seen = _VersionField(
        min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput
    )

    # Buttons beside "Save": their names and words.
    more_buttons: Sequence[tuple[str, str]] = ()
    button = "Save"
    action = ""  # the page itself
    whose = ""  # a signed mark of the member that it is shown to

    def __init__(
        self, data: QueryDict | None = None, *, row: Owned | None, **kwargs: Any
    ) -> None:
        self.row = row
        super().__init__(data, initial=self.initial_from(row), **kwargs)

    def initial_from(self, row: Owned | None) -> dict[str, Any]:
        if row is None:
            return {"seen": 0}
        return {name: getattr(row, name) for name in self.stored_names()} | {
            "seen": row.version
        }

    def stored_names(self) -> list[str]:
        """The fields that are stored under their own names."""
        return [name for name in self.base_fields if name != "seen"]

    @property
    def values(self) -> dict[str, Any]:
        """What to store, once the form is valid."""
        return {
            name: value for name, value in self.cleaned_data.items() if name != "seen"
        }

    @property
    def seen_version(self) -> int:
        return int(self.cleaned_data["seen"])

    def show_beside(self, row: Owned | None) -> None:
        """Somebody else saved meanwhile: keep what was typed, aim at what is stored."""
        typed = cast(QueryDict, self.data).copy()
        typed["seen"] = str(row.version if row else 0)
        self.data = typed
        self.is_stale = True
        self.stored_now = self.in_words(row) if row else []

    is_stale = False
    # What is stored now, for who looks at both: label, words, differs from here?
    stored_now: Sequence[tuple[str, str, bool]] = ()

    def place_is_taken(self) -> None:
        """Another row of the member stands where this one should go."""
        self.add_error(None, "There is an entry for this already.")

    def in_words(self, row: Owned | None) -> list[tuple[str, str, bool]]:
        """What is stored: label, value in words, and whether it differs from here."""
        stored = self.initial_from(row)
        return [
            (
                str(field.label),
                shown(field, stored.get(name)),
                stored.get(name) != self.cleaned_data.get(name),
            )
            for name, field in self.fields.items()
            if name != "seen"
        ]

    def parts(self) -> Sequence[Any]:
        """The layout of the fields, without the buttons."""
        raise NotImplementedError

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_class = "entry"
        helper.form_action = self.action
        # The browser would refuse in words of its own, and before ours are seen.
        helper.attrs = {"novalidate": True}
        buttons = [
            StrictButton(self.button, type="submit", css_class="btn-primary"),
            *(
                StrictButton(
                    words,
                    type="submit",
                    name=name,
                    value="yes",
                    css_class="btn-outline-primary",
                )
                for name, words in self.more_buttons
            ),
        ]
        helper.layout = Layout(
            Hidden("whose", self.whose),
            "seen",
            *self.parts(),
            Div(*buttons, css_class="actions"),
        )
        return helper


def shown(field: forms.Field, value: Any) -> str:
    """A stored value as the member reads it."""
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return in_words(value)
    if isinstance(field, forms.ChoiceField):
        words: Mapping[str, str] = {
            str(key): str(label) for key, label in _flat(field.choices)
        }
        several = value if isinstance(value, list) else [value]
        return ", ".join(words.get(str(one), str(one)) for one in several)
    return str(value)


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """Choices without their groups."""
    found: list[tuple[Any, Any]] = []
    for key, label in choices:
        found += label if isinstance(label, (list, tuple)) else [(key, label)]
    return found
