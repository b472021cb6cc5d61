"""A file or rows that a member brings: a record, or exams of a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Hidden, Layout
from django import forms
from django.core.files.uploadedfile import UploadedFile

from profiles.exceptions import Fault, FileRefused
from profiles.portable import json_document, parse_document, parse_sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a member brought: a whole record, or exams of a spreadsheet."""

    rows: parse_document.Rows
    is_sheet: bool
    unread: tuple[str, ...] = ()  # columns of a spreadsheet that were not read
    hidden: tuple[str, ...] = ()  # what a workbook hides, in words
    # Without what it hides. None: it hides nothing, or cannot be read without.
    shown_only: Brought | None = None
    faults: tuple[Fault, ...] = ()  # why it cannot be read with what it hides

    @property
    def content(self) -> str:
        """For a form that carries it to the answer; `read_again` reads it."""
        if self.is_sheet:
            return parse_sheet.as_text(self.rows)
        return json_document.as_file(self.rows)


def read_file(name: str, content: bytes) -> Brought:
    """Raises FileRefused with every fault."""
    if not parse_sheet.is_sheet(name, content):
        return Brought(rows=parse_document.parse(content), is_sheet=False)
    try:
        brought = _sheet(parse_sheet.read_file(name, content))
    except FileRefused as refused:
        shown_only = _shown_only(name, content)
        if shown_only is None or not shown_only.hidden:
            raise
        return replace(shown_only, shown_only=shown_only, faults=tuple(refused.faults))
    if brought.hidden:
        return replace(brought, shown_only=_shown_only(name, content))
    return brought


def _shown_only(name: str, content: bytes) -> Brought | None:
    """A workbook without what it hides. None: so it cannot be read."""
    try:
        return _sheet(parse_sheet.read_file(name, content, takes_hidden=False))
    except FileRefused:
        return None


def read_again(content: str, *, is_sheet: bool) -> Brought:
    """What the form of a preview sends back. Raises FileRefused."""
    if is_sheet:
        return _sheet(parse_sheet.read_text(content))
    rows = parse_document.parse(content.encode(errors="replace"))
    return Brought(rows=rows, is_sheet=False)


def _sheet(exams: parse_sheet.BroughtExams) -> Brought:
    return Brought(
        rows=exams.rows, is_sheet=True, unread=exams.unread, hidden=exams.hidden
    )


class RecordFileForm(forms.Form):
    """One file. Its faults, each with its place, are errors of the field."""

    file = forms.FileField(
        label="JSON, CSV or Excel (.xlsx)",
        help_text=f"At most {parse_document.LARGEST // 1_000:,} KB. It is read, compared and "
        "not kept.",
        error_messages={
            "required": "Choose the file first.",
            "empty": "This file is empty.",
            "max_length": "The name of this file is too long.",
        },
        widget=forms.FileInput(
            attrs={"accept": ".json,application/json,.csv,.tsv,.txt,.xlsx,.xlsm"}
        ),
    )

    brought: Brought

    def clean_file(self) -> UploadedFile[Any]:
        upload = cast("UploadedFile[Any]", self.cleaned_data["file"])
        # One byte more than there may be is enough to refuse it.
        content = upload.read(parse_document.LARGEST + 1)
        try:
            self.brought = read_file(str(upload.name), content)
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


class PastedRowsForm(forms.Form):
    """Rows copied from a spreadsheet. What is wrong is told, and they stay in the box."""

    pasted = forms.CharField(
        label="Rows of a spreadsheet",
        help_text="The first row names the columns. Cells stand between tabs, as copied, "
        "or between commas or semicolons.",
        strip=False,
        error_messages={"required": "Paste the rows first."},
        widget=forms.Textarea(
            attrs={"rows": 6, "spellcheck": "false", "autocapitalize": "off"}
        ),
    )

    brought: Brought
    whose = ""  # a signed mark of the member that it is shown to

    def clean_pasted(self) -> str:
        text: str = self.cleaned_data["pasted"]
        try:
            self.brought = _sheet(parse_sheet.read_text(text))
        except FileRefused as refused:
            raise forms.ValidationError([str(it) for it in refused.faults]) from None
        return text

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_class = "entry"
        helper.attrs = {"novalidate": True}
        helper.form_show_errors = False
        button = StrictButton(
            "Show what is in the rows", type="submit", css_class="btn-primary"
        )
        helper.layout = Layout(
            Hidden("whose", self.whose), "pasted", Div(button, css_class="actions")
        )
        return helper
