"""A table of any version as a file that imports again: every column, nothing computed."""

from __future__ import annotations

import io
import re

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from stats import exports
from stats.choices import FigureTable
from stats.columns import IDENTITY
from stats.exports import Export, Value
from stats.figures import Row, SpecialtyFacts, YearFigures
from stats.imports.cells import escaped
from stats.imports.columns import FILES, columns_of, year_column

TEXT_FORMAT = "@"
# Excel reads _x0041_ as the letter A, unless the first underscore is written so itself.
_LIKE_AN_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def table_of(figures: YearFigures, table: FigureTable) -> Export:
    """The rows of one table in the columns of the founding files.

    Printed numbers are texts, because 41 and 41.0 say different things. What a
    spreadsheet would run has an apostrophe before it; importing takes it off.
    """
    return Export(
        name=f"{FILES[table]}-{figures.match_year}-v{figures.release.version}",
        title=f"{table.label}, {figures.match_year}",
        columns=columns_of(table),
        rows=tuple(_cells(row, figures.match_year) for row in figures.rows(table)),
    )


def _cells(row: Row, year: int) -> dict[str, Value]:
    about = row.provenance
    values: dict[str, Value] = {
        year_column(row.table): year,
        **{column: getattr(row, column) for column in row.counts},
        "missing": about.missing,
        "confidence": about.stated_grade.value,
        "sources": ";".join(source.key for source in about.sources),
        "locator": escaped(about.locator),
        "note": escaped(about.note),
        "by_value": escaped(about.by_value),
    }
    for column in row.printed:
        number = getattr(row, column)
        values[column] = None if number is None else f"{number:f}"
    for column in IDENTITY[row.table]:
        name = getattr(row, column)
        values[column] = (
            escaped(name.name) if isinstance(name, SpecialtyFacts) else name.value
        )
    return values


def as_csv(export: Export) -> bytes:
    """With a byte order mark: without one, Excel takes UTF-8 for an old code page."""
    return exports.as_csv(export).encode("utf-8-sig")


def as_xlsx(export: Export) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(export.name[:31])
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, column, bold=True) for column in export.columns])
    for row in export.rows:
        sheet.append([_cell(sheet, row.get(column)) for column in export.columns])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(sheet: object, value: Value, *, bold: bool = False) -> object:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, _LIKE_AN_ESCAPE.sub("_x005F_", value))
    # Said outright: openpyxl takes some texts for formulas or errors.
    cell.data_type = "s"
    cell.number_format = TEXT_FORMAT
    if bold:
        cell.font = Font(bold=True)
    return cell
