"""Answers to what cannot be answered: each names everything that is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from imgportal.api import parameters
from imgportal.api.answers import explain
from imgportal.api.parameters import LONGEST_QUERY
from imgportal.api.resources import RESOURCES
from imgportal.lib import problems
from imgportal.lib.http import Nearby, nearest
from imgportal.lib.problems import ParameterFault

# Kinds of problems, by the parts of the page that explains them.
WRONG_PARAMETER = "wrong-parameter"
NOTHING_HERE = "nothing-here"
LONG_QUERY = "long-query"
V1 = "v1/"
# What is there beside the tables, by what stands below /api/v1/.
_OTHERS = {"openapi.json": "api:openapi_data", "docs/": "api:docs"}


def refuse_long_query(request: HttpRequest) -> HttpResponse | None:
    """None: it is short enough."""
    if len(request.META.get("QUERY_STRING", "")) <= LONGEST_QUERY:
        return None
    return problems.problem(
        request,
        status=414,
        title=f"The query has more than {LONGEST_QUERY:,} characters. Read the whole "
        "table and choose its rows yourself.",
        about=explain(LONG_QUERY, request.build_absolute_uri),
    )


def refuse_parameters(request: HttpRequest) -> HttpResponse | None:
    """The answer of an address that takes no parameter; None: it has none."""
    if refused := refuse_long_query(request):
        return refused
    query = parameters.read(request.META.get("QUERY_STRING", ""), ())
    return refuse_faults(request, query.faults) if query.faults else None


def refuse_faults(
    request: HttpRequest, faults: Sequence[ParameterFault]
) -> HttpResponse:
    return problems.refuse_parameters(
        request, faults, about=explain(WRONG_PARAMETER, request.build_absolute_uri)
    )


def refuse_address(request: HttpRequest, path: str) -> HttpResponse:
    """Nothing is there. `path` stands below /api/."""
    asked = path.strip("/").lower().removeprefix(V1)
    near = nearest(asked, [*_OTHERS, *RESOURCES]) if asked else []
    return problems.problem(
        request,
        status=404,
        title="There is nothing at this address.",
        about=explain(NOTHING_HERE, request.build_absolute_uri),
        nearby=[_nearby(name) for name in near]
        or [Nearby(label="What there is", url=reverse("api:index"))],
    )


def _nearby(name: str) -> Nearby:
    if name in _OTHERS:
        return Nearby(label=name, url=reverse(_OTHERS[name]))
    return Nearby(
        label=RESOURCES[name].table.title,
        url=reverse("api:table_data", args=[name]),
    )
