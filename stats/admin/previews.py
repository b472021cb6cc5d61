"""A file beside the draft into which it would be imported, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from imgportal.lib import numbers
from stats import imports
from stats.choices import Missing
from stats.imports import Held, Plan, RowChange

ROWS_A_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewColumn:
    name: str
    is_number: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewCell:
    column: PreviewColumn
    was: str = ""
    becomes: str = ""  # empty: the value stays as it is
    replaces: bool = False  # something that somebody entered before


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewLine:
    """One row of the file that would write something."""

    line: int
    label: str
    is_new: bool
    cells: Sequence[PreviewCell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A held file beside the draft, one page of it."""

    held: Held
    token: str
    columns: Sequence[PreviewColumn]  # only those in which anything would change
    lines: Sequence[PreviewLine]
    page: Page[RowChange]


def preview(kept: Held, token: str, plan: Plan, page: str) -> Preview:
    written = {column for change in plan.changes for column in change.becomes}
    columns = {
        column: PreviewColumn(
            name=imports.name_of(column), is_number=column not in imports.ABOUT
        )
        for column in plan.columns
        if column in written
    }
    shown = Paginator(plan.changes, ROWS_A_PAGE).get_page(page)
    return Preview(
        held=kept,
        token=token,
        columns=list(columns.values()),
        lines=[
            PreviewLine(
                line=change.line,
                label=change.label,
                is_new=change.row_id is None,
                cells=[_cell(change, name, columns[name]) for name in columns],
            )
            for change in shown
        ],
        page=shown,
    )


def _cell(change: RowChange, name: str, column: PreviewColumn) -> PreviewCell:
    if name not in change.becomes:
        return PreviewCell(column=column)
    was = change.was.get(name)
    # What stands in such a row came with the draft; nobody entered it.
    waits = change.was.get("missing") == Missing.NOT_ENTERED
    return PreviewCell(
        column=column,
        was=_shown(name, was),
        becomes=_shown(name, change.becomes[name]),
        replaces=not waits and was not in (None, ""),
    )


def _shown(column: str, value: object) -> str:
    """Never empty: a dash says that there is nothing."""
    if column == "missing":
        return Missing(str(value)).label if value else "nothing is missing"
    return numbers.shown(value)
