"""Rows of a workbook (.xlsx, .xlsm): the one sheet that can be seen and holds something."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, time
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache
from itertools import chain
from typing import Any

import openpyxl

from imgportal.lib.spreadsheets.file_bounds import (
    MOST_COLUMNS,
    MOST_ROWS,
    FileTable,
    UnreadableFile,
)
from imgportal.lib.spreadsheets.sheet_cells import (
    DATE,
    FORMULA,
    RAISED,
    DateCell,
    StoredNumber,
    UnusableCell,
)
from imgportal.lib.spreadsheets.workbook_bounds import (
    DAMAGED,
    FAR_LARGER,
    LAST_ROW,
    MOST_UNPACKED,
    WorkbookSurvey,
    check_workbook,
)

# A row is as wide as its last cell, even if that is blank.
MOST_PLACES = MOST_COLUMNS * MOST_ROWS

_SHOWN = re.compile(r"(?:[#,]*0|[#,]+)(?:\.(?P<decimals>0+))?(?P<percent>%)?")
_EXACTLY = Context(prec=30, traps=[Inexact, InvalidOperation])
# How Excel writes a character that XML cannot hold, and an underscore before such.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Rows = Iterator[tuple[int, Sequence[str]]]


def rows(content: bytes, *, most_unpacked: int = MOST_UNPACKED) -> FileTable:
    """The rows of the workbook, which unpacks to so many bytes or fewer.

    Raises UnreadableFile, also while they are read.
    """
    try:
        survey = check_workbook(
            zipfile.ZipFile(io.BytesIO(content)), most_unpacked=most_unpacked
        )
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, keep_links=False
        )
    except UnreadableFile:
        raise
    except Exception:
        # Whatever a damaged part makes the library stumble over.
        raise UnreadableFile(DAMAGED) from None
    if len(book.worksheets) != survey.sheets:
        # The library passes over a sheet whose part is missing.
        raise UnreadableFile(DAMAGED)
    filled: list[tuple[Any, Rows]] = []
    for sheet in book.worksheets:
        _mark_raised(sheet._shared_strings, survey)
        sheet_rows = _rows_of(sheet, survey)
        for first in sheet_rows:
            filled.append((sheet, chain([first], sheet_rows)))
            break
    if not filled:
        raise UnreadableFile("No sheet of the workbook holds anything.")
    seen = [(sheet, its) for sheet, its in filled if sheet.sheet_state == "visible"]
    if len(seen or filled) > 1:
        names = ", ".join(f"“{sheet.title[:40]}”" for sheet, _ in seen or filled)
        raise UnreadableFile(
            f"Several sheets hold something: {names}. Keep the one to import and "
            "delete the others, or save that one as CSV."
        )
    sheet, sheet_rows = (seen or filled)[0]
    part = sheet._worksheet_path
    return FileTable(
        rows=sheet_rows,
        decimal_comma=False,
        is_workbook=True,
        hidden_lines=frozenset(survey.hidden_rows.get(part, ())),
        hidden_places=frozenset(survey.hidden_columns.get(part, ())),
        hidden_sheets=tuple(
            sheet.title[:40] for sheet, _ in filled if sheet.sheet_state != "visible"
        ),
        is_of_hidden_sheet=not seen,
    )


def _mark_raised(strings: list[str], survey: WorkbookSurvey) -> None:
    """In the texts that cells share, those that are another number without their format."""
    for place in survey.raised_strings:
        if place < len(strings):
            strings[place] = UnusableCell(strings[place], RAISED)


def _rows_of(sheet: Any, survey: WorkbookSurvey) -> Rows:
    """(line, cells) of every row that is not blank."""
    raised = survey.raised_cells.get(sheet._worksheet_path, set())
    # What the sheet says of its size may be wrong.
    sheet.reset_dimensions()
    filled = places = characters = 0
    try:
        for line, row in enumerate(sheet.iter_rows(max_row=LAST_ROW), 1):
            if not row:
                continue
            places += len(row)
            if places > MOST_PLACES:
                raise UnreadableFile(FAR_LARGER, line=line)
            cells = [
                UnusableCell(str(cell.value), RAISED)
                if raised and (line, place) in raised
                else _text_of(cell)
                for place, cell in enumerate(row, 1)
            ]
            # Many cells may share one long text.
            characters += sum(map(len, cells))
            if characters > MOST_UNPACKED:
                raise UnreadableFile(FAR_LARGER, line=line)
            if any(cells[MOST_COLUMNS:]):
                raise UnreadableFile(
                    f"There are more than {MOST_COLUMNS} columns.", line=line
                )
            if not any(cell and not cell.isspace() for cell in cells):
                continue
            filled += 1
            if filled > MOST_ROWS + 1:
                raise UnreadableFile(
                    f"There are more than {MOST_ROWS:,} rows.", line=line
                )
            yield line, cells[:MOST_COLUMNS]
    except UnreadableFile:
        raise
    except Exception:
        raise UnreadableFile(DAMAGED) from None


def _text_of(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    match cell.data_type:
        case "n":
            return _number(value, cell.number_format)
        case "f":
            return UnusableCell(str(getattr(value, "text", value)), FORMULA)
        case "b":
            return UnusableCell(
                str(value).upper(), "This is a yes or no, not a number."
            )
        case "e":
            return UnusableCell(value, "The spreadsheet could not work this out.")
        case "d":
            if isinstance(value, datetime) and value.time() == time.min:
                return DateCell.of(value)
            return UnusableCell(str(value), DATE)
        case _ if isinstance(value, UnusableCell):
            return value
        case _:
            return _unescaped(value)


def _unescaped(text: str) -> str:
    """The text that Excel means by what it wrote."""

    def character(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)

    return _ESCAPED.sub(character, text) if "_x" in text else text


def _number(value: float, number_format: str) -> str:
    """A stored number as the sheet shows it, but never rounded."""
    decimals, is_percent = _shown_as(number_format)
    # The shortest digits, because Excel stores 16.4 as 16.399999999999999.
    shortest = repr(value).removesuffix(".0")
    if not decimals and not is_percent and "e" not in shortest:
        return StoredNumber(shortest)
    exact = (Decimal(shortest) * (100 if is_percent else 1)).normalize()
    # With more digits than are shown all of them stay, and the reader decides.
    with suppress(ArithmeticError):
        exact = exact.quantize(Decimal(1).scaleb(-decimals), context=_EXACTLY)
    text = f"{exact:f}" + ("%" if is_percent else "")
    # Digits that a format shows were chosen; those of a bare number were not kept.
    return text if decimals else StoredNumber(text)


@lru_cache(maxsize=256)
def _shown_as(number_format: str) -> tuple[int, bool]:
    """How many decimals a format shows, and whether percent."""
    match = _SHOWN.fullmatch(number_format)
    if match is None:
        return 0, False
    return len(match["decimals"] or ""), bool(match["percent"])
