"""`/api/v1/`: the open tables for programs.

A page falls back where it cannot do what it is asked, and says so. Here nothing does.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from imgportal.api import answers, openapi, questions, refusals
from imgportal.api.questions import TableQuestion
from imgportal.api.resources import RESOURCES
from imgportal.lib import clock
from imgportal.lib.data_columns import moment_in_utc
from imgportal.lib.eastern_time import eastern_day
from imgportal.lib.http import read_only
from imgportal.lib.public_cache import public_answer
from stats.formats import json_text
from stats.formats.data_package import RIGHTS
from stats.public import Figures
from stats.public_page import current_figures

JSON = "application/json"


@read_only
def table(request: HttpRequest, path: str) -> HttpResponseBase:
    """Rows of one table."""
    resource = RESOURCES.get(path)
    if resource is None:
        return refusals.refuse_address(request, f"{refusals.V1}{path}")
    if refused := refusals.refuse_long_query(request):
        return refused
    query_string = request.META.get("QUERY_STRING", "")
    question = questions.read(
        resource,
        query_string,
        current_figures(),
        today=eastern_day(clock.now()),
    )
    if question.faults:
        return refusals.refuse_faults(request, question.faults)
    return public_answer(
        request,
        token=question.token,
        modified=question.changed_at,
        make=lambda: _draw(request, question),
        is_there=True,
    )


def _draw(request: HttpRequest, question: TableQuestion) -> HttpResponse:
    answer = answers.compose(question, request.build_absolute_uri)
    links = [
        f'<{answer["next"]}>; rel="next"' if answer["next"] else "",
        f'<{reverse("data:descriptor")}>; rel="describedby"; type="{JSON}"',
        f'<{reverse("stats:source_list")}>; rel="license"',
    ]
    return HttpResponse(
        json_text.encode(answer),
        content_type=JSON,
        headers={"Link": ", ".join(filter(None, links))},
    )


@read_only
def index(request: HttpRequest) -> HttpResponseBase:
    """What there is."""
    if refused := refusals.refuse_parameters(request):
        return refused
    figures = current_figures()
    return public_answer(
        request,
        token=figures.publication.token,
        modified=figures.publication.changed_at,
        make=lambda: _draw_index(request, figures),
        is_there=True,
    )


def _draw_index(request: HttpRequest, figures: Figures) -> HttpResponse:
    absolute = request.build_absolute_uri
    published_at = figures.publication.published_at
    answer = {
        "documentation": absolute(reverse("api:docs")),
        "openapi": absolute(reverse("api:openapi_data")),
        "edition": figures.edition,
        "published_at": published_at and moment_in_utc(published_at),
        "rights": RIGHTS,
        "tables": [
            {
                "table": resource.table.name,
                "title": resource.table.title,
                "description": resource.table.description,
                "address": absolute(reverse("api:table_data", args=[resource.path])),
            }
            for resource in RESOURCES.values()
        ],
    }
    return HttpResponse(
        json_text.encode(answer),
        content_type=JSON,
        headers={
            "Link": f'<{reverse("api:openapi_data")}>; rel="service-desc", '
            f'<{reverse("api:docs")}>; rel="service-doc"'
        },
    )


@read_only
def document(request: HttpRequest) -> HttpResponseBase:
    """The OpenAPI document, which changes with the program alone."""
    if refused := refusals.refuse_parameters(request):
        return refused
    return public_answer(
        request,
        token=f"openapi-{openapi.VERSION}",
        modified=None,
        make=lambda: HttpResponse(openapi.text(), content_type=JSON),
        is_there=True,
    )


@csrf_exempt
def missing(request: HttpRequest, path: str = "") -> HttpResponse:
    """Nothing is at this address below /api/, whatever the method."""
    return refusals.refuse_address(request, path)
