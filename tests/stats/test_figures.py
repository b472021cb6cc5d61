from __future__ import annotations

from decimal import Decimal

import pytest

from stats import public
from stats.choices import ApplicantType, FigureConfidence, Missing
from stats.figures import SUMMED_ACTIVE, SUMMED_MATCHED, ImgFigures
from tests.factories import (
    REPORT,
    applicant_row,
    provenance,
    score_row,
    specialty_row,
    totals_row,
    year_figures,
)

SUM = "Sum of US IMGs and non-US IMGs."
PUBLISHED = (
    "Published total of US IMGs and non-US IMGs, because a count of one group is not "
    "known."
)


def imgs(
    *rows: tuple[ApplicantType, int | None, int | None], printed: str | None = None
) -> ImgFigures | None:
    """All IMGs of a year with these rows; the printed rate belongs to the total."""
    return year_figures(
        *(
            applicant_row(
                kind,
                active,
                matched,
                published_match_rate=(
                    Decimal(printed)
                    if printed and kind == ApplicantType.IMG_TOTAL
                    else None
                ),
            )
            for kind, active, matched in rows
        )
    ).imgs


def test_imgs_are_added_when_both_groups_are_known() -> None:
    both = imgs((ApplicantType.US_IMG, 200, 100), (ApplicantType.NON_US_IMG, 300, 150))

    assert both is not None
    assert both.active_applicants == 500
    assert both.matched_to_pgy1 == 250
    assert both.match_rate is not None
    assert both.match_rate.percent == 50
    assert both.provenance.made_by == SUM


def test_sum_goes_before_a_published_total() -> None:
    both = imgs(
        (ApplicantType.US_IMG, 200, 100),
        (ApplicantType.NON_US_IMG, 300, 150),
        (ApplicantType.IMG_TOTAL, 501, 251),
        printed="50.1",
    )

    assert both is not None
    assert both.active_applicants == 500
    assert both.published_match_rate is None
    assert both.provenance.made_by == SUM


def test_one_group_alone_is_not_all_imgs() -> None:
    assert imgs((ApplicantType.US_IMG, 200, 100)) is None


def test_fifth_pathway_is_in_no_sum() -> None:
    both = imgs(
        (ApplicantType.US_IMG, 200, 100),
        (ApplicantType.NON_US_IMG, 300, 150),
        (ApplicantType.FIFTH_PATHWAY, 20, 10),
    )

    assert both is not None
    assert both.active_applicants == 500


def test_sum_with_an_unknown_part_is_not_known() -> None:
    both = imgs((ApplicantType.US_IMG, 200, None), (ApplicantType.NON_US_IMG, 300, 150))

    assert both is not None
    assert both.active_applicants == 500
    assert both.matched_to_pgy1 is None
    assert both.match_rate is None
    assert both.provenance.missing == Missing.NOT_FOUND


def test_nothing_known_of_either_group_is_nothing() -> None:
    assert (
        imgs((ApplicantType.US_IMG, None, 100), (ApplicantType.NON_US_IMG, 300, None))
        is None
    )


def test_published_total_stands_when_a_part_is_unknown() -> None:
    both = imgs(
        (ApplicantType.US_IMG, 200, 100),
        (ApplicantType.NON_US_IMG, None, 150),
        (ApplicantType.IMG_TOTAL, 510, 250),
    )

    assert both is not None
    assert both.active_applicants == 510
    assert both.matched_to_pgy1 == 250
    assert both.provenance.made_by == PUBLISHED


def test_published_total_stands_alone_without_any_group() -> None:
    both = imgs((ApplicantType.IMG_TOTAL, None, 250), printed="46.7")

    assert both is not None
    assert both.match_rate is not None
    assert both.match_rate.printed == Decimal("46.7")
    assert both.provenance.made_by == PUBLISHED


@pytest.mark.parametrize(
    ("total", "active", "matched", "added"),
    [
        # The total leaves out those who matched, which both groups give.
        ((510, None), 510, 250, SUMMED_MATCHED),
        ((None, None), None, 250, SUMMED_MATCHED),
    ],
)
def test_count_that_the_published_total_leaves_out_is_a_labelled_sum(
    total: tuple[int | None, int | None],
    active: int | None,
    matched: int,
    added: str,
) -> None:
    both = imgs(
        (ApplicantType.US_IMG, 200, 100),
        (ApplicantType.NON_US_IMG, None, 150),
        (ApplicantType.IMG_TOTAL, *total),
    )

    assert both is not None
    assert both.active_applicants == active
    assert both.matched_to_pgy1 == matched
    assert both.provenance.made_by == f"{PUBLISHED} {added}"


def test_sum_of_active_applicants_is_labelled_beside_a_published_total() -> None:
    both = imgs(
        (ApplicantType.US_IMG, 200, 100),
        (ApplicantType.NON_US_IMG, 300, None),
        (ApplicantType.IMG_TOTAL, None, 250),
    )

    assert both is not None
    assert (both.active_applicants, both.matched_to_pgy1) == (500, 250)
    assert both.provenance.made_by == f"{PUBLISHED} {SUMMED_ACTIVE}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("match_year", "active", "matched", "printed"),
    [
        (2020, None, 7376, "61.1"),
        (2021, None, 7508, "56.7"),
        (2022, 12912, 7670, None),
        (2023, 13432, 8388, None),
    ],
)
def test_founding_years_without_both_groups_use_the_published_total(
    match_year: int, active: int | None, matched: int, printed: str | None
) -> None:
    both = public.everything().years[match_year].imgs

    assert both is not None
    assert both.active_applicants == active
    assert both.matched_to_pgy1 == matched
    assert both.published_match_rate == (Decimal(printed) if printed else None)
    assert both.provenance.made_by == PUBLISHED
    # Nothing of the parts is shown, so nothing rests on their sources.
    total = public.everything().years[match_year].of_type(ApplicantType.IMG_TOTAL)
    assert total is not None
    assert both.provenance.sources == total.provenance.sources


@pytest.mark.django_db
def test_every_founding_year_that_adds_up_both_groups_says_so() -> None:
    labels = {
        match_year: year.imgs.provenance.made_by
        for match_year, year in public.everything().years.items()
        if year.imgs is not None
    }

    assert {year for year, label in labels.items() if label == PUBLISHED} == {
        *(2007, 2020, 2021, 2022, 2023)
    }
    assert set(labels.values()) == {SUM, PUBLISHED}


@pytest.mark.parametrize(
    ("first", "second", "combined"),
    [("A", "A", "A"), ("A", "B", "B"), ("C", "A", "C"), ("B", "C", "C")],
)
def test_combined_confidence_is_the_worst(
    first: str, second: str, combined: str
) -> None:
    year = year_figures(
        applicant_row(
            ApplicantType.US_IMG,
            provenance=provenance(confidence=FigureConfidence(first)),
        ),
        applicant_row(
            ApplicantType.NON_US_IMG,
            provenance=provenance(confidence=FigureConfidence(second)),
        ),
    )

    assert year.imgs is not None
    assert year.imgs.provenance.confidence == FigureConfidence(combined)


def test_combined_figures_name_each_source_once() -> None:
    year = year_figures(
        applicant_row(ApplicantType.US_IMG), applicant_row(ApplicantType.NON_US_IMG)
    )

    assert year.imgs is not None
    assert year.imgs.provenance.sources == (REPORT,)


def test_specialty_share_is_of_filled_positions() -> None:
    row = specialty_row()

    assert row.img_filled == 30
    assert row.img_share is not None
    assert row.img_share.percent == 30


def test_specialty_adds_both_groups_when_no_total_is_published() -> None:
    row = specialty_row(filled_img_total=None, filled_us_img=7)

    assert row.img_filled == 27


def test_specialty_with_one_unknown_group_shows_the_published_share() -> None:
    row = specialty_row(
        filled_img_total=None,
        filled_us_img=None,
        published_img_share=Decimal("41"),
    )

    assert row.img_filled is None
    assert row.img_share is not None
    assert row.img_share.printed == 41
    assert row.us_img_share is None


def test_edition_of_2014_describes_the_match_of_2013() -> None:
    row = score_row(provenance=provenance(match_year=2014))

    assert row.edition == 2014
    assert row.match_year == 2013


def test_rows_come_table_by_table_with_their_own_keys() -> None:
    year = year_figures(score_row(), specialty_row(), applicant_row(), totals_row())

    assert [(row.table.value, row.key) for row in year.rows()] == [
        ("totals", ""),
        ("applicants", "us_img"),
        ("specialties", "cardiology"),
        ("scores", "cardiology/non_us_img/matched"),
    ]


def test_what_is_not_there_is_none() -> None:
    year = year_figures()

    assert year.totals is None
    assert year.imgs is None
    assert year.of_type(ApplicantType.US_IMG) is None
