"""What a file may be: of which kind, and with how many bytes, rows and columns.

The kind is told by the content, which must be what the name says. Whoever reads the rows
(`delimited_text`, `workbooks`) stops at these bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
# The widest table has about twenty.
MOST_COLUMNS = 100
TOO_LARGE = (
    f"The file is larger than {MOST_BYTES // 1024**2} MB. A table of one year takes a "
    "few kilobytes: delete what does not belong to it."
)

# Excel's "Unicode text" is a .txt with tabs, in UTF-16.
DELIMITED = (".csv", ".tsv", ".txt")
# The second may hold macros, which nothing here reads.
WORKBOOKS = (".xlsx", ".xlsm")
OPEN_DOCUMENT = ".ods"

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The name of a stream in an encrypted workbook, which comes in the old container.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHER_KINDS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"{\\rtf": "a text document",
}
SAVE_AS = "Open it in a spreadsheet and save it as .xlsx or as CSV (UTF-8)."


class UnreadableFile(Exception):
    """A file cannot be read, or only as far as `line`. The text says why."""

    def __init__(
        self, reason: str, *, line: int | None = None, value: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.value = value


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTable:
    """The rows of a file that hold anything, the header first."""

    rows: Iterator[tuple[int, Sequence[str]]]  # (line, cells)
    decimal_comma: bool  # decimals may follow a comma, as where `;` separates cells
    is_workbook: bool  # a row ends with its last cell that holds something
    # What whoever made a workbook did not see when they saved it. Of a text file nobody
    # knows.
    hidden_lines: frozenset[int] = frozenset()  # hidden or filtered out
    hidden_places: frozenset[int] = frozenset()  # columns, the first is 0
    hidden_sheets: tuple[str, ...] = ()  # that hold something, by name
    is_of_hidden_sheet: bool = False  # no other sheet holds anything

    def shown_cells(self, cells: Sequence[str]) -> Sequence[str]:
        """A row with blanks where its columns are hidden."""
        if not self.hidden_places:
            return cells
        return [
            "" if place in self.hidden_places else cell
            for place, cell in enumerate(cells)
        ]

    def hidden_names(self, head: Sequence[str]) -> list[str]:
        """The hidden columns that a header names."""
        return [
            cell.strip()
            for place, cell in enumerate(head)
            if place in self.hidden_places and cell.strip()
        ]


# How many of these cells name a column of the table.
Recognise = Callable[[Sequence[str]], int]


def check_file(name: str, content: bytes) -> str:
    """The ending of the name, if the content is what it says. Raises UnreadableFile."""
    ending = PurePath(name.lower()).suffix
    if len(content) > MOST_BYTES:
        raise UnreadableFile(TOO_LARGE)
    if not content or content.isspace():
        raise UnreadableFile("The file is empty.")
    if content.startswith(_OLD_OFFICE):
        if _ENCRYPTED in content:
            raise UnreadableFile(
                "The workbook is protected by a password. Save it without one."
            )
        raise UnreadableFile(
            f"This is a workbook of the old kind (.xls), not {ending}. {SAVE_AS}"
        )
    if ending == ".xls":
        raise UnreadableFile(
            f"Workbooks of the old kind (.xls) are not read. {SAVE_AS}"
        )
    if ending == OPEN_DOCUMENT:
        raise UnreadableFile(
            "OpenDocument spreadsheets (.ods) are not read: what is hidden and which digit "
            "stands raised could not be told. In LibreOffice choose File, Save As, and the "
            "file type “Excel 2007–365 (.xlsx)”; in Google Sheets File, Download, "
            "Microsoft Excel (.xlsx)."
        )
    if ending not in (*DELIMITED, *WORKBOOKS):
        raise UnreadableFile(
            f"Only {', '.join((*WORKBOOKS, *DELIMITED))} files are read, not "
            f"“{ending or name[:60]}”. {SAVE_AS}"
        )
    is_zip = content.startswith(_ZIP)
    if ending in WORKBOOKS and not is_zip:
        raise UnreadableFile(
            f"The name says {ending}, but the content is no workbook. {SAVE_AS}"
        )
    if ending in DELIMITED:
        if is_zip:
            raise UnreadableFile(
                f"The name says {ending}, but the content is a workbook or an archive. "
                "Give it the ending .xlsx if it is a workbook."
            )
        for magic, what in _OTHER_KINDS.items():
            if content.startswith(magic):
                raise UnreadableFile(
                    f"The name says {ending}, but the content is {what}. {SAVE_AS}"
                )
        if (
            content[:200]
            .lstrip()
            .lower()
            .startswith((b"<html", b"<!doctype", b"<?xml"))
        ):
            raise UnreadableFile(
                f"The name says {ending}, but the content is a web page or XML. {SAVE_AS}"
            )
    return ending
