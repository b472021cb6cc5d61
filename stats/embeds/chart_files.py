"""An embedded chart of one state of the figures, as the address asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from imgportal.lib import problems
from imgportal.lib.http import site_authority
from imgportal.lib.problems import ParameterFault
from stats import asked_edition, editions
from stats.charts.palette import PALETTES
from stats.charts.standalone import Frame, standalone
from stats.embeds import chart_words
from stats.embeds.catalogue import EMBEDS, EmbeddedChart
from stats.embeds.parameters import Choice, read_choices
from stats.public import Figures

# Twice the size of the drawing: sharp on dense screens and in print.
PNG_WIDTH = 1600


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedChart:
    """A chart with its frame, and how its address is spelt."""

    name: str
    chart: EmbeddedChart
    frame: Frame
    theme: str
    query: str  # one spelling of what was asked for

    def as_svg(self) -> str:
        return standalone(self.chart.drawing, self.frame, theme=self.theme)

    @property
    def page_address(self) -> str:
        """Where the figures stand with every source, the newest of them."""
        return f"{settings.SITE_ADDRESS}{self.chart.page}"


def read_chart(
    figures: Figures, name: str, query: QueryDict, *, today: date
) -> tuple[AskedChart | None, list[ParameterFault]]:
    """The chart that an address asks for, and what is wrong with it. Neither: these
    figures have nothing to draw.

    `name` is one of EMBEDS. What an address may choose follows from the figures of the
    edition that it names. `today` is a day in New York.
    """
    embed = EMBEDS[name]
    shown = asked_edition.figures_asked_for(query, figures, today=today)
    faults = list(shown.asked.faults if shown.asked else ())
    faults += [
        problems.unknown_value(parameter, [""], ())
        for parameter in asked_edition.PARAMETERS
        if "" in query.getlist(parameter)
    ]
    others = query.copy()
    for parameter in asked_edition.PARAMETERS:
        others.pop(parameter, None)
    theme = {"theme": Choice(values=tuple(PALETTES))}
    chosen, wrong = read_choices(others, {**embed.offers(shown), **theme})
    faults += wrong
    chart = None if faults else embed.draw(shown, chosen)
    if chart is None:
        return None, faults
    return (
        AskedChart(
            name=name,
            chart=chart,
            frame=frame_of(chart, shown, is_frozen=bool(shown.pin)),
            theme=chosen.first("theme") or "light",
            query=urlencode([*chosen.pairs, *shown.pin.items()]),
        ),
        [],
    )


def frame_of(chart: EmbeddedChart, figures: Figures, *, is_frozen: bool) -> Frame:
    return Frame(
        title=chart.title,
        subtitle=chart.subtitle,
        description=chart_words.describe(chart.drawing),
        grade=chart_words.least_certain(chart.values),
        trust=chart_words.trust_in_words(chart.values),
        sources=chart_words.sources_in_words(chart.values),
        as_of=state_in_words(figures, is_frozen=is_frozen),
        address=f"{site_authority()}{chart.page.partition('#')[0]}",
        notes=chart.notes,
    )


def state_in_words(figures: Figures, *, is_frozen: bool) -> str:
    """Which edition is drawn, and whether later figures will be drawn instead."""
    published = editions.published_at(figures).get(figures.edition)
    if published is None:
        return ""
    day = chart_words.day_in_words(published)
    if is_frozen:
        return (
            f"As of edition {figures.edition} of the figures, {day}. Later figures stand "
            "at the address below."
        )
    return f"The figures of {day}, edition {figures.edition}."


def embed_address(name: str, form: str, query: str) -> str:
    """The path of a chart as a page, "svg" or "png"."""
    path = (
        reverse("stats:embed", args=[name])
        if form == "html"
        else reverse("stats:embed_file", args=[name, form])
    )
    return f"{path}?{query}" if query else path
