"""Reads which edition an address asks for: `edition=3`, or `as_of=2026-12-31`.

An edition is the number of a publication; a day means the last one until then. Charting
Outcomes has editions, too, which are years: where an address can ask for one of those, four
digits are the year.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from django.http import QueryDict

from imgportal.lib import problems
from imgportal.lib.problems import ParameterFault
from stats.editions import NoSuchEdition, at_edition, edition_of_day, published_at
from stats.public import AskedEdition, Figures

PARAMETERS = ("edition", "as_of")
# A number of more digits costs time to read, and no edition has so many.
MOST_DIGITS = 6
DIGITS_OF_A_YEAR = 4


class _Refused(ValueError):
    def __init__(self, fault: ParameterFault) -> None:
        self.fault = fault


def figures_asked_for(
    query: QueryDict, figures: Figures, *, today: date, takes_years: bool = False
) -> Figures:
    """The figures of the edition that an address names; its faults are in `asked`.

    `takes_years`: four digits are an edition of Charting Outcomes there, and not meant
    here. `today` is a day in New York.
    """
    editions = [
        value
        for value in query.getlist("edition")
        if value and not (takes_years and is_year(value))
    ]
    days = [value for value in query.getlist("as_of") if value]
    if not editions and not days:
        return figures
    faults: list[ParameterFault] = []
    numbers: list[int] = []
    readers: tuple[tuple[str, list[str], Callable[[str], int]], ...] = (
        ("edition", editions, lambda value: _read_number(value, figures)),
        ("as_of", days, lambda value: _read_day(value, figures, today)),
    )
    for name, values, read in readers:
        if len(values) > 1:
            faults.append(problems.repeated(name))
        elif values:
            try:
                numbers.append(read(values[0]))
            except _Refused as refused:
                faults.append(refused.fault)
    if editions and days:
        faults.append(
            ParameterFault(
                parameter="as_of",
                code="value",
                detail="An address names an edition or a day, not both: take edition or "
                "as_of away.",
            )
        )
    number = None if faults else numbers[0]
    return replace(
        at_edition(figures, number) if number else figures,
        asked=AskedEdition(number=number, today=figures, faults=tuple(faults)),
    )


def rename_years(query: QueryDict) -> QueryDict:
    """The same with every edition that is a year under the name of its own."""
    years = [value for value in query.getlist("edition") if is_year(value)]
    if not years:
        return query
    renamed = query.copy()
    renamed.setlist("charting_outcomes", query.getlist("charting_outcomes") + years)
    renamed.setlist(
        "edition", [value for value in query.getlist("edition") if value not in years]
    )
    return renamed


def lasting_query(query: QueryDict, figures: Figures) -> str:
    """The same with the edition by its number; empty: no edition was asked for."""
    if not figures.pin:
        return ""
    lasting = rename_years(query).copy()
    lasting.pop("as_of", None)
    lasting.setlist("edition", [figures.pin["edition"]])
    return lasting.urlencode()


def is_year(value: str) -> bool:
    return len(value) == DIGITS_OF_A_YEAR and value.isascii() and value.isdecimal()


def _read_number(value: str, figures: Figures) -> int:
    is_number = value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS
    # Without leading zeros, so that each edition has one address.
    if is_number and not value.startswith("0") and int(value) <= figures.edition:
        return int(value)
    offered = [str(number) for number in published_at(figures)]
    raise _Refused(problems.unknown_value("edition", [value], offered))


def _read_day(value: str, figures: Figures, today: date) -> int:
    try:
        day = date.fromisoformat(value)
        if value != day.isoformat():
            raise ValueError
    except ValueError:
        raise _Refused(
            _wrong_day(value, "is no day. Write it as 2026-12-31.")
        ) from None
    if day > today:
        raise _Refused(
            _wrong_day(value, "is later than today: what will be public is not known.")
        )
    try:
        return edition_of_day(figures, day)
    except NoSuchEdition:
        raise _Refused(
            _wrong_day(value, "is before the first publication here.")
        ) from None


def _wrong_day(value: str, why: str) -> ParameterFault:
    return ParameterFault(
        parameter="as_of", code="value", detail=f"“{problems.printable(value)}” {why}"
    )
