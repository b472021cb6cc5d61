from __future__ import annotations

from decimal import Decimal

import pytest

from stats.choices import ApplicantType, FigureTable
from stats.figures import Row, YearFigures
from stats.readiness import findings, jumps, problems
from tests.factories import (
    applicant_row,
    provenance,
    score_row,
    specialty_row,
    totals_row,
    year_figures,
)

NOTED = provenance(note="The source cuts its percentages off.")
REASON = provenance(missing="not_found")

# A sound row of each table becomes unsound by the change of one value.
CASES: list[tuple[str, Row, str]] = [
    ("no source", applicant_row(provenance=provenance(sources=())), "sources"),
    (
        "no reason",
        applicant_row(matched=None, provenance=provenance()),
        "missing",
    ),
    ("needless reason", applicant_row(provenance=REASON), "missing"),
    # All applicants and positions.
    (
        "totals without a reason",
        totals_row(registered_applicants=None),
        "missing",
    ),
    ("more filled", totals_row(pgy1_positions_offered=899), "pgy1_positions_filled"),
    (
        "more of all filled",
        totals_row(all_positions_filled=1101),
        "all_positions_filled",
    ),
    (
        "more first-year positions than positions",
        totals_row(pgy1_positions_offered=1101),
        "pgy1_positions_offered",
    ),
    (
        "more first-year positions filled than positions",
        totals_row(all_positions_filled=899),
        "pgy1_positions_filled",
    ),
    (
        "more active than registered",
        totals_row(active_applicants=2001),
        "active_applicants",
    ),
    ("more matched than active", totals_row(matched_to_pgy1=1601), "matched_to_pgy1"),
    (
        "rate of all",
        totals_row(published_match_rate=Decimal("56.4")),
        "published_match_rate",
    ),
    # By applicant type.
    ("more matched", applicant_row(matched=201), "matched_to_pgy1"),
    (
        "rate of a type",
        applicant_row(published_match_rate=Decimal("50.1")),
        "published_match_rate",
    ),
    # By specialty.
    (
        "specialty without a reason",
        specialty_row(programs=None),
        "missing",
    ),
    ("overfilled", specialty_row(positions_filled=121), "positions_filled"),
    (
        "seniors alone exceed",
        specialty_row(filled_us_md_senior=101),
        "filled_us_md_senior",
    ),
    ("DO alone exceed", specialty_row(filled_us_do=101), "filled_us_do"),
    ("others alone exceed", specialty_row(filled_other=101), "filled_other"),
    (
        "one known group exceeds",
        specialty_row(
            filled_us_img=101,
            filled_non_us_img=None,
            filled_img_total=None,
            provenance=REASON,
        ),
        "filled_us_img",
    ),
    (
        "non-US IMGs exceed all IMGs",
        specialty_row(filled_us_img=None, filled_non_us_img=31, provenance=REASON),
        "filled_non_us_img",
    ),
    ("groups do not add up", specialty_row(filled_img_total=29), "filled_img_total"),
    ("parts exceed", specialty_row(filled_other=11), "positions_filled"),
    (
        "parts exceed with one group unknown",
        specialty_row(
            filled_us_img=36,
            filled_non_us_img=None,
            filled_img_total=None,
            provenance=REASON,
        ),
        "positions_filled",
    ),
    (
        "share",
        specialty_row(published_img_share=Decimal("30.1")),
        "published_img_share",
    ),
    # Scores.
    (
        "scores without a reason",
        score_row(
            step2_ck_mean=None,
            step2_ck_q1=None,
            step2_ck_median=None,
            step2_ck_q3=None,
        ),
        "missing",
    ),
    ("score with a reason", score_row(provenance=REASON), "missing"),
    (
        "quartile alone",
        score_row(step2_ck_mean=None, step2_ck_median=None, provenance=REASON),
        "step2_ck_q1",
    ),
    (
        "more scores than people",
        score_row(applicants_with_score=51),
        "applicants_with_score",
    ),
    ("first quartile", score_row(step2_ck_q1=Decimal("247")), "step2_ck_q1"),
    ("median", score_row(step2_ck_median=Decimal("254")), "step2_ck_median"),
    (
        "quartiles without a median",
        score_row(step2_ck_median=None, step2_ck_q1=Decimal("254")),
        "step2_ck_q1",
    ),
    ("above the scale", score_row(step2_ck_q3=Decimal("301")), "step2_ck_q3"),
    ("below the scale", score_row(step2_ck_mean=Decimal("0")), "step2_ck_mean"),
]


def test_sound_year_has_no_findings() -> None:
    year = year_figures(
        totals_row(published_match_rate=Decimal("56.3")),
        applicant_row(published_match_rate=Decimal("50.0")),
        specialty_row(published_img_share=Decimal("30")),
        score_row(),
    )

    assert findings(year) == ()


@pytest.mark.parametrize(
    ("row", "column"),
    [case[1:] for case in CASES],
    ids=[case[0].replace(" ", "-") for case in CASES],
)
def test_problem_is_found_where_it_stands(row: Row, column: str) -> None:
    found = [
        problem for problem in problems(year_figures(row)) if problem.column == column
    ]

    assert len(found) == 1
    assert found[0].table == row.table
    assert found[0].row_key == row.key
    assert (found[0].match_year, found[0].version) == (2024, 1)


def test_finding_reads_as_a_place_and_a_sentence() -> None:
    (problem,) = problems(year_figures(applicant_row(matched=201)))

    assert str(problem) == (
        "2024 v1, Results by applicant type, US IMGs, matched_to_pgy1: "
        "201 is more than active_applicants 200."
    )


def test_problems_of_several_rows_are_all_found() -> None:
    year = year_figures(
        applicant_row(ApplicantType.US_IMG, matched=201),
        applicant_row(ApplicantType.NON_US_IMG, matched=202),
        score_row(step2_ck_q3=Decimal("301")),
    )

    assert [problem.row_key for problem in problems(year)] == [
        "us_img",
        "non_us_img",
        "cardiology/non_us_img/matched",
    ]


# 33 of 80 is 41.25 percent.
@pytest.mark.parametrize(
    ("printed", "noted", "found", "blocks"),
    [
        ("41.25", False, False, False),
        ("41.3", False, False, False),  # half up
        ("41.2", False, False, False),  # half even
        ("41.1", False, True, True),
        ("41.1", True, True, True),  # a whole step away: no note explains that
        ("41", False, True, False),  # rounded to whole percent: only remarked
        ("42", False, True, True),
        ("42", True, True, False),  # rounded up, and the note says so
        ("43", True, True, True),
    ],
)
def test_printed_share_is_held_to_what_it_prints(
    printed: str, noted: bool, found: bool, blocks: bool
) -> None:
    row = specialty_row(
        positions_filled=80,
        filled_us_md_senior=20,
        filled_us_img=13,
        filled_img_total=33,
        published_img_share=Decimal(printed),
        provenance=NOTED if noted else provenance(),
    )

    result = findings(year_figures(row))

    assert bool(result) is found
    assert any(finding.blocks for finding in result) is blocks


def test_note_explains_groups_that_do_not_add_up_but_is_still_remarked() -> None:
    (finding,) = findings(
        year_figures(specialty_row(filled_img_total=31, provenance=NOTED))
    )

    assert finding.column == "filled_img_total"
    assert not finding.blocks


def test_note_does_not_explain_a_part_larger_than_its_whole() -> None:
    year = year_figures(applicant_row(matched=201, provenance=NOTED))

    assert len(problems(year)) == 1


def test_applicant_types_stay_within_the_totals() -> None:
    year = year_figures(
        totals_row(active_applicants=499, matched_to_pgy1=300),
        applicant_row(ApplicantType.US_IMG, 200, 100),
        applicant_row(ApplicantType.NON_US_IMG, 300, 150),
    )

    (problem,) = problems(year)

    assert (problem.table, problem.column) == (FigureTable.TOTALS, "active_applicants")
    assert "500, more than 499" in problem.text


def test_seniors_are_not_added_to_the_group_they_are_part_of() -> None:
    year = year_figures(
        totals_row(active_applicants=400, matched_to_pgy1=300),
        applicant_row(ApplicantType.US_DO_ALL, 300, 200),
        applicant_row(ApplicantType.US_DO_SENIOR, 250, 190),
        applicant_row(ApplicantType.US_DO_GRAD, 50, 10),
        applicant_row(ApplicantType.US_IMG, 100, 50),
    )

    assert problems(year) == ()


def test_unknown_parts_do_not_count_against_the_totals() -> None:
    year = year_figures(
        totals_row(
            active_applicants=200, matched_to_pgy1=100, pgy1_positions_filled=100
        ),
        applicant_row(ApplicantType.US_IMG, 200, 100),
        applicant_row(ApplicantType.NON_US_IMG, None, None),
    )

    assert findings(year) == ()


@pytest.mark.parametrize(("noted", "blocks"), [(False, True), (True, False)])
def test_published_total_of_imgs_agrees_with_its_parts_or_says_why(
    noted: bool, blocks: bool
) -> None:
    year = year_figures(
        applicant_row(ApplicantType.US_IMG, 200, 100),
        applicant_row(ApplicantType.NON_US_IMG, 300, 150),
        applicant_row(
            ApplicantType.IMG_TOTAL,
            500,
            251,
            provenance=NOTED if noted else provenance(),
        ),
    )

    (finding,) = findings(year)

    assert (finding.row_key, finding.column) == ("img_total", "matched_to_pgy1")
    assert finding.blocks is blocks


# --- Jumps -------------------------------------------------------------------------


def years_of(*counts: int | None, first: int = 2015) -> list[YearFigures]:
    """One year after the other with so many active US IMGs."""
    return [
        year_figures(applicant_row(active=count, matched=None), match_year=match_year)
        for match_year, count in enumerate(counts, start=first)
    ]


def jumped(*counts: int | None) -> bool:
    """Whether the last of these counts is worth a second look."""
    *earlier, year = years_of(*counts)
    return bool(jumps(year, earlier))


@pytest.mark.parametrize(
    ("counts", "worth_a_look"),
    [
        # Nothing to compare with.
        ((1000,), False),
        # Fewer than three steps to learn from: a quarter is a large one.
        ((1000, 1250), False),
        ((1000, 1251), True),
        ((1000, 749), True),
        ((1000, 1100, 1376), True),
        # Steps of up to a fifth were usual: half as much again is still no surprise.
        ((1000, 1200, 1000, 1200, 1560), False),
        ((1000, 1200, 1000, 1200, 1561), True),
        # A calm history does not make every tenth remarkable.
        ((1000, 1001, 1000, 1001, 1101), False),
        ((1000, 1001, 1000, 1001, 1102), True),
        # Years without a value are passed over, and nothing is divided by zero.
        ((1000, None, 1300), False),
        ((1000, None, 1400), True),
        ((1000, 0, 1010), False),
        ((0, 1000), False),
        ((1000, None), False),
        ((1000, 0), True),
    ],
)
def test_step_larger_than_history_suggests_is_remarked(
    counts: tuple[int | None, ...], worth_a_look: bool
) -> None:
    assert jumped(*counts) is worth_a_look


def test_jump_is_a_remark_that_says_both_values() -> None:
    *earlier, year = years_of(1000, 2000)

    (jump,) = jumps(year, earlier)

    assert not jump.blocks
    assert (jump.row_key, jump.column) == ("us_img", "active_applicants")
    assert jump.text.startswith("2,000 after 1,000")


def test_jump_is_measured_in_rows_of_the_same_kind() -> None:
    other = year_figures(
        applicant_row(ApplicantType.NON_US_IMG, 1000, 10), match_year=2023
    )

    assert jumps(year_figures(applicant_row(active=9000, matched=10)), [other]) == ()


def test_scores_of_different_editions_are_not_compared() -> None:
    before = year_figures(score_row(applicants=50), match_year=2022)

    assert jumps(year_figures(score_row(applicants=5000)), [before]) == ()


def test_version_without_any_row_has_a_problem() -> None:
    (problem,) = problems(year_figures())

    assert str(problem) == (
        "2024 v1, All applicants and positions, All applicants: There is not a single "
        "row of figures."
    )
