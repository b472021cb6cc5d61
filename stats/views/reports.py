"""`/report/`: a reader says what is wrong with a figure, without an account.

The one public page with a form that is sent. It is never kept by a cache, and the
cookie against forged forms is set here and on no other public page.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from imgportal.lib import clock, rate_limits
from stats import public
from stats.actions import handle_reports
from stats.choices import FigureTable
from stats.columns import COLUMN_NAMES
from stats.differences import Value
from stats.figures import ShownRow, YearFigures, why_missing
from stats.forms import FigureAddressForm, ProblemForm
from stats.public import Figures
from stats.public_page import public_page
from stats.views import responses

MOST_REPORTS = 5
WINDOW = 3600  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFigure:
    """What a report is about: a version of a year, a table of it, or one row."""

    year: YearFigures
    table: FigureTable | None
    row: ShownRow | None

    @property
    def title(self) -> str:
        if self.row is not None:
            return f"{self.row.label}, {self.year.match_year}"
        return f"The {self.year.match_year} Match"

    @property
    def values(self) -> tuple[tuple[str, Value, str], ...]:
        """Name, value and, where it is empty, why."""
        if self.row is None:
            return ()
        return tuple(
            (COLUMN_NAMES[column], value, why_missing(self.row, column))
            for column in (*self.row.counts, *self.row.printed)
            # Rates that no source prints are no gap in the figures.
            if (value := getattr(self.row, column)) is not None
            or column in self.row.counts
        )


def find_reported(form: FigureAddressForm, figures: Figures) -> ReportedFigure | None:
    """The year, table and row that the address names, as far as they exist."""
    address = form.readable
    match_year, version = address.get("year"), address.get("version")
    year = (
        figures.years.get(match_year or 0)
        if version is None
        else figures.versions.get((match_year or 0, version))
    )
    if year is None:
        return None
    table: FigureTable | None = address.get("table")
    row = year.row_of(table, address.get("row", "")) if table else None
    return ReportedFigure(year=year, table=table, row=row)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form, and what is sent with it. The figure is named by the address."""
    figures = public.everything()
    address = FigureAddressForm(request.GET)
    about = find_reported(address, figures)
    sent = request.POST if request.method == "POST" else None
    form = ProblemForm(sent, address=request.get_full_path())
    status, wait = 200, 0
    if sent is not None:
        now = clock.now()
        if not form.is_valid():
            status = 422
        elif rate_limits.allow(
            request, "report", most=MOST_REPORTS, seconds=WINDOW, now=now
        ):
            handle_reports.receive(
                **form.cleaned_data,
                match_year=about.year.match_year if about else None,
                version=about.year.release.version if about else None,
                table=about.table if about else None,
                row=about.row.key if about and about.row else "",
                now=now,
            )
            return redirect("stats:report_thanks")
        else:
            status, wait = 429, rate_limits.seconds_left(seconds=WINDOW, now=now)
    response = render(
        request,
        "stats/report.html",
        {
            "form": form,
            "about": about,
            "current": figures.years.get(about.year.match_year) if about else None,
            "not_found": address.changed_data and not (about and about.row),
            "minutes": -(-wait // 60),
            "most": MOST_REPORTS,
        },
        status=status,
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "no-store"
    return response


@public_page
def thanks(request: HttpRequest, figures: Figures) -> HttpResponse:
    return responses.page(request, figures, "stats/report_thanks.html", {})
