"""Days as people and spreadsheets write them, never guessed. Pure."""

from __future__ import annotations

import re
from datetime import date

from profiles.rules.days import in_words, listed

# No day is longer; a longer text is not looked at.
LONGEST = 40

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_YEAR_FIRST = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})([ T]00:00(:00(\.0+)?)?)?", re.ASCII
)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{2}|\d{4})", re.ASCII)
_WORD = r"([a-z]{3,9})\.?"
_DAY_WORD = re.compile(rf"(\d{{1,2}})[ -]{_WORD},?[ -](\d{{4}})", re.ASCII)
_WORD_DAY = re.compile(rf"{_WORD} (\d{{1,2}}),? (\d{{4}})", re.ASCII)
_HOW = "Write it as 2026-03-14 or 14 Mar 2026."


class WrongDay(ValueError):
    """A text that is no day, or may be two. It says what to write."""


def read_day(text: str) -> date:
    """The one day that a text can mean. Raises WrongDay."""
    if len(text) > LONGEST:
        raise WrongDay(f"This is no date. {_HOW}")
    lower = " ".join(text.lower().split())
    if match := _YEAR_FIRST.fullmatch(lower):
        return _first_of([_day(match[1], match[3], match[4])])
    if match := _DAY_WORD.fullmatch(lower):
        return _first_of([_day(match[3], _month(match[2]), match[1])])
    if match := _WORD_DAY.fullmatch(lower):
        return _first_of([_day(match[3], _month(match[1]), match[2])])
    if match := _YEAR_LAST.fullmatch(lower):
        if len(match[4]) == 2:
            raise WrongDay(f"Write the year with four digits. {_HOW}")
        return _first_of(
            [
                _day(match[4], match[3], match[1]),
                _day(match[4], match[1], match[3]),
            ]
        )
    if lower.isdecimal():
        raise WrongDay(
            "This is a bare number, not a date. Format the column as a date, or write "
            "it as 2026-03-14."
        )
    raise WrongDay(f"This is no date. {_HOW}")


def _month(word: str) -> str:
    """The number of a month by its name or the first letters of it; 0: no month."""
    word = "sep" if word == "sept" else word
    for number, month in enumerate(_MONTHS, start=1):
        if word in (month, month[:3]):
            return str(number)
    return "0"


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _first_of(readings: list[date | None]) -> date:
    days = sorted({day for day in readings if day is not None})
    if not days:
        raise WrongDay(f"This is no day of the calendar. {_HOW}")
    if len(days) > 1:
        raise WrongDay(
            f"This may be {listed([in_words(day) for day in days], last='or')}. Write "
            f"{listed([day.isoformat() for day in days], last='or')}."
        )
    return days[0]
