"""The three forms in which every table is answered: page, CSV and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from stats import exports
from stats.exports import Export
from stats.figures import Row, ScoreRow
from stats.public import Figures

RIGHTS = (
    "Facts reported by the sources named in each row; we claim no licence over them. "
    "NRMP asks to be cited."
)


def download(
    request: HttpRequest,
    figures: Figures,
    export: Export,
    extension: str,
    notices: Sequence[str] = (),
) -> HttpResponse:
    """A table as CSV or JSON, under the name that says what it holds.

    `notices` say which wishes of the address could not be met; JSON passes them on.
    """
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
        "notices": list(notices),
    }
    return JsonResponse(
        exports.as_json(export, about=about),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )


def page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A public page; `Link: rel=alternate` leads from it to its data."""
    response = render(request, template, context)
    links = [
        f'<{context[f"{extension}_url"]}>; rel="alternate"; type="{kind}"'
        for extension, kind in (("csv", "text/csv"), ("json", "application/json"))
        if f"{extension}_url" in context
    ]
    if links:
        response.headers["Link"] = ", ".join(links)
    return response


def twins(name: str, *args: Any, query: str = "") -> dict[str, str]:
    """The addresses of a page's CSV and JSON, with the filters in force."""
    suffix = f"?{query}" if query else ""
    return {
        f"{extension}_url": reverse(f"stats:{name}_data", args=[*args, extension])
        + suffix
        for extension in ("csv", "json")
    }


def dataset(
    request: HttpRequest,
    *,
    name: str,
    description: str,
    rows: Sequence[Row],
    figures: Figures,
    twins: dict[str, str],
    query: str = "",
) -> dict[str, Any] | None:
    """The rows of a page as a schema.org Dataset; None when it has none.

    `query` is the part of the address that says which figures of the page these are.
    """
    published_at = figures.publication.published_at
    if not rows or published_at is None:
        return None
    years = sorted(
        {
            # A score edition may describe an earlier Match than its year.
            row.match_year if isinstance(row, ScoreRow) else row.provenance.match_year
            for row in rows
        }
    )
    versions = {(row.provenance.match_year, row.provenance.version) for row in rows}
    formats = {"csv": "text/csv", "json": "application/json"}
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": name,
        "description": description,
        "url": request.build_absolute_uri(f"{request.path}{query and '?'}{query}"),
        "temporalCoverage": "/".join(
            str(year) for year in dict.fromkeys(years[:1] + years[-1:])
        ),
        **({"version": str(versions.pop()[1])} if len(versions) == 1 else {}),
        "datePublished": published_at.date().isoformat(),
        "isAccessibleForFree": True,
        "usageInfo": request.build_absolute_uri(reverse("stats:source_list")),
        "creator": {"@type": "Organization", "name": "IMG portal contributors"},
        "citation": [
            source.title
            for source in {
                source.key: source for row in rows for source in row.provenance.sources
            }.values()
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": kind,
                "contentUrl": request.build_absolute_uri(twins[f"{extension}_url"]),
            }
            for extension, kind in formats.items()
        ],
    }
