"""The three forms in which every table is answered: page, CSV and JSON."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from imgportal.lib import problems
from imgportal.lib.filter_form import FilterForm
from stats import exports
from stats.choices import FigureTable
from stats.exports import Export
from stats.figures import Row, ScoreRow, YearFigures
from stats.public import Figures

RIGHTS = (
    "Facts reported by the sources named in each row; we claim no licence over them. "
    "NRMP asks to be cited."
)

FORMATS = {"csv": "text/csv", "json": "application/json"}


def download(
    request: HttpRequest,
    figures: Figures,
    export: Export,
    extension: str,
    form: FilterForm | None = None,
) -> HttpResponse:
    """A table as CSV or JSON, under the name that says what it holds.

    `form` read the filters of the address; None: it takes none. Where the page would fall
    back and say so, this refuses: a program reads no sentence beside its rows.
    """
    if refused := refuse(request, form):
        return refused
    if extension == "csv":
        return HttpResponse(
            exports.as_csv(export),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{export.name}.csv"'
            },
        )
    about = {
        "address": request.build_absolute_uri(),
        "definitions": request.build_absolute_uri(reverse("measures")),
        "rights": RIGHTS,
        "published_at": figures.publication.published_at,
        "notices": form.notices if form else [],
    }
    return JsonResponse(
        exports.as_json(export, about=about),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )


def refuse(request: HttpRequest, form: FilterForm | None) -> HttpResponse | None:
    """The answer to an address with a parameter that cannot be used; None: it has none."""
    faults = [
        *problems.unknown_parameters(request.GET, form.fields if form else ()),
        *(form.faults if form else ()),
    ]
    if not faults:
        return None
    return problems.problem(
        request,
        status=400,
        title="The address has a parameter that cannot be used.",
        faults=faults,
    )


def page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A public page; `Link: rel=alternate` leads from it to its data."""
    response = render(request, template, context)
    links = [
        f'<{context[f"{extension}_url"]}>; rel="alternate"; type="{kind}"'
        for extension, kind in FORMATS.items()
        if f"{extension}_url" in context
    ]
    if links:
        response.headers["Link"] = ", ".join(links)
    return response


def download_addresses(name: str, *args: Any, query: str = "") -> dict[str, str]:
    """The addresses of a page's CSV and JSON, with the filters in force."""
    suffix = f"?{query}" if query else ""
    return {
        f"{extension}_url": reverse(f"stats:{name}_data", args=[*args, extension])
        + suffix
        for extension in FORMATS
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresPage:
    """A page of figures: how it is cited, downloaded and described to machines."""

    template: str
    address: str  # the name of its address in stats/urls.py
    arguments: tuple[int | str, ...] = ()  # of the address
    query: str = ""  # the filters in force, for its downloads
    cite_title: str
    cite_path: str  # empty: there is nothing to cite
    published_at: datetime | None
    dataset_name: str = ""  # empty: the title of the citation
    dataset_query: str = ""  # which figures of the page the data set holds
    content_query: str = ""  # what chooses them, where it is not the default
    description: str
    rows: Sequence[Row]

    def respond(
        self, request: HttpRequest, figures: Figures, context: Mapping[str, Any]
    ) -> HttpResponse:
        """The page with what it shows beside."""
        return page(
            request,
            self.template,
            {
                **context,
                "data_edition": figures.edition,
                "published_at": self.published_at,
                "cite_title": self.cite_title,
                "cite_path": self.cite_path,
                "dataset": self._dataset(request, figures),
                # Some copies of one document are called alike.
                "printed_sources": tuple(
                    dict.fromkeys(
                        source.title
                        for row in self.rows
                        for source in row.provenance.sources
                    )
                ),
                **download_addresses(self.address, *self.arguments, query=self.query),
            },
        )

    def _dataset(self, request: HttpRequest, figures: Figures) -> dict[str, Any] | None:
        """The rows as a schema.org Dataset; None when there are none."""
        published_at = figures.publication.published_at
        if not self.rows or published_at is None:
            return None
        years = sorted(
            {
                # A score edition may describe an earlier Match than its year.
                row.match_year
                if isinstance(row, ScoreRow)
                else row.provenance.match_year
                for row in self.rows
            }
        )
        releases = [row.provenance for row in self.rows]
        versions = {(release.match_year, release.version) for release in releases}
        sources = {
            source.key: source.title
            for release in releases
            for source in release.sources
        }
        query = self.dataset_query
        addresses = download_addresses(self.address, *self.arguments, query=query)
        return {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": self.dataset_name or self.cite_title,
            "description": self.description,
            "url": request.build_absolute_uri(
                f"{request.path}{self.content_query and '?'}{self.content_query}"
            ),
            "temporalCoverage": "/".join(
                str(year) for year in dict.fromkeys(years[:1] + years[-1:])
            ),
            **({"version": str(versions.pop()[1])} if len(versions) == 1 else {}),
            "datePublished": published_at.date().isoformat(),
            "isAccessibleForFree": True,
            "usageInfo": request.build_absolute_uri(reverse("stats:source_list")),
            "creator": {"@type": "Organization", "name": "IMG portal contributors"},
            "citation": list(sources.values()),
            "distribution": [
                {
                    "@type": "DataDownload",
                    "encodingFormat": kind,
                    "contentUrl": request.build_absolute_uri(
                        addresses[f"{extension}_url"]
                    ),
                }
                for extension, kind in FORMATS.items()
            ],
        }


def version_address(year: YearFigures) -> str:
    """Where this version of the year stands for ever."""
    return reverse("stats:version_detail", args=[year.match_year, year.release.version])


def note_texts(
    years: Iterable[YearFigures], table: FigureTable, rows: Container[str] | None = None
) -> tuple[str, ...]:
    """The footnotes of a table over several years, each once.

    `rows` are the keys of the rows whose footnotes are wanted; None means all rows.
    """
    return tuple(
        dict.fromkeys(
            note.text
            for year in years
            for note in year.footnotes_of(table)
            if rows is None or note.row in rows
        )
    )
