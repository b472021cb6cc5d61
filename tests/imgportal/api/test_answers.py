"""`/api/v1/`: rows of the open tables, chosen as they were asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from imgportal.api.filters import MOST_ROWS
from imgportal.api.parameters import Condition, Parameter
from imgportal.api.resources import RESOURCES, Resource
from imgportal.lib import clock
from imgportal.lib.eastern_time import eastern_day
from profiles.models import Country
from stats import public
from stats.actions import edit_catalogue
from stats.editions import published_at
from stats.models import Specialty
from tests.factories import NOW, publish, stored_draft, stored_result

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

APPLICANTS = "/api/v1/figures/applicants"
PATHS = sorted(RESOURCES)
OF_EDITIONS = [path for path in PATHS if RESOURCES[path].has_editions]


def get(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    assert answer.headers["Content-Type"] == "application/json"
    document: dict[str, Any] = json.loads(answer.content)
    return document


def address_of(path: str, query: Mapping[str, Any] | None = None) -> str:
    return f"/api/v1/{path}" + (
        "?" + "&".join(f"{name}={value}" for name, value in query.items())
        if query
        else ""
    )


def publish_another(client: Client) -> None:
    """The second edition: another version of 2024."""
    draft = stored_draft(2024, version=2)
    stored_result(draft, active_applicants=5000, matched_to_pgy1=3001)
    publish(draft, now=NOW + timedelta(days=3))


# --- What an answer says --------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_answer_has_every_row_and_column(client: Client, path: str) -> None:
    answer = get(client, address_of(path))
    records = RESOURCES[path].open_table.records(public.everything())

    assert answer["table"] == RESOURCES[path].table.name
    assert answer["next"] is None
    assert answer["total"] == len(answer["results"]) == len(records.rows) > 0
    names = list(RESOURCES[path].table.column_names)
    assert all(list(row) == names for row in answer["results"])
    assert len(records.rows) < MOST_ROWS


def test_answer_says_of_what_it_is(client: Client) -> None:
    answer = get(client, f"{APPLICANTS}?match_year=2024")

    assert answer["edition"] == 1
    assert answer["published_at"] == "2026-11-21T12:00:00Z"
    assert (
        answer["pinned"] == f"http://testserver{APPLICANTS}?match_year=2024&edition=1"
    )
    assert answer["definitions"] == (
        "http://testserver/api/v1/docs/#figures-applicants"
    )
    assert answer["cite"] == (
        "IMG portal. Results by applicant type. Edition 1 of 2026-11-21. "
        + answer["pinned"]
    )
    assert "NRMP asks to be cited" in answer["rights"]


def test_headers_lead_to_columns_and_rights(client: Client) -> None:
    links = client.get(APPLICANTS).headers["Link"]

    assert 'rel="describedby"' in links
    assert 'rel="license"' in links
    assert 'rel="next"' not in links


def test_columns_are_those_asked_for_in_that_order(client: Client) -> None:
    answer = get(client, f"{APPLICANTS}?columns=matched_to_pgy1,match_year&limit=1")

    assert list(answer["results"][0]) == ["matched_to_pgy1", "match_year"]


def test_pages_hold_every_row_once(client: Client) -> None:
    whole = get(client, f"{APPLICANTS}?since=2015")
    address, rows = f"{APPLICANTS}?since=2015&limit=7", []
    while address:
        response = client.get(address)
        page = json.loads(response.content)
        rows += page["results"]
        assert page["total"] == whole["total"]
        address = page["next"]
        assert (f'<{address}>; rel="next"' in response.headers["Link"]) == bool(address)

    assert rows == whole["results"]
    assert len(rows) > 7


def test_beyond_the_last_row_is_nothing(client: Client) -> None:
    answer = get(client, f"{APPLICANTS}?offset=999999999")

    assert answer["results"] == []
    assert answer["total"] > 0
    assert answer["next"] is None


# --- Filters really filter ------------------------------------------------------------


def choosing(resource: Resource) -> list[Parameter]:
    return [parameter for parameter in resource.parameters if parameter.column]


CASES = [
    (path, parameter.name) for path in PATHS for parameter in choosing(RESOURCES[path])
]


def values_of(rows: list[dict[str, Any]], column: str) -> list[Any]:
    return list(dict.fromkeys(row[column] for row in rows if row[column] is not None))


def as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(("path", "name"), CASES)
def test_parameter_chooses_rows(client: Client, path: str, name: str) -> None:
    """Every row that is answered satisfies it, and every other one does not."""
    publish_another(client)
    (parameter,) = (one for one in choosing(RESOURCES[path]) if one.name == name)
    column, rows = parameter.column, get(client, address_of(path))["results"]
    values = values_of(rows, column)
    tried = 0
    for value in values[:3]:
        text = value[:10] if column == "published_at" else as_text(value)
        answered = get(client, address_of(path, {name: text}))["results"]
        expected = [
            row for row in rows if satisfies(row[column], value, parameter.condition)
        ]
        assert answered == expected
        tried += 0 < len(answered) < len(rows)

    # One that is the same in all rows cannot be seen to choose.
    assert tried or len(values) < 2 or parameter.condition is Condition.MORE


def satisfies(cell: Any, value: Any, condition: Condition) -> bool:
    if cell is None:
        return False
    return bool(
        {
            Condition.EQUAL: cell == value,
            Condition.AT_LEAST: cell >= value,
            Condition.AT_MOST: cell <= value,
            Condition.MORE: cell > value,
        }[condition]
    )


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (path, name)
        for path, name in CASES
        if any(one.name == name and one.may_repeat for one in choosing(RESOURCES[path]))
    ],
)
def test_repeated_parameter_chooses_the_rows_of_each(
    client: Client, path: str, name: str
) -> None:
    (parameter,) = (one for one in choosing(RESOURCES[path]) if one.name == name)
    rows = get(client, address_of(path))["results"]
    values = values_of(rows, parameter.column)[:2]
    query = "&".join(f"{name}={as_text(value)}" for value in values)

    answered = get(client, f"{address_of(path)}?{query}")["results"]

    assert answered == [row for row in rows if row[parameter.column] in values]
    assert {row[parameter.column] for row in answered} == set(values)


def test_parameters_narrow_each_other(client: Client) -> None:
    query = "applicant_type=us_img&applicant_type=non_us_img&since=2020&until=2021"
    rows = get(client, f"{APPLICANTS}?{query}")["results"]

    assert [(row["match_year"], row["applicant_type"]) for row in rows] == [
        (2020, "us_img"),
        (2020, "non_us_img"),
        (2021, "us_img"),
        (2021, "non_us_img"),
    ]


def test_code_without_a_row_answers_none(client: Client) -> None:
    """A code is a promise, not a value of the data."""
    answer = get(client, f"{APPLICANTS}?applicant_type=all")

    assert (answer["total"], answer["results"]) == (0, [])


# --- Editions, days and versions ------------------------------------------------------


def matched(client: Client, query: str) -> int | None:
    rows = get(client, f"{APPLICANTS}?match_year=2024&applicant_type=us_img&{query}")
    value: int | None = rows["results"][0]["matched_to_pgy1"]
    return value


def test_former_edition_has_the_former_value(client: Client) -> None:
    before = matched(client, "")
    publish_another(client)
    first, second = (
        eastern_day(moment) for moment in published_at(public.everything()).values()
    )

    assert matched(client, "") == matched(client, "edition=2") == 3001 != before
    assert matched(client, "edition=1") == before
    # The day before the second publication, and the day of it.
    assert matched(client, f"as_of={second - timedelta(days=1)}") == before
    assert matched(client, f"as_of={second}") == 3001
    assert matched(client, f"as_of={first}") == before
    assert matched(client, "version=1") == before
    assert matched(client, "version=2") == 3001


@pytest.mark.parametrize("path", OF_EDITIONS)
def test_pinned_address_stays_as_it_is(client: Client, path: str) -> None:
    before = get(client, address_of(path))
    publish_another(client)
    after = get(client, before["pinned"])

    for told in ("published_at", "edition", "total", "results", "cite", "pinned"):
        assert after[told] == before[told]
    assert get(client, address_of(path))["edition"] == 2


def test_day_is_answered_by_an_edition_that_can_be_pinned(client: Client) -> None:
    publish_another(client)
    answer = get(client, f"{APPLICANTS}?as_of=2026-11-22&limit=1")

    assert answer["edition"] == 1
    assert "as_of" not in answer["pinned"]
    query = dict(parse_qsl(urlsplit(answer["next"]).query))
    assert query == {"limit": "1", "edition": "1", "offset": "1"}


def test_next_page_is_of_the_same_edition(client: Client) -> None:
    first = get(client, f"{APPLICANTS}?limit=1")
    publish_another(client)
    second = get(client, first["next"])

    assert second["edition"] == 1


def test_version_that_is_not_current(client: Client) -> None:
    rows = get(client, "/api/v1/figures/totals?match_year=2013&version=1")
    current = get(client, "/api/v1/figures/totals?match_year=2013")

    assert [row["version"] for row in rows["results"]] == [1]
    assert [row["version"] for row in current["results"]] == [2]


def test_scores_belong_to_the_version_of_their_edition(client: Client) -> None:
    rows = get(client, "/api/v1/figures/scores?charting_outcomes=2014&version=1")

    assert {row["match_year"] for row in rows["results"]} == {2013}


def test_mended_name_shows_in_every_edition(client: Client) -> None:
    address = "/api/v1/figures/specialties?specialty=neurology&edition=1&limit=1"
    etag = client.get(address).headers["ETag"]
    row = Specialty.objects.get(slug="neurology")
    row.name = "Neurology (Adult)"
    edit_catalogue.save(row=row, columns=["name"], now=NOW)

    answer = client.get(address, headers={"If-None-Match": etag})

    assert answer.status_code == 200
    assert json.loads(answer.content)["results"][0]["specialty"] == row.name


def test_rule_that_was_changed_shows(client: Client) -> None:
    address = "/api/v1/rules/countries?country=India"
    client.get(address)
    row = Country.objects.get(name="India")
    row.regulator = "Another council"
    row.stored_at = clock.now() + timedelta(days=1)
    row.save()

    assert get(client, address)["results"][0]["regulator"] == "Another council"


def test_what_is_new_for_whoever_has_an_edition(client: Client) -> None:
    publish_another(client)
    rows = get(client, "/api/v1/changes?after_edition=1")["results"]

    assert {row["edition"] for row in rows} == {2}
    assert len(rows) > 1


# --- How it is asked ------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", [*map(address_of, PATHS), "/api/v1/", "/api/v1/openapi.json"]
)
def test_every_method_that_only_reads(client: Client, address: str) -> None:
    got, head = client.get(address), client.head(address)

    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["ETag"] == got.headers["ETag"]
    assert client.options(address).status_code == 204


@pytest.mark.parametrize("query", ["", "?match_year=2024&columns=match_year"])
def test_unchanged_answer_is_not_drawn(
    client: Client, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{APPLICANTS}{query}"
    etag = client.get(address).headers["ETag"]
    monkeypatch.setattr("imgportal.api.views._draw", None)

    answer = client.get(address, headers={"If-None-Match": etag})

    assert (answer.status_code, answer.content) == (304, b"")


def test_publication_changes_the_mark_of_an_answer(client: Client) -> None:
    etag = client.get(f"{APPLICANTS}?limit=1").headers["ETag"]
    publish_another(client)

    answer = client.get(f"{APPLICANTS}?limit=1", headers={"If-None-Match": etag})

    assert answer.status_code == 200
    assert json.loads(answer.content)["edition"] == 2


@pytest.mark.parametrize(
    "query", ["", "?match_year=2024", "?edition=1&limit=3", "?aplicant_type=us_img"]
)
def test_one_query_whatever_is_asked(
    client: Client, query: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(APPLICANTS)
    with django_assert_num_queries(1):
        client.get(f"{APPLICANTS}{query}")


def test_index_leads_to_every_table(client: Client) -> None:
    index = get(client, "/api/v1/")

    assert len(index["tables"]) == len(RESOURCES)
    for entry in index["tables"]:
        assert get(client, entry["address"])["table"] == entry["table"]
    assert client.get(index["documentation"]).status_code == 200
    assert get(client, index["openapi"])["openapi"] == "3.1.0"


def test_nothing_is_published(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = public.Figures(
        publication=public.Publication(token="t", published_at=None, changed_at=None),
        versions={},
        specialties={},
        sources={},
    )
    monkeypatch.setattr("imgportal.api.views.current_figures", lambda: empty)
    answer = get(client, APPLICANTS)

    assert (answer["edition"], answer["published_at"]) == (0, None)
    assert (answer["total"], answer["results"], answer["next"]) == (0, [], None)
    assert get(client, "/api/v1/")["edition"] == 0
    assert client.get(f"{APPLICANTS}?edition=1").status_code == 400
