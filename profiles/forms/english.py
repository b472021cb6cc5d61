"""Sittings of OET Medicine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms.layout import Column, Fieldset, Row
from django.http import QueryDict

from profiles.choices import SubTest
from profiles.forms.record_form import (
    DayField,
    RecordForm,
    RuledNumberField,
    YesNoField,
    check_exam_day,
    refused,
)
from profiles.models import EnglishSitting
from profiles.rules import facts, numbers
from profiles.rules.tables import validation


def _oet_field(part: SubTest) -> RuledNumberField:
    return RuledNumberField(
        label=part.label,
        min_value=0,
        max_value=numbers.OET_HIGHEST,
        step_size=numbers.OET_STEP,
        sentence=f"OET scores run from 0 to {numbers.OET_HIGHEST} in tens, like 350.",
        rule="F-OET-1",
    )


class EnglishForm(RecordForm):
    """One sitting of OET Medicine: all four parts on one day."""

    on = DayField(label="Exam day", required=True)
    listening = _oet_field(SubTest.LISTENING)
    reading = _oet_field(SubTest.READING)
    writing = _oet_field(SubTest.WRITING)
    speaking = _oet_field(SubTest.SPEAKING)
    released = YesNoField(
        label="Results released to ECFMG",
        unsaid="Not yet, or not known",
        help_text="You release them in your OET account.",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        row: EnglishSitting | None,
        today: date,
    ) -> None:
        self.today = today
        super().__init__(data, row=row)
        if row is None:
            self.more_buttons = (("another", "Save and add another"),)

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        check_exam_day(day, self.today)
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        sitting = facts.EnglishSittingFacts(
            on=cleaned["on"], scores={part: cleaned[part.value] for part in SubTest}
        )
        for finding in validation.english_findings(sitting, today=self.today):
            self.add_error(finding.field, refused(finding.message, finding.rule))
        return cleaned

    def place_is_taken(self) -> None:
        self.add_error(
            "on",
            refused(
                "You have a sitting of OET on this day already. All four parts belong "
                "to one sitting: change that one, or check the date.",
                "E-OET-2",
            ),
        )

    def parts(self) -> Sequence[Any]:
        scores = [Column(part.value, css_class="col-6 col-sm-3") for part in SubTest]
        return [
            Row(Column("on", css_class="col-12 col-sm-6")),
            Fieldset("Scores, as far as you have them", Row(*scores)),
            Row(Column("released", css_class="col-12 col-sm-6")),
        ]
