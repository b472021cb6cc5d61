"""What the picture of a page of figures shows where a link to it is shared: the page's own
chart below a sentence with its own figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from imgportal.lib import numbers
from imgportal.lib.http import site_authority
from stats import editions
from stats.charts.standalone import Frame, social_picture
from stats.embeds import chart_words
from stats.embeds.catalogue import EMBEDS, EmbeddedChart
from stats.embeds.chart_files import frame_of
from stats.embeds.parameters import Chosen
from stats.figures import YearFigures
from stats.public import Figures
from stats.views.rate_texts import rate_text

# A chart for a page, with the sentence above it. None: the figures have none.
Pictured = tuple[EmbeddedChart, str] | None


def draw_page_picture(
    figures: Figures, view: str, arguments: dict[str, Any], address: str
) -> str:
    """The picture of a page as SVG; empty where it has no chart.

    `view` and `arguments` are those of its address, which is a path.
    """
    choose = PICTURES.get(view)
    pictured = choose(figures, **arguments) if choose else None
    if pictured is None:
        return ""
    chart, title = pictured
    frame = replace(
        frame_of(chart, figures, is_frozen=False),
        title=title,
        subtitle=(chart.title if title != chart.title else "")
        + (". Hollow: derived." if chart.notes else ""),
        as_of=short_state(figures),
        address=f"{site_authority()}{address}",
    )
    return social_picture(chart.drawing, frame)


def draw_title_picture(title: str, subtitle: str, address: str) -> str:
    """The picture of a page without a chart. `address` is its path."""
    return social_picture(
        None,
        Frame(
            title=title,
            subtitle=subtitle,
            description=subtitle,
            grade="",
            trust="",
            sources="",
            as_of="",
            address=f"{site_authority()}{address}",
        ),
    )


def short_state(figures: Figures) -> str:
    published = editions.published_at(figures).get(figures.edition)
    return chart_words.day_in_words(published) if published else ""


def _draw(figures: Figures, name: str, **values: str) -> EmbeddedChart | None:
    return EMBEDS[name].draw(
        figures, Chosen({key: (value,) for key, value in values.items()})
    )


def _matched_of(year: YearFigures | None) -> str:
    """ "9,045 of 14,772 IMGs matched (61.2%)"; empty where that is not known."""
    imgs = year.imgs if year else None
    if imgs is None or imgs.match_rate is None:
        return ""
    if imgs.matched_to_pgy1 is None or imgs.active_applicants is None:
        return f"{rate_text(imgs.match_rate)} of IMGs matched"
    return (
        f"{numbers.count(imgs.matched_to_pgy1)} of "
        f"{numbers.count(imgs.active_applicants)} IMGs matched "
        f"({rate_text(imgs.match_rate)})"
    )


def _years(figures: Figures) -> Pictured:
    chart = _draw(figures, "match-rates")
    newest = figures.newest
    if chart is None or newest is None:
        return None
    return chart, f"The {newest.match_year} Match: {_matched_of(newest)}"


def _year(figures: Figures, match_year: int, version: int | None = None) -> Pictured:
    year = (
        figures.years.get(match_year)
        if version is None
        else figures.versions.get((match_year, version))
    )
    if year is None:
        return None
    # A version that is not current any more says what it said.
    shown = figures.with_current(year) if version else figures
    chart = _draw(shown, "match-rate-by-type", year=str(match_year))
    if chart is None:
        return None
    matched = _matched_of(year)
    replaced = (
        ""
        if year.release.is_current
        else f", version {year.release.version} (replaced)"
    )
    if not matched:
        return chart, f"{chart.title}{replaced}"
    return chart, f"The {match_year} Match{replaced}: {matched}"


def _all_applicants(figures: Figures) -> Pictured:
    chart = _draw(figures, "all-applicants")
    year = next(
        (
            year
            for year in reversed(figures.years.values())
            if year.totals and year.totals.match_rate
        ),
        None,
    )
    if chart is None or year is None or year.totals is None:
        return None
    rate = rate_text(year.totals.match_rate)
    return (
        chart,
        f"The {year.match_year} Match: {rate} of all who ranked programs matched",
    )


def _specialties(figures: Figures) -> Pictured:
    chart = _draw(figures, "most-open")
    return (chart, chart.title) if chart else None


def _specialty(figures: Figures, slug: str) -> Pictured:
    specialty = figures.specialty(slug)
    if specialty is None:
        return None
    chart = _draw(figures, "img-share", specialty=specialty.slug) or _draw(
        figures, "scores", specialty=specialty.slug
    )
    if chart is None:
        return None
    newest = figures.newest_share(specialty.slug)
    if newest is None or newest.img_share is None:
        return chart, chart.title
    name, year = specialty.short_name, newest.provenance.match_year
    share = rate_text(newest.img_share)
    if newest.img_filled is None or newest.positions_filled is None:
        return chart, f"{name}, {year}: IMGs filled {share} of the filled positions"
    return chart, (
        f"{name}, {year}: IMGs filled {numbers.count(newest.img_filled)} of "
        f"{numbers.count(newest.positions_filled)} filled positions ({share})"
    )


def _scores(figures: Figures) -> Pictured:
    chart = _draw(figures, "scores")
    if chart is None:
        return None
    return chart, "Step 2 CK scores of IMGs who matched, and who did not"


# By the name of an address. Other pages have the picture of their title.
PICTURES: dict[str, Callable[..., Pictured]] = {
    "home": _years,
    "stats:year_list": _years,
    "stats:year_detail": _year,
    "stats:version_detail": _year,
    "stats:all_applicants": _all_applicants,
    "stats:specialty_list": _specialties,
    "stats:specialty_detail": _specialty,
    "stats:score_list": _scores,
}
