"""What a cell says: a number, a text, or that there is nothing. Pure.

Of a spreadsheet as of a field into which somebody types: the same digits mean the same
number wherever they come from.
"""

from __future__ import annotations

import re
from decimal import Decimal

from imgportal.lib.spreadsheets.sheet_cells import DATE, FORMULA, StoredNumber

# What spreadsheets write where there is no number. A person says what it means.
MARKS = frozenset(
    {"–", "—", "-", "−", "n/a", "na", "n.a.", ".", "*", "nan", "#n/a", "<na>", "null"}
)
# A number too small to be printed: which one, nobody can tell.
_WITHHELD = re.compile(
    r"(?:<=?|≤|less than|fewer than|under)\s*\d{1,3}", re.ASCII | re.IGNORECASE
)

# str.strip() knows all spaces, but not the invisible ones without a width.
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"

_GROUPED = re.compile(
    r"[1-9]\d{0,2}(?P<mark>[,.'’ \u00a0\u2009\u202f])\d{3}(?:(?P=mark)\d{3})*",
    re.ASCII,
)
_WITH_ZEROS = re.compile(r"(\d+)(?P<mark>[.,])0+", re.ASCII)
_SEPARATED = re.compile(r"\d+(?:[,.'’\s]\d+)+", re.ASCII)
_PRINTED = re.compile(r"\d{1,4}(\.\d{1,2})?")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([ T][\d:.]+)?"
    r"|\d{1,2}[-/]\d{1,2}"
    rf"|\d{{1,4}}[- /]{_MONTH}([- /]\d{{2,4}})?"
    rf"|{_MONTH}[- /]\d{{1,4}}",
    re.ASCII | re.IGNORECASE,
)
# Text that a spreadsheet would run; apostrophes before it take one apostrophe more.
_RUNS = re.compile(r"'*\s*[=+\-@]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

TEXT_OR_FORMULA = (
    "This begins like a formula. If it is meant as text, put an apostrophe before it."
)
OTHER_DIGITS = (
    "Only the digits 0 to 9 are read. A raised one is the mark of a footnote: write the "
    "number without it."
)
WRONGLY_SEPARATED = (
    "Thousands are separated before every third digit from the right, as in 4,751. "
    "Compare the number with its source."
)


class WrongCell(ValueError):
    """A cell that cannot be read. The text says what was expected."""


def is_mark(text: str) -> bool:
    return text.casefold() in MARKS or _WITHHELD.fullmatch(text) is not None


def _has_other_digits(text: str) -> bool:
    """Whether digits are in it that are not those of ASCII: raised, or of another script."""
    return any(sign.isdigit() and not sign.isascii() for sign in text)


def bare(cell: str) -> str:
    """A cell without the blanks around it and a spreadsheet's mark of text."""
    text = cell.strip().strip(INVISIBLE).strip()
    return text[1:].lstrip() if text.startswith("'") else text


def count(cell: str, text: str, *, decimal_comma: bool) -> int:
    """A whole number of people or places. Raises WrongCell. `text` is the bare cell."""
    digits = text
    if _has_other_digits(text):
        raise WrongCell(OTHER_DIGITS)
    if not (digits.isascii() and digits.isdecimal()):
        digits = _ungrouped(cell, text, decimal_comma=decimal_comma)
    if len(digits) > 9:
        raise WrongCell("A count has at most nine digits.")
    return int(digits)


def _ungrouped(cell: str, text: str, *, decimal_comma: bool) -> str:
    zeros = _WITH_ZEROS.fullmatch(text)
    if isinstance(cell, StoredNumber):
        # A workbook groups digits only on the screen: 12.345 is a fraction there.
        if zeros:
            return zeros[1]
    elif grouped := _GROUPED.fullmatch(text):
        mark = grouped["mark"]
        is_decimal_mark = mark == ("," if decimal_comma else ".")
        if zeros and is_decimal_mark:
            plain = text.replace(mark, "")
            raise WrongCell(f"This may be {zeros[1]} or {plain}. Write digits only.")
        return text.replace(mark, "")
    elif zeros and (zeros["mark"] == "." or decimal_comma):
        return zeros[1]
    if text.startswith("="):
        raise WrongCell(FORMULA)
    if re.fullmatch(r"[-−–]\s*\d[\d.,]*|\(\d[\d.,]*\)", text):
        raise WrongCell("A count cannot be negative.")
    if _DATE.fullmatch(text):
        raise WrongCell(DATE)
    if re.fullmatch(r"\d+[.,]\d+" if decimal_comma else r"\d+\.\d+", text, re.ASCII):
        raise WrongCell("A count is a whole number.")
    if _SEPARATED.fullmatch(text):
        raise WrongCell(WRONGLY_SEPARATED)
    if re.fullmatch(r"\d[\d.,]*\s*%", text):
        raise WrongCell("A count carries no percent sign.")
    raise WrongCell("A count is written with digits, such as 4751 or 4,751.")


def printed_in(column: str, text: str, *, decimal_comma: bool) -> Decimal:
    """The number that a column prints, within what it can be. Raises WrongCell."""
    is_score = column.startswith("step2_ck")
    is_percentage = column.startswith("published")
    return printed(
        text,
        least=1 if is_score else 0,
        most=300 if is_score else 100 if is_percentage else 9999,
        is_percentage=is_percentage,
        decimal_comma=decimal_comma,
    )


def printed(
    text: str, *, least: int, most: int, is_percentage: bool, decimal_comma: bool
) -> Decimal:
    """A number with the digits its source prints. Raises WrongCell. `text` is bare."""
    digits = text
    if _has_other_digits(text):
        raise WrongCell(OTHER_DIGITS)
    if is_percentage and digits.endswith("%"):
        digits = digits[:-1].rstrip()
    if decimal_comma and digits.count(",") == 1 and "." not in digits:
        digits = digits.replace(",", ".")
    if digits.isascii() and _PRINTED.fullmatch(digits):
        value = Decimal(digits)
        if least <= value <= most:
            return value
        raise WrongCell(f"Expected is a number from {least} to {most}.")
    if text.startswith("="):
        raise WrongCell(FORMULA)
    if re.fullmatch(r"[-−–]\s*\d.*", text):
        raise WrongCell("The number cannot be negative.")
    if re.fullmatch(r"\d{1,4}\.\d{3,}", digits):
        raise WrongCell(
            "Write the number as its source prints it, with up to two decimals."
        )
    if re.fullmatch(r"\d+,\d+", digits):
        raise WrongCell("Write the decimals after a point, such as 61.2.")
    if _DATE.fullmatch(text):
        raise WrongCell(DATE)
    if text.endswith("%"):
        raise WrongCell("This number carries no percent sign.")
    raise WrongCell(f"Expected is a number from {least} to {most}, such as 61.2.")


def tidy(text: str) -> str:
    """A text as every spreadsheet can hold it: one kind of line end, no control signs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).strip()


def text_of(cell: str, *, most: int) -> str:
    """A text, without the apostrophe that keeps it from being run. Raises WrongCell."""
    if _CONTROL.search(cell):
        raise WrongCell("The text contains a control character. Delete it.")
    text = tidy(cell)
    if _RUNS.match(text):
        if not text.startswith("'"):
            raise WrongCell(FORMULA if text.startswith("=") else TEXT_OR_FORMULA)
        text = text[1:].lstrip()
    if len(text) > most:
        raise WrongCell(f"The text is longer than {most} characters.")
    return text


def escaped(text: str) -> str:
    """What `text_of` reads back as this text, and no spreadsheet runs."""
    text = tidy(text)
    return f"'{text}" if _RUNS.match(text) else text
