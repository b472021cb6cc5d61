"""The file of a record that a member brings back."""

from __future__ import annotations

from typing import Any, cast

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.files.uploadedfile import UploadedFile

from profiles.exceptions import FileRefused
from profiles.portable import parse_document


class RecordFileForm(forms.Form):
    """One file. Its faults, each with its place, are errors of the field."""

    file = forms.FileField(
        label="The JSON file",
        help_text=f"At most {parse_document.LARGEST // 1_000:,} KB. It is read, compared and "
        "not kept.",
        error_messages={
            "required": "Choose the file first.",
            "empty": "This file is empty.",
            "max_length": "The name of this file is too long.",
        },
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    rows: parse_document.Rows

    def clean_file(self) -> UploadedFile[Any]:
        upload = cast("UploadedFile[Any]", self.cleaned_data["file"])
        # One byte more than there may be is enough to refuse it.
        content = upload.read(parse_document.LARGEST + 1)
        try:
            self.rows = parse_document.parse(content)
        except FileRefused as refused:
            raise forms.ValidationError([str(it) for it in refused.faults]) from None
        return upload

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_class = "entry"
        helper.attrs = {"novalidate": True}
        # There may be twenty: the page lists them once, above.
        helper.form_show_errors = False
        button = StrictButton(
            "Show what is in it", type="submit", css_class="btn-primary"
        )
        helper.layout = Layout("file", Div(button, css_class="actions"))
        return helper
