"""`/changes/`: every publication, and what it changed value by value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from imgportal.lib.eastern_time import eastern_day
from stats import exports
from stats.choices import ReleaseKind
from stats.differences import OtherDifference, ValueDifference
from stats.figures import YearFigures
from stats.public import Figures
from stats.public_page import edition_page
from stats.views import responses

# Changed grades, sources and notes of a version that the page lists.
MOST_OTHERS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedVersion:
    """A later version of a year, with what it changed."""

    year: YearFigures
    differences: Sequence[ValueDifference]
    others: Sequence[OtherDifference]

    @property
    def first_others(self) -> Sequence[OtherDifference]:
        return self.others[:MOST_OTHERS]

    @property
    def more_others(self) -> int:
        """How many stand in the downloads only."""
        return max(len(self.others) - MOST_OTHERS, 0)

    @property
    def added(self) -> int:
        """How many values are new, where nothing was published before."""
        return sum(1 for difference in self.differences if difference.is_addition)

    @property
    def changed(self) -> int:
        return len(self.differences) - self.added


@edition_page
def change_list(
    request: HttpRequest, figures: Figures, extension: str = "html"
) -> HttpResponse:
    changes = [
        ChangedVersion(
            year=year,
            differences=figures.changes_in(year),
            others=figures.other_changes_in(year),
        )
        for year in figures.publications
        if year.release.kind != ReleaseKind.FIRST
    ]
    if extension != "html":
        export = exports.changes(
            (change.year, (*change.differences, *change.others)) for change in changes
        )
        return responses.download(request, figures, export, extension)
    return responses.page(
        request,
        figures,
        "stats/change_list.html",
        {
            "withdrawals": [
                item
                for item in figures.withdrawals
                if (item.match_year, item.version) in figures.versions
            ],
            "changes": changes,
            "first_publications": _first_publications(figures),
            **responses.citation_of(
                request,
                figures,
                name="changes",
                title="Changes to published figures",
                path=responses.lasting_address(figures, reverse("stats:change_list")),
            ),
            **responses.download_addresses("change_list", query=urlencode(figures.pin)),
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPublications:
    """Match years that were published for the first time on one day."""

    on: date
    # None: the day is that of a publication here, and not of the founding figures.
    read_until: date | None
    years: tuple[YearFigures, ...]


def _first_publications(figures: Figures) -> list[FirstPublications]:
    """The newest day first. The founding figures were known before they were loaded."""
    days: defaultdict[tuple[date, bool], list[YearFigures]] = defaultdict(list)
    for year in figures.publications:
        release = year.release
        if release.kind == ReleaseKind.FIRST:
            day = eastern_day(release.published_at)
            days[day, release.is_founding].append(year)
    return [
        FirstPublications(
            on=on,
            read_until=max(
                (year.read_until for year in years if year.read_until and is_founding),
                default=None,
            ),
            years=tuple(sorted(years, key=lambda year: -year.match_year)),
        )
        for (on, is_founding), years in sorted(days.items(), reverse=True)
    ]
