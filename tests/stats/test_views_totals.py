"""All applicants over the years, by both denominators."""

from __future__ import annotations

import pytest
from django.test import Client

from stats import public
from tests.reading import csv_of, json_of, links_of, tables_of, text_of

pytestmark = pytest.mark.django_db

PAGE = "/match/all-applicants/"
DATA = "/match/all-applicants"


def line_of(client: Client, query: str, year: str) -> list[str]:
    [rows] = tables_of(client.get(f"{PAGE}{query}")).values()
    [found] = [row for row in rows if row[0].startswith(year)]
    return found[1:5]


def test_switch_changes_the_rate_and_nothing_else(client: Client) -> None:
    ranked = line_of(client, "", "2025")
    registered = line_of(client, "?of=registered", "2025")

    assert ranked == ["52,498", "47,208", "37,667", "79.8%"]
    assert registered == ["52,498", "47,208", "37,667", "71.7%"]
    assert line_of(client, "?of=ranked", "2025") == ranked


def test_rate_that_is_not_known_is_a_dash_and_not_a_printed_one(client: Client) -> None:
    # 2019: who matched to a first-year position is not in the sources, the rate is.
    assert line_of(client, "", "2019")[3].startswith("79.6%")
    assert line_of(client, "?of=registered", "2019")[3].startswith("–")


@pytest.mark.parametrize("of", ["ranked", "registered"])
def test_page_and_both_downloads_agree(client: Client, of: str) -> None:
    rows = csv_of(client.get(f"{DATA}.csv?of={of}"))
    data = json_of(client.get(f"{DATA}.json?of={of}"))

    years = [year for year in public.everything().years.values() if year.totals]
    assert [row["match_year"] for row in rows] == [str(it.match_year) for it in years]
    assert {row["rate_of"] for row in rows} == {of}
    for row, entry in zip(rows, data["rows"], strict=True):
        assert row["rate_percent"] == str(
            "" if entry["rate_percent"] is None else entry["rate_percent"]
        )
        shown = line_of(client, f"?of={of}", row["match_year"])[3]
        if entry["rate_percent"] is None:
            assert shown.startswith("–")
        else:
            assert shown.startswith(f"{entry['rate_percent']:.1f}%")


@pytest.mark.parametrize("of", ["everybody", "\x00", "x" * 5000])
def test_choice_that_is_not_there_falls_back_and_says_so(
    client: Client, of: str
) -> None:
    response = client.get(PAGE, {"of": of})

    assert response.status_code == 200
    assert "We do not know the match rate" in text_of(response)
    assert "79.8%" in text_of(response)


def test_page_is_found_from_the_years_and_from_the_guide(client: Client) -> None:
    assert PAGE in links_of(client.get("/match/"))
    assert PAGE in links_of(client.get("/guide/why-figures-differ/"))
    assert "/guide/why-figures-differ/" in links_of(client.get(PAGE))
