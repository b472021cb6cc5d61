from __future__ import annotations

from decimal import Decimal

from stats import exports
from stats.choices import ApplicantType, FigureTable
from stats.differences import differences
from tests.factories import (
    applicant_row,
    placement_row,
    score_row,
    specialty_row,
    totals_row,
    year_figures,
)


def test_equal_versions_differ_in_nothing() -> None:
    rows = (totals_row(), applicant_row(), specialty_row(), score_row())

    assert differences(year_figures(*rows), year_figures(*rows, version=2)) == ()


def test_changed_count_names_its_place_and_both_values() -> None:
    before = year_figures(totals_row(), applicant_row(matched=100))
    after = year_figures(totals_row(), applicant_row(matched=101), version=2)

    (change,) = differences(before, after)

    assert change.table == FigureTable.APPLICANTS
    assert change.row_key == "us_img"
    assert change.row_label == "US IMGs"
    assert change.column == "matched_to_pgy1"
    assert (change.before, change.after) == (100, 101)


def test_value_that_vanished_is_none_and_not_zero() -> None:
    before = year_figures(applicant_row(published_match_rate=Decimal("50.0")))
    after = year_figures(applicant_row(matched=None), version=2)

    changes = {change.column: change for change in differences(before, after)}

    assert changes["matched_to_pgy1"].after is None
    assert changes["published_match_rate"].before == Decimal("50.0")
    assert changes["published_match_rate"].after is None


def test_same_number_with_other_digits_is_a_difference() -> None:
    before = year_figures(applicant_row(published_match_rate=Decimal("50")))
    after = year_figures(applicant_row(published_match_rate=Decimal("50.0")), version=2)

    (change,) = differences(before, after)

    assert (str(change.before), str(change.after)) == ("50", "50.0")
    assert change.in_words == "was printed as 50, is printed as 50.0"
    (row,) = exports.changes([(after, [change])]).rows
    assert (row["before"], row["after"]) == ("50", "50.0")


def test_zero_and_not_known_differ() -> None:
    before = year_figures(applicant_row(matched=None))
    after = year_figures(applicant_row(matched=0), version=2)

    (change,) = differences(before, after)

    assert (change.before, change.after) == (None, 0)


def test_new_row_was_not_there_before() -> None:
    before = year_figures(applicant_row())
    after = year_figures(
        applicant_row(), applicant_row(ApplicantType.NON_US_IMG, 300, 150), version=2
    )

    changes = differences(before, after)

    assert {change.column: change.after for change in changes} == {
        "active_applicants": 300,
        "matched_to_pgy1": 150,
    }
    assert {change.before_row for change in changes} == {None}
    assert {change.before for change in changes} == {None}


def test_row_that_is_gone_keeps_its_name() -> None:
    before = year_figures(applicant_row(), specialty_row())
    after = year_figures(applicant_row(), version=2)

    changes = differences(before, after)

    assert {change.row_label for change in changes} == {"Cardiology"}
    assert {change.after_row for change in changes} == {None}
    assert {change.after for change in changes} == {None}


def test_differences_come_in_the_order_of_the_tables() -> None:
    before = year_figures(
        *(score_row(), specialty_row(), placement_row(), applicant_row(), totals_row())
    )
    after = year_figures(
        score_row(applicants=51),
        specialty_row(programs=11),
        placement_row(placed_all=131),
        applicant_row(active=201),
        totals_row(registered_applicants=2001),
        version=2,
    )

    tables = [change.table for change in differences(before, after)]

    assert tables == list(FigureTable)
