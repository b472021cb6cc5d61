"""The three forms in which every table is answered: page, CSV and JSON."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from imgportal.lib import problems
from imgportal.lib.eastern_time import eastern_day
from imgportal.lib.filter_form import FilterForm
from stats import asked_edition, exports
from stats.asked_edition import is_year
from stats.choices import FigureTable
from stats.exports import Export
from stats.figures import ReleaseFacts, Row, ScoreRow, YearFigures
from stats.formats.citations import Citation
from stats.formats.data_package import RIGHTS
from stats.later_changes import LaterChanges, RowsOf, changes_since
from stats.public import Figures

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
    if refused := refuse(request, figures, form):
        return refused
    if extension == "csv":
        return pinned(
            request,
            figures,
            HttpResponse(
                exports.as_csv(export),
                content_type="text/csv; charset=utf-8",
                headers={
                    "Content-Disposition": f'attachment; filename="{export.name}.csv"'
                },
            ),
        )
    about = {
        "address": request.build_absolute_uri(),
        "definitions": request.build_absolute_uri(reverse("measures")),
        "rights": RIGHTS,
        "published_at": figures.publication.published_at,
        "notices": [
            *(form.notices if form else []),
            *([say_edition(figures)] if figures.pin else []),
            *(
                f"The {release.match_year} Match, version {release.version}, is "
                f"withdrawn: {release.withdrawn_because}"
                for release in withdrawn_among(
                    figures,
                    {
                        (row.get("match_year"), row.get("version"))
                        for row in export.rows
                    },
                )
            ),
        ],
    }
    return pinned(
        request,
        figures,
        JsonResponse(
            exports.as_json(export, about=about),
            json_dumps_params={"ensure_ascii": False, "indent": 1},
        ),
    )


def refuse(
    request: HttpRequest, figures: Figures, form: FilterForm | None
) -> HttpResponse | None:
    """The answer to an address with a parameter that cannot be used; None: it has none."""
    fields = form.fields if form else ()
    faults = [
        *problems.unknown_parameters(request.GET, {*fields, *asked_edition.PARAMETERS}),
        *(form.faults if form else ()),
        *(figures.asked.faults if figures.asked else ()),
    ]
    return problems.refuse_parameters(request, faults) if faults else None


def pinned(
    request: HttpRequest, figures: Figures, response: HttpResponse
) -> HttpResponse:
    """The same answer, naming the address at which it stays what it is."""
    if query := asked_edition.lasting_query(request.GET, figures):
        address = request.build_absolute_uri(f"{request.path}?{query}")
        response.headers["Link"] = f'<{address}>; rel="canonical"'
    return response


def withdrawn_among(
    figures: Figures, places: Container[tuple[Any, Any]]
) -> tuple[ReleaseFacts, ...]:
    """Which of these versions, by Match year and number, should not be used."""
    return tuple(
        year.release
        for place, year in figures.versions.items()
        if year.release.withdrawn_because and place in places
    )


def say_edition(figures: Figures) -> str:
    """Which edition these figures are, in a sentence."""
    published_at = figures.publication.published_at
    day = f" of {eastern_day(published_at):%-d %B %Y}" if published_at else ""
    newest = figures.of_today.edition
    return f"Edition {figures.edition}{day}; the newest is {newest}."


@dataclass(frozen=True, slots=True)
class ShownEdition:
    """The edition that an address asks for, as its page says it."""

    request: HttpRequest
    figures: Figures
    # What changed since in the figures of the page; None: it has none of its own.
    since: LaterChanges | None

    @property
    def number(self) -> int:
        return self.figures.edition

    @property
    def newest(self) -> int:
        return self.figures.of_today.edition

    @property
    def is_newest(self) -> bool:
        return self.figures.is_newest

    @property
    def published_at(self) -> datetime | None:
        return self.figures.publication.published_at

    @property
    def query(self) -> str:
        """What links within the page begin with, to stay in the edition."""
        return f"{urlencode(self.figures.pin)}&"

    @property
    def address_of_today(self) -> str:
        query = self.request.GET.copy()
        kept = [value for value in query.getlist("edition") if is_year(value)]
        query.pop("as_of", None)
        query.setlist("edition", kept)
        return f"{self.request.path}{'?' if query else ''}{query.urlencode()}"


def page(
    request: HttpRequest,
    figures: Figures,
    template: str,
    context: Mapping[str, Any],
    rows_of: RowsOf | None = None,
) -> HttpResponse:
    """A public page; `Link: rel=alternate` leads from it to its data.

    `rows_of` are the rows that it shows: of those it says what changed since an edition,
    and which should not be used.
    """
    form = context.get("form")
    since = changes_since(rows_of, figures) if rows_of and figures.pin else None
    places = {
        (row.provenance.match_year, row.provenance.version)
        for row in (rows_of(figures) if rows_of else ())
    }
    response = render(
        request,
        template,
        {
            **context,
            "shown_edition": ShownEdition(request, figures, since)
            if figures.pin
            else None,
            "withdrawn": withdrawn_among(figures, places),
            "edition_faults": figures.asked.faults if figures.asked else (),
            "content_query": form.content_query if form else urlencode(figures.pin),
        },
    )
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
    cite_name: str = ""  # of its files for reference managers (`stats.citable`)
    published_at: datetime | None
    dataset_name: str = ""  # empty: the title of the citation
    dataset_query: str = ""  # which figures of the page the data set holds
    content_query: str = ""  # what chooses them, where it is not the default
    description: str
    rows: Sequence[Row]
    # All that the page shows, of any figures: what may have changed since an edition.
    rows_of: RowsOf

    def respond(
        self, request: HttpRequest, figures: Figures, context: Mapping[str, Any]
    ) -> HttpResponse:
        """The page with what it shows beside."""
        return page(
            request,
            figures,
            self.template,
            {
                **context,
                "data_edition": figures.edition,
                "published_at": self.published_at,
                **citation_of(
                    request,
                    figures,
                    name=self.cite_name,
                    title=self.cite_title,
                    path=self.cite_path,
                ),
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
            self.rows_of,
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


def version_address(figures: Figures, year: YearFigures) -> str:
    """Where this version of the year stands for ever, beside the other years as now."""
    place = [year.match_year, year.release.version]
    return lasting_address(figures, reverse("stats:version_detail", args=place))


def citation_of(
    request: HttpRequest, figures: Figures, *, name: str, title: str, path: str
) -> dict[str, Any]:
    """What the citation of a page needs: its lasting address, texts and files.

    `name` is that of its files (`stats.citable`), empty where it has none. An empty
    `path`: there is nothing to cite.
    """
    published_at = figures.publication.published_at
    if not path or published_at is None:
        return {"cite_path": path}
    return {
        "cite_path": path,
        "citation": Citation(
            name=name,
            title=title,
            address=request.build_absolute_uri(path),
            edition=figures.edition,
            published_on=eastern_day(published_at),
        ),
        # The files of a page of a former edition are of that edition.
        "citation_query": urlencode(figures.pin),
    }


def lasting_address(figures: Figures, path: str, query: str = "") -> str:
    """A page as it is now: with its edition, and what `query` chooses in it."""
    chosen = QueryDict(query).copy()
    chosen.pop("edition", None)
    parts = [f"edition={figures.edition}", chosen.urlencode()]
    return f"{path}?{'&'.join(filter(None, parts))}"


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
