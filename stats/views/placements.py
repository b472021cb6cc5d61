"""Who had a first-year position after SOAP, beside who matched before it.

The two are different measures: they stand in panels of their own, and in columns of
their own, never on one axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from stats import charts, exports
from stats.charts import BarChart, BarItem
from stats.choices import ApplicantType
from stats.figures import Placement, YearFigures
from stats.measures import Rate
from stats.public import Figures
from stats.public_page import edition_page
from stats.rate_chart import ALL_IMGS, YearColumn
from stats.views import responses
from stats.views.rate_texts import rate_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementPanels:
    """Two charts of the same groups, each with its own label and its own axis."""

    matched: BarChart | None  # None: no rate is known
    placed: BarChart | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementLine:
    """A year of the table: a cell for each group, None where nothing is known."""

    year: YearFigures
    cells: tuple[tuple[YearColumn, Placement | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPlacements:
    """What one version of a year says of the time after SOAP."""

    placements: tuple[Placement, ...]  # empty: nothing is known of it
    imgs: Placement | None
    chart: BarChart | None  # None: no rate is known
    covered_years: tuple[int, ...]  # years whose current version has such figures


def placements_of(figures: Figures, year: YearFigures) -> YearPlacements:
    placements = year.after_soap
    return YearPlacements(
        placements=placements,
        imgs=year.placed_imgs,
        chart=charts.bar_chart(
            name="placed-by-type",
            title=f"Placed rate after SOAP by applicant type, {year.match_year} Match",
            items=[
                _bar(placement.row.label, placement, placement.placed_rate_active)
                for placement in placements
                # The chart beside it has no bar of all applicants.
                if placement.row.key != ApplicantType.ALL
            ],
            top=100,
        ),
        covered_years=covered_years(figures),
    )


def covered_years(figures: Figures) -> tuple[int, ...]:
    return tuple(year.match_year for year in figures.years.values() if year.placements)


def placement_of_group(year: YearFigures, key: str) -> Placement | None:
    """An applicant type or ALL_IMGS after SOAP; None when it is not known."""
    if key == ALL_IMGS:
        return year.placed_imgs
    return year.placement_of(ApplicantType(key))


def placement_lines(
    years: Sequence[YearFigures], groups: Sequence[YearColumn]
) -> tuple[PlacementLine, ...]:
    """Years that have figures after SOAP, the newest first."""
    return tuple(
        PlacementLine(
            year=year,
            cells=tuple(
                (group, placement_of_group(year, group.key)) for group in groups
            ),
        )
        for year in reversed(years)
        if year.placements
    )


def panels_over_years(lines: Sequence[PlacementLine]) -> PlacementPanels:
    """Each group together, its newest year first."""
    places = range(len(lines[0].cells)) if lines else ()
    bars = [
        (f"{group.label}, {line.year.match_year}", placement)
        for place in places
        for line in lines
        for group, placement in [line.cells[place]]
        if placement is not None
    ]
    return PlacementPanels(
        matched=charts.bar_chart(
            name="matched-years",
            title="After the Match: share of active applicants who matched to PGY-1",
            items=[_bar(label, it, it.match_rate) for label, it in bars],
            top=100,
        ),
        placed=charts.bar_chart(
            name="placed-years",
            title="After SOAP: share of active applicants placed in PGY-1",
            items=[_bar(label, it, it.placed_rate_active) for label, it in bars],
            top=100,
        ),
    )


def _bar(label: str, placement: Placement, rate: Rate | None) -> BarItem:
    key = placement.row.key
    return BarItem(
        label=label,
        key=key,
        parts=((key, rate.percent),) if rate else None,
        text=rate_text(rate),
    )


@edition_page
def placement_data(
    request: HttpRequest, figures: Figures, extension: str
) -> HttpResponse:
    """Every group of every year after SOAP, as the page of all years has a part of."""
    export = exports.placements(
        figures.years.values(),
        name="placements",
        title="Placed after SOAP, by applicant type and year",
    )
    return responses.download(request, figures, export, extension)


def overview_addresses(figures: Figures) -> dict[str, str]:
    """The downloads of the table over the years."""
    return responses.download_addresses("placements", query=urlencode(figures.pin))
