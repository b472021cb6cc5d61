"""What cannot be answered is refused below /api/: as a problem, by name, to any origin."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError
from django.test import Client, RequestFactory

from imgportal.api.parameters import LONGEST_QUERY
from imgportal.api.resources import RESOURCES
from imgportal.lib.http import ignore_claimed_encoding
from tests.stats.test_data_refusals import is_free, problem_of

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

APPLICANTS = "/api/v1/figures/applicants"
DOCS = "http://testserver/api/v1/docs/"
FIXED = ("/api/v1/", "/api/v1/openapi.json")
ADDRESSES = [*(f"/api/v1/{path}" for path in RESOURCES), *FIXED]


def faults_of(client: Client, address: str) -> list[tuple[str, str]]:
    document = problem_of(client.get(address))
    assert document["status"] == 400
    assert document["type"] == f"{DOCS}#wrong-parameter"
    return [(fault["parameter"], fault["code"]) for fault in document["errors"]]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("aplicant_type=us_img", "aplicant_type"),
        ("applicant_type[]=us_img", "applicant_type[]"),
        ("LIMIT=1", "LIMIT"),
        ("limit%00=1", "limit"),
        ("%ff=1", "\ufffd"),
        ("\x00=1", "(nothing that can be shown)"),
        (f"{'a' * 1900}=1", "a" * 40 + "…"),
        ("=1", "(nothing that can be shown)"),
        ("format=csv", "format"),
        ("_=1732790000", "_"),
    ],
)
def test_no_parameter_is_passed_over(
    client: Client, address: str, query: str, shown: str
) -> None:
    assert faults_of(client, f"{address}?{query}") == [(shown, "unknown")]


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("match_year=1999&match_year=1997", None, None),
        ("match_year=1951", "match_year", "value"),
        ("match_year=2101", "match_year", "value"),
        ("match_year=2050", "match_year", "value"),
        ("match_year=2024&match_year=2050", "match_year", "value"),
        ("match_year=2_024", "match_year", "value"),
        ("match_year=%2B2024", "match_year", "value"),
        ("match_year=+2024", "match_year", "value"),
        ("match_year=2024.0", "match_year", "value"),
        ("match_year=%D9%A2%D9%A0%D9%A2%D9%A4", "match_year", "value"),
        ("match_year=", "match_year", "value"),
        ("match_year", "match_year", "value"),
        ("since=2024&until=2020", "since", "combination"),
        ("since=2024&since=2025", "since", "repeated"),
        ("applicant_type=us-img", "applicant_type", "value"),
        ("applicant_type=US_IMG", "applicant_type", "value"),
        ("applicant_type=us_img%00", "applicant_type", "value"),
        ("applicant_type=%ff", "applicant_type", "value"),
        ("confidence=a", "confidence", "value"),
        ("limit=0", "limit", "value"),
        ("limit=1001", "limit", "value"),
        ("limit=-1", "limit", "value"),
        ("limit=1e3", "limit", "value"),
        ("limit=all", "limit", "value"),
        ("limit=1&limit=2", "limit", "repeated"),
        ("offset=1.0", "offset", "value"),
        ("offset=" + "9" * 1500, "offset", "value"),
        ("columns=match_year,", "columns", "value"),
        ("columns=", "columns", "value"),
        ("columns=match_yeer", "columns", "value"),
        ("columns=match_year&columns=version", "columns", "repeated"),
        ("edition=0", "edition", "value"),
        ("edition=2", "edition", "value"),
        ("edition=2026", "edition", "value"),
        ("edition=999999999", "edition", "value"),
        ("edition=1&edition=1", "edition", "repeated"),
        ("as_of=1999-01-01", "as_of", "value"),
        ("as_of=9999-12-31", "as_of", "value"),
        ("as_of=2025-02-29", "as_of", "value"),
        ("as_of=20261128", "as_of", "value"),
        ("as_of=yesterday", "as_of", "value"),
        ("edition=1&as_of=2026-11-21", "as_of", "combination"),
        ("version=1", "version", "combination"),
        ("version=1&match_year=2023&match_year=2024", "version", "combination"),
        ("version=1&match_year=2024&edition=1", "version", "combination"),
        ("version=9&match_year=2024", "version", "value"),
        ("version=1_0&match_year=2024", "version", "value"),
    ],
)
def test_value_that_cannot_be_met_is_refused(
    client: Client, query: str, parameter: str | None, code: str | None
) -> None:
    if parameter is None:
        assert client.get(f"{APPLICANTS}?{query}").status_code == 200
        return
    assert faults_of(client, f"{APPLICANTS}?{query}") == [(parameter, code)]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (f"{APPLICANTS}?aplicant_type=us_img", "Did you mean “applicant_type”?"),
        (f"{APPLICANTS}?applicant_type=us", "There are: us_md_senior, us_md_grad"),
        (f"{APPLICANTS}?columns=match_rate", "Did you mean “match_rate_percent”?"),
        (f"{APPLICANTS}?edition=7", "The newest is 1."),
        (f"{APPLICANTS}?as_of=1999-01-01", "The first edition was published on 2026-"),
        (f"{APPLICANTS}?match_year=2013&version=7", "There are: 1, 2."),
        ("/api/v1/figures/specialties?specialty=neurolgy", "neurology"),
        ("/api/v1/sources?key=nrmp-2021-dr", "Did you mean “nrmp-2021-rd”?"),
        ("/api/v1/figures/scores?version=1", "give one charting_outcomes with it"),
    ],
)
def test_refusal_says_what_there_is(client: Client, address: str, says: str) -> None:
    document = problem_of(client.get(address))

    assert says in document["errors"][0]["detail"]


def test_every_fault_is_told_at_once(client: Client) -> None:
    query = "limit=x&edition=9&match_year=2050&applicant_type=x&columns=x&x=x&since=1"

    assert {
        parameter for parameter, _ in faults_of(client, f"{APPLICANTS}?{query}")
    } == {
        *("limit", "edition", "match_year", "applicant_type", "columns", "x", "since")
    }


@pytest.mark.parametrize("address", ADDRESSES)
def test_longer_query_than_anybody_needs(client: Client, address: str) -> None:
    longest = "x=" + "a" * (LONGEST_QUERY - 2)

    assert problem_of(client.get(f"{address}?{longest}"))["status"] == 400
    refused = problem_of(client.get(f"{address}?{longest}a"))
    assert (refused["status"], refused["type"]) == (414, f"{DOCS}#long-query")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_only_reading_is_answered(client: Client, address: str, method: str) -> None:
    answer = getattr(client, method)(address)

    assert problem_of(answer)["status"] == 405
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("/api/v1/figures/aplicants", "/api/v1/figures/applicants"),
        ("/api/v1/figures/applicants/", "/api/v1/figures/applicants"),
        ("/api/v1/Figures/Applicants", "/api/v1/figures/applicants"),
        ("/api/v1/applicants", "/api/v1/figures/applicants"),
        ("/api/v1/openapi", "/api/v1/openapi.json"),
        ("/api/v1/docs", "/api/v1/docs/"),
        ("/api/", "/api/v1/"),
        ("/api/v1", "/api/v1/"),
        ("/api/v2/figures/totals", "/api/v1/figures/totals"),
        ("/api/v1/figures/", "/api/v1/figures/scores"),
        ("/api/0", "/api/v1/"),
        ("/api/v1/%00", "/api/v1/"),
        ("/api/v1/" + "a" * 3000, "/api/v1/"),
        ("/api//v1/", "/api/v1/"),
    ],
)
def test_nothing_is_there(client: Client, address: str, near: str) -> None:
    for answer in (client.get(address), client.get(address, {"limit": "1"})):
        document = problem_of(answer)
        assert (document["status"], document["type"]) == (404, f"{DOCS}#nothing-here")
        addresses = [entry["address"] for entry in document["nearby"]]
        assert f"http://testserver{near}" in addresses


def test_page_of_documentation_is_a_page(client: Client) -> None:
    page = client.get("/api/v1/docs/")

    assert page.headers["Content-Type"].startswith("text/html")
    assert not any(name.startswith("Access-Control") for name in page.headers)


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_of_any_origin_read_answers(client: Client, address: str) -> None:
    answer = client.get(address)

    assert is_free(answer)
    known = {"If-None-Match": answer.headers["ETag"]}
    assert is_free(client.get(address, headers=known))


def test_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, OperationalError("gone"))
    answer = client.get(APPLICANTS)

    assert problem_of(answer)["status"] == 503
    assert answer.headers["Retry-After"] == "30"


def test_fault_of_ours_is_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, RuntimeError("ours"))
    answer = Client(raise_request_exception=False).get(APPLICANTS)

    assert problem_of(answer)["status"] == 500


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("imgportal.api.views.current_figures", fail)


@pytest.mark.usefixtures("_connection_stays")
@pytest.mark.parametrize(
    "claim", ["charset=base64", "Charset=HEX; x=y", "x=y;charset=utf-16", "charset="]
)
@pytest.mark.parametrize("path", [APPLICANTS, "/match.json", "/data/totals.json"])
def test_encoding_that_a_request_claims_is_of_no_matter(claim: str, path: str) -> None:
    """Of a body, which there is none of; an address is UTF-8."""
    environ = RequestFactory().get(f"{path}?x=1").environ
    environ["CONTENT_TYPE"] = f"text/plain; {claim}"
    statuses: list[str] = []

    def start(status: str, headers: object, *_: object) -> Any:
        statuses.append(status)

    content = ignore_claimed_encoding(get_wsgi_application())(environ, start)

    assert statuses == ["400 Bad Request"]
    assert json.loads(b"".join(content))["errors"][0]["parameter"] == "x"


def test_wrong_host_is_told_as_a_problem(client: Client) -> None:
    answer = client.get(APPLICANTS, headers={"Host": "elsewhere.example"})

    assert json.loads(answer.content)["status"] == 400
