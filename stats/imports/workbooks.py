"""Rows of a workbook (.xlsx): the one sheet that holds something.

Read part by part as a stream of XML, because a table of ten thousand rows should take
no longer than a page; openpyxl takes about three times as long (docs/adr/0004). Nothing here
trusts the file: its sizes are checked before it is unpacked, a document type (which
could expand without end) stops the parser, and every list has a limit.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS

from stats.imports.open_file import MOST_ROWS, Grid, Unreadable
from stats.imports.sheets import Attributes, Sheet, unescaped

# 20,000 rows of the widest table unpack to about 20 MB; real workbooks are packed
# five to thirty times.
MOST_UNPACKED = 40 * 1024 * 1024
MOST_RATIO = 100
# A small part may be packed tighter than a bomb and do no harm.
RATIO_COUNTS_FROM = 1024 * 1024
MOST_PARTS = 500
MOST_STRINGS = 500_000

_PART = 64 * 1024
_DAMAGED = "The workbook is damaged. Open it in a spreadsheet and save it again."
_ACCIDENTS = (
    *(LookupError, ValueError, ArithmeticError, OSError, EOFError),
    *(NotImplementedError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError),
)


def rows(content: bytes) -> Grid:
    """The rows of the workbook. Raises Unreadable, also while they are read."""
    try:
        # It stays open while the rows are read; there is no file behind it to close.
        archive = zipfile.ZipFile(io.BytesIO(content))
        _check(archive)
        book = _Workbook(archive)
        filled = [
            (name, part)
            for name, part in book.sheets
            if next(book.rows_of(part), None) is not None
        ]
    except _ACCIDENTS:
        raise Unreadable(_DAMAGED) from None
    if not filled:
        raise Unreadable("No sheet of the workbook holds anything.")
    if len(filled) > 1:
        names = ", ".join(f"“{name[:40]}”" for name, _ in filled)
        raise Unreadable(
            f"Several sheets hold something: {names}. Keep the one to import and "
            "delete the others, or save that one as CSV."
        )
    return Grid(
        rows=_counted(book, filled[0][1]), decimal_comma=False, is_workbook=True
    )


def _counted(book: _Workbook, part: str) -> Iterator[tuple[int, Sequence[str]]]:
    try:
        for found, (line, cells) in enumerate(book.rows_of(part)):
            if found > MOST_ROWS:
                raise Unreadable(f"There are more than {MOST_ROWS:,} rows.", line=line)
            yield line, cells
    except _ACCIDENTS:
        raise Unreadable(_DAMAGED) from None


def _check(archive: zipfile.ZipFile) -> None:
    """Before anything is unpacked: what the archive says it holds."""
    parts = archive.infolist()
    # The module unpacks no more of a part than its entry says, so this can be trusted.
    unpacked = sum(part.file_size for part in parts)
    if (
        len(parts) > MOST_PARTS
        or unpacked > MOST_UNPACKED
        or any(
            part.file_size > RATIO_COUNTS_FROM
            and part.file_size > MOST_RATIO * max(part.compress_size, 1)
            for part in parts
        )
    ):
        raise Unreadable(
            "Unpacked, this workbook is far larger than a table of figures. Copy the "
            "table into a new workbook."
        )
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unreadable(
            "The workbook is protected by a password. Save it without one."
        )
    known = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if any(part.compress_type not in known for part in parts):
        raise Unreadable(_DAMAGED)
    if not any(part.filename.endswith("workbook.xml") for part in parts):
        raise Unreadable(
            "The name says .xlsx, but the content is another archive. Save the table "
            "as .xlsx in a spreadsheet."
        )


class _Workbook:
    """What all sheets share: their names, texts and formats."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.strings: list[str] = []
        self.formats: list[str] = []
        main = self._related("", "officeDocument")[0][1]
        targets = dict(self._related(main, "worksheet"))
        self.sheets: list[tuple[str, str]] = []

        def start(name: str, attributes: Attributes) -> None:
            if name == "sheet":
                key = next(
                    value for at, value in attributes.items() if at.endswith(":id")
                )
                if key in targets:
                    self.sheets.append((attributes["name"], targets[key]))

        self._read(main, start)
        for _, part in self._related(main, "sharedStrings"):
            self._read_strings(part)
        for _, part in self._related(main, "styles"):
            self._read_formats(part)

    def rows_of(self, part: str) -> Iterator[tuple[int, Sequence[str]]]:
        """(line, cells) of every row that is not blank."""
        sheet = Sheet(self.strings, self.formats)
        parser = _parser(sheet.start, sheet.end, sheet.characters)
        for _ in _fed(parser, self.archive, part):
            yield from sheet.done
            sheet.done.clear()

    def _related(self, part: str, kind: str) -> list[tuple[str, str]]:
        """(id, part) of the parts that belong to one, in their order."""
        folder, name = posixpath.split(part)
        found: list[tuple[str, str]] = []

        def start(name: str, attributes: Attributes) -> None:
            if name == "Relationship" and attributes["Type"].endswith(f"/{kind}"):
                target = posixpath.join("/", folder, attributes["Target"])
                found.append((attributes["Id"], posixpath.normpath(target).lstrip("/")))

        self._read(posixpath.join(folder, "_rels", f"{name}.rels"), start)
        return found

    def _read(
        self,
        part: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        characters: Callable[[str], None] | None = None,
    ) -> None:
        for _ in _fed(_parser(start, end, characters), self.archive, part):
            pass

    def _read_strings(self, part: str) -> None:
        text: list[str] = []
        state = {"is_text": False, "is_phonetic": False}

        def start(name: str, attributes: Attributes) -> None:
            if name == "si":
                text.clear()
            elif name == "rPh":
                state["is_phonetic"] = True
            state["is_text"] = name == "t" and not state["is_phonetic"]

        def end(name: str) -> None:
            state["is_text"] = False
            if name == "rPh":
                state["is_phonetic"] = False
            elif name == "si":
                if len(self.strings) >= MOST_STRINGS:
                    raise Unreadable("The workbook holds far too many texts.")
                self.strings.append(unescaped("".join(text)))

        def characters(data: str) -> None:
            if state["is_text"]:
                text.append(data)

        self._read(part, start, end, characters)

    def _read_formats(self, part: str) -> None:
        own: dict[int, str] = {}
        inside = [""]

        def start(name: str, attributes: Attributes) -> None:
            if name == "numFmt":
                own[int(attributes["numFmtId"])] = attributes["formatCode"]
            elif name in ("cellXfs", "cellStyleXfs"):
                inside[0] = name
            elif name == "xf" and inside[0] == "cellXfs":
                number = int(attributes.get("numFmtId", 0))
                self.formats.append(own.get(number) or BUILTIN_FORMATS.get(number, ""))

        self._read(part, start)


def _parser(
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None,
    characters: Callable[[str], None] | None,
) -> expat.XMLParserType:
    def refuse(*_: object) -> None:
        raise Unreadable(_DAMAGED)

    def start_without_prefix(name: str, attributes: Attributes) -> None:
        # Some programs write x:row.
        start(name.rpartition(":")[2], attributes)

    def end_without_prefix(name: str) -> None:
        if end is not None:
            end(name.rpartition(":")[2])

    def begin(name: str, attributes: Attributes) -> None:
        if ":" in name:
            parser.StartElementHandler = start_without_prefix
            parser.EndElementHandler = end_without_prefix
            start_without_prefix(name, attributes)
        else:
            parser.StartElementHandler = start
            parser.EndElementHandler = end
            start(name, attributes)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.CharacterDataHandler = characters
    return parser


def _fed(
    parser: expat.XMLParserType, archive: zipfile.ZipFile, part: str
) -> Iterator[None]:
    """Feed a part to the parser, and come back after every piece of it."""
    with archive.open(part) as stream:
        while piece := stream.read(_PART):
            parser.Parse(piece, False)
            yield
        parser.Parse(b"", True)
        yield
