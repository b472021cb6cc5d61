"""`/embed/`: charts for other sites, as a page to be framed and as SVG and PNG."""

from __future__ import annotations

from datetime import date

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt

from imgportal.lib import clock, problems
from imgportal.lib.eastern_time import eastern_day
from imgportal.lib.http import Nearby, NotHere, nearest
from imgportal.lib.png import draw_png
from stats.charts.standalone import KeyedBars, LargeFigure, StripPanels
from stats.embeds.catalogue import EMBEDS
from stats.embeds.chart_files import PNG_WIDTH, AskedChart, embed_address, read_chart
from stats.public import Figures
from stats.public_page import public_page

MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}
NO_CHART = "There is no chart of this name here."
NOTHING = "The figures that this address chooses have nothing to draw."


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@public_page
def embed_page(request: HttpRequest, figures: Figures, name: str) -> HttpResponse:
    """A chart as a page that any site may frame. It refuses what it cannot show: who
    frames it reads no notice.
    """
    if name not in EMBEDS:
        return _refuse_page(request, 404, NO_CHART)
    asked, faults = read_chart(figures, name, request.GET, today=_today())
    if faults:
        return _refuse_page(
            request, 400, problems.WRONG_PARAMETERS, [fault.detail for fault in faults]
        )
    if asked is None:
        return _refuse_page(request, 404, NOTHING)
    drawing = asked.chart.drawing
    return render(
        request,
        "stats/embed.html",
        {
            "asked": asked,
            "chart": drawing.chart if isinstance(drawing, KeyedBars) else drawing,
            "legend": drawing.legend if isinstance(drawing, KeyedBars) else (),
            "is_large": isinstance(drawing, LargeFigure),
            "has_strips": isinstance(drawing, StripPanels),
            "trust": asked.frame.grade,
            "png": embed_address(name, "png", asked.query),
        },
    )


def _today() -> date:
    return eastern_day(clock.now())


def _refuse_page(
    request: HttpRequest, status: int, sentence: str, details: list[str] | None = None
) -> HttpResponse:
    context = {"sentence": sentence, "details": details or []}
    return render(request, "stats/embed_refused.html", context, status=status)


@public_page
def embed_file(
    request: HttpRequest, figures: Figures, name: str, form: str
) -> HttpResponse:
    """A chart as a picture, with its source inside."""
    if name not in EMBEDS:
        raise NotHere(
            NO_CHART,
            [
                Nearby(near, reverse("stats:embed_file", args=[near, form]))
                for near in nearest(name, list(EMBEDS))
            ],
        )
    asked, faults = read_chart(figures, name, request.GET, today=_today())
    if faults:
        return problems.refuse_parameters(request, faults)
    if asked is None:
        return problems.problem(request, status=404, title=NOTHING)
    return HttpResponse(
        _as_file(asked, form),
        content_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'inline; filename="{name}.{form}"'},
    )


def _as_file(asked: AskedChart, form: str) -> bytes:
    svg = asked.as_svg()
    return svg.encode() if form == "svg" else draw_png(svg, width=PNG_WIDTH)
