"""The tabular forms in which the figures of a draft are entered.

One form a row, one field a column, in the order of the founding files. Each field
carries the value that was there when the page was made (a hidden initial), so that
saving can tell what the editor changed, and what somebody else changed meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from imgportal.lib import numbers
from stats.actions import edit_draft
from stats.choices import Confidence, Missing, Table
from stats.definitions import COLUMN_NAMES
from stats.exceptions import EditRefused
from stats.figures import Row, ScoreRow, YearFigures
from stats.models import Release

# What people type or paste between thousands.
SEPARATORS = re.compile(r"[,\s\u2009\u202f\u00a0']")


class _NumberField(forms.Field):
    """A number typed as text. Empty means not known, never zero."""

    size = 8

    def __init__(self, **kwargs: Any) -> None:
        attrs = {
            "inputmode": "decimal",
            "autocomplete": "off",
            "size": self.size,
            "maxlength": 20,
        }
        super().__init__(required=False, widget=forms.TextInput(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> str:
        return "" if value is None else str(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            # As text: 41 and 41.0 are printed differently, so they differ.
            return str(self.to_python(initial)) != str(self.to_python(data))
        except ValidationError:
            return True


class CountField(_NumberField):
    """A whole number; thousands may be separated."""

    def to_python(self, value: Any) -> int | None:
        text = SEPARATORS.sub("", "" if value is None else str(value))
        if not text:
            return None
        if not (text.isascii() and text.isdecimal()) or len(text) > 9:
            raise ValidationError("Enter a whole number, such as 4,751.")
        return int(text)


class PrintedField(_NumberField):
    """A number as the source prints it, with its digits; a percent sign may follow."""

    size = 6

    def to_python(self, value: Any) -> Decimal | None:
        text = ("" if value is None else str(value)).strip().rstrip("%").strip()
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", text):
            raise ValidationError("Enter a number as printed, such as 61.2.")
        return Decimal(text)


def _field(table: Table, column: str) -> forms.Field:
    row = edit_draft.ROWS[table]
    if column in row.counts:
        return CountField(label=COLUMN_NAMES[column])
    if column in row.printed:
        return PrintedField(label=COLUMN_NAMES[column])
    if column == "missing":
        return forms.ChoiceField(
            label="Why values are missing",
            choices=[("", "nothing is missing"), *Missing.choices],
            required=False,
        )
    if column == "confidence":
        short = [
            (grade.value, f"{grade.value} – {grade.label.split(':')[0]}")
            for grade in Confidence
        ]
        return forms.ChoiceField(label="Confidence", choices=short)
    labels = {
        "sources": "Source keys",
        "locator": "Place in the source",
        "note": "Note",
    }
    size = {"sources": 16, "locator": 12, "note": 24}[column]
    return forms.CharField(
        label=labels[column],
        required=False,
        max_length=100 if column == "locator" else 2000,
        widget=forms.TextInput(attrs={"size": size, "autocomplete": "off"}),
    )


class RowForm(forms.Form):
    """The values of one row."""

    def __init__(
        self, data: QueryDict | None = None, *, table: Table, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        for column in edit_draft.columns_of(table):
            field = _field(table, column)
            field.show_hidden_initial = True
            self.fields[column] = field

    def edit(self, row_id: int) -> edit_draft.RowEdit:
        """What the editor saw and what they want. Only after is_valid()."""
        was, becomes = {}, {}
        for column in self.changed_data:
            bound = self[column]
            shown = self.data.get(f"{self.add_initial_prefix(column)}", "")
            was[column] = bound.field.clean(shown)
            becomes[column] = self.cleaned_data[column]
        return edit_draft.RowEdit(row_id=row_id, was=was, becomes=becomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """One field with what helps to fill it in."""

    field: forms.BoundField
    last_year: str  # the value a year ago; empty when there is none
    public: str  # the public value where the draft differs; empty otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLine:
    row_id: int
    key: str
    anchor: str
    label: str
    form: RowForm
    cells: Sequence[GridCell]
    computed: str  # the rate that the counts give
    difference: str  # its change on the year before
    remarks: Sequence[str]
    problems: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One table of a draft, ready to be filled in."""

    table: Table
    columns: Sequence[str]
    lines: Sequence[GridLine]

    @property
    def has_rate(self) -> bool:
        """Scores have none: nothing in them is a part of a whole."""
        return self.table != Table.SCORES

    @property
    def begins_at(self) -> str:
        """The field to type in first: what is wrong, what waits, or the very first."""
        fields = [(line, cell.field) for line in self.lines for cell in line.cells]
        wrong = (field for line, field in fields if field.errors)
        waiting = (
            field
            for line, field in fields
            if line.form["missing"].value() == Missing.NOT_ENTERED
        )
        first = (field for line, field in fields)
        found = next(chain(wrong, waiting, first), None)
        return found.html_name if found else ""

    def is_valid(self) -> bool:
        # Every form is asked, so that every mistake is shown at once.
        valid = [line.form.is_valid() for line in self.lines]
        return all(valid)

    def edits(self) -> list[edit_draft.RowEdit]:
        return [
            line.form.edit(line.row_id) for line in self.lines if line.form.changed_data
        ]

    def refuse(self, refused: EditRefused) -> None:
        """Put what the action refused beside the fields that it is about."""
        lines = {line.row_id: line for line in self.lines}
        for conflict in refused.conflicts:
            form = lines[conflict.row_id].form
            # From now on the editor has seen the other value: saving again decides.
            bound = form[conflict.column]
            form.data = {
                **{name: form.data.get(name) for name in form.data},
                bound.html_initial_name: shown_in_field(conflict.theirs),
            }
            form.add_error(
                conflict.column,
                f"Somebody else changed this to {numbers.shown(conflict.theirs)} while you "
                f"entered {numbers.shown(conflict.mine)}; it was {numbers.shown(conflict.was)}. "
                "Decide which is right and save again.",
            )
        for bad in refused.bad:
            if bad.row_id in lines:
                column = bad.column if bad.column in self.columns else None
                lines[bad.row_id].form.add_error(column, bad.reason)


def key_of(table: Table, row: Any) -> str:
    """The key that the plain row of a stored one carries (`stats.figures`)."""
    slug = row.specialty.slug if getattr(row, "specialty", None) else ""
    match table:
        case Table.TOTALS:
            return ""
        case Table.APPLICANTS:
            return str(row.applicant_type)
        case Table.SPECIALTIES:
            return slug
        case Table.SCORES:
            return f"{slug}/{row.applicant_type}/{row.outcome}"


def stored_rows(table: Table, release: Release) -> dict[str, Any]:
    """The stored rows of one table of a version, by key. One query."""
    rows = edit_draft.MODELS[table].objects.filter(release=release).order_by("pk")
    if table in (Table.SPECIALTIES, Table.SCORES):
        rows = rows.select_related("specialty")
    return {key_of(table, row): row for row in rows}


def shown_in_field(value: Any) -> str:
    return "" if value is None else str(value)


def _rate_of(row: Row | None) -> Any:
    if row is None or isinstance(row, ScoreRow):
        return None
    return row.img_share if hasattr(row, "img_share") else row.match_rate


def build(
    *,
    table: Table,
    release: Release,
    figures: YearFigures,
    before: YearFigures | None,
    public: YearFigures | None,
    remarks: Mapping[str, Sequence[str]],
    problems: Mapping[str, Sequence[str]],
    data: QueryDict | None = None,
) -> Grid:
    """The grid of one table: stored rows in their order, with their history beside."""
    columns = edit_draft.columns_of(table)
    stored = stored_rows(table, release)
    values = edit_draft.stored_values(table, list(stored.values()))
    plain = [row for row in figures.rows() if row.table == table]
    last = (
        {row.key: row for row in before.rows() if row.table == table} if before else {}
    )
    current = (
        {row.key: row for row in public.rows() if row.table == table} if public else {}
    )
    lines = []
    for data_row in plain:
        row = stored[data_row.key]
        form = RowForm(data, table=table, initial=values[row.pk], prefix=f"r{row.pk}")
        a_year_ago, now_public = last.get(data_row.key), current.get(data_row.key)
        lines.append(
            GridLine(
                row_id=row.pk,
                key=data_row.key,
                anchor=data_row.key.replace("/", "-"),
                label=data_row.label,
                form=form,
                cells=[
                    GridCell(
                        field=form[column],
                        last_year=_figure(a_year_ago, column),
                        public=_public(now_public, data_row, column),
                    )
                    for column in columns
                ],
                computed=_rate_text(_rate_of(data_row)),
                difference=_points(_rate_of(data_row), _rate_of(a_year_ago)),
                remarks=remarks.get(data_row.key, ()),
                problems=problems.get(data_row.key, ()),
            )
        )
    return Grid(table=table, columns=columns, lines=lines)


def _figure(row: Row | None, column: str) -> str:
    if row is None or column not in (*row.counts, *row.printed):
        return ""
    return numbers.shown(getattr(row, column))


def _public(row: Row | None, draft: Row, column: str) -> str:
    if row is None or column not in (*row.counts, *row.printed):
        return ""
    value = getattr(row, column)
    return numbers.shown(value) if value != getattr(draft, column) else ""


def _rate_text(rate: Any) -> str:
    if rate is None:
        return "–"
    return (
        f"{rate.printed:f}%"
        if rate.printed is not None
        else numbers.percent(rate.percent)
    )


def _points(rate: Any, before: Any) -> str:
    if rate is None or before is None:
        return ""
    change = rate.percent - before.percent
    return numbers.signed(numbers.decimal(abs(change)), negative=change < 0)
