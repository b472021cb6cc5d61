"""All items of certification in one form: where each stands, and since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.html import format_html_join

from imgportal.lib.row_versions import with_seen
from profiles.actions.report_items import (
    NOTHING_REPORTED,
    ItemReport,
    ReportedState,
    reported_state,
)
from profiles.choices import Item, ItemState
from profiles.forms.record_form import DayField, refused
from profiles.models import CertificationItem
from profiles.rules.days import in_words
from profiles.rules.tables.validation import item_findings

# What stands there until something is reported. Of six items other entries tell.
UNREPORTED = {
    Item.STEP1: "By your exams",
    Item.STEP2CK: "By your exams",
    Item.SEVEN_YEARS: "By your exams",
    Item.CLINICAL: "By your Pathway",
    Item.COMMUNICATION: "By your OET",
    Item.CERTIFICATE: "By its dates",
}
# As short as four have to be to stand side by side.
SHORT = {ItemState.REFUSED: "Refused"}


class ItemReportForm(forms.Form):
    """One item. What the page showed travels with it, so that nothing of another tab is
    written over.
    """

    def __init__(
        self,
        data: QueryDict | None,
        *,
        item: Item,
        row: CertificationItem | None,
        today: date,
    ) -> None:
        self.item, self.today = item, today
        super().__init__(
            data, prefix=item.value, initial=dict(reported_state(row).values)
        )
        self.fields |= {
            "state": forms.ChoiceField(
                choices=[
                    ("", UNREPORTED.get(item, "Not said")),
                    *((each.value, SHORT.get(each, each.label)) for each in ItemState),
                ],
                required=False,
                widget=forms.RadioSelect,
                show_hidden_initial=True,
                error_messages={"invalid_choice": "Choose one of the five."},
            ),
            "since": DayField(label="Since", show_hidden_initial=True),
        }
        self.fields["since"].widget.attrs["class"] = "form-control form-control-sm"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("since") and cleaned.get("state") == "":
            self.add_error(
                "state", "Say what it came to on that day, or clear the day."
            )
        for finding in item_findings(cleaned, self.today):
            self.add_error(finding.field, refused(finding.message, finding.rule))
        return cleaned

    @property
    def shown_before(self) -> str:
        """What the page showed, as fields that travel unseen."""
        return format_html_join(
            "", "{}", ((field.as_hidden(only_initial=True),) for field in self)
        )

    @property
    def reported(self) -> ReportedState:
        return ReportedState(
            state=self.cleaned_data["state"], since=self.cleaned_data["since"]
        )

    @property
    def seen(self) -> ReportedState:
        """What the page showed; nothing, if that cannot be read."""
        values = {}
        for field in self:
            shown = field.field.hidden_widget().value_from_datadict(
                self.data, self.files, field.html_initial_name
            )
            try:
                values[field.name] = field.field.clean(shown)
            except forms.ValidationError:
                return NOTHING_REPORTED
        return ReportedState(**values)

    def show_beside(self, row: CertificationItem | None) -> None:
        """It was changed elsewhere: keep what was typed, aim at what is stored."""
        stored = reported_state(row)
        for field in self:
            value = stored.values[field.name]
            shown = "" if value is None else str(value)
            self.data = with_seen(self, field.html_initial_name, shown)
        words = ItemState(stored.state).label.lower() if stored.state else "nothing"
        day = f" since {in_words(stored.since)}" if stored.since else ""
        self.add_error(
            "state",
            f"Changed in the meantime, perhaps in another tab: “{words}{day}” is stored "
            "now. Save again to put yours in its place.",
        )


class ItemReports:
    """The forms of all items, saved together."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        rows: Mapping[Item, CertificationItem],
        today: date,
    ) -> None:
        self.is_bound = data is not None
        self.forms = {
            item: ItemReportForm(data, item=item, row=rows.get(item), today=today)
            for item in Item
        }
        self.is_stale = False

    def is_valid(self) -> bool:
        return self.is_bound and not self.faults

    @property
    def reports(self) -> list[ItemReport]:
        """Of the items of which something else is reported than was shown."""
        return [
            ItemReport(item=item, seen=form.seen, reported=form.reported)
            for item, form in self.forms.items()
            if form.seen != form.reported
        ]

    def show_beside(self, rows: Mapping[Item, CertificationItem | None]) -> None:
        """Some were changed elsewhere: what is stored stands beside what was typed."""
        self.is_stale = True
        for item, row in rows.items():
            self.forms[item].show_beside(row)

    @property
    def faults(self) -> Sequence[tuple[Item, BoundField]]:
        """The fields that were refused, with their item."""
        return [
            (item, field)
            for item, form in self.forms.items()
            for field in form
            if field.errors
        ]
