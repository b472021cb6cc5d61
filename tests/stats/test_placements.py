"""Placed after SOAP: a table of its own, never on one line with the match rate."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client

from stats import public
from stats.choices import ApplicantType, FigureTable
from stats.readiness import problems
from stats.year_summary import placement_stories
from tests.factories import (
    applicant_row,
    placement_row,
    provenance,
    totals_row,
    year_figures,
)
from tests.reading import table_of, text_of

US_IMG, ALL = ApplicantType.US_IMG, ApplicantType.ALL


# --- What is computed -------------------------------------------------------------------


def test_rate_is_of_active_applicants() -> None:
    rate = placement_row(active_placed_in_pgy1=110, active_applicants=200).placed_rate

    assert rate is not None
    assert (rate.percent, rate.printed) == (Fraction(55), None)


def test_missing_count_is_no_zero() -> None:
    row = placement_row(active_placed_in_pgy1=None)
    year = year_figures(row, applicant_row())

    assert row.placed_rate is None
    assert placement_stories(year)[0].placed_by_soap is None


def test_soap_places_those_who_did_not_match() -> None:
    year = year_figures(
        applicant_row(US_IMG, 200, 100),
        totals_row(active_applicants=1600, matched_to_pgy1=900),
        placement_row(US_IMG),
        placement_row(ALL, active_placed_in_pgy1=950, active_applicants=1600),
    )

    assert [story.placed_by_soap for story in placement_stories(year)] == [10, 50]


# --- What blocks publication ------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"active_placed_in_pgy1": 99}, "fewer than the 100 who matched"),
        ({"active_applicants": 199}, "199 here, 200 in “Results by applicant type”."),
        ({"published_placed_rate": Decimal("56")}, "56 is printed, 55.00 is computed."),
        (
            {"placed_in_pgy1": 109},
            "110 is more than placed_in_pgy1 109.",
        ),
    ],
)
def test_contradiction_blocks(changes: dict[str, Any], text: str) -> None:
    year = year_figures(applicant_row(US_IMG, 200, 100), placement_row(**changes))

    assert [text in problem.text for problem in problems(year)] == [True]


def test_sound_row_does_not_block() -> None:
    assert (
        problems(year_figures(applicant_row(US_IMG, 200, 100), placement_row())) == ()
    )


def test_difference_that_a_note_explains_does_not_block() -> None:
    explained = provenance(note="Counted a month later.")
    year = year_figures(
        applicant_row(US_IMG, 200, 100),
        replace(placement_row(active_applicants=201), provenance=explained),
    )

    assert problems(year) == ()


def test_types_are_parts_of_all_applicants() -> None:
    year = year_figures(placement_row(US_IMG), placement_row(ALL, placed_in_pgy1=112))

    (problem,) = problems(year)
    assert problem.text == "The applicant types add up to 115, more than 112."


# --- Pages ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("match_year", "us", "non_us"), [(2025, "73.5%", "60.3%"), (2024, "73.4%", "61.5%")]
)
def test_year_shows_who_had_a_position_after_soap(
    client: Client, match_year: int, us: str, non_us: str
) -> None:
    rows = table_of(client.get(f"/match/{match_year}/"), "Placed in PGY-1")
    by_group = {row[0]: row for row in rows}

    assert by_group["US IMGs"][1] == us
    assert by_group["Non-US IMGs"][1] == non_us
    assert len(rows) == 7


@pytest.mark.django_db
def test_rates_after_the_match_stand_beside(client: Client) -> None:
    rows = table_of(client.get("/match/2025/"), "Placed in PGY-1")
    by_group = {row[0]: row for row in rows}

    assert by_group["US IMGs"][2] == "67.8%"
    assert by_group["Non-US IMGs"][2:5] == ["58.0%", "6,915", "262"]


@pytest.mark.django_db
def test_years_without_it_show_nothing(client: Client) -> None:
    assert "After SOAP" not in text_of(client.get("/match/2023/"))


@pytest.mark.django_db
def test_list_of_years_shows_the_chosen_groups(client: Client) -> None:
    rows = table_of(client.get("/match/?group=us_img"), "Placed in PGY-1")

    assert [row[:2] for row in rows] == [
        ["US IMGs 2025", "73.5%"],
        ["US IMGs 2024", "73.4%"],
    ]


@pytest.mark.django_db
def test_rates_are_exported_as_computed_and_as_published(client: Client) -> None:
    rows = client.get("/match/2025/placements.json").json()["rows"]
    (row,) = [row for row in rows if row["applicant_type"] == "non_us_img"]

    assert row["placed_in_pgy1"] == 6951
    assert row["placed_rate_percent"] == pytest.approx(100 * 6915 / 11465)
    assert row["published_placed_rate_of_all"] == 52.3
    assert row["placed_rate_of_all_percent"] == 52.3
    assert row["confidence"] == "B"


@pytest.mark.django_db
def test_no_group_is_counted_twice() -> None:
    year = public.everything().years[2025]

    for row in year.rows(FigureTable.PLACEMENTS):
        assert row.provenance.sources
    assert year.placement_of(ALL) is not None
