"""What a member reports of certification: items, Pathways, the certificate."""

from __future__ import annotations

from django import forms

from profiles.forms.record_form import RecordForm, season_field
from profiles.record_tables import CERTIFICATE, ITEMS, PATHWAYS, RecordField


class ItemForm(RecordForm):
    """One item as the member reports it."""

    table = ITEMS


class PathwayApplicationForm(RecordForm):
    table = PATHWAYS

    def field_for(self, field: RecordField) -> forms.Field:
        if field.name == "season":
            return season_field(field, self.today, getattr(self.row, "season", None))
        return super().field_for(field)


class CertificateForm(RecordForm):
    """The certificate, once it is issued."""

    table = CERTIFICATE
