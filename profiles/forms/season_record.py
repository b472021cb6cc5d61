"""What a member did in one Match, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Div, Fieldset
from django import forms

from profiles.forms.record_form import RecordForm, half, season_field
from profiles.models import SeasonRecord
from profiles.models.owned import Owned
from profiles.models.seasons import DOCUMENTS
from profiles.record_tables import SEASONS, RecordField


class SeasonRecordForm(RecordForm):
    table = SEASONS
    kept_choices = ("eras_specialties", "residencycas_specialties")

    def initial_from(self, row: Owned | None) -> dict[str, Any]:
        """A new one is of the Match aimed at, unless that is recorded already."""
        initial = super().initial_from(row)
        aimed_at = self.stored.profile.season
        recorded = {each.season for each in self.stored.rows[SEASONS.name]}
        if row is None and aimed_at not in recorded:
            initial["season"] = aimed_at
        return initial

    def field_for(self, field: RecordField) -> forms.Field:
        row = self.row if isinstance(self.row, SeasonRecord) else SeasonRecord()
        if field.name == "season":
            return season_field(field, self.today, row.season)
        return super().field_for(field)

    def parts(self) -> Sequence[Any]:
        return [
            half("season", "registered_on"),
            Fieldset("Applications", half("eras_on", "residencycas_on", "psca_on")),
            Fieldset("How many", half(*("applied_to", "interviews", "ranked"))),
            Fieldset("Documents, how far each is", half(*DOCUMENTS)),
            Fieldset("How it ended", half("certified_on", "outcome")),
            # The longest lists stand last, and nobody has to pass them.
            Div("eras_specialties", css_class="many"),
            Div("residencycas_specialties", css_class="many"),
        ]
