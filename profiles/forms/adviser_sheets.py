"""What a sheet for an adviser shows, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from imgportal.lib.row_versions import with_seen
from profiles.forms.record_form import VersionedForm
from profiles.models.adviser_sheets import LONGEST_TITLE
from profiles.models.owned import Owned

PART_LABELS = {
    "exams": "Exams: attempts and whether they were passed",
    "scores": "Scores, wherever they stand",
    "certification": "Certification: the items, Pathway and certificate",
    "steps": "What is next, and what could go wrong",
    "season": "The Match aimed at, and its days",
    "notes": "Private notes on certification",
}
# Chosen before the member has chosen: neither numbers nor notes.
USUAL = ("exams", "certification", "steps", "season")
# A number or a note alone is no sheet; scores stand among the other parts.
NOT_ALONE = {"scores"}
DAYS = {1: "1 day", 7: "7 days", 30: "30 days"}
USUAL_DAYS = 7


class AdviserSheetForm(VersionedForm):
    """`row` is the newest sheet of the member: the form is good until there is another."""

    button = "Make the sheet"

    title = forms.CharField(
        label="Title",
        help_text="Stands at its head, and in your list. For example “For my advisor”. "
        "May stay empty.",
        max_length=LONGEST_TITLE,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "max_length": "At most %(limit_value)d characters; these are %(show_value)d."
        },
    )
    parts_shown = forms.MultipleChoiceField(
        label="What it shows",
        choices=list(PART_LABELS.items()),
        initial=USUAL,
        widget=forms.CheckboxSelectMultiple,
        help_text="A sentence of one part may name what stands in another: a next step "
        "names the exam. Without “Scores” there is no number of yours in any of them.",
        error_messages={
            "required": "Choose at least one.",
            "invalid_choice": "Choose among these.",
        },
    )
    days = forms.TypedChoiceField(
        label="How long it can be opened",
        choices=list(DAYS.items()),
        coerce=int,
        initial=USUAL_DAYS,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how long.",
            "invalid_choice": "Choose among these.",
        },
    )

    def initial_from(self, row: Owned | None) -> dict[str, Any]:
        return {"seen": row.pk if row else 0}

    def clean_title(self) -> str:
        # One line, whatever kinds of space and line ends were pasted.
        return " ".join(str(self.cleaned_data["title"]).split())

    def clean_parts_shown(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["parts_shown"]
        if NOT_ALONE.issuperset(chosen):
            raise forms.ValidationError(
                "Scores stand beside exams and in the other parts: choose one of these, too."
            )
        return chosen

    @property
    def values(self) -> dict[str, Any]:
        """What `actions.adviser_sheet.make` asks for."""
        return {
            "title": self.cleaned_data["title"],
            "shows": self.cleaned_data["parts_shown"],
            "days": self.cleaned_data["days"],
        }

    def parts(self) -> Sequence[Any]:
        return ["title", "parts_shown", "days"]

    def show_beside(self, row: Owned | None) -> None:
        """Aim at the newest sheet, by its number; what was typed stays."""
        self.data = with_seen(self, "seen", str(row.pk if row else 0))
        self.is_stale = True
