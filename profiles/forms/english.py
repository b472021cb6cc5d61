"""Sittings of OET Medicine."""

from __future__ import annotations

from datetime import date

from profiles.forms.record_form import RecordForm, check_exam_day
from profiles.record_tables import SITTINGS


class EnglishForm(RecordForm):
    """One sitting of OET Medicine: all four parts on one day."""

    table = SITTINGS
    adds_another = True

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        check_exam_day(day, self.today)
        return day
