"""`/scores/`: Step 2 CK of those who matched and of those who did not."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from stats import public
from tests.reading import (
    csv_of,
    data_block_of,
    html_of,
    json_of,
    number_in,
    table_of,
    tags_of,
    text_of,
)

pytestmark = pytest.mark.django_db

EDITIONS = [2014, 2016, 2018, 2020, 2022, 2026]
MEASURES = (
    "step2_ck_mean",
    "step2_ck_q1",
    "step2_ck_median",
    "step2_ck_q3",
    "applicants_with_score",
    "applicants",
)


def test_scores_are_of_the_newest_edition(client: Client) -> None:
    assert "Step 2 CK scores, edition 2026" in text_of(client.get("/scores/"))
    assert list(public.everything().charting_editions) == EDITIONS[::-1]


@pytest.mark.parametrize("edition", EDITIONS)
def test_edition_and_its_downloads_hold_the_same_rows(
    client: Client, edition: int
) -> None:
    rows = table_of(client.get(f"/scores/?edition={edition}"), "Step 2 CK scores")
    page = {(row[0], row[1]): tuple(map(number_in, row[2:8])) for row in rows}
    figures = public.everything()
    short = {row.name: row.short_name for row in figures.specialties.values()}
    groups = {"us_img": "US IMGs", "non_us_img": "Non-US IMGs"}
    outcomes = {"matched": "matched", "not_matched": "not matched"}
    data = json_of(client.get(f"/scores.json?edition={edition}"))["rows"]

    assert page == {
        (
            short.get(row["specialty"], row["specialty"]),
            f"{groups[row['applicant_type']]} {outcomes[row['outcome']]}",
        ): tuple(row[column] for column in MEASURES)
        for row in data
    }
    assert len(rows) == len(data) == len(figures.years[edition].scores)


@pytest.mark.parametrize(
    ("specialty", "non_us", "us"),
    [
        ("All specialties", 240, 230),
        ("Internal Medicine", 245, 235),
        ("Neurology", 245, 235),
        ("Pathology", 238, 228),
    ],
)
def test_edition_of_2022_shows_its_means(
    client: Client, specialty: str, non_us: int, us: int
) -> None:
    response = client.get("/scores/?edition=2022")

    means = {
        row[1]: number_in(row[2])
        for row in table_of(response, "Step 2 CK scores")
        if row[0] == specialty
    }

    assert means == {"Non-US IMGs matched": non_us, "US IMGs matched": us}


def test_means_over_all_specialties_stand_on_top(client: Client) -> None:
    text = text_of(client.get("/scores/?edition=2022"))

    assert (
        "240 Non-US IMGs who matched to their preferred specialty: mean over all specialties"
        in text
    )
    assert (
        "230 US IMGs who matched to their preferred specialty: mean over all specialties"
        in text
    )


def test_edition_that_describes_another_match_says_so(client: Client) -> None:
    assert "2013 Match" in text_of(client.get("/scores/?edition=2014"))
    assert {
        (row["edition"], row["match_year"])
        for row in csv_of(client.get("/scores.csv?edition=2014"))
    } == {("2014", "2013")}
    assert "stand in the edition of 2014" in text_of(client.get("/match/2013/"))


def test_strips_carry_the_numbers_that_they_draw(client: Client) -> None:
    response = client.get("/scores/")
    strips = [tag for tag in tags_of(response, "div") if "data-q1" in tag]
    text = text_of(response)
    drawn = [row for row in public.everything().years[2026].scores if row.step2_ck_q1]

    assert len(strips) == len(drawn)
    for row in drawn:
        numbers = (row.step2_ck_q1, row.step2_ck_median, row.step2_ck_q3)
        in_words = " · ".join(f"{number:.0f}" for number in numbers if number)
        assert f"{in_words} n = {row.applicants_with_score:,}" in text


def test_scores_that_are_withheld_are_named_with_the_reason(client: Client) -> None:
    withheld = [
        row for row in public.everything().years[2026].scores if row.provenance.missing
    ]
    text = text_of(client.get("/scores/"))

    assert withheld
    for row in withheld:
        assert f"{row.label} ({row.provenance.missing_in_words})" in text


def test_field_for_the_own_score_has_no_name_and_so_no_way_out(client: Client) -> None:
    response = client.get("/scores/")

    (field,) = [
        tag for tag in tags_of(response, "input") if tag.get("type") == "number"
    ]

    assert "name" not in field
    assert field["autocomplete"] == "off"


def test_edition_with_means_only_draws_them_for_the_own_score(client: Client) -> None:
    response = client.get("/scores/?edition=2022")
    means = [tag["data-mean"] for tag in tags_of(response, "div") if "data-mean" in tag]
    drawn = [row for row in public.everything().years[2022].scores if row.step2_ck_mean]

    assert sorted(means) == sorted(str(row.step2_ck_mean) for row in drawn)
    assert 'type="number"' in html_of(response)
    assert "no quartiles, so how widely the scores spread is not known" in text_of(
        response
    )


@pytest.mark.parametrize("group", ["us_img", "non_us_img"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_group_narrows_the_page_and_its_downloads_alike(
    client: Client, edition: int, group: str
) -> None:
    query = f"?edition={edition}&group={group}"
    data = json_of(client.get(f"/scores.json{query}"))["rows"]
    expected = [
        row
        for row in public.everything().years[edition].scores
        if row.applicant_type == group
    ]

    assert len(data) == len(csv_of(client.get(f"/scores.csv{query}"))) == len(expected)
    assert {row["applicant_type"] for row in data} <= {group}
    if expected:
        page = client.get(f"/scores/{query}")
        assert len(table_of(page, "Step 2 CK scores")) == len(expected)


def test_edition_that_leaves_a_group_out_gives_way_to_the_newest_that_does_not(
    client: Client,
) -> None:
    response = client.get("/scores/?edition=2026&group=us_img")

    assert "Step 2 CK scores, edition 2022" in text_of(response)
    assert (
        "The edition of 2026 does not cover US IMGs. The newest that does is that of 2022."
    ) in text_of(response)
    rows = table_of(response, "Step 2 CK scores: mean")
    expected = table_of(
        client.get("/scores/?edition=2022&group=us_img"), "Step 2 CK scores: mean"
    )
    assert rows == expected
    assert rows
    links = [tag["href"] for tag in tags_of(response, "a")]
    assert "/scores.csv?charting_outcomes=2022&group=us_img" in links


def test_download_of_an_edition_stays_that_of_the_edition(client: Client) -> None:
    address = "edition=2026&group=us_img"
    data = json_of(client.get(f"/scores.json?{address}"))

    assert data["rows"] == csv_of(client.get(f"/scores.csv?{address}")) == []
    assert data["notices"] == [
        "The edition of 2026 does not cover US IMGs. The newest that does is that of 2022."
    ]


@pytest.mark.parametrize(
    ("group", "edition"), [("us_img", "2022"), ("non_us_img", "2026")]
)
def test_group_without_an_edition_means_the_newest_that_covers_it(
    client: Client, group: str, edition: str
) -> None:
    rows = csv_of(client.get(f"/scores.csv?group={group}"))

    assert {(row["edition"], row["applicant_type"]) for row in rows} == {
        (edition, group)
    }
    assert f"Step 2 CK scores, edition {edition}" in text_of(
        client.get(f"/scores/?group={group}")
    )


def _offered_groups(response: object) -> list[str]:
    return re.findall(
        r"<option[^>]*>([^<]+)",
        html_of(response).partition('name="group"')[2].partition("</select>")[0],
    )


def test_both_groups_are_offered_where_an_edition_has_both(client: Client) -> None:
    assert _offered_groups(client.get("/scores/?edition=2022")) == [
        "Both groups",
        "Non-US IMGs",
        "US IMGs",
    ]
    assert _offered_groups(client.get("/scores/")) == [
        "Non-US IMGs",
        "US IMGs: edition 2022",
    ]


def test_group_of_an_edition_that_has_no_other_can_be_named(client: Client) -> None:
    address = "edition=2026&group=non_us_img"
    named = json_of(client.get(f"/scores.json?{address}"))
    unnamed = json_of(client.get("/scores.json?edition=2026"))

    assert named["rows"] == unnamed["rows"]
    assert named["notices"] == []
    assert named["title"] == "Step 2 CK scores, edition 2026, Non-US IMGs"


def test_silent_group_stands_beside_with_the_newest_edition_of_each_specialty(
    client: Client,
) -> None:
    response = client.get("/scores/")
    rows = {row[0]: row[1] for row in table_of(response, "Step 2 CK of US IMGs")}

    assert "This edition does not cover US IMGs." in text_of(response)
    assert (
        "230 US IMGs who matched to their preferred specialty: mean over all specialties, "
        "edition 2022"
    ) in text_of(response)
    assert rows["All specialties"].startswith("230 mean edition 2022")
    assert rows["Internal Medicine"].startswith("235 mean edition 2022")
    assert rows["Family Medicine"].startswith("226 mean edition 2020")
    assert rows["Emergency Medicine"].startswith("235 mean edition 2014")
    assert len(rows) == 13
    assert "Step 2 CK of US IMGs" not in text_of(client.get("/scores/?edition=2022"))


def test_description_of_an_edition_leads_to_the_downloads_of_that_edition(
    client: Client,
) -> None:
    block = data_block_of(client.get("/scores/?edition=2022"))

    assert block is not None
    for download in block["distribution"]:
        assert download["contentUrl"].endswith("?charting_outcomes=2022")
    assert block["url"] == "http://testserver/scores/?charting_outcomes=2022"


def test_a_row_is_read_for_its_mean_or_else_for_its_median(client: Client) -> None:
    page = html_of(client.get("/scores/"))
    edition = public.everything().years[2026]
    without = [
        row
        for row in edition.scores
        if row.step2_ck_mean is None and row.step2_ck_median is None
    ]

    table = page[page.index('id="score-caption"') :]
    answers = re.findall(r'<td class="number[^"]* answer".*?</td>', table, re.DOTALL)
    assert len(answers) == len(edition.scores)
    assert sum('class="missing"' in answer for answer in answers) == len(without)
    assert sum("median" in answer for answer in answers) == 2
