"""`/api/v1/docs/`: everything that can be asked for, for people. Its examples are answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from imgportal.api import answers, filters, openapi, questions, refusals
from imgportal.api.parameters import LONGEST_QUERY, Condition, Parameter
from imgportal.api.questions import TableQuestion
from imgportal.api.resources import RESOURCES, Resource
from imgportal.lib import clock
from imgportal.lib.eastern_time import eastern_day
from stats.formats import json_text
from stats.formats.data_package import RIGHTS
from stats.public import Figures
from stats.public_page import public_page

SHARED = (
    filters.EDITION,
    filters.AS_OF,
    filters.COLUMNS,
    filters.LIMIT,
    filters.OFFSET,
)
_SHOWN = RESOURCES["figures/applicants"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentedTable:
    """A table as the page has it."""

    resource: Resource
    path: str
    # What it takes beside the parameters of every table.
    parameters: Sequence[Parameter]
    # An address with a parameter that chooses rows; empty: there is no row to choose.
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and what is answered."""

    address: str
    answer: str


@public_page
def documentation(request: HttpRequest, figures: Figures) -> HttpResponse:
    has_figures = bool(figures.versions)
    return render(
        request,
        "api/docs.html",
        {
            "example": _example(request, figures) if has_figures else None,
            "refusal": _refusal(request, figures) if has_figures else None,
            "shared_parameters": SHARED,
            "tables": [
                _documented(resource, figures) for resource in RESOURCES.values()
            ],
            "faults": openapi.FAULTS,
            "longest_query": LONGEST_QUERY,
            "rights": RIGHTS,
        },
    )


def _documented(resource: Resource, figures: Figures) -> DocumentedTable:
    path = reverse("api:table_data", args=[resource.path])
    shared = {parameter.name for parameter in SHARED}
    query = _example_query(resource, figures)
    return DocumentedTable(
        resource=resource,
        path=path,
        parameters=[
            parameter
            for parameter in resource.parameters
            if parameter.name not in shared
        ],
        example=f"{path}?{query}" if query else "",
    )


def _example_query(resource: Resource, figures: Figures) -> str:
    """The last row by the first parameter that chooses it. Of the dated rules a code: this
    page does not change with them.
    """
    rows = _ask(resource, "", figures).state.rows if resource.has_editions else ()
    for parameter in resource.parameters:
        if parameter.condition is not Condition.EQUAL or not parameter.column:
            continue
        value = rows[-1][parameter.column] if rows else parameter.example
        if value:
            return urlencode({parameter.name: value})
    return ""


def _example(request: HttpRequest, figures: Figures) -> Exchange:
    newest = figures.newest_confirmed or figures.newest
    query = urlencode(
        ({"match_year": newest.match_year} if newest else {})
        | {"applicant_type": "us_img"}
    )
    question = _ask(_SHOWN, query, figures)
    answer = json_text.encode(answers.compose(question, request.build_absolute_uri))
    return Exchange(address=_address(request, query), answer=_laid_out(answer))


def _refusal(request: HttpRequest, figures: Figures) -> Exchange:
    query = f"aplicant_type=us_img&limit=all&edition={figures.edition + 1}"
    question = _ask(_SHOWN, query, figures)
    answer = refusals.refuse_faults(request, question.faults)
    return Exchange(address=_address(request, query), answer=_laid_out(answer.content))


def _ask(resource: Resource, query: str, figures: Figures) -> TableQuestion:
    return questions.read(resource, query, figures, today=eastern_day(clock.now()))


def _address(request: HttpRequest, query: str) -> str:
    path = reverse("api:table_data", args=[_SHOWN.path])
    return request.build_absolute_uri(f"{path}?{query}")


def _laid_out(answer: bytes) -> str:
    return json.dumps(json.loads(answer), ensure_ascii=False, indent=2)
