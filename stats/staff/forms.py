"""The small forms around a version: start a year, return, publish, add a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from imgportal.lib import eastern_time
from stats import imports
from stats.actions import edit_draft
from stats.choices import (
    FIRST_MATCH_YEAR,
    FigureTable,
    ReleaseKind,
    ScoreOutcome,
)
from stats.columns import APPLICANT_TYPES, IDENTITY
from stats.models import ReleaseEvent, Specialty

REASONS = [(reason.value, reason.label) for reason in imports.MISSING_REASONS]


class StartYearForm(forms.Form):
    match_year = forms.IntegerField(label="Match year")

    def __init__(self, *args: Any, this_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["match_year"]
        # The Match of next year is prepared before it is held, and no later one.
        least, most = FIRST_MATCH_YEAR, this_year + 1
        field.widget.attrs |= {"min": least, "max": most}
        self.least, self.most = least, most

    def clean_match_year(self) -> int:
        year: int = self.cleaned_data["match_year"]
        if not self.least <= year <= self.most:
            raise forms.ValidationError(
                f"Enter a Match year from {self.least} to {self.most}."
            )
        return year


class SubmitForm(forms.Form):
    """Asks of a version that was returned what was done about it."""

    answer = forms.CharField(
        label="What you did about it",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Say what you did about the comment, so that it need not be "
            "looked for."
        },
    )

    def __init__(
        self, *args: Any, returned: ReleaseEvent | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if returned is None:
            del self.fields["answer"]


class ReturnForm(forms.Form):
    comment = forms.CharField(
        label="What should be changed",
        # May be empty when something is said of a single difference or remark.
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WithdrawForm(forms.Form):
    """Why a published version should not be used, or may be again; everybody reads it."""

    reason = forms.CharField(
        label="Public reason",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PublishForm(forms.Form):
    """What the public reads of an amendment; a first version needs nothing."""

    kind = forms.ChoiceField(
        label="What kind of change it is",
        choices=[
            (ReleaseKind.CORRECTION, "Correction: we were wrong"),
            (ReleaseKind.REVISION, "Revision: the source changed its figure"),
            (
                ReleaseKind.COMPLETION,
                "Completion: more is known, no published figure changes",
            ),
        ],
        widget=forms.RadioSelect,
    )
    public_note = forms.CharField(
        label="Public note: what changed, and why",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    on = forms.DateField(
        label="Or on a day",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Write the day as 2027-03-19."},
    )
    at = forms.TimeField(
        label="at (Eastern Time)",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": "Write the hour as 12:00."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        on, at = cleaned.get("on"), cleaned.get("at")
        if not self.schedules and (on or at):
            self.add_error(
                "on" if on else "at",
                "You named an hour. Press “Publish at that hour”, or empty it to publish "
                "now.",
            )
        if self.schedules and "on" in cleaned and "at" in cleaned:
            if on is None:
                self.add_error("on", "Say on which day it is to be published.")
            if at is None:
                self.add_error("at", "Say at which hour of New York.")
            if on and at and not eastern_time.exists(on, at):
                self.add_error(
                    "at",
                    "This hour does not exist in New York: clocks go forward that night.",
                )
        return cleaned

    @property
    def moment(self) -> datetime:
        """The hour that was chosen. Only of a valid form that schedules."""
        on, at = self.cleaned_data["on"], self.cleaned_data["at"]
        return datetime.combine(on, at, eastern_time.EASTERN)

    def __init__(
        self, *args: Any, is_amendment: bool, schedules: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.schedules = schedules
        if not is_amendment:
            del self.fields["kind"]
            self.fields["public_note"].required = False
            self.fields["public_note"].label = "Public note (may be empty)"


class PublishAloneForm(PublishForm):
    """As one of the editors, because nobody else can."""

    reason = forms.CharField(
        label="Why it cannot wait, for everybody to read",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands beside the form for everybody else.
        super().__init__(*args, auto_id="alone_%s", **kwargs)
        del self.fields["on"], self.fields["at"]


class TakeOverForm(forms.Form):
    compared = forms.BooleanField(
        label="I compared each of these values with its source, and answer for them.",
        error_messages={"required": "Compare them first, and tick this."},
    )


class SecondLookForm(forms.Form):
    compared = forms.BooleanField(
        label="I compared this version with its sources, and it agrees.",
        error_messages={"required": "Compare it first, and tick this."},
    )


class AddRowForm(forms.Form):
    """Which row to add to a table; asks only what that table needs."""

    specialty = forms.ModelChoiceField(
        Specialty.objects.filter(successor=None), required=False
    )
    applicant_type = forms.ChoiceField()
    outcome = forms.ChoiceField(choices=ScoreOutcome)

    def __init__(self, *args: Any, table: FigureTable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in list(self.fields):
            if name not in IDENTITY[table]:
                del self.fields[name]
        if "applicant_type" in self.fields:
            self.fields["applicant_type"] = forms.ChoiceField(
                choices=[(kind.value, kind.label) for kind in APPLICANT_TYPES[table]]
            )
        if table == FigureTable.SCORES:
            field = self.fields["specialty"]
            field.help_text = "Empty for all specialties together."
        elif table == FigureTable.SPECIALTIES:
            self.fields["specialty"].required = True


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV, XLSX or XLSM file",
        # An empty file is refused where the other faults of a file are told.
        allow_empty_file=True,
        error_messages={"required": "Choose a file first."},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm"}),
    )
    missing = forms.ChoiceField(
        label="Why values are missing",
        choices=[("", "the file says it in each row"), *REASONS],
        required=False,
    )

    def __init__(self, *args: Any, asks_why: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_why:
            del self.fields["missing"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > imports.MOST_BYTES:
            raise forms.ValidationError(imports.TOO_LARGE)
        return file


class AnswersForm(forms.Form):
    """What a file leaves open: why values are missing, what becomes of what it hides."""

    missing = forms.ChoiceField(
        label="Why these values are missing",
        choices=REASONS,
        error_messages={"required": "Choose a reason first."},
        widget=forms.RadioSelect,
    )
    hidden = forms.TypedChoiceField(
        label="What becomes of what is hidden",
        choices=[
            ("take", "import it like the rest"),
            ("leave", "leave it out; the draft keeps what it has there"),
        ],
        coerce=lambda answer: answer == "take",
        error_messages={"required": "Choose what becomes of it first."},
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, asks_why: bool, asks_about_hidden: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not asks_why:
            del self.fields["missing"]
        if not asks_about_hidden:
            del self.fields["hidden"]


class FootnoteForm(forms.Form):
    """One footnote of a draft. An empty text takes it away."""

    table = forms.ChoiceField(choices=FigureTable)
    row = forms.CharField(
        required=False,
        max_length=60,
        help_text="An applicant type or a specialty's slug; empty for every row.",
        widget=forms.TextInput(attrs={"list": "row-keys"}),
    )
    column = forms.CharField(
        required=False,
        max_length=40,
        help_text="A column; empty for every column.",
        widget=forms.TextInput(attrs={"list": "column-names"}),
    )
    text = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
    )

    def __init__(
        self, *args: Any, keys: dict[FigureTable, set[str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.keys = keys

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("text") or "table" not in cleaned:
            return cleaned
        table = FigureTable(cleaned["table"])
        row, column = cleaned.get("row", ""), cleaned.get("column", "")
        if row and row not in self.keys[table]:
            self.add_error("row", f"This version has no row “{row}” in that table.")
        if column and column not in edit_draft.columns_of(table):
            self.add_error("column", f"“{column}” is not a column of that table.")
        return cleaned


FootnoteFormSet = forms.formset_factory(FootnoteForm, extra=3, max_num=60)
