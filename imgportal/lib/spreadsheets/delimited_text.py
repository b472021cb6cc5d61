"""Rows of a text file whose cells stand between commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from imgportal.lib.spreadsheets.file_bounds import (
    MOST_COLUMNS,
    MOST_ROWS,
    FileTable,
    Recognise,
    UnreadableFile,
)

SEPARATORS = (",", ";", "\t")
# Bytes above 127 that mean the same in no other code page we have to fear: typographic
# signs and the letters of Western European languages. A dash of Mac Roman (0xD0), say,
# would be Ð here.
_WINDOWS_1252 = frozenset(
    "–—‘’“”…•™€\u00a0§°±²³·½¼¾ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿ"
)
# Among which the header is.
FIRST_ROWS = 11
_ENCODE = "Save the file as CSV (UTF-8)."


def rows(content: bytes, recognise: Recognise) -> FileTable:
    """The rows of the file. Raises UnreadableFile, also while they are read."""
    return text_rows(_decoded(content), recognise)


def text_rows(text: str, recognise: Recognise) -> FileTable:
    """As `rows`, of what was pasted or is decoded already."""
    first_line, _, rest = text.partition("\n")
    skipped = 0
    # Excel understands, and some programs write, a first line that names the separator.
    if first_line.strip().lower() in {f"sep={mark}".strip() for mark in SEPARATORS}:
        text, skipped = rest, 1
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1 + skipped
        raise UnreadableFile(
            f"There is a NUL character, so this is no text file. {_ENCODE}", line=line
        )
    separator = _separator(text, recognise)
    return FileTable(
        rows=_bounded(_records(text, separator, skipped)),
        decimal_comma=separator == ";",
        is_workbook=False,
    )


def _decoded(content: bytes) -> str:
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        # Without a mark, but every second byte of its beginning is empty.
        start = content[:200]
        for encoding, empty, full in (
            ("utf-16-le", start[1::2], start[::2]),
            ("utf-16-be", start[::2], start[1::2]),
        ):
            if len(start) > 3 and not any(empty) and all(full):
                return content.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile(
            f"The file begins like UTF-16 but does not go on so. {_ENCODE}"
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    strange = {letter for letter in text if ord(letter) > 127} - _WINDOWS_1252
    if not text or strange:
        raise UnreadableFile(
            "The letters are neither UTF-8 nor clearly Windows-1252, so they might be "
            f"read wrongly. {_ENCODE}",
            line=line,
        )
    return text


def _separator(text: str, recognise: Recognise) -> str:
    """What separates the cells: with it, the header names the most columns.

    A title may stand above the header, so the first rows are tried.
    """

    def score(separator: str) -> tuple[int, int]:
        best = (0, 0)
        with suppress(UnreadableFile):
            for _, cells in islice(_records(text, separator, 0), FIRST_ROWS):
                best = max(best, (recognise(cells[:MOST_COLUMNS]), len(cells)))
        return best

    return max(SEPARATORS, key=score)


def _records(
    text: str, separator: str, skipped: int
) -> Iterator[tuple[int, list[str]]]:
    """(line on which the record begins, cells) of every record that is not blank."""
    # Not splitlines(): that also breaks a cell at U+2028 and other rare characters.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    filled = 0
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(
                f"The row cannot be read as CSV ({error}). Look for a quotation mark "
                "that is not closed.",
                line=line,
            ) from None
        if not any(cell and not cell.isspace() for cell in cells):
            continue
        filled += 1
        if filled > MOST_ROWS + 1:
            raise UnreadableFile(f"There are more than {MOST_ROWS:,} rows.", line=line)
        yield line, cells


def _bounded(
    records: Iterator[tuple[int, list[str]]],
) -> Iterator[tuple[int, list[str]]]:
    """Records that are not wider than any table, before anything is done with them."""
    for line, cells in records:
        # A program may write thousands of blank cells after the last.
        if any(cell.strip() for cell in cells[MOST_COLUMNS:]):
            raise UnreadableFile(
                f"There are more than {MOST_COLUMNS} columns.", line=line
            )
        yield line, cells
