"""Arithmetic with whole days. Nothing here ever raises for a date that exists."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day if it has none.

    29 February plus seven years is 28 February (a convention of the rule book).
    Beyond the calendar's end the answer is its last day.
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if years > date.max.year:
        return date.max
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    return add_months(day, 12 * years)


def add_days(day: date, days: int) -> date:
    """So many days later (earlier if negative), within the calendar."""
    number = day.toordinal() + days
    return date.fromordinal(min(max(number, 1), date.max.toordinal()))


def days_between(first: date, last: date) -> int:
    return (last - first) // timedelta(days=1)


def in_words(day: date) -> str:
    """3 March 2027"""
    return f"{day.day} {day:%B} {day.year}"


def listed(parts: list[str], last: str = "and") -> str:
    """a, b and c"""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


# More than so many names in one sentence are read by nobody.
MOST_NAMED = 3


def shortened(parts: list[str]) -> str:
    """a, b and c; of more: a, b and 7 more"""
    if len(parts) > MOST_NAMED:
        parts = [*parts[: MOST_NAMED - 1], f"{len(parts) - MOST_NAMED + 1} more"]
    return listed(parts)
