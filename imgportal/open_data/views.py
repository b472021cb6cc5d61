"""`/data/`: what there is, every table as a file, and all of it in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from imgportal.lib import clock, problems
from imgportal.lib.data_columns import moment_in_utc
from imgportal.lib.eastern_time import eastern_day
from imgportal.lib.http import Nearby, NotHere, nearest, read_only
from imgportal.lib.public_cache import public_answer
from imgportal.open_data import citations
from imgportal.open_data.examples import EXAMPLES, DataExample
from imgportal.open_data.tables import OPEN_TABLES, OpenTable
from profiles import reference_tables
from profiles.open_tables import REASONS as RULE_REASONS
from profiles.reference_tables import DatedTables
from stats import open_tables
from stats.asked_edition import PARAMETERS, figures_asked_for, lasting_query
from stats.columns import REASONS
from stats.formats import csv_text, data_package, json_text
from stats.formats.data_package import RIGHTS
from stats.public import Figures
from stats.public_page import current_figures

PUBLICATIONS_SHOWN = 5
MEDIA_TYPES = {
    "zip": "application/zip",
    "sqlite3": "application/vnd.sqlite3",
    "json": "application/json",
}


def open_data_page(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """Decorate a view `(request, figures, rules, …)` of figures and dated rules."""

    @read_only
    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        figures = current_figures()
        rules = reference_tables.everything()
        moments = (rules.changed_at, figures.publication.changed_at)
        response = public_answer(
            request,
            token=f"{rules.token}-{figures.publication.token}",
            modified=max((moment for moment in moments if moment), default=None),
            make=lambda: view(request, figures, rules, *args, **kwargs),
        )
        links = [
            f'<{reverse("data:descriptor")}>; rel="describedby"; type="application/json"',
            f'<{reverse("stats:source_list")}>; rel="license"',
            # Where a table of an edition stays what it is.
            response.headers.get("Link"),
        ]
        response.headers["Link"] = ", ".join(filter(None, links))
        return response

    return page


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTable:
    """A table as the page lists it."""

    open_table: OpenTable
    rows: int
    csv_url: str
    json_url: str
    cite_name: str  # empty: there is nothing to cite yet


@open_data_page
def overview(
    request: HttpRequest, figures: Figures, rules: DatedTables
) -> HttpResponse:
    citable = citations.list_citable(figures)
    origin = request.build_absolute_uri("/").rstrip("/")
    return render(
        request,
        "open_data/overview.html",
        {
            "edition": figures.edition,
            "published_at": figures.publication.published_at,
            "tables": [
                ListedTable(
                    open_table=open_table,
                    rows=len(open_table.records(figures, rules).rows),
                    cite_name=f"table-{name}" if f"table-{name}" in citable else "",
                    **{
                        f"{extension}_url": reverse(
                            "data:table", args=[name, extension]
                        )
                        for extension in ("csv", "json")
                    },
                )
                for name, open_table in OPEN_TABLES.items()
            ],
            "publications": [
                year for year in figures.publications if year.release.edition > 1
            ][:PUBLICATIONS_SHOWN],
            "citation": citable["site"].citation(origin) if "site" in citable else None,
            "examples": _show_examples(origin),
            "reasons": {**RULE_REASONS, **REASONS},
            "rights": RIGHTS,
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExample:
    """An example as the page shows it, with the address of this site in it."""

    example: DataExample
    code: str
    url: str


def _show_examples(origin: str) -> list[ShownExample]:
    return [
        ShownExample(
            example=example,
            code=example.code(origin),
            url=reverse("data:example", args=[file]),
        )
        for file, example in EXAMPLES.items()
    ]


@open_data_page
def example_file(
    request: HttpRequest, figures: Figures, rules: DatedTables, file: str
) -> HttpResponse:
    """An example as a file, with the address of this site in it."""
    if refused := _refuse_parameters(request, figures, has_editions=False):
        return refused
    example = EXAMPLES.get(file)
    if example is None:
        raise NotHere(
            "There is no such example.",
            [
                Nearby(label=near, url=reverse("data:example", args=[near]))
                for near in nearest(file, tuple(EXAMPLES))
            ],
        )
    return HttpResponse(
        example.text(request.build_absolute_uri("/").rstrip("/")),
        content_type=example.media_type,
        headers={"Content-Disposition": f'attachment; filename="{example.file}"'},
    )


@open_data_page
def table_file(
    request: HttpRequest,
    figures: Figures,
    rules: DatedTables,
    name: str,
    extension: str,
) -> HttpResponse:
    """One table as CSV or JSON, all years."""
    open_table = OPEN_TABLES.get(name)
    if open_table is None:
        raise NotHere(
            "There is no such table.",
            [
                Nearby(label=near, url=reverse("data:table", args=[near, extension]))
                for near in nearest(name, tuple(OPEN_TABLES))
            ],
        )
    if open_table.has_editions:
        figures = _asked_for(request, figures)
    if refused := _refuse_parameters(
        request, figures, has_editions=open_table.has_editions
    ):
        return refused
    records = open_table.records(figures, rules)
    headers = {}
    if lasting := lasting_query(request.GET, figures):
        address = request.build_absolute_uri(f"{request.path}?{lasting}")
        headers["Link"] = f'<{address}>; rel="canonical"'
    if extension == "csv":
        headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return HttpResponse(
            csv_text.write(records),
            content_type="text/csv; charset=utf-8",
            headers=headers,
        )
    return HttpResponse(
        json_text.write(records, describe_answer(request, figures, open_table)),
        content_type="application/json",
        headers=headers,
    )


def describe_answer(
    request: HttpRequest, figures: Figures, open_table: OpenTable
) -> dict[str, Any]:
    """What an answer in JSON says of itself beside its rows."""
    published_at = figures.publication.published_at
    return {
        "description": open_table.table.description,
        "address": request.build_absolute_uri(),
        **(
            {
                "edition": figures.edition,
                "published_at": published_at and moment_in_utc(published_at),
            }
            if open_table.has_editions
            else {}
        ),
        "definitions": request.build_absolute_uri(reverse("measures")),
        "rights": RIGHTS,
    }


@open_data_page
def package_file(
    request: HttpRequest, figures: Figures, rules: DatedTables, name: str
) -> HttpResponse:
    """Everything in one file, or what describes it.

    With the dated rules as they are today: they have no editions. What an edition was on
    the day of its publication is kept below /data/editions/.
    """
    figures = _asked_for(request, figures)
    if refused := _refuse_parameters(request, figures, has_editions=True):
        return refused
    if figures.publication.published_at is None:
        raise NotHere("Nothing is published yet, so there is no file of it.")
    tables = [open_table.records(figures, rules) for open_table in OPEN_TABLES.values()]
    files = data_package.list_files(tables, open_tables.package_facts(figures))
    is_archive = name == data_package.ARCHIVE
    extension = name.rpartition(".")[2]
    return HttpResponse(
        data_package.write_archive(files) if is_archive else files[name],
        content_type=MEDIA_TYPES[extension],
        headers={}
        if extension == "json"
        else {"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _asked_for(request: HttpRequest, figures: Figures) -> Figures:
    """The figures of the edition that the address names, else those of today."""
    return figures_asked_for(request.GET, figures, today=eastern_day(clock.now()))


def _refuse_parameters(
    request: HttpRequest, figures: Figures, *, has_editions: bool
) -> HttpResponse | None:
    """The answer to an address with a parameter that cannot be used; None: it has none."""
    faults = [
        *problems.unknown_parameters(request.GET, PARAMETERS if has_editions else ()),
        *(figures.asked.faults if figures.asked else ()),
    ]
    return problems.refuse_parameters(request, faults) if faults else None
