"""What a member did in one Match, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from crispy_forms.layout import Div, Fieldset
from django import forms

from profiles.forms.profile import each_once, specialty_choices
from profiles.forms.record_form import RecordForm, half, season_field
from profiles.member_record import StoredRecord
from profiles.models import SeasonRecord
from profiles.models.owned import Owned
from profiles.models.seasons import DOCUMENTS
from profiles.record_tables import SEASONS, FieldKind, RecordField


class SeasonRecordForm(RecordForm):
    table = SEASONS

    @classmethod
    def from_entry(
        cls,
        values: Mapping[str, Any],
        *,
        twin: Owned | None,
        stored: StoredRecord,
        today: date,
    ) -> RecordForm:
        # What somebody chose stays chosen, where this site does not know it too.
        row = SeasonRecord(**values)
        return super().from_entry(values, twin=row, stored=stored, today=today)

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
        if field.kind == FieldKind.SLUGS:
            return forms.MultipleChoiceField(
                label=field.label,
                help_text=field.hint,
                required=False,
                choices=specialty_choices(getattr(row, field.name)),
                widget=forms.CheckboxSelectMultiple,
            )
        return super().field_for(field)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for field in self.asked():
            if field.kind == FieldKind.SLUGS and field.name in cleaned:
                try:
                    cleaned[field.name] = each_once(cleaned[field.name], field.most)
                except forms.ValidationError as too_many:
                    self.add_error(field.name, too_many)
        return cleaned

    def parts(self) -> Sequence[Any]:
        return [
            half("season", "registered_on"),
            Fieldset("Applications", half("eras_on", "residencycas_on")),
            Fieldset("How many", half(*("applied_to", "interviews", "ranked"))),
            Fieldset("Documents, how far each is", half(*DOCUMENTS)),
            Fieldset("How it ended", half("certified_on", "outcome")),
            # The longest lists stand last, and nobody has to pass them.
            Div("eras_specialties", css_class="many"),
            Div("residencycas_specialties", css_class="many"),
        ]
