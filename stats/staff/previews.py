"""A file beside the draft into which it would be imported, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from imgportal.lib import numbers
from stats import imports
from stats.choices import Missing
from stats.imports import HeldFile, Plan, RowChange

ROWS_A_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewCell:
    is_number: bool
    was: str = ""
    becomes: str = ""  # empty: the value stays as it is
    replaces: bool = False  # something that somebody entered before


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A held file beside the draft, one page of it."""

    held: HeldFile
    token: str
    columns: Sequence[tuple[str, bool]]  # its name, and whether it holds numbers
    lines: Sequence[tuple[RowChange, Sequence[PreviewCell]]]
    page: Page[RowChange]


def make_preview(held: HeldFile, token: str, plan: Plan, page: str) -> Preview:
    """Only the columns in which anything would change."""
    written = {column for change in plan.changes for column in change.becomes}
    columns = [column for column in plan.columns if column in written]
    changes = Paginator(plan.changes, ROWS_A_PAGE).get_page(page)
    return Preview(
        held=held,
        token=token,
        columns=[(imports.name_of(column), _is_number(column)) for column in columns],
        lines=[
            (change, [_cell(change, column) for column in columns])
            for change in changes
        ],
        page=changes,
    )


def _is_number(column: str) -> bool:
    return column not in imports.ABOUT


def _cell(change: RowChange, column: str) -> PreviewCell:
    if column not in change.becomes:
        return PreviewCell(is_number=_is_number(column))
    was = change.was.get(column)
    # What stands in such a row came with the draft; nobody entered it.
    waits = change.was.get("missing") == Missing.NOT_ENTERED
    return PreviewCell(
        is_number=_is_number(column),
        was=_in_words(column, was),
        becomes=_in_words(column, change.becomes[column]),
        replaces=not waits and was not in (None, ""),
    )


def _in_words(column: str, value: object) -> str:
    """Never empty: a dash says that there is nothing."""
    if column == "missing":
        return Missing(str(value)).label if value else "nothing is missing"
    return numbers.value_or_dash(value)
