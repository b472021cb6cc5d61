"""What every form of a record has: its version, its layout, its rule for refusing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date, timedelta
from typing import Any, ClassVar

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Div, Fieldset, Hidden, Layout, Row
from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html

from imgportal.lib.row_versions import with_seen
from profiles.forms.specialties import each_once, specialty_field
from profiles.member_record import StoredRecord
from profiles.models.certification import FIRST_PATHWAYS_SEASON
from profiles.models.owned import EARLIEST, LATEST, Owned
from profiles.record_tables import FieldKind, FormBlock, RecordField, RecordTable
from profiles.rules.days import in_words
from profiles.rules.tables.validation import EntryFinding

# For a version that cannot be read, because the field was tampered with. No row has it.
NO_VERSION = -1


def refused(sentence: str, rule: str) -> forms.ValidationError:
    """A refusal that leads to the rule it rests on, beside the form, not instead."""
    if not rule:
        return forms.ValidationError(sentence)
    return forms.ValidationError(
        format_html(
            '{} <a href="{}#{}" target="_blank">Rule {}</a>.',
            sentence,
            reverse("rules:rules"),
            rule,
            rule,
        )
    )


class NumberField(forms.IntegerField):
    """A whole number of a record; whatever else is typed is refused in its words."""

    def __init__(self, field: RecordField) -> None:
        self.refusal, self.rule = field.refusal, field.rule
        attrs = {"inputmode": "numeric"}
        if field.rule:
            attrs["autocomplete"] = "off"
        super().__init__(
            label=field.label,
            help_text=field.hint,
            required=False,
            min_value=field.least,
            max_value=field.most,
            # One is what a number field steps by anyway.
            step_size=field.step if field.step > 1 else None,
            widget=forms.NumberInput(attrs=attrs),
        )

    def clean(self, value: Any) -> int | None:
        try:
            number: int | None = super().clean(value)
        except (forms.ValidationError, OverflowError):
            # Overflow: hundreds of digits, which the check of the step cannot divide.
            raise refused(self.refusal, self.rule) from None
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


class NoteField(forms.CharField):
    """A text of several lines, with the same line breaks from every browser."""

    def __init__(self, field: RecordField) -> None:
        self.longest = field.most
        super().__init__(
            label=field.label,
            help_text=field.hint,
            required=False,
            widget=forms.Textarea(attrs={"rows": 5}),
        )

    def to_python(self, value: Any) -> str:
        # Before the length is looked at: browsers send two characters a line. A lone
        # one as well, so that what is stored reads the same when it comes back.
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.longest:
            raise forms.ValidationError(
                f"This note is {len(value):,} characters long, and we can keep "
                f"{self.longest:,}. Please shorten it."
            )


# How far ahead a season may be named.
SEASONS_AHEAD = 7


def season_field(field: RecordField, today: date, stored: int | None) -> forms.Field:
    """A choice of the Match years from the first with Pathways on, and of what is
    stored.
    """
    years = set(range(FIRST_PATHWAYS_SEASON, today.year + SEASONS_AHEAD + 1))
    years |= {stored} if stored else set()
    return forms.TypedChoiceField(
        label=field.label,
        help_text=field.hint,
        choices=[
            ("", "Not said"),
            *((str(year), f"{year} Match") for year in sorted(years)),
        ],
        coerce=int,
        empty_value=None,
        required=field.needed,
        error_messages={"required": field.refusal} if field.needed else None,
    )


def form_field(field: RecordField) -> forms.Field:
    """The field of a form that asks for a value of a record."""
    texts: dict[str, Any] = {"label": field.label, "help_text": field.hint}
    unsaid = [] if field.needed else [("", field.unsaid_label)]
    match field.kind:
        case FieldKind.DAY:
            return DayField(required=field.needed, **texts)
        case FieldKind.YES_NO if field.needed:
            return forms.BooleanField(required=False, **texts)
        case FieldKind.YES_NO:
            return YesNoField(unsaid=field.unsaid_label, **texts)
        case FieldKind.NUMBER if field.choices:
            return forms.TypedChoiceField(
                choices=[*unsaid, *field.choices.items()],
                coerce=int,
                empty_value=None,
                required=field.needed,
                **texts,
            )
        case FieldKind.NUMBER:
            return NumberField(field)
        case FieldKind.WORD:
            return forms.ChoiceField(
                choices=[*unsaid, *field.choices.items()],
                required=field.needed,
                **texts,
            )
        case FieldKind.TEXT:
            return NoteField(field)
    raise AssertionError(f"A form has to say how it asks for {field.name}.")


class VersionedForm(forms.Form):
    """A form about something of a member that nobody writes over unseen.

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
        return {"seen": row.version if row else 0}

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
        self.data = with_seen(self, "seen", str(row.version if row else 0))
        self.is_stale = True
        self.stored_now = self.in_words(row) if row else []

    is_stale = False
    # As `in_words` says it, to be shown beside what was typed.
    stored_now: Sequence[tuple[str, str, bool]] = ()

    def in_words(self, row: Owned | None) -> list[tuple[str, str, bool]]:
        """What is stored: label, value in words, and whether something else was typed."""
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
        return []

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


class RecordForm(VersionedForm):
    """A form about one entry of a record. What it asks stands in the registry."""

    table: ClassVar[RecordTable]
    # The fields of the table that this form asks for; empty: all of them.
    names: ClassVar[tuple[str, ...]] = ()
    # The fields that offer what is stored beside what this site knows.
    kept_choices: ClassVar[tuple[str, ...]] = ()
    # Does it offer to enter another one after the first?
    adds_another: ClassVar[bool] = False

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        row: Owned | None,
        stored: StoredRecord,
        today: date,
        place: Mapping[str, Any] | None = None,
    ) -> None:
        """`place` are the values that the address of the form says."""
        self.stored, self.today = stored, today
        self.place = dict(place or {})
        super().__init__(data, row=row)
        if row is None and self.adds_another:
            self.more_buttons = (("another", "Save and add another"),)
        self.fields |= {field.name: self.field_for(field) for field in self.asked()}

    @classmethod
    def asked(cls) -> list[RecordField]:
        if cls.names:
            return [cls.table.field(name) for name in cls.names]
        return [field for field in cls.table.fields if not field.in_address]

    @classmethod
    def from_entry(
        cls,
        values: Mapping[str, Any],
        *,
        twin: Owned | None,
        stored: StoredRecord,
        today: date,
    ) -> RecordForm:
        """Filled in as if the values of an imported entry had been typed; `twin` is the
        row that stands in its place.
        """
        if cls.kept_choices:
            # What somebody chose stays chosen, where this site does not know it too.
            twin = copy(twin) if twin else cls.table.model()
            for name in cls.kept_choices:
                setattr(twin, name, values[name])
        place = {
            field.name: values[field.name]
            for field in cls.table.fields
            if field.in_address
        }
        return cls(cls.typed(values), row=twin, stored=stored, today=today, place=place)

    @classmethod
    def typed(cls, values: Mapping[str, Any]) -> Any:
        """Values as a browser would send them."""
        return {
            field.name: typed_value(field, values[field.name]) for field in cls.asked()
        }

    def field_for(self, field: RecordField) -> forms.Field:
        if field.kind == FieldKind.SLUGS:
            return specialty_field(field, getattr(self.row, field.name, ()))
        return form_field(field)

    def initial_from(self, row: Owned | None) -> dict[str, Any]:
        initial = super().initial_from(row)
        if row is not None:
            initial |= {field.name: getattr(row, field.name) for field in self.asked()}
        return initial

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for field in self.asked():
            if field.kind == FieldKind.SLUGS and field.name in cleaned:
                try:
                    cleaned[field.name] = each_once(cleaned[field.name], field.most)
                except forms.ValidationError as too_many:
                    self.add_error(field.name, too_many)
        if self.table.check is not None:
            for finding in self.table.check(dict(cleaned), self.today):
                self.refuse(finding)
        return cleaned

    def refuse(self, finding: EntryFinding) -> None:
        self.add_error(finding.field or None, refused(finding.message, finding.rule))

    @property
    def values(self) -> dict[str, Any]:
        return super().values | self.place

    def place_is_taken(self) -> None:
        """Another row of the member stands where this one should go."""
        if self.table.taken is None:
            self.add_error(None, "There is an entry for this already.")
        else:
            self.refuse(self.table.taken)

    def parts(self) -> Sequence[Any]:
        """The layout of the fields, without the buttons."""
        blocks = self.table.layout
        placed = {name for block in blocks for name in block.fields}
        rest = tuple(field.name for field in self.asked() if field.name not in placed)
        return laid_out([*blocks, FormBlock(fields=rest)] if rest else blocks)


def half(*names: str) -> Row:
    """Fields side by side where there is room."""
    return Row(*(Column(name, css_class="col-12 col-sm-6") for name in names))


def laid_out(blocks: Iterable[FormBlock]) -> list[Any]:
    layout: list[Any] = []
    for block in blocks:
        match block.width:
            case "full":
                fields = [*block.fields]
            case "quarter":
                fields = [
                    Row(
                        *(
                            Column(name, css_class="col-6 col-sm-3")
                            for name in block.fields
                        )
                    )
                ]
            case _:
                fields = [half(*block.fields)]
        layout += [Fieldset(block.heading, *fields)] if block.heading else fields
    return layout


def typed_value(field: RecordField, value: Any) -> Any:
    if isinstance(value, bool):
        # A box to tick sends itself, a question its answer.
        return value if field.needed else "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if value is None:
        return ""
    return value if isinstance(value, list) else str(value)


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
        return ", ".join(words.get(str(key), str(key)) for key in several)
    return str(value)


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """Choices without their groups."""
    pairs: list[tuple[Any, Any]] = []
    for key, label in choices:
        pairs += label if isinstance(label, (list, tuple)) else [(key, label)]
    return pairs
