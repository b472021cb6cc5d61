"""A file beside the draft into which it would be imported, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from imgportal.lib import numbers
from stats import importing
from stats.choices import Missing
from stats.importing import Held, Plan, RowChange

ROWS_A_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewCell:
    was: str
    becomes: str
    is_number: bool
    replaces: bool  # something that somebody entered before


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewLine:
    """One row of the file that would write something."""

    line: int
    label: str
    is_new: bool
    cells: Sequence[PreviewCell | None]  # None: this value stays as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A held file beside the draft, one page of it."""

    held: Held
    token: str
    plan: Plan
    columns: Sequence[str]
    lines: Sequence[PreviewLine]
    page: Page[RowChange]


def preview(kept: Held, token: str, plan: Plan, page: str) -> Preview:
    written = {name for change in plan.changes for name in change.becomes}
    columns = [name for name in plan.columns if name in written]
    shown = Paginator(plan.changes, ROWS_A_PAGE).get_page(page)
    return Preview(
        held=kept,
        token=token,
        plan=plan,
        columns=[importing.name_of(name) for name in columns],
        lines=[_line(change, columns) for change in shown],
        page=shown,
    )


def _line(change: RowChange, columns: Sequence[str]) -> PreviewLine:
    return PreviewLine(
        line=change.line,
        label=change.label,
        is_new=change.row_id is None,
        cells=[
            PreviewCell(
                was=_shown(name, change.was.get(name)),
                becomes=_shown(name, change.becomes[name]),
                is_number=name not in importing.ABOUT,
                replaces=change.was.get(name) not in (None, "", Missing.NOT_ENTERED),
            )
            if name in change.becomes
            else None
            for name in columns
        ],
    )


def _shown(column: str, value: object) -> str:
    if column == "missing":
        return Missing(str(value)).label if value else "nothing is missing"
    return numbers.shown(value)
