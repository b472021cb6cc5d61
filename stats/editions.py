"""All figures as they were after each publication. Pure.

A publication makes the next edition of all figures; the founding figures are edition 1.
Published versions never change, so that an edition follows from the versions that were
published up to it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType

from imgportal.lib.eastern_time import eastern_day
from stats.figures import YearFigures
from stats.public import Figures


class NoSuchEdition(ValueError):
    """There is no edition of this number, or none of this day yet."""


def at_edition(figures: Figures, number: int) -> Figures:
    """What was public after publication `number`. Names and titles are those of today.

    Raises NoSuchEdition.
    """
    if not 1 <= number <= figures.edition:
        raise NoSuchEdition
    if number == figures.edition:
        return figures
    versions = {
        place: year
        for place, year in figures.versions.items()
        if year.release.edition <= number
    }
    newest = dict(sorted(versions))
    last = max(year.release.published_at for year in versions.values())
    return replace(
        figures,
        publication=replace(figures.publication, published_at=last),
        versions=MappingProxyType(
            {
                place: _with_current(year, newest[place[0]] == place[1])
                for place, year in versions.items()
            }
        ),
    )


def _with_current(year: YearFigures, is_current: bool) -> YearFigures:
    return replace(year, release=replace(year.release, is_current=is_current))


def published_at(figures: Figures) -> dict[int, datetime]:
    """When each edition was published, by its number, the first one first."""
    return {
        year.release.edition: year.release.published_at
        for year in sorted(
            figures.versions.values(), key=lambda year: year.release.edition
        )
    }


def edition_of_day(figures: Figures, day: date) -> int:
    """The newest edition at the end of a day in New York. Raises NoSuchEdition before
    the first one.
    """
    numbers = [
        number
        for number, moment in published_at(figures).items()
        if eastern_day(moment) <= day
    ]
    if not numbers:
        raise NoSuchEdition
    return max(numbers)
