"""Data that a program reads: an address that cannot be met is refused, and says why, and
pages of any origin may read the answer.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.pages import DATA, PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

FREE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link, ETag, Last-Modified, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def is_free(answer: Any) -> bool:
    return {name: answer.headers.get(name) for name in FREE} == FREE


def problem_of(answer: Any) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert is_free(answer)
    document: dict[str, Any] = json.loads(answer.content)
    assert document["status"] == answer.status_code
    return document


@pytest.mark.parametrize("address", DATA)
def test_no_parameter_is_passed_over(client: Client, address: str) -> None:
    answer = client.get(f"{address}?aplicant_type=us_img&s%00=1")

    assert answer.status_code == 400
    faults = problem_of(answer)["errors"]
    assert [fault["code"] for fault in faults] == ["unknown", "unknown"]
    assert faults[0]["parameter"] == "aplicant_type"
    assert "no parameter “aplicant_type” here" in faults[0]["detail"]


@pytest.mark.parametrize(
    ("address", "parameter", "says"),
    [
        ("/specialties.csv?year=1999", "year", "“1999” is no year of these data."),
        ("/scores.csv?edition=1999", "edition", "There are: 2026, 2022"),
        (
            "/scores.json?edition=2022&group=us",
            "group",
            "There are: non_us_img, us_img.",
        ),
        (
            "/scores.csv?year=all",
            "year",
            "There are: as_of, charting_outcomes, edition",
        ),
        ("/scores.csv?edtion=2022", "edtion", "Did you mean “edition”?"),
        ("/specialties.csv?year=2022&year=2023", "year", "takes one value"),
        ("/match.csv?group=us_img&group=martian", "group", "“martian” is no group"),
        ("/match.json?since=2024&until=2020", "since", "later than until=2020"),
        ("/specialties/compare.csv?s=astrology", "s", "“astrology” is no s"),
        ("/sources.csv?colour=red", "colour", "There are: as_of, edition."),
        ("/match/2024.csv?version=1", "version", "Did you mean “edition”?"),
        ("/match/all-applicants.csv?of=all", "of", "“all” is no of"),
    ],
)
def test_a_filter_that_cannot_be_met_is_refused(
    client: Client, address: str, parameter: str, says: str
) -> None:
    answer = client.get(address)

    assert answer.status_code == 400
    (fault,) = problem_of(answer)["errors"]
    assert fault["parameter"] == parameter
    assert says in fault["detail"]


def test_more_specialties_than_are_compared_are_refused(client: Client) -> None:
    slugs = ("internal-medicine", "pediatrics", "neurology", "psychiatry", "pathology")
    address = "/specialties/compare.csv?" + "&".join(f"s={slug}" for slug in slugs)

    (fault,) = problem_of(client.get(address))["errors"]
    assert fault["detail"] == "At most 4 specialties are compared."


def test_all_faults_are_said_at_once(client: Client) -> None:
    answer = client.get("/scores.csv?edition=x&group=x&specialty=y&z=1")

    faults = problem_of(answer)["errors"]
    assert {fault["parameter"] for fault in faults} == {
        *("edition", "group", "specialty", "z")
    }


def test_a_page_still_falls_back_and_says_so(client: Client) -> None:
    page = client.get("/specialties/?year=1999&tracker=1")

    assert page.status_code == 200
    assert "We do not know the match year “1999”" in page.content.decode()


@pytest.mark.parametrize("address", DATA)
def test_pages_of_any_origin_read_data(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert is_free(answer)

    known = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert known.status_code == 304
    assert is_free(known)
    asked = client.options(address)
    assert (asked.status_code, asked.content) == (204, b"")
    assert is_free(asked)
    assert "If-None-Match" in asked.headers["Access-Control-Allow-Headers"]
    assert problem_of(client.post(address))["status"] == 405
    assert client.post(address).headers["Allow"] == "GET, HEAD"


def test_what_is_not_there_is_no_page(client: Client) -> None:
    missed = problem_of(client.get("/match/1900.json"))

    assert missed["status"] == 404
    assert missed["nearby"][0]["address"].startswith("http://testserver/match/")
    assert problem_of(client.get("/nothing.csv"))["status"] == 404
    assert is_free(client.get("/changes.atom"))


@pytest.mark.parametrize(
    "address",
    [
        *PAGES.values(),
        *("/me/data/record.json", "/accounts/x.json", "/admin/x.csv"),
        *("/calendar/x.json", "/sheets/x.json", "/reminders/off/x.json"),
    ],
)
def test_no_page_and_nothing_personal_is_open_to_other_origins(
    client: Client, address: str
) -> None:
    for answer in (client.get(address), client.options(address)):
        assert not any(name.startswith("Access-Control") for name in answer.headers)
