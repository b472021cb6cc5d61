"""Of those who preferred a specialty, who matched: the counts, the share, where shown."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import Client

from stats import exports, public, year_summary
from stats.choices import ApplicantType, FigureTable, ScoreOutcome
from stats.definitions import DEFINITIONS
from stats.figures import ScoreRow
from stats.preferred_match import FEW, PreferredMatch, by_share, list_preferred
from tests.factories import (
    CARDIOLOGY,
    provenance,
    score_row,
    specialty_row,
    year_figures,
)
from tests.reading import csv_of, json_of, table_of, text_of

US, NON_US = ApplicantType.US_IMG, ApplicantType.NON_US_IMG
# What the edition of 2026 counts: matched, preferred, and the share by hand.
BY_HAND = {
    "internal-medicine": (3392, 6992, "48.5"),  # 3,392 + 3,600
    "pediatrics": (542, 791, "68.5"),  # 542 + 249
    "vascular-surgery": (4, 28, "14.3"),  # 4 + 24
    "general-surgery": (124, 433, "28.6"),
    "public-health-preventive-medicine": (3, 5, "60.0"),
}


def of(outcome: ScoreOutcome, applicants: int | None, **changes: object) -> ScoreRow:
    return score_row(outcome=outcome, applicants=applicants, **changes)


def pair(matched: int | None, not_matched: int | None) -> list[ScoreRow]:
    return [
        of(ScoreOutcome.MATCHED, matched),
        of(ScoreOutcome.NOT_MATCHED, not_matched),
    ]


def test_share_is_of_both_outcomes_together() -> None:
    (item,) = list_preferred(pair(3392, 3600))

    assert (item.matched, item.not_matched, item.preferred) == (3392, 3600, 6992)
    assert item.share is not None
    assert item.share.percent == Fraction(339200, 6992)
    assert item.share.printed is None


@pytest.mark.parametrize(("matched", "not_matched"), [(None, 5), (5, None)])
def test_a_count_that_is_not_known_makes_no_share(
    matched: int | None, not_matched: int | None
) -> None:
    assert list_preferred(pair(matched, not_matched)) == ()


def test_an_outcome_without_a_row_makes_no_share() -> None:
    assert list_preferred([of(ScoreOutcome.MATCHED, 1690)]) == ()


def test_nobody_who_matched_is_a_share_of_zero_and_nobody_at_all_is_none() -> None:
    (none_matched,) = list_preferred(pair(0, 12))

    assert none_matched.share is not None
    assert none_matched.share.percent == 0
    assert list_preferred(pair(0, 0)) == ()


def test_contiguous_ranks_are_kept_where_a_count_is_not_known() -> None:
    ranked = of(ScoreOutcome.MATCHED, None, contiguous_ranks_median=Decimal("3.5"))
    (item,) = list_preferred([ranked])

    assert item.has_ranks
    assert item.share is None
    assert item.provenance.made_by == ""


def test_groups_specialties_and_editions_are_never_added() -> None:
    rows = [
        of(ScoreOutcome.MATCHED, 10),
        of(ScoreOutcome.NOT_MATCHED, 20, applicant_type=US),
        of(ScoreOutcome.NOT_MATCHED, 30, provenance=provenance(match_year=2022)),
    ]

    assert list_preferred(rows) == ()


@pytest.mark.parametrize(("matched", "is_few"), [(FEW - 2, True), (FEW - 1, False)])
def test_few_are_marked_below_fifty(matched: int, is_few: bool) -> None:
    (item,) = list_preferred(pair(matched, 1))

    assert item.is_few is is_few
    assert item.one_person == Fraction(100, matched + 1)


def test_definition_names_the_number_from_which_people_are_no_longer_few() -> None:
    (definition,) = [item for item in DEFINITIONS if item.key == "matched-to-preferred"]

    assert f"fewer than {FEW} people" in definition.caveats
    # More than two points, as it says: one person of 49.
    assert Fraction(100, FEW) == 2


def test_few_stand_after_the_others_whatever_their_share() -> None:
    items = [
        replace(item, specialty=replace(CARDIOLOGY, slug=slug, short_name=slug))
        for slug, counts in {
            "small": (9, 1),
            "low": (20, 80),
            "high": (60, 40),
        }.items()
        for item in list_preferred(pair(*counts))
    ]

    assert [item.specialty.slug for item in by_share(items)] == ["high", "low", "small"]


def test_where_it_is_from_says_how_and_takes_the_least_certain_grade() -> None:
    withheld = of(ScoreOutcome.MATCHED, 4, provenance=provenance(missing="suppressed"))
    (item,) = list_preferred([withheld, of(ScoreOutcome.NOT_MATCHED, 24)])

    assert "computed of the two counts" in item.provenance.made_by
    # The scores of four people are withheld; their number is not.
    assert item.provenance.missing == ""


def test_downloads_carry_the_sum_and_the_share_beside_both_outcomes() -> None:
    year = year_figures(*pair(542, 249))
    export = exports.table_of_year(year, FigureTable.SCORES)

    assert export.columns[-3:] == (
        "preferred_applicants",
        "matched_to_preferred_percent",
        "missing_by_value",
    )
    for row in export.rows:
        assert row["preferred_applicants"] == 791
        assert row["matched_to_preferred_percent"] == pytest.approx(68.5208596)


@pytest.mark.django_db
@pytest.mark.parametrize("slug", BY_HAND)
def test_founding_figures_give_the_shares_computed_by_hand(slug: str) -> None:
    item = public.everything().newest_preferred(slug, NON_US)
    matched, preferred, percent = BY_HAND[slug]

    assert item is not None
    assert (item.edition, item.matched, item.preferred) == (2026, matched, preferred)
    assert item.share is not None
    assert f"{float(item.share.percent):.1f}" == percent


@pytest.mark.django_db
def test_newest_counts_of_us_imgs_are_of_the_match_of_2013() -> None:
    figures = public.everything()

    assert {
        item.specialty.slug: (
            item.edition,
            item.match_year,
            item.matched,
            item.preferred,
        )
        for item in figures.preferred_in_newest(US)
    } == {
        "anesthesiology": (2014, 2013, 95, 160),
        "internal-medicine": (2014, 2013, 841, 1594),
        "family-medicine": (2014, 2013, 531, 1233),
    }
    assert len(figures.preferred_in_newest(NON_US)) == 24
    (everybody,) = [
        item for item in figures.preferred_of[""] if item.applicant_type == NON_US
    ]
    assert (everybody.matched, everybody.preferred) == (5721, 11685)


@pytest.mark.django_db
def test_list_has_the_column_and_the_chart(client: Client) -> None:
    response = client.get("/specialties/")
    cells = {
        row[0].rstrip("0123456789"): row[2]
        for row in table_of(response, "29 specialties")
    }
    text = text_of(response)

    assert cells["Internal Medicine"].startswith("3,392 of 6,992d 48.5% 2026")
    assert cells["Pediatrics"].startswith("542 of 791d 68.5% 2026")
    assert cells["Vascular Surgery"].startswith("4 of 28d 14.3% few 2026")
    assert cells["Public Health and Preventive"].startswith("3 of 5d 60.0% few 2026")
    assert cells["Transitional Year"].startswith("–")
    assert sum(not cell.startswith("–") for cell in cells.values()) == 24
    assert "Pediatrics 542 of 791 · 68.5% Psychiatry" in text
    assert "Vascular Surgery 4 of 28 · 14.3% · few" in text
    assert "that they preferred, edition 2014 (2013 Match)" in text
    assert "It is nobody’s chance." in text


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["preferred", "-preferred"])
def test_list_can_be_ordered_by_it(client: Client, order: str) -> None:
    rows = json_of(client.get(f"/specialties.json?sort={order}"))["rows"]
    shares = [row["non_us_img_matched_to_preferred_percent"] for row in rows]
    known = shares[:24]

    assert known == sorted(known, reverse=order.startswith("-"))
    assert shares[24:] == [None] * 5


@pytest.mark.django_db
def test_downloads_of_specialties_have_it_after_all_other_columns(
    client: Client,
) -> None:
    before = exports.FIGURE_COLUMNS[FigureTable.SPECIALTIES]
    for address in (
        "/specialties.csv",
        "/specialties.csv?year=2022",
        "/specialties/internal-medicine.csv",
        "/specialties/compare.csv?s=internal-medicine",
    ):
        (row, *_) = [
            row
            for row in csv_of(client.get(address))
            if row["slug"] == "internal-medicine"
        ]
        assert tuple(row) == (*before, *exports.PREFERRED_COLUMNS), address
        assert row["non_us_img_preferred_edition"] == "2026"
        assert row["non_us_img_matched_to_preferred"] == "3392"
        assert row["non_us_img_preferred_applicants"] == "6992"
        assert float(row["non_us_img_matched_to_preferred_percent"]) == pytest.approx(
            48.5125858
        )
        assert row["non_us_img_preferred_confidence"] == "C"
        assert row["non_us_img_preferred_sources"] == "saieesh-co2026"
        assert row["us_img_preferred_edition"] == "2014"


@pytest.mark.django_db
def test_a_year_of_specialties_has_the_columns_it_always_had(client: Client) -> None:
    (row, *_) = csv_of(client.get("/match/2022/specialties.csv"))

    assert tuple(row) == exports.FIGURE_COLUMNS[FigureTable.SPECIALTIES]


@pytest.mark.django_db
def test_specialty_says_it_first_and_shows_contiguous_ranks(client: Client) -> None:
    response = client.get("/specialties/internal-medicine/")
    text = text_of(response)
    rows = table_of(response, "Of those who preferred it, who matched")

    assert (
        "Of 6,992 non-US IMGs who preferred it, 3,392 matched to it: 48.5% (edition 2026)"
    ) in text
    assert (
        "In the 2013 Match, of 1,594 US IMGs who preferred it, 841 matched to it: 52.8% "
        "(edition 2014)"
    ) in text
    assert [row[0] for row in rows] == ["2026 Non-US IMGs", "2014 US IMGs"]
    assert rows[0][2:6] == ["6.1", "5", "2.5", "2"]
    assert {cell[0] for cell in rows[1][2:6]} == {"–"}
    assert "All specialties, Non-US IMGs, 2026 5,721 of 11,685 · 49.0%" in text


@pytest.mark.django_db
def test_every_published_contiguous_rank_is_on_the_page_of_its_specialty(
    client: Client,
) -> None:
    ranked = [
        row
        for rows in public.everything().scores_of.values()
        for row in rows
        if row.contiguous_ranks_mean is not None
    ]
    shown = 0
    for slug in {row.specialty.slug for row in ranked}:
        rows = table_of(
            client.get(f"/specialties/{slug}/"), "Of those who preferred it"
        )
        (cells,) = [row for row in rows if row[0] == "2026 Non-US IMGs"]
        shown += sum(not cell.startswith("–") for cell in (cells[2], cells[4]))

    assert shown == len(ranked) == 39


@pytest.mark.django_db
def test_specialty_says_which_group_no_edition_counts(client: Client) -> None:
    sentence = "No edition that we hold counts US IMGs who preferred it."

    assert sentence in text_of(client.get("/specialties/pediatrics/"))
    assert sentence not in text_of(client.get("/specialties/internal-medicine/"))
    # Nobody is counted who preferred a year that prepares for another specialty.
    assert sentence not in text_of(client.get("/specialties/transitional-year/"))


@pytest.mark.django_db
def test_few_are_marked_with_what_one_person_moves(client: Client) -> None:
    html = client.get("/specialties/vascular-surgery/").content.decode()

    # 100 / 28 = 3.57
    assert "one more or fewer who matched moves the share by 3.6 points" in html


@pytest.mark.django_db
def test_comparison_lays_both_groups_side_by_side(client: Client) -> None:
    response = client.get(
        "/specialties/compare/?s=internal-medicine&s=family-medicine&s=dermatology"
    )
    rows = {row[0]: row[1:] for row in table_of(response, "First-year positions")}

    non_us = rows["Matched to preferred Non-US IMGs"]
    assert non_us[0].startswith("3,392 of 6,992d 48.5% 2026")
    assert non_us[2].startswith("5 of 30d 16.7% few 2026")
    us = rows["Matched to preferred US IMGs"]
    assert us[1].startswith("531 of 1,233d 43.1% 2014")
    assert us[2].startswith("–")
    ranks = rows["Contiguous ranks Non-US IMGs"]
    assert ranks[0].startswith("Matched: mean 6.1, median 5 Not matched: mean 2.5")
    assert "Contiguous ranks US IMGs" not in rows
    # Scores of a group that the newest edition leaves out stand beside it.
    assert "US IMGs, edition 2022" in text_of(response)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "drawn", "says"),
    [
        ("", "Pediatrics 542 of 791 · 68.5%", "does not count US IMGs"),
        ("?edition=2014", "Family Medicine 531 of 1,233 · 43.1%", ""),
        ("?edition=2022", "Pediatrics 542 of 791 · 68.5%", "that of 2026"),
        ("?group=us_img", "Family Medicine 531 of 1,233 · 43.1%", "that of 2014"),
    ],
)
def test_scores_draw_it_or_say_which_edition_does(
    client: Client, query: str, drawn: str, says: str
) -> None:
    text = text_of(client.get(f"/scores/{query}"))

    assert drawn in text
    assert says in text


@pytest.mark.django_db
def test_question_of_the_hardest_is_answered_by_it_with_care(client: Client) -> None:
    _, _, answer = text_of(client.get("/guide/questions/")).rpartition(
        "Which specialties are hardest to enter, and which are most open?"
    )
    answer = answer.partition("What are my chances?")[0]

    assert "was largest in Pediatrics (542 of 791, 68.5%), Psychiatry" in answer
    assert (
        "smallest in Neurological Surgery (15 of 58, 25.9%), General Surgery" in answer
    )
    assert "Vascular Surgery (4 of 28, 14.3%)" in answer
    assert "50 people or more preferred. 11 more were preferred by fewer" in answer
    assert "of the 2013 Match: Anesthesiology (95 of 160, 59.4%)" in answer
    assert "It is nobody’s chance." in answer
    assert "Internal Medicine (44.6% in 2025)" in answer
    assert answer.count("How far these figures can be trusted: Use with care") >= 4


def test_plain_data_is_read_by_key() -> None:
    (item,) = list_preferred(pair(1, 2))

    assert isinstance(item, PreferredMatch)
    assert item.key == "cardiology/non_us_img/matched"


def test_year_is_full_that_knows_nine_shares_of_ten() -> None:
    rows = [
        specialty_row(specialty=replace(CARDIOLOGY, slug=f"s{number}"))
        for number in range(9)
    ]
    unknown = specialty_row(
        specialty=replace(CARDIOLOGY, slug="s9"),
        filled_us_img=None,
        filled_img_total=None,
    )
    year = year_figures(*rows, unknown)

    assert year_summary.known_shares(year) == 9
    assert year_summary.is_full(year, 10)
    assert not year_summary.is_full(year, 11)
    assert not year_summary.is_full(year_figures(), 0)


@pytest.mark.django_db
def test_newest_share_leaves_out_newer_years_that_do_not_know_it() -> None:
    figures = public.everything()
    newest = figures.newest_share("diagnostic-radiology")
    unknown = figures.newest_share("vascular-surgery")

    # 2024 has its positions, and not who filled them.
    assert newest is not None
    assert newest.provenance.match_year == 2023
    assert unknown is not None
    assert unknown.img_share is None
    assert figures.newest_share("public-health-preventive-medicine") is None
    assert figures.last_full_year is figures.years[2022]
