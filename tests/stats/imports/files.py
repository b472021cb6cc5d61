"""Files for tests: one good row of each table, and what a test changes in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import openpyxl

from stats.choices import FigureTable
from stats.imports.columns import columns_of

YEAR = 2060
GOOD: dict[FigureTable, dict[str, Any]] = {
    FigureTable.TOTALS: {
        "match_year": YEAR,
        "pgy1_positions_offered": 1000,
        "pgy1_positions_filled": 900,
        "all_positions_offered": 1100,
        "all_positions_filled": 1000,
        "registered_applicants": 2000,
        "active_applicants": 1600,
        "matched_to_pgy1": 900,
        "published_match_rate": "56.3",
    },
    FigureTable.APPLICANTS: {
        "match_year": YEAR,
        "applicant_type": "us_img",
        "active_applicants": 5000,
        "matched_to_pgy1": 4751,
        "published_match_rate": "95.0",
    },
    FigureTable.PLACEMENTS: {
        "match_year": YEAR,
        "applicant_type": "us_img",
        "placed_pgy1_all": 4900,
        "placed_pgy1_active": 4800,
        "published_placed_rate_all": "81.7",
        "published_placed_rate_active": "96.0",
    },
    FigureTable.SPECIALTIES: {
        "match_year": YEAR,
        "specialty": "Psychiatry",
        "programs": 10,
        "positions_offered": 5120,
        "positions_filled": 5100,
        "filled_us_md_senior": 40,
        "filled_us_do": 20,
        "filled_us_img": 10,
        "filled_non_us_img": 20,
        "filled_img_total": 30,
        "filled_other": 5,
        "published_img_share": "0.6",
    },
    FigureTable.SCORES: {
        "edition": YEAR,
        "specialty": "Psychiatry",
        "applicant_type": "non_us_img",
        "outcome": "matched",
        "applicants": 50,
        "applicants_with_score": 40,
        "step2_ck_mean": "245.0",
        "step2_ck_q1": "238",
        "step2_ck_median": "246",
        "step2_ck_q3": "253",
        "contiguous_ranks_mean": "6.1",
        "contiguous_ranks_median": "5",
    },
}
ABOUT = {
    "missing": "",
    "confidence": "A",
    "sources": "saieesh-co2026",
    "locator": "",
    "note": "",
    "by_value": "",
}


def good(table: FigureTable, **changes: Any) -> dict[str, Any]:
    return {**GOOD[table], **ABOUT, **changes}


def cells_of(
    table: FigureTable, rows: Iterable[Mapping[str, Any]], columns: Sequence[str] = ()
) -> list[list[Any]]:
    """The header and the rows, in the order of the founding files."""
    names = columns or columns_of(table)
    return [list(names), *([row[name] for name in names] for row in rows)]


def as_csv(cells: Iterable[Sequence[Any]], separator: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(cells)
    return text.getvalue().encode()


def as_xlsx(
    cells: Iterable[Sequence[Any]],
    *,
    hidden: Iterable[int] = (),
    hidden_columns: Iterable[str] = (),
    sheets: Mapping[str, Iterable[Sequence[Any]]] = MappingProxyType({}),
    **formats: str,
) -> bytes:
    """`formats`: the number format of a column, by its name in the header. `hidden`:
    lines that are hidden, as a filter does it; `hidden_columns`: by their names in the
    header; `sheets`: hidden sheets beside, by name.
    """
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in cells:
        sheet.append(list(row))
    for column in sheet.iter_cols():
        for cell in column[1:]:
            if column[0].value in formats:
                cell.number_format = formats[column[0].value]
            if column[0].value in hidden_columns:
                sheet.column_dimensions[cell.column_letter].hidden = True
    for line in hidden:
        sheet.row_dimensions[line].hidden = True
    for name, rows in sheets.items():
        beside = book.create_sheet(name)
        beside.sheet_state = "hidden"
        for row in rows:
            beside.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def csv_file(
    table: FigureTable, *rows: Mapping[str, Any], separator: str = ","
) -> bytes:
    return as_csv(cells_of(table, rows), separator)
