"""What a member did in one Match, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from crispy_forms.layout import Div, Fieldset
from django import forms

from profiles.forms.profile import specialty_choices
from profiles.forms.record_form import RecordForm, half, season_field
from profiles.member_record import StoredRecord
from profiles.models import SeasonRecord
from profiles.models.owned import Owned
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
                slugs = list(dict.fromkeys(cleaned[field.name]))
                cleaned[field.name] = slugs
                if len(slugs) > field.most:
                    self.add_error(
                        field.name,
                        f"These are {len(slugs)}; choose {field.most} at most.",
                    )
        return cleaned

    def parts(self) -> Sequence[Any]:
        return [
            half("season", "registered_on"),
            Fieldset(
                "Applications",
                half("eras_on", "residencycas_on"),
                Div("eras_specialties", css_class="many"),
                Div("residencycas_specialties", css_class="many"),
            ),
            Fieldset("How many", half(*("applied_to", "interviews", "ranked"))),
            Fieldset("How it ended", half("certified_on", "outcome")),
        ]
