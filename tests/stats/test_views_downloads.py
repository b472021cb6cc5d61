"""The CSV and JSON twins that every table has."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from stats import public
from stats.choices import FigureTable
from stats.figures import Row
from tests.pages import PAGES, WITH_DATA
from tests.reading import csv_of, json_of, links_of, tags_of

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

# Filters that leave some rows out, to be honoured by page and downloads alike.
FILTERED = {
    "/match": "?group=all_imgs&since=2020&until=2022",
    "/match/all-applicants": "?of=registered",
    "/specialties": "?year=2018&q=medicine&sort=name",
    "/specialties/compare": "?s=neurology&s=pathology",
    "/scores": "?edition=2018",
}


@pytest.mark.parametrize("path", WITH_DATA.values())
def test_table_as_csv_is_a_file_of_its_name(client: Client, path: str) -> None:
    response = client.get(f"{path}.csv")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="[a-z0-9-]+\.csv"',
        response.headers["Content-Disposition"],
    )


@pytest.mark.parametrize("path", WITH_DATA.values())
def test_table_as_json_says_what_it_is(client: Client, path: str) -> None:
    response = client.get(f"{path}.json")
    data = json_of(response)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert data["title"]
    assert data["address"] == f"http://testserver{path}.json"
    assert "NRMP asks to be cited" in data["rights"]


@pytest.mark.parametrize(
    # A whole year is one table in CSV and all four in JSON.
    "path",
    [path for name, path in WITH_DATA.items() if name not in ("a year", "a version")],
)
@pytest.mark.parametrize("query", ["", "filtered"])
def test_both_downloads_hold_the_same_rows(
    client: Client, path: str, query: str
) -> None:
    query = FILTERED.get(path, "") if query else ""
    rows = csv_of(client.get(f"{path}.csv{query}"))
    data = json_of(client.get(f"{path}.json{query}"))

    assert [list(row) for row in rows] == [data["columns"]] * len(rows)
    assert [list(row.values()) for row in rows] == [
        [_as_cell(value) for value in row.values()] for row in data["rows"]
    ]
    assert rows or path == "/specialties/compare"


def _as_cell(value: str | int | float | None) -> str:
    text = "" if value is None else str(value)
    # What a spreadsheet would run is quoted in CSV.
    return f"'{text}" if text.lstrip()[:1] in {"=", "+", "-", "@"} else text


@pytest.mark.parametrize(("path", "query"), FILTERED.items())
def test_filter_leaves_rows_out(client: Client, path: str, query: str) -> None:
    every = {tuple(row.items()) for row in csv_of(client.get(f"{path}.csv"))}
    some = {tuple(row.items()) for row in csv_of(client.get(f"{path}.csv{query}"))}

    assert some
    assert some != every


def test_what_an_address_asks_for_in_vain_is_named_in_json(client: Client) -> None:
    data = json_of(client.get("/scores.json?edition=2026&group=us_img"))

    assert data["rows"] == []
    assert "does not cover US IMGs" in data["notices"][0]
    assert json_of(client.get("/scores.json"))["notices"] == []


@pytest.mark.parametrize(
    "version", ["1999/v1", "2013/v1", "2013/v2", "2022/v1", "2024/v1", "2026/v1"]
)
@pytest.mark.parametrize("table", FigureTable.values)
def test_value_that_is_missing_is_empty_and_never_a_zero(
    client: Client, version: str, table: str
) -> None:
    year, number = version.split("/v")
    figures = public.everything().versions[int(year), int(number)]
    stored = [row for row in figures.rows() if row.table == table]
    rows = csv_of(client.get(f"/match/{version}/{table}.csv"))
    data = json_of(client.get(f"/match/{version}/{table}.json"))["rows"]
    if table == "applicants" and figures.imgs:
        # Both IMG groups together come last, as they do on the page.
        assert rows.pop()["applicant_type"] == "all_imgs"
        assert data.pop()["matched_to_pgy1"] == figures.imgs.matched_to_pgy1
    if table == "placements" and figures.placed_imgs:
        placed_imgs = figures.placed_imgs.row
        assert rows.pop()["applicant_type"] == "all_imgs"
        assert data.pop()["placed_pgy1_all"] == placed_imgs.placed_pgy1_all

    assert len(rows) == len(data) == len(stored)
    for row, cells, values in zip(stored, rows, data, strict=True):
        for column in (*row.counts, *row.printed):
            value = getattr(row, column)
            assert values[column] == (None if value is None else float(value))
            assert cells[column] == ("" if value is None else str(values[column]))
        if any(getattr(row, column) is None for column in _expected_of(row)):
            assert cells["missing"]


def _expected_of(row: Row) -> tuple[str, ...]:
    """The counts that a row of its kind always has, or says why not."""
    return row.counts if row.table in ("applicants", "placements") else ()


@pytest.mark.parametrize("version", [(2013, 1), (2013, 2), (2022, 1), (2024, 1)])
def test_footnotes_travel_with_the_rows_that_they_are_bound_to(
    client: Client, version: tuple[int, int]
) -> None:
    figures = public.everything().versions[version]
    assert figures.footnotes

    for note in figures.footnotes:
        path = f"/match/{version[0]}/v{version[1]}/{note.table.value}.csv"
        rows = csv_of(client.get(path))
        key = "slug" if note.table == FigureTable.SPECIALTIES else "applicant_type"
        bound = [row for row in rows if note.row in ("", row.get(key, ""))]
        assert [row for row in bound if note.text not in row["footnotes"]] == []
        assert bound or note.row == "img_total"


@pytest.mark.parametrize("path", PAGES.values())
def test_downloads_that_a_page_offers_are_there(client: Client, path: str) -> None:
    page = client.get(path)
    offered = {
        link for link in links_of(page) if re.search(r"\.(csv|json)(\?|$)", link)
    }
    offered |= {
        tag["href"]
        for tag in tags_of(page, "link")
        if tag.get("rel") == "alternate" and tag.get("type") != "application/atom+xml"
    }

    for link in offered:
        assert client.get(link).status_code == 200, link


def test_page_leads_programs_to_its_data(client: Client) -> None:
    links = client.get("/match/2024/").headers["Link"]

    assert '</match/2024.csv>; rel="alternate"; type="text/csv"' in links
    assert '</match/2024.json>; rel="alternate"; type="application/json"' in links


def test_figures_are_not_rounded_in_downloads(client: Client) -> None:
    rows = csv_of(client.get("/match.csv?group=all_imgs&since=2024&until=2024"))

    assert float(rows[0]["match_rate_percent"]) == pytest.approx(
        100 * 9045 / 14772, rel=1e-12
    )
