"""`/changes/`: every publication, and what it changed value by value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from stats import exports
from stats.choices import ReleaseKind
from stats.differences import OtherDifference, ValueDifference
from stats.figures import YearFigures
from stats.public import Figures
from stats.public_page import public_page
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


@public_page
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
        "stats/change_list.html",
        {
            "changes": changes,
            "first_versions": sorted(
                (
                    year
                    for year in figures.publications
                    if year.release.kind == ReleaseKind.FIRST
                ),
                key=lambda year: (year.release.published_at, year.match_year),
                reverse=True,
            ),
            **responses.download_addresses("change_list"),
        },
    )
