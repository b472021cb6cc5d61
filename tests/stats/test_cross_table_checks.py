"""Rows and tables of one version that contradict each other, and what only seems to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command

from stats import public
from stats.choices import ApplicantType, FigureTable, ScoreOutcome
from stats.cross_table_checks import cross_table_findings
from stats.figures import (
    ALL_SPECIALTIES,
    ApplicantRow,
    Row,
    ScoreRow,
    SpecialtyFacts,
    SpecialtyRow,
    YearFigures,
)
from stats.readiness import ReadinessFinding, doubts, findings, match_week_begins
from stats.readiness import problems as problems_of
from tests.factories import (
    applicant_row,
    placement_row,
    provenance,
    score_row,
    specialty_row,
    totals_row,
    year_figures,
)
from tests.test_bounded_work import work_of

T = ApplicantType
UNKNOWN = provenance(missing="not_found")
NOTED = provenance(note="The source counts them otherwise.")


def specialty(number: int) -> SpecialtyFacts:
    name = f"Specialty {number}"
    return SpecialtyFacts(slug=f"specialty-{number}", name=name, short_name=name)


def positions(number: int = 1, **values: int | None) -> SpecialtyRow:
    """A specialty of which nothing is known but these values."""
    nothing = dict.fromkeys(SpecialtyRow.counts)
    return specialty_row(
        specialty=specialty(number),
        provenance=UNKNOWN,
        **{**nothing, **values},
    )


def matched(kind: ApplicantType, count: int | None, active: int | None = None) -> Row:
    return applicant_row(kind, active, count)


def scores(number: int | None, applicants: int | None, **changes: Any) -> ScoreRow:
    """The applicants of one specialty; of all of them where there is no number."""
    return score_row(
        specialty=ALL_SPECIALTIES if number is None else specialty(number),
        applicants=applicants,
        applicants_with_score=None,
        **changes,
    )


def cross(*rows: Row, match_year: int = 2024) -> list[ReadinessFinding]:
    return list(cross_table_findings(year_figures(*rows, match_year=match_year)))


# --- What blocks ---------------------------------------------------------------------

# Rows that contradict each other: what it is called, where it is found, and the two numbers.
CONTRADICTIONS: list[tuple[str, tuple[Row, ...], tuple[str, str], tuple[str, str]]] = [
    (
        "one specialty offers more than the year",
        (totals_row(), positions(positions_offered=1001)),
        ("specialty-1", "positions_offered"),
        ("1,001", "1,000"),
    ),
    (
        "the specialties offer more than the year",
        (
            totals_row(),
            positions(1, positions_offered=600),
            positions(2, positions_offered=401),
        ),
        ("", "pgy1_positions_offered"),
        ("1,001", "1,000"),
    ),
    (
        "offered is bounded by all positions where PGY-1 is not known",
        (
            totals_row(pgy1_positions_offered=None, provenance=UNKNOWN),
            positions(1, positions_offered=600),
            positions(2, positions_offered=501),
        ),
        ("", "all_positions_offered"),
        ("1,101", "1,100"),
    ),
    (
        "what is filled was offered",
        (
            totals_row(),
            positions(1, positions_offered=900),
            positions(2, positions_filled=101),
        ),
        ("", "pgy1_positions_offered"),
        ("1,001", "1,000"),
    ),
    (
        "the specialties fill more than the year",
        (
            totals_row(),
            positions(1, positions_filled=500),
            positions(2, positions_filled=401),
        ),
        ("", "pgy1_positions_filled"),
        ("901", "900"),
    ),
    (
        "the parts of a specialty are filled",
        (
            totals_row(),
            positions(1, positions_filled=800),
            positions(2, filled_us_md_senior=60, filled_us_img=30, filled_img_total=41),
        ),
        ("", "pgy1_positions_filled"),
        ("901", "900"),
    ),
    (
        "who matched bounds what is filled",
        (
            totals_row(pgy1_positions_filled=None, provenance=UNKNOWN),
            positions(positions_filled=901),
        ),
        ("specialty-1", "positions_filled"),
        ("901", "900"),
    ),
    *(
        (
            f"{column} within those who matched",
            (
                matched(kind, 100, 200),
                positions(1, **{column: 60}),
                positions(2, **{column: 41}),
            ),
            (kind.value, "matched_to_pgy1"),
            ("101", "100"),
        )
        for column, kind in (
            ("filled_us_md_senior", T.US_MD_SENIOR),
            ("filled_us_do", T.US_DO_ALL),
            ("filled_us_img", T.US_IMG),
            ("filled_non_us_img", T.NON_US_IMG),
            ("filled_img_total", T.IMG_TOTAL),
        )
    ),
    (
        "US DO within seniors and graduates together",
        (
            matched(T.US_DO_SENIOR, 80),
            matched(T.US_DO_GRAD, 20),
            positions(filled_us_do=101),
        ),
        ("specialty-1", "filled_us_do"),
        ("101", "100"),
    ),
    (
        "IMGs within both groups together",
        (
            matched(T.US_IMG, 80),
            matched(T.NON_US_IMG, 20),
            positions(1, filled_us_img=60, filled_non_us_img=1),
            positions(2, filled_img_total=40),
        ),
        ("non_us_img", "matched_to_pgy1"),
        ("101", "100"),
    ),
    (
        "active applicants bound who filled a position where it is not known who matched",
        (matched(T.US_IMG, None, 200), positions(filled_us_img=201)),
        ("specialty-1", "filled_us_img"),
        ("201", "200"),
    ),
    (
        "applicant types within the positions that were filled",
        (
            totals_row(matched_to_pgy1=None, provenance=UNKNOWN),
            matched(T.US_IMG, 500, 600),
            matched(T.NON_US_IMG, 401, 600),
        ),
        ("", "pgy1_positions_filled"),
        ("901", "900"),
    ),
    (
        "applicant types within those who registered",
        (
            totals_row(active_applicants=None, provenance=UNKNOWN),
            matched(T.US_IMG, 1, 1500),
            matched(T.NON_US_IMG, 1, 501),
        ),
        ("", "registered_applicants"),
        ("2,001", "2,000"),
    ),
    (
        "more matched than PGY-1 positions were offered",
        (
            totals_row(
                pgy1_positions_offered=899,
                pgy1_positions_filled=None,
                provenance=UNKNOWN,
            ),
        ),
        ("", "pgy1_positions_offered"),
        ("899", "900"),
    ),
    (
        "seniors are more than seniors and graduates",
        (matched(T.US_DO_ALL, 100, 200), matched(T.US_DO_SENIOR, None, 201)),
        ("us_do_senior", "active_applicants"),
        ("201", "200"),
    ),
    (
        "US IMGs are more than all IMGs",
        (matched(T.IMG_TOTAL, 100), matched(T.US_IMG, 101)),
        ("us_img", "matched_to_pgy1"),
        ("101", "100"),
    ),
    (
        "seniors and graduates are not their sum",
        (
            matched(T.US_DO_ALL, 100, 200),
            matched(T.US_DO_SENIOR, 80, 150),
            matched(T.US_DO_GRAD, 21, 50),
        ),
        ("us_do_all", "matched_to_pgy1"),
        ("101", "100"),
    ),
    (
        "seniors and graduates after SOAP are not their sum",
        (
            matched(T.US_DO_ALL, 10, 200),
            matched(T.US_DO_SENIOR, None, None),
            matched(T.US_DO_GRAD, None, None),
            placement_row(T.US_DO_ALL, 100, 100),
            placement_row(T.US_DO_SENIOR, 80, 80),
            placement_row(T.US_DO_GRAD, 21, 20),
        ),
        ("us_do_all", "placed_pgy1_all"),
        ("101", "100"),
    ),
    (
        "one specialty has more applicants with scores than the group",
        (matched(T.NON_US_IMG, 100, 200), scores(1, 201)),
        ("specialty-1/non_us_img/matched", "applicants"),
        ("201", "200"),
    ),
    (
        "both outcomes of a specialty are more than the group",
        (
            matched(T.NON_US_IMG, 150, 200),
            scores(1, 101),
            scores(1, 100, outcome=ScoreOutcome.NOT_MATCHED),
        ),
        ("specialty-1/non_us_img/matched", "applicants"),
        ("201", "200"),
    ),
    (
        "all specialties are more than the group",
        (
            matched(T.NON_US_IMG, 150, 200),
            scores(None, 101),
            scores(None, 100, outcome=ScoreOutcome.NOT_MATCHED),
        ),
        ("/non_us_img/matched", "applicants"),
        ("201", "200"),
    ),
    (
        "a group without a row is within all active applicants",
        (totals_row(), scores(1, 1601)),
        ("specialty-1/non_us_img/matched", "applicants"),
        ("1,601", "1,600"),
    ),
    (
        "the specialties are more than all specialties",
        (scores(None, 100), scores(1, 60), scores(2, 41)),
        ("/non_us_img/matched", "applicants"),
        ("101", "100"),
    ),
]


@pytest.mark.parametrize(
    ("rows", "place", "numbers"),
    [case[1:] for case in CONTRADICTIONS],
    ids=[case[0].replace(" ", "-") for case in CONTRADICTIONS],
)
def test_contradiction_blocks_where_it_stands_and_names_both_numbers(
    rows: tuple[Row, ...], place: tuple[str, str], numbers: tuple[str, str]
) -> None:
    (problem,) = (finding for finding in cross(*rows) if finding.blocks)

    assert (problem.row_key, problem.column) == place
    assert all(number in problem.text for number in numbers)
    assert problem in problems_of(year_figures(*rows))


def test_the_sum_names_the_row_that_is_the_most_of_it() -> None:
    (problem,) = cross(
        totals_row(),
        positions(1, positions_offered=150),
        positions(2, positions_offered=851),
    )

    assert problem.text == (
        "The specialties add up to 1,001 of “Positions offered”, more than 1,000, “PGY-1 "
        "positions offered” of All applicants. The largest of them: Specialty 2, 851."
    )


@pytest.mark.parametrize(
    "rows",
    [
        # Parts that are exactly the whole.
        (
            totals_row(),
            positions(1, positions_offered=600, positions_filled=500),
            positions(2, positions_offered=400, positions_filled=400),
        ),
        (
            matched(T.NON_US_IMG, 100, 200),
            scores(1, 100),
            scores(1, 100, outcome=ScoreOutcome.NOT_MATCHED),
        ),
        # US DO of a specialty counts graduates, of whom nothing is known here.
        (matched(T.US_DO_SENIOR, 80, 100), positions(filled_us_do=101)),
        # The groups of one specialty are not those of another.
        (
            matched(T.US_IMG, 100, 200),
            matched(T.NON_US_IMG, 100, 200),
            scores(1, 100),
            scores(1, 200, applicant_type=T.US_IMG, outcome=ScoreOutcome.NOT_MATCHED),
        ),
        # What is not known bounds nothing, and adds nothing.
        (positions(positions_offered=10_000, filled_us_img=10_000),),
        (totals_row(), positions(), positions(2), scores(1, None)),
        # The sum of all IMGs may count the Fifth Pathway, who are in neither group.
        (
            matched(T.US_IMG, None, 60),
            matched(T.NON_US_IMG, 50, None),
            matched(T.IMG_TOTAL, 55, 100),
        ),
    ],
)
def test_what_may_be_true_is_no_finding(rows: tuple[Row, ...]) -> None:
    assert cross(*rows) == []


def test_edition_of_an_earlier_match_is_not_compared_with_its_own_year() -> None:
    # The edition of 2014 describes the Match of 2013.
    rows = (matched(T.NON_US_IMG, 100, 200), scores(1, 201))

    assert cross(*rows, match_year=2014) == []
    assert any(finding.blocks for finding in cross(*rows, match_year=2016))


def test_note_explains_seniors_and_graduates_that_are_not_their_sum() -> None:
    (remark,) = cross(
        applicant_row(T.US_DO_ALL, 200, 100, provenance=NOTED),
        matched(T.US_DO_SENIOR, 80, 150),
        matched(T.US_DO_GRAD, 21, 50),
    )

    assert not remark.blocks


# --- What warns ----------------------------------------------------------------------


def doubt_in(*rows: Row) -> ReadinessFinding:
    (doubt,) = cross(*rows)
    assert not doubt.blocks
    assert not problems_of(year_figures(*rows))
    return doubt


def test_seniors_graduates_and_their_sum_are_the_same_people_twice() -> None:
    doubt = doubt_in(
        matched(T.US_DO_ALL, 100, 200),
        matched(T.US_DO_SENIOR, 80, 150),
        matched(T.US_DO_GRAD, 20, 50),
    )

    assert (doubt.row_key, doubt.column) == ("us_do_all", "active_applicants")
    assert "200, stand beside “US DO seniors” and “US DO graduates”" in doubt.text


def test_all_imgs_beside_both_groups_are_the_same_people_twice() -> None:
    doubt = doubt_in(
        matched(T.US_IMG, 40, 50),
        matched(T.NON_US_IMG, 60, 150),
        matched(T.IMG_TOTAL, 100, 200),
    )

    assert doubt.row_key == "img_total"
    assert "the sum is computed" in doubt.text


def test_filled_positions_that_are_not_those_who_matched() -> None:
    doubt = doubt_in(totals_row(pgy1_positions_filled=901))

    assert doubt.column == "pgy1_positions_filled"
    assert "901 is not the 900" in doubt.text


def test_more_matched_in_an_edition_than_matched_to_pgy1() -> None:
    doubt = doubt_in(matched(T.NON_US_IMG, 100, 200), scores(1, 101))

    assert (doubt.table, doubt.column) == (FigureTable.SCORES, "applicants")
    assert "101 is more than 100" in doubt.text


CURRENT = {
    T.US_MD_SENIOR: (500, 400),
    T.US_MD_GRAD: (100, 50),
    T.US_DO_SENIOR: (300, 200),
    T.US_DO_GRAD: (100, 50),
    T.US_IMG: (200, 100),
    T.NON_US_IMG: (384, 91),
}


def every_type(**others: Any) -> list[ApplicantRow]:
    return [applicant_row(kind, *counts) for kind, counts in CURRENT.items()]


def test_types_that_leave_out_more_than_a_hundredth() -> None:
    # 1,584 of 1,600 are exactly a hundredth short; 891 of 900 as well.
    assert cross(totals_row(), *every_type()) == []

    rows = every_type()
    rows[0] = replace(rows[0], active_applicants=499)

    doubt = doubt_in(totals_row(), *rows)
    assert (doubt.row_key, doubt.column) == ("", "active_applicants")
    assert "1,583 of 1,600: 17 are of no type" in doubt.text


def test_types_of_which_one_is_not_known_fall_short_of_nothing() -> None:
    rows = every_type()

    assert cross(totals_row(), *rows[1:]) == []
    rows[0] = replace(rows[0], active_applicants=None, provenance=UNKNOWN)
    assert cross(totals_row(), *rows) == []


@pytest.mark.parametrize(("others", "is_doubted"), [(0, False), (-1, True)])
def test_parts_of_a_specialty_that_leave_out_more_than_a_tenth(
    others: int, is_doubted: bool
) -> None:
    row = specialty_row(filled_us_md_senior=39 + others, filled_other=1)

    found = cross(row)

    assert bool(found) is is_doubted
    assert all("89 of 100: 11 are nobody's" in doubt.text for doubt in found)


def test_edition_is_doubted_beside_the_match_that_it_describes() -> None:
    edition = year_figures(
        scores(1, 101),
        scores(1, 100, outcome=ScoreOutcome.NOT_MATCHED),
        match_year=2014,
    )
    before = year_figures(matched(T.NON_US_IMG, 150, 200), match_year=2013)

    (doubt,) = doubts(edition, [before])

    assert not doubt.blocks
    assert "201 applicants, more than 200" in doubt.text
    assert "in 2013" in doubt.text
    assert doubts(edition, [replace_year(before, 2012)]) == ()


def replace_year(year: YearFigures, match_year: int) -> YearFigures:
    return year_figures(*year.rows(), match_year=match_year)


# --- Match Week ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match_year", "monday"),
    # Match Days of NRMP's calendars, each the Friday of its week.
    [
        (2021, 15),
        (2022, 14),
        (2023, 13),
        (2024, 11),
        (2025, 17),
        (2026, 16),
        (2027, 15),
    ],
)
def test_match_week_is_that_of_the_third_friday(match_year: int, monday: int) -> None:
    assert match_week_begins(match_year).isoformat() == f"{match_year}-03-{monday}"


# --- The founding figures ------------------------------------------------------------


@pytest.mark.django_db
def test_founding_figures_contradict_themselves_nowhere() -> None:
    call_command("check_figures", verbosity=0)
    versions = public.everything().versions.values()

    assert [
        str(doubt) for year in versions for doubt in cross_table_findings(year)
    ] == []


@pytest.mark.django_db
def test_a_misplaced_digit_in_the_founding_figures_blocks() -> None:
    year = public.everything().years[2025]
    before = len(problems_of(year))
    rows: list[Row] = [
        replace(row, positions_offered=109_410)
        if isinstance(row, SpecialtyRow) and row.key == "internal-medicine"
        else row
        for row in year.rows()
    ]

    (problem,) = problems_of(YearFigures.assemble(year.release, rows, year.footnotes))

    assert before == 0
    assert (problem.row_label, problem.column) == (
        "Internal Medicine",
        "positions_offered",
    )
    assert "109,410 is more than in the whole year: 40,041" in problem.text


@pytest.mark.django_db
def test_few_founding_figures_are_doubted_and_each_says_beside_which_year() -> None:
    years = public.everything().years
    said = [
        str(doubt)
        for match_year, year in years.items()
        for doubt in doubts(year, [it for key, it in years.items() if key < match_year])
    ]

    assert 10 <= len(said) <= 20
    assert all(" in 20" in doubt for doubt in said)
    assert not [doubt for doubt in said if ", 2026 " in doubt or doubt[:4] == "2026"]


# --- Bounded -------------------------------------------------------------------------


def test_work_grows_with_the_number_of_rows_and_not_with_its_square() -> None:
    def check(count: int) -> Callable[[], object]:
        rows: list[Row] = [totals_row(), *every_type()]
        rows += [positions(number, positions_offered=1) for number in range(count)]
        rows += [scores(number, 1) for number in range(count)]
        year = year_figures(*rows)
        earlier = [year_figures(*rows, match_year=2023)]
        return lambda: (findings(year), doubts(year, earlier))

    few, many = check(250), check(1000)
    few()  # what is made once is made now

    assert work_of(many) < 5 * work_of(few)
