"""Every chart that can be embedded: what chooses it, and how it follows from the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from django.urls import reverse

from imgportal.lib import numbers
from stats.charts import BarChart
from stats.charts.standalone import (
    Drawing,
    KeyedBars,
    LargeFigure,
    LegendItem,
    StripPanel,
    StripPanels,
)
from stats.choices import IMG_GROUPS, ApplicantType, RateOf
from stats.embeds.chart_words import Graded
from stats.embeds.parameters import Choice, Chosen
from stats.figures import Placement, SpecialtyFacts
from stats.forms import MatchFilterForm
from stats.preferred_match import PreferredMatch, by_share, list_preferred
from stats.public import Figures
from stats.rate_chart import YearColumn, derive_rate, get_group_row, rate_chart
from stats.score_position import SCORE_GROUPS, Strip, find_position, mean_strips, strips
from stats.views import placements, preferred_charts
from stats.views.rate_texts import rate_text
from stats.views.specialties import share_chart
from stats.views.totals import all_applicants_chart
from stats.views.years import open_chart, type_chart
from stats.year_summary import most_open

# Of how many specialties at once: as many as the page that compares them.
MOST_COMPARED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedChart:
    """A chart with what belongs to it wherever it is shown."""

    title: str
    subtitle: str
    drawing: Drawing
    page: str  # the path of the page that has it, with its table
    values: tuple[Graded, ...]  # what is drawn, for its trust and its sources
    notes: tuple[str, ...] = ()
    # For a page, which draws strips with its own templates.
    strips: tuple[Strip, ...] = ()
    has_editions: bool = False  # the strips are of different editions


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """A kind of chart: what its address may choose, and how it is drawn.

    `draw` answers None where the figures have nothing to draw.
    """

    offers: Callable[[Figures], Mapping[str, Choice]]
    draw: Callable[[Figures, Chosen], EmbeddedChart | None]


# --- Rates over the years ----------------------------------------------------------------

GROUP_LABELS: dict[str, str] = {
    key: str(label)
    for key, label in MatchFilterForm.base_fields["group"].choices  # type: ignore[attr-defined]
}


def _groups(chosen: Chosen) -> list[YearColumn]:
    keys = chosen.every("group") or tuple(kind.value for kind in IMG_GROUPS[::-1])
    return [YearColumn(key=key, label=GROUP_LABELS[key]) for key in keys]


def _group_choice() -> Choice:
    return Choice(values=tuple(GROUP_LABELS), most=len(GROUP_LABELS))


def _year_choice(years: Iterable[int]) -> Choice:
    return Choice(values=tuple(map(str, years)))


def _draw_match_rates(figures: Figures, chosen: Chosen) -> EmbeddedChart | None:
    since, until = chosen.first("since"), chosen.first("until")
    years = [
        year
        for year in figures.years.values()
        if (since or "0") <= str(year.match_year) <= (until or "9999")
    ]
    groups = _groups(chosen)
    chart = rate_chart(years, groups, name="match-rates") if years else None
    if chart is None:
        return None
    return EmbeddedChart(
        title=chart.title,
        subtitle="Percent of those with a rank order list who matched to a first-year "
        "(PGY-1) position. Gaps are years whose rate is not in our sources.",
        drawing=chart,
        page=reverse("stats:year_list"),
        values=tuple(
            (str(year.match_year), row.provenance)
            for year in years
            for group in groups
            if (row := get_group_row(year, group.key))
            and (row.match_rate or derive_rate(year, group.key))
        ),
        notes=chart.notes,
    )


def _draw_all_applicants(figures: Figures, chosen: Chosen) -> EmbeddedChart | None:
    rate_of = RateOf(chosen.first("of") or RateOf.RANKED)
    chart = all_applicants_chart(figures, rate_of)
    if chart is None:
        return None
    return EmbeddedChart(
        title=chart.title,
        subtitle="Percent who matched to a first-year (PGY-1) position, IMG or not. Gaps "
        "are years whose rate is not in our sources.",
        drawing=chart,
        page=reverse("stats:all_applicants"),
        values=tuple(
            (str(year.match_year), year.totals.provenance)
            for year in figures.years.values()
            if year.totals and year.totals.rate_of(rate_of)
        ),
    )


def _draw_headline(figures: Figures, chosen: Chosen) -> EmbeddedChart | None:
    named = chosen.first("year")
    year = figures.years[int(named)] if named else figures.newest
    imgs = year.imgs if year else None
    if year is None or imgs is None or imgs.match_rate is None:
        return None
    rate = rate_text(imgs.match_rate)
    is_counted = imgs.matched_to_pgy1 is not None and imgs.active_applicants is not None
    return EmbeddedChart(
        title=f"International medical graduates in the {year.match_year} Match",
        subtitle="Those who took part with a rank order list, and who matched to a "
        "first-year (PGY-1) position.",
        drawing=LargeFigure(
            number=numbers.count(imgs.matched_to_pgy1)
            if is_counted and imgs.matched_to_pgy1 is not None
            else rate,
            of_what=f"of {numbers.count(imgs.active_applicants)} IMGs matched: {rate}"
            if is_counted and imgs.active_applicants is not None
            else "of IMGs matched, as published",
            parts=tuple(
                (kind.value, f"{kind.label} {rate_text(row.match_rate)}")
                for kind in IMG_GROUPS
                if (row := year.of_type(kind))
            ),
        ),
        page=reverse("stats:year_detail", args=[year.match_year]),
        values=((imgs.label, imgs.provenance),),
    )


# --- One year ----------------------------------------------------------------------------


def _draw_rates_by_type(figures: Figures, chosen: Chosen) -> EmbeddedChart | None:
    named = chosen.first("year")
    year = figures.years[int(named)] if named else figures.newest
    chart = type_chart(year) if year else None
    if year is None or chart is None:
        return None
    return EmbeddedChart(
        title=chart.title,
        subtitle="Share of active applicants who matched to a first-year (PGY-1) "
        "position, before SOAP.",
        drawing=chart,
        page=reverse("stats:year_detail", args=[year.match_year]),
        values=tuple((row.label, row.provenance) for row in year.applicants),
    )


def _draw_placed_by_type(figures: Figures, chosen: Chosen) -> EmbeddedChart | None:
    named = chosen.first("year")
    year = figures.years[int(named)] if named else figures.newest_after_soap
    after_soap = placements.placements_of(figures, year) if year else None
    if year is None or after_soap is None or after_soap.chart is None:
        return None
    return EmbeddedChart(
        title=after_soap.chart.title,
        subtitle="Share of active applicants with a first-year (PGY-1) position after "
        "the Match and SOAP together. It is no match rate.",
        drawing=after_soap.chart,
        page=reverse("stats:year_detail", args=[year.match_year]) + "#after-soap",
        values=tuple(
            chain.from_iterable(
                _of_placement(placement.row.label, placement)
                for placement in after_soap.placements
            )
        ),
    )


def _of_placement(label: str, placement: Placement) -> tuple[Graded, ...]:
    rows = (placement.row, placement.result)
    return tuple((label, row.provenance) for row in rows if row is not None)


def _draw_after_soap(figures: Figures, chosen: Chosen) -> EmbeddedChart | None:
    is_placed = chosen.first("measure") != "matched"
    lines = placements.placement_lines(list(figures.years.values()), _groups(chosen))
    panels = placements.panels_over_years(lines)
    chart = panels.placed if is_placed else panels.matched
    if chart is None:
        return None
    return EmbeddedChart(
        title=chart.title,
        subtitle="Years of which is known who had a first-year (PGY-1) position after "
        "SOAP. The match rate and the placed rate are two measures.",
        drawing=chart,
        page=reverse("stats:year_list") + "#after-soap",
        values=tuple(
            chain.from_iterable(
                _of_placement(str(line.year.match_year), placement)
                for line in lines
                for _, placement in line.cells
                if placement is not None
            )
        ),
    )


def _draw_most_open(figures: Figures, chosen: Chosen) -> EmbeddedChart | None:
    match_year = int(chosen.first("year") or figures.best_covered_year or 0)
    year = figures.years.get(match_year)
    rows = most_open(year.specialties) if year else ()
    chart = open_chart(rows, match_year)
    if chart is None:
        return None
    return EmbeddedChart(
        title=chart.title,
        subtitle="The largest shares among the specialties whose share is known. An "
        "order, not an opinion.",
        drawing=key_bars(chart),
        page=f"{reverse('stats:specialty_list')}?year={match_year}",
        values=tuple((row.label, row.provenance) for row in rows[: len(chart.bars)]),
    )


def key_bars(chart: BarChart) -> KeyedBars:
    """Bars of IMGs, split where both groups are known, with what their parts mean."""
    keys = {part.key for bar in chart.bars for part in bar.parts}
    every = (
        LegendItem(key="non_us_img", label="Non-US IMGs"),
        LegendItem(key="us_img", label="US IMGs", is_hatched=True),
        LegendItem(
            key="imgs",
            label="All IMGs, where the groups are not known"
            if len(keys) > 1
            else "All IMGs",
        ),
    )
    return KeyedBars(
        chart=chart, legend=tuple(item for item in every if item.key in keys)
    )


# --- Specialties -------------------------------------------------------------------------


def _draw_img_share(figures: Figures, chosen: Chosen) -> EmbeddedChart | None:
    slug = chosen.first("specialty")
    rows = figures.specialty_years.get(slug, ())
    chart = share_chart(rows, figures.specialties[slug]) if len(rows) > 1 else None
    if chart is None:
        return None
    return EmbeddedChart(
        title=chart.title,
        subtitle="Percent of the filled first-year (PGY-1) positions. Gaps are years "
        "whose share is not in our sources.",
        drawing=chart,
        page=reverse("stats:specialty_detail", args=[slug]),
        values=tuple(
            (str(row.provenance.match_year), row.provenance)
            for row in rows
            if row.img_share
        ),
    )


def _draw_preferred(figures: Figures, chosen: Chosen) -> EmbeddedChart | None:
    group = ApplicantType(chosen.first("group") or SCORE_GROUPS[0])
    edition = chosen.first("charting_outcomes")
    results = (
        by_share(
            item
            for item in list_preferred(figures.years[int(edition)].scores)
            if item.applicant_type == group and item.specialty.slug
        )
        if edition
        else figures.preferred_in_newest(group)
    )
    chart = preferred_charts.draw_preferred(results) if results else None
    if chart is None or chart.drawing is None:
        return None
    query = f"?charting_outcomes={chart.edition}&group={group.value}#preferred"
    return EmbeddedChart(
        title=chart.drawing.title,
        subtitle="Of those who preferred a specialty, how many matched to it."
        + (" Few: fewer than 50 people preferred it." if chart.has_few else ""),
        drawing=chart.drawing,
        page=reverse("stats:score_list") + query,
        values=tuple((item.label, item.provenance) for item in results),
    )


def _draw_preferred_of(figures: Figures, chosen: Chosen) -> EmbeddedChart | None:
    slugs = chosen.every("specialty")
    items: Sequence[PreferredMatch]
    if len(slugs) == 1:
        specialty = figures.specialties[slugs[0]]
        items = preferred_charts.beside_all(figures, specialty)
        chart = preferred_charts.compare_with_all(figures, specialty)
        page = reverse("stats:specialty_detail", args=slugs) + "#preferred"
    else:
        items = preferred_charts.newest_of_each(figures, slugs)
        chart = preferred_charts.compare_specialties(figures, slugs)
        query = "&".join(f"s={slug}" for slug in slugs)
        page = f"{reverse('stats:specialty_compare')}?{query}#preferred"
    if chart is None:
        return None
    return EmbeddedChart(
        title=chart.title,
        subtitle="Counts first: who matched to it, of all who preferred it. Each bar "
        "names its group and its edition of Charting Outcomes.",
        drawing=chart,
        page=page,
        values=tuple((item.label, item.provenance) for item in items if item.share),
    )


def _draw_scores(figures: Figures, chosen: Chosen) -> EmbeddedChart | None:
    slug, group = chosen.first("specialty"), chosen.first("group")
    edition = chosen.first("charting_outcomes")
    shown: tuple[Strip, ...]
    if slug and not edition:
        # The newest edition of each group, as the page of the specialty has it.
        position = find_position(
            figures.specialties[slug],
            figures.scores_of.get(slug, ()),
            ApplicantType(group) if group else None,
        )
        shown = position.strips
    else:
        newest = next(iter(figures.charting_editions), None)
        if group and not edition:
            newest = figures.newest_edition_of(ApplicantType(group))
        match_year = int(edition or newest or 0)
        year = figures.years.get(match_year)
        rows = [
            row
            for row in (year.scores if year else ())
            if group in ("", row.applicant_type) and slug in ("", row.specialty.slug)
        ]
        shown = strips(rows) or mean_strips(rows)
    if not shown:
        return None
    editions = sorted({strip.edition for strip in shown})
    of_what = f": {figures.specialties[slug].short_name}" if slug else ""
    has_quartiles = any(strip.has_quartiles for strip in shown)
    return EmbeddedChart(
        title=f"Step 2 CK scores{of_what}, Charting Outcomes "
        f"{' and '.join(map(str, editions))}",
        subtitle="Band: lower to upper quartile, with the median; full of those who "
        "matched to their preferred specialty, broken of those who did not. The exam has "
        "scores from 1 to 300."
        if has_quartiles
        else "Means of those who matched to their preferred specialty; this edition gives "
        "no quartiles. The exam has scores from 1 to 300.",
        drawing=draw_panels(shown, says_edition=len(editions) > 1),
        page=reverse("stats:specialty_detail", args=[slug])
        if slug and not edition
        else f"{reverse('stats:score_list')}?charting_outcomes={editions[-1]}"
        + (f"&specialty={slug}" if slug else "")
        + (f"&group={group}" if group else ""),
        values=tuple(
            (row.label, row.provenance) for strip in shown for row in strip.rows
        ),
        strips=shown,
        has_editions=len(editions) > 1,
    )


def draw_panels(shown: Sequence[Strip], *, says_edition: bool) -> StripPanels:
    return StripPanels(
        panels=tuple(
            StripPanel(
                heading=strip.specialty.short_name,
                key=strip.applicant_type.value,
                group=str(strip.applicant_type.label)
                + (f", {strip.edition}" if says_edition else ""),
                strip=strip.drawing,
            )
            for strip in shown
        )
    )


def _with_scores(figures: Figures) -> Iterable[SpecialtyFacts]:
    return (
        specialty
        for slug, specialty in figures.specialties.items()
        if slug in figures.scores_of
    )


SCORE_GROUP_CHOICE = Choice(values=tuple(kind.value for kind in SCORE_GROUPS))

EMBEDS: dict[str, Embed] = {
    "headline": Embed(
        offers=lambda figures: {
            "year": _year_choice(
                year.match_year
                for year in figures.years.values()
                if year.imgs and year.imgs.match_rate
            )
        },
        draw=_draw_headline,
    ),
    "match-rates": Embed(
        offers=lambda figures: {
            "group": _group_choice(),
            "since": _year_choice(figures.years),
            "until": _year_choice(figures.years),
        },
        draw=_draw_match_rates,
    ),
    "all-applicants": Embed(
        offers=lambda _: {"of": Choice(values=tuple(RateOf.values))},
        draw=_draw_all_applicants,
    ),
    "match-rate-by-type": Embed(
        offers=lambda figures: {"year": _year_choice(figures.years)},
        draw=_draw_rates_by_type,
    ),
    "placed-rate-by-type": Embed(
        offers=lambda figures: {
            "year": _year_choice(placements.covered_years(figures))
        },
        draw=_draw_placed_by_type,
    ),
    "after-soap": Embed(
        offers=lambda _: {
            "measure": Choice(values=("placed", "matched")),
            "group": _group_choice(),
        },
        draw=_draw_after_soap,
    ),
    "most-open": Embed(
        offers=lambda figures: {
            "year": _year_choice(
                year.match_year for year in figures.years.values() if year.specialties
            )
        },
        draw=_draw_most_open,
    ),
    "img-share": Embed(
        offers=lambda figures: {
            "specialty": Choice(values=tuple(figures.specialty_years), is_needed=True)
        },
        draw=_draw_img_share,
    ),
    "preferred": Embed(
        offers=lambda figures: {
            "group": SCORE_GROUP_CHOICE,
            "charting_outcomes": _year_choice(figures.charting_editions),
        },
        draw=_draw_preferred,
    ),
    "preferred-in-specialty": Embed(
        offers=lambda figures: {
            "specialty": Choice(
                values=tuple(slug for slug in figures.preferred_of if slug),
                most=MOST_COMPARED,
                is_needed=True,
            )
        },
        draw=_draw_preferred_of,
    ),
    "scores": Embed(
        offers=lambda figures: {
            "specialty": Choice(
                values=tuple(specialty.slug for specialty in _with_scores(figures))
            ),
            "group": SCORE_GROUP_CHOICE,
            "charting_outcomes": _year_choice(figures.charting_editions),
        },
        draw=_draw_scores,
    ),
}
