"""The tabular forms in which the figures of a draft are entered.

One form a row, one field a column, in the order of the founding files. Each field
carries the value that was there when the page was made (a hidden initial), so that
saving can tell what the editor changed, and what somebody else changed meanwhile.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from imgportal.lib import numbers
from imgportal.lib.row_versions import with_seen
from stats import drafts
from stats.actions import edit_draft
from stats.choices import FigureConfidence, FigureTable, Missing
from stats.columns import COLUMN_NAMES, COUNTS, IDENTITY, PRINTED
from stats.exceptions import EditRefused
from stats.figures import Row, YearFigures
from stats.grades import computed_grade
from stats.imports import cells
from stats.imports.cells import WrongCell
from stats.models import MODELS, Release, Specialty
from stats.readiness import ReadinessFinding

# The list of all sources on the page, offered where a key is typed.
SOURCE_LIST = "source-keys"


def in_field(value: Any) -> str:
    """A value as the field shows it."""
    return "" if value is None else str(value)


class _NumberField(forms.Field):
    """A number typed or pasted as text, read as in a file. Empty and a mark such as "–"
    mean not known, never zero.
    """

    size = 8

    def __init__(self, column: str, **kwargs: Any) -> None:
        self.column = column
        attrs = {
            "inputmode": "decimal",
            "autocomplete": "off",
            "size": self.size,
            "maxlength": 20,
        }
        super().__init__(
            label=COLUMN_NAMES[column],
            required=False,
            widget=forms.TextInput(attrs=attrs),
            **kwargs,
        )

    def prepare_value(self, value: Any) -> str:
        return in_field(value)

    def to_python(self, value: Any) -> int | Decimal | None:
        text = cells.bare(in_field(value))
        if not text or cells.is_mark(text):
            return None
        try:
            return self.read(text)
        except WrongCell as wrong:
            raise ValidationError(str(wrong)) from None

    def read(self, text: str) -> int | Decimal:
        """The number that the text says. Raises WrongCell."""
        raise NotImplementedError

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            # As text: 41 and 41.0 are printed differently, so they differ.
            return str(self.to_python(initial)) != str(self.to_python(data))
        except ValidationError:
            return True


class CountField(_NumberField):
    """A whole number; thousands may be separated."""

    def read(self, text: str) -> int:
        return cells.count(text, text, decimal_comma=False)


class PrintedField(_NumberField):
    """A number as the source prints it, with its digits; a percent sign may follow."""

    size = 6

    def read(self, text: str) -> Decimal:
        return cells.printed_in(self.column, text, decimal_comma=False)


def _text_field(
    label: str, *, size: int, most: int = 2000, **attrs: str
) -> forms.Field:
    if "list" not in attrs:
        # It would switch off what the list offers as well.
        attrs["autocomplete"] = "off"
    widget = forms.TextInput(attrs={"size": size, **attrs})
    return forms.CharField(label=label, required=False, max_length=most, widget=widget)


def _field(table: FigureTable, column: str) -> forms.Field:
    if column in COUNTS[table]:
        return CountField(column)
    if column in PRINTED[table]:
        return PrintedField(column)
    match column:
        case "missing":
            return forms.ChoiceField(
                label="Why values are missing",
                choices=[("", "nothing is missing"), *Missing.choices],
                required=False,
            )
        case "confidence":
            short = [
                (grade.value, f"{grade.value} – {grade.label.split(':')[0]}")
                for grade in FigureConfidence
            ]
            return forms.ChoiceField(label="Confidence", choices=short)
        case "sources":
            return _text_field("Source keys", size=16, list=SOURCE_LIST)
        case "locator":
            return _text_field("Place in the source", size=12, most=100)
        case "note":
            return _text_field("Note", size=24)
        case _:
            return _text_field("What holds of single values", size=24)


class RowForm(forms.Form):
    """The values of one row."""

    def __init__(
        self, data: QueryDict | None = None, *, table: FigureTable, **kwargs: Any
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
    """One row of the table, with what is known about it."""

    row_id: int
    key: str
    anchor: str
    label: str
    form: RowForm
    cells: Sequence[GridCell]
    computed: str  # the rate that the counts give
    difference: str  # its change on the year before
    grade: str  # the best that the rule allows, in a word; empty: no source yet
    remarks: Sequence[str]
    problems: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftGrid:
    """One table of a draft, ready to be filled in."""

    table: FigureTable
    lines: Sequence[GridLine]

    @property
    def has_rate(self) -> bool:
        """Scores have none: nothing in them is a part of a whole."""
        return self.table != FigureTable.SCORES

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
        field = next(chain(wrong, waiting, first), None)
        return field.html_name if field else ""

    def is_valid(self) -> bool:
        # Every form is asked, so that every mistake is shown at once.
        valid = [line.form.is_valid() for line in self._posted]
        return all(valid)

    @property
    def _posted(self) -> list[GridLine]:
        """Not the rows that somebody else added since the page was made."""
        return [line for line in self.lines if line.form.is_bound]

    def edits(self, common_sources: str) -> list[edit_draft.RowEdit]:
        """What the editor changed; rows without a source get the common ones, if given."""
        edits = []
        for line in self._posted:
            form, edit = line.form, line.form.edit(line.row_id)
            waits = form.cleaned_data["missing"] == Missing.NOT_ENTERED
            if (
                common_sources
                and not form.cleaned_data["sources"]
                and (form.changed_data or not waits)
            ):
                edit = edit_draft.RowEdit(
                    row_id=line.row_id,
                    was={**edit.was, "sources": ""},
                    becomes={**edit.becomes, "sources": common_sources},
                )
            if edit.becomes:
                edits.append(edit)
        return edits

    def refuse(self, refused: EditRefused) -> None:
        """Put what the action refused beside the fields that it is about."""
        lines = {line.row_id: line for line in self.lines}
        for conflict in refused.conflicts:
            form = lines[conflict.row_id].form
            seen_in = form[conflict.column].html_initial_name
            form.data = with_seen(form, seen_in, in_field(conflict.stored))
            stored, entered, was = map(
                numbers.value_or_dash,
                (conflict.stored, conflict.entered, conflict.was),
            )
            form.add_error(
                conflict.column,
                f"Somebody else changed this to {stored} while you entered {entered}; "
                f"it was {was}. Decide which is right and save again.",
            )
        for bad in refused.bad:
            if bad.row_id in lines:
                form = lines[bad.row_id].form
                form.add_error(
                    bad.column if bad.column in form.fields else None, bad.reason
                )


def _key_of(row: Any) -> str:
    """The key that the plain row of a stored one carries (`stats.figures`)."""
    identity = [
        getattr(row, name)
        for name in ("specialty", "applicant_type", "outcome")
        if hasattr(row, name)
    ]
    return "/".join(str(getattr(part, "slug", part or "")) for part in identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRow:
    """What somebody typed into one row that cannot take it any more."""

    row_id: int
    key: str
    label: str
    values: Sequence[tuple[str, str]]  # the name of the column, and what was typed
    fields: Sequence[tuple[str, str]]  # everything that was posted of the row


# The hidden field of a row that says which one it is, whatever becomes of it.
KEY = "key"
_KEY_FIELD = re.compile(rf"r(\d{{1,18}})-{KEY}", re.ASCII)


def typed_rows(table: FigureTable, data: QueryDict) -> list[TypedRow]:
    """Every row of a posted table in which something is not what its editor saw."""
    rows = []
    for name in data:
        match = _KEY_FIELD.fullmatch(name)
        if match is None:
            continue
        prefix = name.removesuffix(KEY)
        values = [
            (str(_field(table, column).label), typed)
            for column in edit_draft.columns_of(table)
            if (typed := data.get(prefix + column, "").strip())
            != data.get(f"initial-{prefix}{column}", "").strip()
        ]
        if values:
            key = data.get(name, "")
            rows.append(
                TypedRow(
                    row_id=int(match[1]),
                    key=key,
                    label=label_of(table, key),
                    values=values,
                    fields=[
                        (field, data.get(field, ""))
                        for column in (KEY, *edit_draft.columns_of(table))
                        for field in (prefix + column, f"initial-{prefix}{column}")
                        if field in data
                    ],
                )
            )
    return rows


def typed_into_removed(
    table: FigureTable, release: Release, data: QueryDict
) -> list[TypedRow]:
    """What was typed into rows that somebody else took out of the draft meanwhile."""
    typed = typed_rows(table, data)
    ids = [row.row_id for row in typed]
    left = set(
        MODELS[table]
        .objects.filter(release=release, pk__in=ids)
        .values_list("pk", flat=True)
    )
    return [row for row in typed if row.row_id not in left]


def identity_of(table: FigureTable, key: str) -> dict[str, Any] | None:
    """The columns that tell the row of a key apart. None: there is no such row."""
    parts = key.split("/") if key else []
    columns = IDENTITY[table]
    if len(parts) != len(columns):
        return None
    identity: dict[str, Any] = dict(zip(columns, parts, strict=True))
    if slug := identity.get("specialty"):
        identity["specialty"] = Specialty.objects.filter(slug=slug).first()
        if identity["specialty"] is None:
            return None
    elif "specialty" in identity:
        # Of all specialties together.
        identity["specialty"] = None
    return identity


def label_of(table: FigureTable, key: str) -> str:
    """The name of a row by its key; the key itself where nothing has it."""
    identity = identity_of(table, key)
    if identity is None:
        return key
    row = MODELS[table](**identity)
    return edit_draft.row_in_words(row)


def moved(table: FigureTable, data: QueryDict, row: TypedRow, stored: Any) -> QueryDict:
    """The posted table with what was typed into one row in another, which stands anew."""
    data = data.copy()
    values = drafts.stored_values(table, [stored])[stored.pk]
    for column in edit_draft.columns_of(table):
        old, new = f"r{row.row_id}-{column}", f"r{stored.pk}-{column}"
        data[new] = data.pop(old, [""])[-1]
        data.pop(f"initial-{old}", None)
        data[f"initial-{new}"] = in_field(values[column])
    data.pop(f"r{row.row_id}-{KEY}")
    return data


def without(table: FigureTable, data: QueryDict, row: TypedRow) -> QueryDict:
    """The posted table without what was typed into one row."""
    data = data.copy()
    del data[f"r{row.row_id}-{KEY}"]
    for column in edit_draft.columns_of(table):
        data.pop(f"r{row.row_id}-{column}", None)
        data.pop(f"initial-r{row.row_id}-{column}", None)
    return data


def undone(
    table: FigureTable, release: Release, data: QueryDict, field: str
) -> QueryDict:
    """The posted table with the public value in one field, if it has one."""
    data = data.copy()
    del data["undo"]
    prefix, _, column = field.partition("-")
    public = _plain_rows(table, drafts.published_beside(release))
    row = public.get(data.get(f"{prefix}-{KEY}", ""))
    if row is not None and column in (*row.counts, *row.printed):
        data[field] = in_field(getattr(row, column))
    return data


def _stored_rows(table: FigureTable, release: Release) -> dict[str, Any]:
    """The stored rows of one table of a version, by key. One query."""
    rows = MODELS[table].objects.filter(release=release).order_by("pk")
    if "specialty" in IDENTITY[table]:
        rows = rows.select_related("specialty")
    return {_key_of(row): row for row in rows}


def _plain_rows(table: FigureTable, figures: YearFigures | None) -> dict[str, Row]:
    rows = figures.rows() if figures else ()
    return {row.key: row for row in rows if row.table == table}


def _texts(
    table: FigureTable, findings: Sequence[ReadinessFinding]
) -> dict[str, list[str]]:
    """What is to be said about each row, by key."""
    texts: dict[str, list[str]] = defaultdict(list)
    for finding in findings:
        if finding.table == table:
            name = f"{finding.column_name}: " if finding.column_name else ""
            texts[finding.row_key].append(f"{name}{finding.text}")
    return texts


def build_grid(
    table: FigureTable,
    release: Release,
    data: QueryDict | None = None,
    *,
    now: datetime,
) -> DraftGrid:
    """The grid of one table: stored rows in their order, with their history beside."""
    figures = drafts.figures_of(release)
    checklist = drafts.checklist(release, figures, now=now)
    remarks = _texts(table, checklist.remarks)
    problems = _texts(table, checklist.problems)
    year_before = drafts.year_before(release)
    a_year_ago = _plain_rows(table, year_before)
    public = _plain_rows(table, drafts.published_beside(release))
    stored = _stored_rows(table, release)
    values = drafts.stored_values(table, list(stored.values()))
    lines = []
    for key, row in _plain_rows(table, figures).items():
        pk, before = stored[key].pk, a_year_ago.get(key)
        rate, rate_before = (
            drafts.rate_of(row, figures),
            drafts.rate_of(before, year_before),
        )
        posted = data if data is not None and f"r{pk}-confidence" in data else None
        form = RowForm(posted, table=table, initial=values[pk], prefix=f"r{pk}")
        lines.append(
            GridLine(
                row_id=pk,
                key=key,
                anchor=key.replace("/", "-"),
                label=row.label,
                form=form,
                cells=[
                    _cell(form[name], row, before, public.get(key))
                    for name in form.fields
                ],
                computed=drafts.rate_in_words(rate),
                difference=drafts.points_in_words(rate, rate_before),
                grade=_grade_text(row, figures),
                remarks=remarks[key],
                problems=problems[key],
            )
        )
    return DraftGrid(table=table, lines=lines)


def _cell(
    field: forms.BoundField, draft: Row, before: Row | None, public: Row | None
) -> GridCell:
    column = field.name
    is_figure = column in (*draft.counts, *draft.printed)
    differs = is_figure and public and getattr(public, column) != getattr(draft, column)
    return GridCell(
        field=field,
        last_year=numbers.value_or_dash(getattr(before, column))
        if before and is_figure
        else "",
        public=numbers.value_or_dash(getattr(public, column)) if differs else "",
    )


def _grade_text(row: Row, year: YearFigures) -> str:
    if not row.provenance.sources or row.provenance.missing == Missing.NOT_ENTERED:
        return ""
    grade = computed_grade(row, year)
    return f"{grade.value} – {grade.label.split(':')[0]}"
