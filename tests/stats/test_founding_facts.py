"""What the first page says about 2024, held against the founding figures."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import Client

from imgportal.lib import numbers
from stats import public
from stats.choices import ApplicantType, FigureConfidence, ScoreOutcome
from stats.figures import YearFigures, why_missing
from stats.rate_chart import YearColumn, rate_chart
from stats.year_summary import YearStory, year_story
from tests.reading import table_of, text_of

pytestmark = pytest.mark.django_db


def year(match_year: int) -> YearFigures:
    return public.everything().years[match_year]


def story_of_2024() -> YearStory:
    return year_story(year(2024), year(2023), followed=24)


def rate_of(match_year: int, kind: ApplicantType) -> Fraction:
    row = year(match_year).of_type(kind)
    assert row is not None
    assert row.match_rate is not None
    return row.match_rate.percent


def test_three_fifths_of_imgs_matched_in_2024() -> None:
    imgs = year(2024).imgs

    assert imgs is not None
    assert imgs.matched_to_pgy1 == 9045
    assert imgs.active_applicants == 14772
    assert imgs.match_rate is not None
    assert numbers.percent(imgs.match_rate.percent) == "61.2%"


def test_more_imgs_matched_than_the_year_before() -> None:
    story = story_of_2024()

    assert story.matched_change == 657
    assert story.non_us_change == 832
    assert story.us_change == -175


def test_both_groups_moved_by_less_than_a_point() -> None:
    story = story_of_2024()

    assert [
        (
            move.row.key,
            numbers.decimal(move.before.match_rate.percent),
            numbers.decimal(move.row.match_rate.percent),
        )
        for move in story.moves
        if move.before and move.before.match_rate and move.row.match_rate
    ] == [("us_img", "67.6", "67.0"), ("non_us_img", "59.4", "58.5")]
    assert story.moved_less_than_a_point


def test_more_than_a_quarter_of_all_who_matched_were_imgs() -> None:
    story = story_of_2024()

    assert story.all_matched == 35984
    assert story.share_in_words == "more than a quarter"


def test_positions_and_registrations_of_2024() -> None:
    totals = year(2024).totals

    assert totals is not None
    assert totals.pgy1_positions_offered == 38494
    assert totals.registered_applicants == 50413


def test_specialties_most_open_in_2024() -> None:
    most_open = story_of_2024().most_open[:4]

    assert [
        (row.key, numbers.decimal(row.img_share.percent))
        for row in most_open
        if row.img_share is not None
    ] == [
        ("internal-medicine", "43.0"),
        ("pathology", "37.4"),
        ("family-medicine", "31.8"),
        ("neurology", "29.5"),
    ]


@pytest.mark.parametrize(
    ("specialty", "non_us", "us"),
    [
        ("", "240", "230"),
        ("internal-medicine", "245", "235"),
        ("neurology", "245", "235"),
        ("pathology", "238", "228"),
    ],
)
def test_mean_scores_of_those_who_matched_in_2022(
    specialty: str, non_us: str, us: str
) -> None:
    means = {
        row.applicant_type: row.step2_ck_mean
        for row in year(2022).scores
        if row.specialty.slug == specialty and row.outcome == ScoreOutcome.MATCHED
    }

    assert means == {
        ApplicantType.NON_US_IMG: Decimal(non_us),
        ApplicantType.US_IMG: Decimal(us),
    }


def test_copies_of_one_text_are_one_reading_and_2026_says_so() -> None:
    figures = year(2026)

    assert figures.imgs is not None
    assert figures.imgs.provenance.confidence == FigureConfidence.B
    assert any(
        note.table == "applicants"
        and not note.row
        and "copies of one text count as one reading" in note.text
        for note in figures.footnotes
    )


def test_both_groups_of_do_applicants_are_known_apart() -> None:
    years = public.everything().years.values()
    everyone = {
        figures.match_year
        for figures in years
        if figures.of_type(ApplicantType.US_DO_ALL)
    }
    seniors = {
        figures.match_year
        for figures in years
        if figures.of_type(ApplicantType.US_DO_SENIOR)
    }

    assert max(everyone) <= 2019
    assert min(seniors) >= 2019


def test_both_groups_of_do_applicants_are_never_on_one_line() -> None:
    figures = list(public.everything().years.values())
    kinds = (ApplicantType.US_DO_ALL, ApplicantType.US_DO_SENIOR)

    chart = rate_chart(
        figures, [YearColumn(key=kind, label=kind.label) for kind in kinds], name="do"
    )

    assert chart is not None
    assert [(line.key, line.marks.count("z")) for line in chart.lines] == [
        (
            kind,
            sum(
                row.match_rate is not None
                for figure in figures
                if (row := figure.of_type(kind))
            ),
        )
        for kind in kinds
    ]


def test_rate_at_the_peak_of_2020_is_drawn_as_derived() -> None:
    figures = list(public.everything().years.values())
    kinds = (ApplicantType.US_IMG, ApplicantType.NON_US_IMG)

    chart = rate_chart(
        figures, [YearColumn(key=kind, label=kind.label) for kind in kinds], name="imgs"
    )

    assert chart is not None
    # 4,222 matched; of all IMGs 12,063 to 12,081 were active (7,376 are 61.1%), 5,167 US IMGs.
    assert chart.notes == (
        "2020, Non-US IMGs: 61.1% to 61.2%, derived. 4,222 matched of 6,896 to 6,914 active "
        "applicants: those of all IMGs, from their printed rate, without 5,167 US IMGs. "
        "No document states it.",
    )
    drawn = {line.key: bool(line.derived_marks) for line in chart.lines}
    assert drawn == {"us_img": False, "non_us_img": True}


def test_us_imgs_did_better_than_non_us_imgs_in_2024() -> None:
    assert rate_of(2024, ApplicantType.US_IMG) > rate_of(2024, ApplicantType.NON_US_IMG)


def test_every_empty_cell_says_why() -> None:
    empty = [
        (row, column)
        for match_year in public.everything().years
        for row in year(match_year).rows()
        for column in (*row.counts, *row.printed)
        if getattr(row, column) is None
    ]

    assert len(empty) > 1_700
    assert [
        (row.label, column) for row, column in empty if not why_missing(row, column)
    ] == []


def test_derived_values_are_shown_as_derived(client: Client) -> None:
    response = client.get("/match/2022/")
    active = {row[0]: row[1] for row in table_of(response, "Results by applicant type")}

    assert active["US DO seniors"] == "7,303d"
    # 3,099 matched are 61.4 percent of them.
    assert active["US IMGs"] == "5,044–5,051d"
    # The sum of both groups is as derived as what it is made of.
    assert active["All IMGs, as published"] == "12,912d"
    assert active["US and non-US IMGs together"] == "12,912d"
    assert "Active applicants: derived, 7,101 + 202" in text_of(response)
