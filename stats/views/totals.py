"""`/match/all-applicants/`: everybody who took part, by both denominators."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from stats import charts, exports
from stats.charts import Series
from stats.choices import FigureTable, RateOf
from stats.forms import AllApplicantsForm
from stats.public import Figures
from stats.public_page import edition_page
from stats.rate_chart import BREAKS
from stats.views import responses

TITLE = "All applicants of the Match, year by year"


def all_applicants_chart(figures: Figures, rate_of: RateOf) -> charts.LineChart | None:
    rates = [
        year.totals.rate_of(rate_of) if year.totals else None
        for year in figures.years.values()
    ]
    return charts.line_chart(
        name="all-applicants",
        title=f"Match rate of all applicants: {rate_of.label.lower()}",
        description="Percent who matched to a PGY-1 position. Years without a "
        "known rate are gaps. The table holds every value.",
        years=list(figures.years),
        series=[
            Series(
                key="all",
                label="All applicants",
                values=tuple(rate.percent if rate else None for rate in rates),
            )
        ],
        breaks=BREAKS,
    )


@edition_page
def all_applicants(
    request: HttpRequest, figures: Figures, extension: str = "html"
) -> HttpResponse:
    form = AllApplicantsForm(request.GET, offers={}, initial={}, kept=figures.pin)
    rate_of = RateOf(form.chosen["of"])
    years = [year for year in figures.years.values() if year.totals]
    if extension != "html":
        export = exports.all_applicants(
            years, rate_of=rate_of, name="all-applicants", title=TITLE
        )
        return responses.download(request, figures, export, extension, form)
    return responses.FiguresPage(
        template="stats/all_applicants.html",
        address="all_applicants",
        query=form.query(),
        content_query=form.content_query,
        cite_title=TITLE,
        cite_path=responses.lasting_address(
            figures, reverse("stats:all_applicants"), form.content_query
        ),
        cite_name="all-applicants",
        published_at=figures.publication.published_at,
        description="Registered, active and matched applicants of all types "
        "together, with sources.",
        rows=[year.totals for year in years if year.totals],
        rows_of=lambda figures: [
            year.totals for year in figures.years.values() if year.totals
        ],
    ).respond(
        request,
        figures,
        {
            "form": form,
            "rate_of": rate_of,
            "rates": [
                (year, year.totals, year.totals.rate_of(rate_of))
                for year in reversed(years)
                if year.totals
            ],
            "chart": all_applicants_chart(figures, rate_of),
            "footnotes": responses.note_texts(years, FigureTable.TOTALS),
        },
    )
