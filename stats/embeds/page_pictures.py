"""What the picture of a page of figures shows where a link to it is shared: the page's own
chart below a sentence with its own figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from imgportal.lib import numbers
from imgportal.lib.http import site_authority
from imgportal.lib.problems import ParameterFault
from stats import editions
from stats.charts.standalone import Frame, social_picture
from stats.choices import RateOf
from stats.embeds import chart_words
from stats.embeds.catalogue import EMBEDS, EmbeddedChart
from stats.embeds.chart_files import frame_of
from stats.embeds.parameters import Chosen, read_choices
from stats.figures import YearFigures
from stats.public import Figures
from stats.views.rate_texts import rate_text

# A chart for a page, with the sentence above it. None: the figures have none.
Pictured = tuple[EmbeddedChart, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePicture:
    """How the picture of a kind of page is chosen: by the arguments of its address, and by
    the parameters that the page has in common with a chart.
    """

    draw: Callable[..., Pictured]
    embed: str = (
        ""  # a kind of chart; empty: the page has no parameters that choose one
    )


def read_page_picture(
    figures: Figures,
    view: str,
    arguments: dict[str, Any],
    address: str,
    query: QueryDict,
) -> tuple[str, list[ParameterFault]]:
    """The picture of a page as SVG, and what is wrong with its query. Neither: the page
    has no chart.

    `view` and `arguments` are those of its address, which is a path; `figures` those of
    the edition that is asked for.
    """
    picture = PICTURES.get(view)
    if picture is None:
        return "", read_choices(query, {})[1]
    offers = EMBEDS[picture.embed].offers(figures) if picture.embed else {}
    chosen, faults = read_choices(query, offers)
    pictured = None if faults else picture.draw(figures, chosen, **arguments)
    if pictured is None:
        return "", faults
    chart, title = pictured
    frame = replace(
        frame_of(chart, figures, is_frozen=False),
        title=title,
        subtitle=(chart.title if title != chart.title else "")
        + (". Hollow: derived." if chart.notes else ""),
        as_of=short_state(figures),
        address=f"{site_authority()}{address}",
    )
    return social_picture(chart.drawing, frame), []


def title_of_page(figures: Figures, view: str, arguments: dict[str, Any]) -> str:
    """What a page of figures is about, for one that has nothing to draw; empty where there
    is no such page.
    """
    year, version = arguments.get("match_year"), arguments.get("version")
    if view == "stats:year_detail" and year in figures.years:
        return f"The {year} Match"
    if view == "stats:version_detail" and (year, version) in figures.versions:
        return f"The {year} Match, version {version}"
    if view == "stats:specialty_detail":
        specialty = figures.specialty(arguments["slug"])
        return specialty.short_name if specialty else ""
    return ""


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


def _draw(
    figures: Figures, name: str, chosen: Chosen | None = None, **values: str
) -> EmbeddedChart | None:
    more = {key: (value,) for key, value in values.items()}
    return EMBEDS[name].draw(
        figures, Chosen({**(chosen.values if chosen else {}), **more})
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


def _home(figures: Figures, _: Chosen) -> Pictured:
    return _years(figures, Chosen({}))


def _years(figures: Figures, chosen: Chosen) -> Pictured:
    chart = _draw(figures, "match-rates", chosen)
    newest = figures.newest
    if chart is None or newest is None:
        return None
    if chosen.values:
        return chart, chart.title
    return chart, f"The {newest.match_year} Match: {_matched_of(newest)}"


def _year(
    figures: Figures, _: Chosen, match_year: int, version: int | None = None
) -> Pictured:
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


def _all_applicants(figures: Figures, chosen: Chosen) -> Pictured:
    chart = _draw(figures, "all-applicants", chosen)
    rate_of = RateOf(chosen.first("of") or RateOf.RANKED)
    newest = next(
        (
            (year.match_year, rate)
            for year in reversed(figures.years.values())
            if year.totals and (rate := year.totals.rate_of(rate_of))
        ),
        None,
    )
    if chart is None or newest is None:
        return None
    match_year, rate = newest
    whom = rate_of.label.removeprefix("Of ")
    return chart, f"The {match_year} Match: {rate_text(rate)} of {whom} matched"


def _specialties(figures: Figures, chosen: Chosen) -> Pictured:
    chart = _draw(figures, "most-open", chosen)
    return (chart, chart.title) if chart else None


def _specialty(figures: Figures, _: Chosen, slug: str) -> Pictured:
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


def _scores(figures: Figures, chosen: Chosen) -> Pictured:
    chart = _draw(figures, "scores", chosen)
    if chart is None:
        return None
    if chosen.values:
        return chart, chart.title
    return chart, "Step 2 CK scores of IMGs who matched, and who did not"


# By the name of an address. Other pages have the picture of their title.
PICTURES: dict[str, PagePicture] = {
    "home": PagePicture(draw=_home),
    "stats:year_list": PagePicture(draw=_years, embed="match-rates"),
    "stats:year_detail": PagePicture(draw=_year),
    "stats:version_detail": PagePicture(draw=_year),
    "stats:all_applicants": PagePicture(draw=_all_applicants, embed="all-applicants"),
    "stats:specialty_list": PagePicture(draw=_specialties, embed="most-open"),
    "stats:specialty_detail": PagePicture(draw=_specialty),
    "stats:score_list": PagePicture(draw=_scores, embed="scores"),
}
