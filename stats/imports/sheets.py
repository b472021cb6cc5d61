"""One sheet of a workbook, cell by cell, as its XML comes along."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache

from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import from_excel

from stats.imports.cells import DATE, FORMULA, Number, Unusable
from stats.imports.open_file import MOST_COLUMNS, Unreadable

_SHOWN = re.compile(r"(?:[#,]*0|[#,]+)(?:\.(?P<decimals>0+))?(?P<percent>%)?")
_EXACTLY = Context(prec=30, traps=[Inexact, InvalidOperation])
# How Excel writes a character that XML cannot hold, and an underscore before such.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Attributes = Mapping[str, str]


class Sheet:
    """Collects the rows of a sheet as its XML comes along."""

    def __init__(self, strings: Sequence[str], formats: Sequence[str]) -> None:
        self.strings = strings
        self.formats = formats
        self.done: list[tuple[int, Sequence[str]]] = []
        self.line = 0
        self.cells: list[str] = []
        self.place = -1
        self.cell: Attributes = {}
        self.text: list[str] = []
        self.formula: list[str] | None = None
        self.collects: list[str] | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self.cell = attributes
            reference = attributes.get("r")
            if reference is None:
                self.place += 1
            else:
                self.place = _place(reference.rstrip("0123456789"))
            self.text, self.formula, self.collects = [], None, None
        elif name in ("v", "t"):
            self.collects = self.text
        elif name == "f":
            self.formula = self.collects = ["="]
        elif name == "row":
            self.line = int(attributes.get("r", self.line + 1))
            self.cells, self.place = [], -1

    def characters(self, data: str) -> None:
        if self.collects is not None:
            self.collects.append(data)

    def end(self, name: str) -> None:
        if name == "c":
            if self.text or self.formula:
                self._put(self._value())
        elif name == "row":
            if any(cell and not cell.isspace() for cell in self.cells):
                self.done.append((self.line, self.cells))
            self.cells = []
        else:
            self.collects = None

    def _put(self, value: str) -> None:
        if not value:
            return
        if self.place >= MOST_COLUMNS:
            raise Unreadable(
                f"There are more than {MOST_COLUMNS} columns.", line=self.line
            )
        self.cells += [""] * (self.place + 1 - len(self.cells))
        self.cells[self.place] = value

    def _value(self) -> str:
        if self.formula is not None:
            return Unusable("".join(self.formula), FORMULA)
        text = "".join(self.text)
        match self.cell.get("t", "n"):
            case "s":
                return self.strings[int(text)]
            case "str" | "inlineStr":
                return unescaped(text)
            case "b":
                shown = "TRUE" if text == "1" else "FALSE"
                return Unusable(shown, "This is a yes or no, not a number.")
            case "e":
                return Unusable(text, "The spreadsheet could not work this out.")
            case "d":
                return Unusable(text, DATE)
            case _:
                style = int(self.cell.get("s", 0))
                code = self.formats[style] if style < len(self.formats) else ""
                return _number(text.strip(), code)


@lru_cache(maxsize=1024)
def _place(letters: str) -> int:
    """B → 1."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter.upper()) - ord("A") + 1
    if not 1 <= place <= 16_384:
        raise ValueError(letters)
    return place - 1


def unescaped(text: str) -> str:
    """The text that Excel means by what it wrote."""

    def character(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)

    return _ESCAPED.sub(character, text) if "_x" in text else text


def _number(text: str, code: str) -> str:
    """A stored number as the sheet shows it, but never rounded."""
    if not text:
        return ""
    decimals, is_percent, is_date = _shown_as(code)
    if is_date:
        return Unusable(_day(text), DATE)
    if not decimals and not is_percent and text.isdecimal():
        return Number(text)
    # Through float, because Excel stores 16.4 as 16.399999999999999.
    shortest = repr(float(text)).removesuffix(".0")
    if not decimals and not is_percent and "e" not in shortest:
        return Number(shortest)
    exact = (Decimal(shortest) * (100 if is_percent else 1)).normalize()
    # With more digits than are shown all of them stay, and the reader decides.
    with suppress(ArithmeticError):
        exact = exact.quantize(Decimal(1).scaleb(-decimals), context=_EXACTLY)
    shown = f"{exact:f}" + ("%" if is_percent else "")
    # Digits that a format shows were chosen; those of a bare number were not kept.
    return shown if decimals else Number(shown)


def _day(text: str) -> str:
    try:
        return str(from_excel(float(text)))
    except (ValueError, OverflowError):
        return text


@lru_cache(maxsize=256)
def _shown_as(code: str) -> tuple[int, bool, bool]:
    """How many decimals a format shows, whether percent, and whether a date."""
    match = _SHOWN.fullmatch(code)
    if match is None:
        return 0, False, bool(code) and is_date_format(code)
    return len(match["decimals"] or ""), bool(match["percent"]), False
