"""`/match/`: every year, one year, one version of a year."""

from __future__ import annotations

import pytest
from django.test import Client

from imgportal.lib import numbers
from stats import public
from stats.models import Release
from tests.factories import publish, stored_draft, stored_result
from tests.reading import (
    csv_of,
    html_of,
    json_of,
    links_of,
    number_in,
    table_of,
    tables_of,
    tags_of,
    text_of,
)

pytestmark = pytest.mark.django_db

FACTS_OF_2024 = (
    "9,045 of 14,772 IMGs matched to a first-year position: 61.2%",
    "657 more than in 2023: 832 more non-US IMGs and 175 fewer US IMGs",
    "moved by less than one point",
    "US IMGs 67.6% → 67.0%",
    "Non-US IMGs 59.4% → 58.5%",
    "more than a quarter of all matched applicants (9,045 of 35,984)",
    "38,494 PGY-1 positions were offered",
    "50,413 applicants registered",
    "Internal Medicine 43.0%, Pathology 37.4%, "
    "Family Medicine 31.8%, and Neurology 29.5%",
)


# Mean scores of matched non-US IMGs and US IMGs, edition 2022.
SCORES_OF_2022 = {
    "All specialties": (240, 230),
    "Internal Medicine": (245, 235),
    "Neurology": (245, 235),
    "Pathology": (238, 228),
}


@pytest.mark.parametrize("fact", FACTS_OF_2024)
@pytest.mark.parametrize("path", ["/match/2024/", "/match/2024/v1/"])
def test_page_of_2024_says_in_words_what_happened(
    client: Client, path: str, fact: str
) -> None:
    assert fact in text_of(client.get(path))


def test_page_of_2022_shows_the_scores_of_its_edition(client: Client) -> None:
    rows = {
        (row[0], row[1]): number_in(row[2])
        for row in table_of(client.get("/match/2022/"), "Step 2 CK scores")
    }

    assert {
        specialty: (
            rows[specialty, "Non-US IMGs matched"],
            rows[specialty, "US IMGs matched"],
        )
        for specialty in SCORES_OF_2022
    } == SCORES_OF_2022


def test_every_year_has_a_page_that_links_its_neighbours(client: Client) -> None:
    years = list(public.everything().years)

    for place, year in enumerate(years):
        response = client.get(f"/match/{year}/")
        around = years[max(place - 1, 0) : place] + years[place + 1 : place + 2]
        assert response.status_code == 200
        assert f"The {year} Match" in text_of(response)
        assert {f"/match/{other}/" for other in around} <= set(links_of(response))


def test_year_whose_total_is_not_known_says_so(client: Client) -> None:
    figures = public.everything()
    unknown = [year for year in figures.years if figures.years[year].imgs is None]

    assert unknown
    for year in unknown:
        text = text_of(client.get(f"/match/{year}/"))
        assert "The result of all IMGs together is not known for this year." in text


def test_totals_show_every_value_or_why_there_is_none(client: Client) -> None:
    totals = public.everything().years[2026].totals
    assert totals is not None

    text = text_of(client.get("/match/2026/"))

    assert f"Registered {numbers.count(totals.registered_applicants or 0)}" in text
    assert f"All filled {numbers.count(totals.all_positions_filled or 0)}" in text
    assert totals.pgy1_positions_filled is None
    assert "PGY-1 filled – (Not in the sources we hold)" in text


@pytest.mark.parametrize("year", [1997, 2013, 2022, 2024, 2026])
def test_types_of_a_year_are_the_same_on_the_page_and_in_its_downloads(
    client: Client, year: int
) -> None:
    page = [
        (row[0], number_in(row[1]), number_in(row[3]))
        for row in table_of(client.get(f"/match/{year}/"), "Results by applicant type")
        if row[0] != "US and non-US IMGs together"
    ]
    rows = csv_of(client.get(f"/match/{year}/applicants.csv"))
    labels = {row.key: row.label for row in public.everything().years[year].applicants}

    assert page == [
        (
            labels[row["applicant_type"]],
            _number(row["active_applicants"]),
            _number(row["matched_to_pgy1"]),
        )
        for row in rows
        if row["applicant_type"] != "all_imgs"
    ]
    assert len(page) == len(labels)


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def test_years_table_and_its_downloads_hold_the_same_rows(client: Client) -> None:
    rows = table_of(client.get("/match/"), "match rate by Match year")
    page = {
        (row[0].split()[0], group): (number_in(row[at]), number_in(row[at + 1]))
        for row in rows
        for group, at in (("non_us_img", 1), ("us_img", 5))
    }
    data = {
        (row["match_year"], row["applicant_type"]): (
            _number(row["active_applicants"]),
            _number(row["matched_to_pgy1"]),
        )
        for row in csv_of(client.get("/match.csv"))
    }

    # The page also has a line of dashes where a year says nothing about a group.
    assert {key: values for key, values in page.items() if values != (None, None)} == {
        key: values for key, values in data.items() if values != (None, None)
    }
    assert len(rows) == len(public.everything().years)


def test_filters_of_the_years_hold_for_the_page_and_for_its_downloads(
    client: Client,
) -> None:
    query = "?group=all_imgs&group=us_md_senior&since=2020&until=2022"

    page = client.get(f"/match/{query}")
    rows = json_of(client.get(f"/match.json{query}"))["rows"]

    assert [row[0] for row in table_of(page, "by Match year")] == [
        "2022",
        "2021",
        "2020",
    ]
    assert {(row["match_year"], row["applicant_type"]) for row in rows} == {
        (year, group)
        for year in (2020, 2021, 2022)
        for group in ("all_imgs", "us_md_senior")
    }
    assert f"/match.csv{query}" in links_of(page)


def test_years_in_the_wrong_order_are_swapped_and_said_so(client: Client) -> None:
    response = client.get("/match/?since=2022&until=2020")

    assert "The first year came after the last one; we swapped them." in text_of(
        response
    )
    assert len(table_of(response, "by Match year")) == 3


def test_sum_of_both_groups_says_how_it_was_made(client: Client) -> None:
    rows = csv_of(client.get("/match.csv?group=all_imgs&since=2024&until=2024"))

    assert [(row["matched_to_pgy1"], row["made_by"]) for row in rows] == [
        ("9045", "Sum of US IMGs and non-US IMGs.")
    ]


def test_earlier_version_says_that_it_is_not_current_and_what_changed(
    client: Client,
) -> None:
    response = client.get("/match/2013/v1/")

    assert "This is not the current version." in text_of(response)
    assert {"/match/2013/", "/changes/#match-2013-v2"} <= set(links_of(response))
    assert {"name": "robots", "content": "noindex"} in tags_of(response, "meta")
    assert 'id="match-2013-v2"' in client.get("/changes/").content.decode()


def test_current_version_does_not_say_that_it_is_old(client: Client) -> None:
    response = client.get("/match/2013/v2/")

    assert "not the current version" not in text_of(response)
    assert "/changes/#match-2013-v2" in links_of(response)


def test_earlier_version_keeps_its_own_figures(client: Client) -> None:
    def us_imgs(path: str) -> float | None:
        rows = table_of(client.get(path), "Results by applicant type")
        return next(number_in(row[3]) for row in rows if row[0] == "US IMGs")

    assert us_imgs("/match/2013/v1/") == 2706
    assert us_imgs("/match/2013/v2/") == us_imgs("/match/2013/") == 2691


def test_downloads_of_a_version_are_of_that_version(client: Client) -> None:
    links = [
        link
        for link in links_of(client.get("/match/2013/v1/"))
        if link.endswith((".csv", ".json")) and not link.startswith("/cite/")
    ]

    assert len(links) >= 4
    assert all(link.startswith("/match/2013/v1") for link in links)
    for link in links:
        assert client.get(link).status_code == 200
    rows = csv_of(client.get("/match/2013/v1.csv"))
    assert {row["version"] for row in rows} == {"1"}


def test_whole_year_as_json_holds_every_table(client: Client) -> None:
    year = json_of(client.get("/match/2022.json"))
    old = json_of(client.get("/match/2013/v1.json"))

    assert set(year["tables"]) == {
        *("totals", "applicants", "placements", "specialties", "scores")
    }
    figures = public.everything().years[2022]
    assert len(year["tables"]["specialties"]["rows"]) == len(figures.specialties)
    assert len(year["tables"]["scores"]["rows"]) == 18
    assert year["is_current"] is True
    assert old["is_current"] is False


def test_further_version_takes_the_place_of_the_one_before(client: Client) -> None:
    publish(_draft_of_2060(version=1, matched=100))
    assert "100" in text_of(client.get("/match/2060/"))

    publish(_draft_of_2060(version=2, matched=117))
    page = client.get("/match/2060/")

    rows = table_of(page, "Results by applicant type")
    assert [row[3] for row in rows if row[0] == "US IMGs"] == ["117"]
    assert "This is not the current version." in text_of(client.get("/match/2060/v1/"))
    assert "A number was mistyped." in text_of(page)


def _draft_of_2060(*, version: int, matched: int) -> Release:
    release = stored_draft(2060, version)
    stored_result(release, matched_to_pgy1=matched)
    return release


def test_draft_is_not_found(client: Client) -> None:
    stored_result(stored_draft(2060))

    assert client.get("/match/2060/").status_code == 404
    assert client.get("/match/2060/v1.json").status_code == 404


def test_open_specialties_of_a_year_are_in_the_order_of_their_share(
    client: Client,
) -> None:
    text = text_of(client.get("/match/2024/"))
    chart = text[text.index("Share of filled PGY-1 positions that IMGs filled") :]
    shares = ("43.0%", "37.4%", "31.8%", "29.5%")

    places = [chart.index(share) for share in shares]

    assert places == sorted(places)


def test_every_table_names_its_columns_for_screen_readers(client: Client) -> None:
    for path in ("/match/", "/match/2022/", "/match/2013/v1/"):
        headings = tags_of(client.get(path), "th")
        assert headings
        assert [tag for tag in headings if "scope" not in tag] == []
        assert all(tables_of(client.get(path)))


# --- The table that the page of all years opens with ---------------------------------


def test_the_page_of_all_years_opens_with_the_newest_ten(client: Client) -> None:
    response = client.get("/match/")
    rows = table_of(response, "the newest 10 years")
    figures = public.everything()
    newest = [
        year for year in reversed(figures.years.values()) if year.imgs is not None
    ][:10]
    html = html_of(response)

    assert [row[0][:4] for row in rows] == [str(year.match_year) for year in newest]
    assert rows[0][:4] == ["2026", "16,154", "9,682", "59.9%"]
    assert html.index("newest-years-caption") < html.index("<svg")
    assert html.count("source of all IMGs") == 10


def test_who_chose_groups_or_years_gets_those_at_once(client: Client) -> None:
    response = client.get("/match/?group=us_img")

    assert "newest-years-caption" not in html_of(response)
