"""Whatever a program sends, right or wrong: what is described is what is answered."""

from __future__ import annotations

import copy
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck
from pytest_django import Settings
from schemathesis import Case, CheckContext, Response
from schemathesis.config import SchemathesisConfig

from imgportal.api import openapi, parameters
from imgportal.api.filters import choose
from imgportal.api.parameters import LONGEST_QUERY
from imgportal.api.resources import RESOURCES
from imgportal.lib import clock
from stats import public
from tests.effort import examples
from tests.factories import NOW
from tests.stats.test_data_refusals import FREE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_connection_stays")]
Document = dict[str, Any]
SEED = 20261128


# Values in the founding data, of parameters that take whatever is in the data.
YEARS = [2018, 2022, 2026]
VALUES: dict[str, dict[str, list[Any]]] = {
    "figures/placements": {"match_year": [2024, 2025]},
    "figures/scores": {"specialty": ["all-specialties", "neurology"]},
    "changes": {"match_year": [2013]},
    "sources": {"key": ["aamc-2000", "nrmp-2021-rd"]},
    "rules/deadlines": {"match_year": [2022, 2027]},
    "rules/pathways-seasons": {"match_year": [2022, 2027]},
    "rules/application-services": {
        "specialty": ["emergency-medicine", "plastic-surgery"],
        "from_match_year": [2023, 2027],
    },
    "rules/countries": {"country": ["Canada", "India"]},
    "rules/fees": {"season": ["2023", "2025 Match"]},
}
FALLBACK = {
    "match_year": YEARS,
    "charting_outcomes": YEARS,
    "specialty": ["internal-medicine", "neurology"],
}


def narrowed() -> Document:
    """The document with what is in the data, so that what it allows can be answered."""
    document = copy.deepcopy(openapi.document())
    shared = document["components"]["parameters"]
    shared["edition"]["schema"]["maximum"] = 1
    shared["as_of"]["schema"]["enum"] = [NOW.date().isoformat()]
    for path, resource in RESOURCES.items():
        described = {
            entry["name"]: entry["schema"]
            for entry in document["paths"][f"/{path}"]["get"]["parameters"]
            if "name" in entry
        }
        if "version" in described:
            described["version"]["maximum"] = 1
        for parameter in resource.parameters:
            if parameter.may_repeat and not parameter.codes:
                values = {**FALLBACK, **VALUES.get(path, {})}[parameter.name]
                described[parameter.name]["items"]["enum"] = values
    return document


@pytest.fixture(autouse=True)
def _same_day(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    # Whom the library takes the site for.
    settings.ALLOWED_HOSTS = ["localhost"]


described = schemathesis.openapi.from_dict(
    narrowed(),
    config=SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            # Those refused by a rule about two parameters are looked at in `is_accepted`.
            "checks": {
                "positive_data_acceptance": {
                    "expected-statuses": ["200", "400", "414"]
                },
                "negative_data_rejection": {"expected-statuses": ["400", "405", "414"]},
            },
        }
    ),
)
described.app = get_wsgi_application()


def is_accepted(context: CheckContext, response: Response, case: Case[Any]) -> None:
    """What is described is answered, unless two parameters contradict each other or there
    are too many.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.method != "GET" or response.status_code == 200:
        return
    if response.status_code == 414:
        assert len(response.request.url or "") > LONGEST_QUERY
        return
    codes = {fault["code"] for fault in response.json()["errors"]}
    assert codes == {"combination"}, response.json()


def is_told_as_a_problem(
    context: CheckContext, response: Response, case: Case[Any]
) -> None:
    for name, value in FREE.items():
        assert response.headers[name.lower()] == [value]
    if response.status_code >= 400:
        document = json.loads(response.content)
        assert document["status"] == response.status_code
        assert response.headers["content-type"] == ["application/problem+json"]
        if response.status_code == 400:
            assert document["errors"]


def chooses_rows(context: CheckContext, response: Response, case: Case[Any]) -> None:
    """No filter is passed over: as many rows as satisfy the parameters that were sent."""
    resource = RESOURCES.get(case.path.strip("/"))
    if response.status_code != 200 or resource is None:
        return
    query = urlsplit(response.request.url or "").query
    asked = parameters.read(query, resource.parameters)
    assert asked.faults == ()
    if {"version", "as_of", "edition"} & set(asked.values):
        return
    rows = resource.open_table.records(public.everything()).rows
    expected = choose(rows, asked, resource.parameters)
    assert response.json()["total"] == len(expected)


CHECKS: list[Any] = [is_accepted, is_told_as_a_problem, chooses_rows]


@described.parametrize()
@examples(100, deadline=None, suppress_health_check=list(HealthCheck))
def test_interface_answers_as_described(case: Case[Any]) -> None:
    case.call_and_validate(
        # The library does not unpack what it is sent.
        headers={"Accept-Encoding": "identity"},
        additional_checks=CHECKS,
    )
