"""Holds a workbook to the size of a table before a library works on it.

openpyxl trusts a file: it keeps what it does not know, fills gaps between rows, works
out shared formulas cell by cell, and leaves out rows and cells that come in the wrong
order. So every part is walked once beforehand, with a bound for everything that could
grow. Nothing is kept of what is read here.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from openpyxl.utils import column_index_from_string
from openpyxl.xml.constants import SHEET_MAIN_NS

from imgportal.lib.spreadsheets.file_bounds import (
    MOST_COLUMNS,
    MOST_ROWS,
    UnreadableFile,
)

# 20,000 rows of the widest table unpack to about 20 MB; real workbooks are packed
# five to thirty times.
MOST_UNPACKED = 40 * 1024 * 1024
MOST_RATIO = 100
# A small part may be packed tighter than a bomb and do no harm.
RATIO_COUNTS_FROM = 1024 * 1024
MOST_PARTS = 500
MOST_SHEETS = 20
# Several sheets may lead to one part, which is then read once for each of them.
MOST_TIMES_READ = 4
MOST_STRINGS = 500_000
MOST_ROW_ELEMENTS = 10 * MOST_ROWS
LAST_ROW = 1_048_576
# A row of 16,384 cells with a text in each. openpyxl lets go of a row when it ends.
MOST_INSIDE = 70_000
# Everything else stays in memory: styles, relations, conditional formats.
MOST_OUTSIDE = 50_000
MOST_OUTSIDE_TEXT = 2 * 1024 * 1024
MOST_DEPTH = 100
# A tag with its attributes, or a comment.
MOST_TOKEN = 1024 * 1024
# As in Excel. Of shared formulas all copies together.
MOST_FORMULA = 8192
MOST_SHARED_FORMULAS = 500_000

DAMAGED = "The workbook is damaged. Open it in a spreadsheet and save it again."
FAR_LARGER = (
    "Unpacked, this workbook is far larger than such a table. Copy the table into a "
    "new workbook."
)
TOO_MANY_FORMULAS = (
    "There are far too many formulas. Copy the table and paste it as values."
)
_STRICT = "http://purl.oclc.org/ooxml/"
_PIECE = 64 * 1024
_ROW, _STRING, _CELL, _FORMULA, _SHEET, _RUN, _ALIGNED, _COLUMN = (
    f"{SHEET_MAIN_NS} {name}"
    for name in ("row", "si", "c", "f", "sheet", "r", "vertAlign", "col")
)
# Texts with a raised digit. A table has a few footnotes.
MOST_RAISED = 10_000


@dataclass(slots=True)
class WorkbookSurvey:
    """What the library that reads the cells does not tell of them."""

    sheets: int = 0  # that the workbook names
    hidden_rows: dict[str, set[int]] = field(default_factory=dict)  # by part
    hidden_columns: dict[str, set[int]] = field(default_factory=dict)  # the first is 0
    # Texts of which a digit stands raised or lowered: by part, its row and column; and
    # the places of those that the cells share.
    raised_cells: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    raised_strings: set[int] = field(default_factory=set)


def check_workbook(
    archive: zipfile.ZipFile, *, most_unpacked: int = MOST_UNPACKED
) -> WorkbookSurvey:
    """What stands in the workbook beside its values.

    Raises UnreadableFile when it is too large for a table, damaged on purpose or encrypted.
    """
    _check_archive(archive, most_unpacked)
    survey = _Survey()
    for part in archive.infolist():
        with archive.open(part) as stream:
            parser = survey.parser(part.filename)
            end = 0
            try:
                while piece := stream.read(_PIECE):
                    parser.Parse(piece, False)
                    end += len(piece)
                    if end - parser.CurrentByteIndex > MOST_TOKEN:
                        raise UnreadableFile(FAR_LARGER)
            except expat.ExpatError:
                # A picture, or macros. If the table is in this part, openpyxl fails as well.
                continue
    sheets = survey.workbook.sheets
    largest = max((part.file_size for part in archive.infolist()), default=0)
    if sheets > MOST_SHEETS or sheets * largest > MOST_TIMES_READ * most_unpacked:
        raise UnreadableFile(FAR_LARGER)
    return survey.workbook


def _check_archive(archive: zipfile.ZipFile, most_unpacked: int) -> None:
    """Before anything is unpacked: what the archive says it holds."""
    parts = archive.infolist()
    # The module unpacks no more of a part than its entry says, so this can be trusted.
    unpacked = sum(part.file_size for part in parts)
    if (
        len(parts) > MOST_PARTS
        or unpacked > most_unpacked
        or any(
            part.file_size > RATIO_COUNTS_FROM
            and part.file_size > MOST_RATIO * max(part.compress_size, 1)
            for part in parts
        )
    ):
        raise UnreadableFile(FAR_LARGER)
    if any(part.flag_bits & 0x1 for part in parts):
        raise UnreadableFile(
            "The workbook is protected by a password. Save it without one."
        )
    readable = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if any(part.compress_type not in readable for part in parts):
        raise UnreadableFile(DAMAGED)
    if not any(part.filename.endswith("workbook.xml") for part in parts):
        raise UnreadableFile(
            "The name says that this is a workbook, but the content is another archive. "
            "Save the table as .xlsx in a spreadsheet."
        )


class _Survey:
    """Counts what all parts of a workbook hold. Raises UnreadableFile beyond a bound."""

    def __init__(self) -> None:
        self.workbook = WorkbookSurvey()
        self.outside = self.outside_text = self.strings = 0
        self.row_elements = self.shared_formulas = self.raised = 0

    def parser(self, part: str) -> expat.XMLParserType:
        """A parser for one part."""
        parser = expat.ParserCreate(namespace_separator=" ")
        depth = inside = unit_depth = row = column = string = 0
        hidden = self.workbook.hidden_rows.setdefault(part, set())
        columns = self.workbook.hidden_columns.setdefault(part, set())
        formulas: dict[str, int] = {}  # the length of each shared formula
        shared, length = "", 0

        def refuse(*_: object) -> None:
            raise UnreadableFile(DAMAGED)

        def start(name: str, attributes: Mapping[str, str]) -> None:
            nonlocal depth, inside, unit_depth, row, column, string, shared, length
            depth += 1
            if unit_depth:
                inside += 1
                if inside > MOST_INSIDE or depth > MOST_DEPTH:
                    raise UnreadableFile(FAR_LARGER)
                if name == _CELL:
                    reference = attributes.get("r")
                    place = (
                        column_index_from_string(reference.rstrip("0123456789"))
                        if reference
                        else column + 1
                    )
                    if place <= column:
                        raise UnreadableFile(DAMAGED)
                    column = place
                elif name == _FORMULA:
                    is_shared = attributes.get("t") == "shared"
                    shared = attributes.get("si", "") if is_shared else ""
                    length = 0
                    parser.CharacterDataHandler = characters
                elif name == _ALIGNED and attributes.get("val", "").endswith("script"):
                    parser.CharacterDataHandler = raised_characters
            elif name == _ROW:
                unit_depth, inside, column = depth, 0, 0
                row_number = int(attributes.get("r", row + 1))
                if not row < row_number <= LAST_ROW:
                    raise UnreadableFile(DAMAGED)
                row = row_number
                if attributes.get("hidden") in ("1", "true"):
                    hidden.add(row)
                self.row_elements += 1
                if self.row_elements > MOST_ROW_ELEMENTS:
                    raise UnreadableFile(FAR_LARGER)
            elif name == _STRING:
                unit_depth, inside, row = depth, 0, 0
                string += 1
                self.strings += 1
                if self.strings > MOST_STRINGS:
                    raise UnreadableFile("The workbook holds far too many texts.")
            else:
                self._outside(name, attributes)
                if name == _COLUMN and attributes.get("hidden") in ("1", "true"):
                    columns.update(
                        range(
                            max(int(attributes["min"]) - 1, 0),
                            min(int(attributes["max"]), MOST_COLUMNS),
                        )
                    )

        def characters(data: str) -> None:
            nonlocal length
            length += len(data)
            if length > MOST_FORMULA:
                raise UnreadableFile(FAR_LARGER, line=row)

        def raised_characters(data: str) -> None:
            if not any(map(str.isdigit, data)):
                return
            self.raised += 1
            if self.raised > MOST_RAISED:
                raise UnreadableFile(FAR_LARGER)
            if row:
                cells = self.workbook.raised_cells.setdefault(part, set())
                cells.add((row, column))
            else:
                self.workbook.raised_strings.add(string - 1)

        def end(name: str) -> None:
            nonlocal depth, unit_depth
            if name == _RUN:
                parser.CharacterDataHandler = None
            if name == _FORMULA and unit_depth:
                parser.CharacterDataHandler = None
                if shared:
                    self.shared_formulas += formulas.setdefault(shared, length)
                    if self.shared_formulas > MOST_SHARED_FORMULAS:
                        raise UnreadableFile(TOO_MANY_FORMULAS, line=row)
            if depth == unit_depth:
                unit_depth = 0
            depth -= 1

        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = refuse
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        return parser

    def _outside(self, name: str, attributes: Mapping[str, str]) -> None:
        self.outside += 1
        self.outside_text += sum(map(len, attributes.values()))
        self.workbook.sheets += name == _SHEET
        if self.outside > MOST_OUTSIDE or self.outside_text > MOST_OUTSIDE_TEXT:
            raise UnreadableFile(FAR_LARGER)
        if name.startswith(_STRICT):
            raise UnreadableFile(
                "This is a workbook of the kind “Strict Open XML”. Save it as an "
                "ordinary workbook (.xlsx)."
            )
        kind = attributes.get("Type", "").lower()
        if "chartsheet" in kind:
            raise UnreadableFile("A sheet of the workbook is a chart. Delete it.")
        # Of Excel 4. Macros of today are a part that nothing reads.
        if "macrosheet" in kind:
            raise UnreadableFile("A sheet of the workbook is a macro. Delete it.")
