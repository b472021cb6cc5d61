"""What staff propose of the dated tables: one row, with a public note."""

from __future__ import annotations

from typing import Any

from django import forms

from imgportal.lib import clock, eastern_time
from imgportal.lib.row_versions import VersionedRowForm
from imgportal.lib.widgets import UnlabelledHiddenInput
from profiles import reference_tables
from profiles.actions import propose_rule
from profiles.models import RuleProposal, SeasonDeadline
from profiles.models.reference import OF_EVERY_ROW, ReferenceRow
from profiles.portable.sheet_days import WrongDay, read_day
from profiles.rule_changes import proposal_effect
from profiles.rules.days import in_words
from profiles.rules.reference import eastern_day
from stats import public

# A sentence, and not a keystroke to be rid of the question.
SHORTEST_REASON = 15
LONGEST_NOTE, LONGEST_REASON = 300, 1000


class SheetDayField(forms.DateField):
    """A day that can mean only one: 01/07/2026 is refused with both readings."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return read_day(value)
        except WrongDay as wrong:
            raise forms.ValidationError(str(wrong)) from None


class NoteForm(forms.Form):
    """The public note of a change that asks for nothing else."""

    why = forms.CharField(
        label="Public note",
        max_length=LONGEST_NOTE,
        widget=forms.TextInput(attrs={"size": 80}),
        help_text="Why, in a sentence that everybody may read on /rules/changes/.",
    )


class RemarkForm(forms.Form):
    remark = forms.CharField(
        label="What should be changed",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ApprovalForm(forms.Form):
    """Approving is reading the documents once more."""

    compared = forms.BooleanField(
        label="I opened the documents that the row names, and they say so.",
        error_messages={
            "required": "Open the documents that the row names first, and tick this."
        },
    )


class CheckedForm(forms.Form):
    """Which rows somebody compared with their sources today, without finding a change."""

    rows = forms.MultipleChoiceField(
        error_messages={
            "required": "Tick the rows that you compared.",
            "invalid_choice": "One of these rows is not there any more. Look again.",
        }
    )
    next_review = SheetDayField(
        label="Look again on",
        error_messages={"required": "Say when somebody should look again."},
    )

    def clean_next_review(self) -> Any:
        day = self.cleaned_data["next_review"]
        if day <= eastern_day(clock.now()):
            raise forms.ValidationError("Choose a day that is still to come.")
        return day


class ReferenceForm(VersionedRowForm):
    """Asks for a public note, for a reason where history knows better, and refuses to
    write over somebody else's change.
    """

    stamp = "stored_at"
    own_fields = VersionedRowForm.own_fields | {"why", "reason"}

    why = forms.CharField(
        label="Public note",
        max_length=LONGEST_NOTE,
        widget=forms.TextInput(attrs={"size": 80}),
        help_text="Why it changes, in a sentence that everybody may read on "
        "/rules/changes/.",
    )
    reason = forms.CharField(
        label="Why this is right all the same",
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only where something is asked about above. Whoever approves it reads "
        "this.",
    )
    # Two moments: of the row, and of the proposal that waits.
    seen_at = forms.CharField(
        required=False, label="", widget=UnlabelledHiddenInput, max_length=90
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doubts: list[str] = []
        self.waiting = propose_rule.waiting_for(self.instance)
        if self.waiting is not None:
            self.initial["why"] = self.waiting.note
            self.initial["reason"] = self.waiting.reason

    def clean_sources(self) -> str:
        keys = [key.strip() for key in self.cleaned_data["sources"].split(";")]
        sources = public.everything().sources
        missing = [key for key in keys if key and key not in sources]
        if missing:
            raise forms.ValidationError(
                f"There is no document with the key {', '.join(missing)}. Add it among "
                "the sources first."
            )
        return ";".join(dict.fromkeys(key for key in keys if key))

    def clean_last_checked(self) -> Any:
        day = self.cleaned_data["last_checked"]
        today = eastern_day(clock.now())
        if day > today:
            raise forms.ValidationError(
                f"{in_words(day)} is still to come: nobody has read the sources then."
            )
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        checked, review = cleaned.get("last_checked"), cleaned.get("next_review")
        if checked and review and review <= checked:
            self.add_error(
                "next_review",
                f"The next look comes after the last one, {in_words(checked)}. Leave it "
                "empty for what can no longer change.",
            )
        if issubclass(self._meta.model, SeasonDeadline):
            self._refuse_skipped_hours(cleaned)
        return cleaned

    def _refuse_skipped_hours(self, cleaned: dict[str, Any]) -> None:
        """In the night in which clocks go forward an hour is missing in New York."""
        for name in ("at", "until"):
            day, hour = cleaned.get("on"), cleaned.get(name)
            if not day or not hour:
                continue
            if not eastern_time.exists(day, hour):
                self.add_error(
                    name,
                    f"{hour:%H:%M} does not exist in New York on {in_words(day)}: clocks "
                    "go forward that night.",
                )

    def _post_clean(self) -> None:
        # Django fills in the row here, and checks it beside the others.
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not self.changes_a_rule:
            return
        rows = reference_tables.stored_rows()
        self.doubts = proposal_effect.doubts_about(
            self.instance, rows, today=eastern_day(clock.now())
        )
        if self.doubts and len(self.cleaned_data["reason"]) < SHORTEST_REASON:
            self.add_error(
                "reason",
                [
                    *self.doubts,
                    "If this is right all the same, say why in a sentence.",
                ],
            )

    @property
    def columns_to_change(self) -> list[str]:
        """What would become another value than is stored; of a new row all it says."""
        row: ReferenceRow = self.instance
        if row.pk is None:
            return list(row.columns)
        stored = type(row)._default_manager.get(pk=row.pk)
        return stored.differing(row)

    @property
    def changes_a_rule(self) -> bool:
        """Is it more than its documents, and when somebody read them?"""
        return bool(set(self.columns_to_change) - OF_EVERY_ROW)

    def in_words(self, stored: ReferenceRow, name: str) -> str:
        return stored.in_words(name)

    def _written(self, row: Any) -> str:
        waiting: RuleProposal | None = propose_rule.waiting_for(row)
        proposed = waiting.written_at.isoformat() if waiting else ""
        return f"{super()._written(row)} {proposed}".strip()

    def _refuse_what_others_changed(self, stored: Any, cleaned: dict[str, Any]) -> None:
        """What waits counts as theirs: it is what this page showed."""
        waiting = propose_rule.waiting_for(stored)
        shown = waiting.proposed_row(stored) if waiting else stored
        super()._refuse_what_others_changed(shown, cleaned)


class SpecialtyServiceForm(ReferenceForm):
    def clean_specialty(self) -> str:
        slug = str(self.cleaned_data["specialty"])
        is_known = slug in public.everything().specialties
        if "specialty" in self.changed_data and not is_known:
            raise forms.ValidationError(
                f"There is no specialty with the address “{slug}”. Copy the last part of "
                "the address of its page."
            )
        return slug
