"""What a cell of a workbook holds beside plain text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

FORMULA = "A formula is not imported. Paste its value."
DATE = (
    "A spreadsheet made a date of this. Format the cell as text and type the number "
    "again."
)
RAISED = (
    "A digit stands raised or lowered, as the mark of a footnote does. Delete it and type "
    "the rest again."
)


class StoredNumber(str):
    """A number that a workbook stores as one, without the digits it was typed with."""

    __slots__ = ()


class UnusableCell(str):
    """A cell of a workbook that holds neither a number nor a text."""

    reason: str

    def __new__(cls, text: str, reason: str) -> Self:
        cell = super().__new__(cls, text)
        cell.reason = reason
        return cell


class DateCell(UnusableCell):
    """A day, as a workbook stores it. Who expects a number or a text cannot use it."""

    day: date

    @classmethod
    def of(cls, moment: datetime) -> Self:
        cell = cls(str(moment), DATE)
        cell.day = moment.date()
        return cell
