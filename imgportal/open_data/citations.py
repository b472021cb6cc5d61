"""`/cite/<name>.bib`, `.ris` and `.json`: what reference managers read.

The day of access is that of the request, so that an answer is kept for a day at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse

from imgportal.lib import clock, problems
from imgportal.lib.eastern_time import eastern_day
from imgportal.lib.http import Nearby, NotHere, nearest, read_only
from imgportal.lib.problems import ParameterFault
from imgportal.lib.public_cache import public_answer
from imgportal.open_data.tables import OPEN_TABLES, OpenTable
from profiles import reference_tables
from stats.asked_edition import PARAMETERS, figures_asked_for
from stats.citable import Citable, find_citable, pinned
from stats.editions import published_at
from stats.embeds.catalogue import EMBEDS
from stats.embeds.chart_files import embed_address, read_chart
from stats.formats.citations import FORMATS
from stats.public import Figures
from stats.public_page import current_figures

CHART = "chart-"


@read_only
def cite(request: HttpRequest, name: str, extension: str) -> HttpResponseBase:
    figures = current_figures()
    rules = reference_tables.everything()
    now = clock.now()
    today = now.date()

    def make() -> HttpResponse:
        asked = figures_asked_for(request.GET, figures, today=eastern_day(now))
        chart = name.removeprefix(CHART)
        faults: Sequence[ParameterFault]
        if name.startswith(CHART) and chart in EMBEDS:
            item, faults = _read_chart(
                figures, chart, request.GET, today=eastern_day(now)
            )
        else:
            faults = [
                *problems.unknown_parameters(request.GET, PARAMETERS),
                *(asked.asked.faults if asked.asked else ()),
            ]
            item = None if faults else _find(asked, name, extension)
        if faults:
            return problems.refuse_parameters(request, faults)
        if item is None:
            return problems.problem(
                request,
                status=404,
                title="The figures that this address chooses have nothing to draw.",
            )
        if extension not in FORMATS:
            raise _no_format(name)
        form = FORMATS[extension]
        origin = request.build_absolute_uri("/").rstrip("/")
        return HttpResponse(
            form.write(item.cited(asked, origin), accessed_on=today),
            content_type=form.media_type,
            headers={
                "Content-Disposition": "attachment; "
                f'filename="imgportal-{item.name}.{extension}"'
            },
        )

    return public_answer(
        request,
        token=f"{figures.publication.token}-{rules.token}-{today}",
        modified=None,
        make=make,
    )


def list_citable(figures: Figures) -> Mapping[str, Citable]:
    """Everything that can be cited, by name: figures, documents, and the open tables."""
    pages = find_citable(figures)
    rules = reference_tables.everything()
    tables: dict[str, Citable] = {}
    for name, open_table in OPEN_TABLES.items():
        # The dated rules have no editions: their state is that of a day.
        moment = (
            figures.publication.published_at
            if open_table.has_editions
            else rules.changed_at
        )
        if moment is None:
            continue
        path = reverse("data:table", args=[name, "csv"])
        tables[f"table-{name}"] = Citable(
            name=f"table-{name}",
            title=open_table.table.title,
            path=pinned(path, figures.edition) if open_table.has_editions else path,
            edition=figures.edition if open_table.has_editions else 0,
            published_at=moment,
            sources=partial(_sources_of, open_table, figures),
        )
    return {**pages, **tables}


def _sources_of(open_table: OpenTable, figures: Figures) -> Iterator[str]:
    if "sources" in open_table.table.column_names:
        for row in open_table.records(figures).rows:
            yield from str(row["sources"] or "").split(";")


def _read_chart(
    figures: Figures, name: str, query: QueryDict, *, today: date
) -> tuple[Citable | None, Sequence[ParameterFault]]:
    """A chart of those that can be embedded, with what its address chooses."""
    asked, faults = read_chart(figures, name, query, today=today)
    if asked is None:
        return None, faults
    edition = figures_asked_for(query, figures, today=today).edition
    choices = [
        (key, value)
        for key, value in parse_qsl(asked.query)
        if key not in (*PARAMETERS, "theme")
    ]
    return (
        Citable(
            name=f"{CHART}{name}",
            title=f"{asked.chart.title} (chart)",
            path=pinned(embed_address(name, "html", urlencode(choices)), edition),
            edition=edition,
            published_at=published_at(figures)[edition],
            sources=lambda: (
                source.key for _, row in asked.chart.values for source in row.sources
            ),
        ),
        (),
    )


def _find(figures: Figures, name: str, extension: str) -> Citable:
    """Raises NotHere, which offers the nearest names."""
    items = list_citable(figures)
    if name not in items:
        names = [*items, *(f"{CHART}{chart}" for chart in EMBEDS)]
        raise NotHere(
            "Nothing that can be cited has this name.",
            [
                Nearby(
                    items[near].title if near in items else near,
                    _address(near, extension),
                )
                for near in nearest(name, names)
            ],
        )
    return items[name]


def _no_format(name: str) -> NotHere:
    return NotHere(
        "Citations have no such format.",
        [
            Nearby(form.label, _address(name, form.extension))
            for form in FORMATS.values()
        ],
    )


def _address(name: str, extension: str) -> str:
    written = extension if extension in FORMATS else next(iter(FORMATS))
    return reverse("cite", args=[name, written])
