"""`/specialties/`: all of a year, one over the years, up to four side by side."""

from __future__ import annotations

import pytest
from django.test import Client

from stats import public
from tests.reading import (
    csv_of,
    json_of,
    links_of,
    number_in,
    table_of,
    tables_of,
    tags_of,
    text_of,
)

pytestmark = pytest.mark.django_db

COLUMNS = (
    "positions_offered",
    "positions_filled",
    "filled_us_img",
    "filled_non_us_img",
)


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def test_list_shows_the_newest_year_that_covers_most_specialties(
    client: Client,
) -> None:
    text = text_of(client.get("/specialties/"))

    assert "Specialties in the 2024 Match" in text
    assert "Newer years are still thin" in text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?year=2024",
        "?year=2024&sort=offered",
        "?year=2018&sort=-non_us_img&q=medicine",
    ],
)
def test_list_and_its_downloads_hold_the_same_rows_in_the_same_order(
    client: Client, query: str
) -> None:
    page = [
        (row[0].rstrip("0123456789"), *(number_in(cell) for cell in row[1:5]))
        for row in table_of(client.get(f"/specialties/{query}"), "specialt")
    ]
    short = {
        row.name: row.short_name for row in public.everything().specialties.values()
    }
    rows = csv_of(client.get(f"/specialties.csv{query}"))

    assert page == [
        (short[row["specialty"]], *(_number(row[column]) for column in COLUMNS))
        for row in rows
    ]
    assert page


@pytest.mark.parametrize(
    "order", ["share", "-share", "offered", "-filled", "us_img", "-non_us_img", "imgs"]
)
def test_list_is_sorted_as_asked_and_puts_what_is_not_known_last(
    client: Client, order: str
) -> None:
    columns = ("offered", "filled", "us_img", "non_us_img", "imgs", "share")
    at = columns.index(order.lstrip("-")) + 1
    response = client.get(f"/specialties/?year=2022&sort={order}")

    values = [number_in(row[at]) for row in table_of(response, "specialt")]

    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=order.startswith("-"))
    assert values == known + [None] * (len(values) - len(known))
    assert known


def test_heading_that_sorts_says_so_and_turns_the_order_round(client: Client) -> None:
    response = client.get("/specialties/?year=2024")

    (sorted_by,) = [tag for tag in tags_of(response, "th") if "aria-sort" in tag]

    assert sorted_by["aria-sort"] == "descending"
    links = [
        tag["href"] for tag in tags_of(response, "a") if tag.get("class") == "sort"
    ]
    assert "?year=2024&sort=share" in links
    assert "?year=2024&sort=name" in links


def test_search_that_finds_nothing_says_so_and_offers_all(client: Client) -> None:
    response = client.get("/specialties/?year=2024&q=astrology")

    assert "No specialty of 2024 has “astrology” in its name." in text_of(response)
    assert "?year=2024" in links_of(response)
    assert csv_of(client.get("/specialties.csv?year=2024&q=astrology")) == []


def test_search_is_escaped(client: Client) -> None:
    html = client.get('/specialties/?q="><script>alert(1)</script>').content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_footnotes_are_bound_to_their_rows_and_stand_in_the_downloads(
    client: Client,
) -> None:
    response = client.get("/specialties/?year=2022")
    marks = [
        tag["href"] for tag in tags_of(response, "a") if tag.get("class") == "note-mark"
    ]
    notes = [note for note in public.everything().years[2022].footnotes if note.row]
    bound = [note for note in notes if note.table == "specialties"]
    rows = {
        row["slug"]: row for row in csv_of(client.get("/specialties.csv?year=2022"))
    }

    ids = {tag["id"] for tag in tags_of(response, "li") if "id" in tag}
    assert {mark.removeprefix("#") for mark in marks} <= ids
    assert len(marks) == len(bound)
    for note in bound:
        assert note.text in rows[note.row]["footnotes"]
        assert note.text in text_of(response)


def test_every_specialty_has_a_page_with_its_years(client: Client) -> None:
    figures = public.everything()

    for slug, specialty in figures.specialties.items():
        response = client.get(f"/specialties/{slug}/")
        assert response.status_code == 200
        assert specialty.short_name in text_of(response)
        rows = figures.specialty_years.get(slug, ())
        years = [
            row[0]
            for caption, table in tables_of(response).items()
            if "PGY-1 positions by Match year" in caption
            for row in table
        ]
        assert years == [str(row.provenance.match_year) for row in reversed(rows)]


@pytest.mark.parametrize("slug", ["internal-medicine", "neurology", "pathology"])
def test_specialty_and_its_downloads_hold_the_same_rows(
    client: Client, slug: str
) -> None:
    page = [
        (row[0], *(number_in(cell) for cell in row[2:4]), *map(number_in, row[6:8]))
        for row in table_of(client.get(f"/specialties/{slug}/"), "by Match year")
    ]
    rows = csv_of(client.get(f"/specialties/{slug}.csv"))

    assert page == [
        (row["match_year"], *(_number(row[column]) for column in COLUMNS))
        for row in rows
    ]
    assert len(page) > 1


def test_specialty_says_what_its_figures_leave_out(client: Client) -> None:
    notes = {
        note.text
        for year in public.everything().years.values()
        for note in year.footnotes
        if note.table == "specialties" and note.row == "neurology"
    }
    text = text_of(client.get("/specialties/neurology/"))

    assert notes
    assert [note for note in notes if note not in text] == []


def test_comparison_shows_the_specialties_in_one_common_year(client: Client) -> None:
    response = client.get("/specialties/compare/?s=neurology&s=pathology")
    rows = {row[0]: row[1:] for row in table_of(response, "First-year positions")}

    years = rows["Match year"]
    assert len(set(years)) == 1
    assert years[0].isdigit()
    year = public.everything().years[int(years[0])]
    filled = {row.specialty.slug: row.positions_filled for row in year.specialties}
    assert [number_in(cell) for cell in rows["Positions filled"]] == [
        filled["neurology"],
        filled["pathology"],
    ]


def test_comparison_of_five_shows_four_and_says_so(client: Client) -> None:
    slugs = list(public.everything().specialty_years)[:5]
    query = "&".join(f"s={slug}" for slug in slugs)

    response = client.get(f"/specialties/compare/?{query}")

    assert "Four specialties fit side by side; we show the first 4." in text_of(
        response
    )
    rows = table_of(response, "First-year positions")
    assert {len(row) for row in rows} == {5}
    data = json_of(client.get(f"/specialties/compare.json?{query}"))
    assert {row["slug"] for row in data["rows"]} == set(slugs[:4])
    assert data["notices"]


def test_comparison_of_none_says_how_to_begin(client: Client) -> None:
    response = client.get("/specialties/compare/")

    assert "Choose two to four specialties below" in text_of(response)
    assert csv_of(client.get("/specialties/compare.csv")) == []


def test_comparison_without_quartiles_says_so(client: Client) -> None:
    figures = public.everything()
    without = next(
        slug for slug in figures.specialty_years if slug not in figures.scores_of
    )

    text = text_of(client.get(f"/specialties/compare/?s={without}"))

    assert "No quartiles are published for this specialty." in text


def test_every_specialty_can_be_compared_also_one_without_figures(
    client: Client,
) -> None:
    figures = public.everything()
    slugs = [it.slug for it in figures.specialties.values()]
    assert [slug for slug in slugs if slug not in figures.specialty_years] != []

    for slug in slugs:
        response = client.get(f"/specialties/compare/?s={slug}")
        assert response.status_code == 200, slug


def test_choice_of_the_comparison_stays_ticked(client: Client) -> None:
    response = client.get("/specialties/compare/?s=neurology&s=pathology")

    ticked = [
        tag["value"]
        for tag in tags_of(response, "input")
        if tag["type"] == "checkbox" and "checked" in tag
    ]

    assert ticked == ["neurology", "pathology"]
