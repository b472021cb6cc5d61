"""`/specialties/`: all of a year, one over the years, up to four side by side."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from imgportal.lib import numbers
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


def _share_in(cell: str) -> tuple[float | None, str]:
    """The share that a cell shows, and the year beside it, if there is one."""
    share, _, rest = cell.partition("%")
    year = re.search(r"\b20\d\d\b", rest if rest else share)
    return (float(share) if rest else None, year.group() if year else "")


def test_list_opens_with_the_newest_known_share_of_every_specialty(
    client: Client,
) -> None:
    figures = public.everything()
    short = {row.short_name: slug for slug, row in figures.specialties.items()}
    lines = {
        short[row[0].rstrip("0123456789")]: _share_in(row[1])
        for row in table_of(client.get("/specialties/"), "29 specialties")
    }

    assert set(lines) == set(figures.specialties)
    for slug, line in lines.items():
        known = [row for row in figures.specialty_years.get(slug, ()) if row.img_share]
        if known:
            newest = max(known, key=lambda row: row.provenance.match_year)
            assert newest.img_share is not None
            percent = numbers.percent(newest.img_share.percent)
            assert line == (
                float(percent.rstrip("%")),
                str(newest.provenance.match_year),
            )
        else:
            assert line[0] is None
    # By hand: 4,718 of 10,584 in 2025; 20 of 1,926 in 2026.
    assert lines["internal-medicine"] == (44.6, "2025")
    assert lines["orthopedic-surgery"] == (1.0, "2026")
    assert lines["dermatology"] == (3.6, "2022")
    # Positions of 2023 are known, and no share in any year.
    assert lines["vascular-surgery"] == (None, "2023")
    assert lines["public-health-preventive-medicine"] == (None, "")


def test_list_says_which_year_is_the_last_full_one(client: Client) -> None:
    sentence = (
        "The last full year is 2022: it has the share of 22 of the 24 specialties for "
        "which any year has one."
    )
    response = client.get("/specialties/")

    assert sentence in text_of(response)
    assert "?year=2022" in links_of(response)
    assert sentence not in text_of(client.get("/specialties/?year=2022"))


def test_list_of_a_year_is_of_that_year_alone(client: Client) -> None:
    response = client.get("/specialties/?year=2024")
    rows = table_of(response, "12 specialties, 2024 Match")

    assert "Specialties in the 2024 Match" in text_of(response)
    assert "Newer years are still thin" in text_of(response)
    assert {_share_in(row[1])[1] for row in rows} == {""}
    assert {
        row["match_year"] for row in csv_of(client.get("/specialties.csv?year=2024"))
    } == {"2024"}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?sort=preferred&q=surgery",
        "?year=2024",
        "?year=2024&sort=offered",
        "?year=2018&sort=-non_us_img&q=medicine",
    ],
)
def test_list_and_its_downloads_hold_the_same_rows_in_the_same_order(
    client: Client, query: str
) -> None:
    page = [
        (row[0].rstrip("0123456789"), *(number_in(cell) for cell in row[3:7]))
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
    assert json_of(client.get(f"/specialties.json{query}"))["rows"] == [
        {column: _typed(value) for column, value in row.items()} for row in rows
    ]


def _typed(value: str) -> object:
    """A cell of a CSV file as JSON has it; both are made of the same rows."""
    if not value:
        return None
    return float(value) if re.fullmatch(r"[\d.]+", value) else value


@pytest.mark.parametrize(
    "order", ["share", "-share", "offered", "-filled", "us_img", "-non_us_img", "imgs"]
)
def test_list_is_sorted_as_asked_and_puts_what_is_not_known_last(
    client: Client, order: str
) -> None:
    columns = (
        "share",
        "preferred",
        "offered",
        "filled",
        "us_img",
        "non_us_img",
        "imgs",
    )
    at = columns.index(order.lstrip("-")) + 1
    response = client.get(f"/specialties/?year=2022&sort={order}")

    values = [
        _share_in(row[at])[0] if at == 1 else number_in(row[at])
        for row in table_of(response, "specialt")
    ]

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
    assert client.get(f"/specialties/compare.json?{query}").status_code == 400


def test_comparison_of_none_says_how_to_begin(client: Client) -> None:
    response = client.get("/specialties/compare/")

    assert "Choose two to four specialties below" in text_of(response)
    assert csv_of(client.get("/specialties/compare.csv")) == []


def test_comparison_without_scores_says_so(client: Client) -> None:
    figures = public.everything()
    without = next(
        slug for slug in figures.specialty_years if slug not in figures.scores_of
    )

    text = text_of(client.get(f"/specialties/compare/?s={without}"))

    assert "No scores are published for this specialty." in text


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
