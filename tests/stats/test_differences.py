from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from stats import exports
from stats.choices import ApplicantType, FigureConfidence, FigureTable
from stats.differences import (
    MOST_CHARACTERS,
    ProvenanceDifference,
    differences,
    nothing_differs,
    other_differences,
)
from stats.figures import FootnoteFacts, Provenance, YearFigures
from tests.factories import (
    REPORT,
    applicant_row,
    placement_row,
    provenance,
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


# --- What is said of the values ------------------------------------------------------

NEWS = replace(REPORT, key="news", title="Match news")
FOOTNOTES = {
    "of a row": FootnoteFacts(
        table=FigureTable.APPLICANTS, row="us_img", column="", text="Citizens."
    ),
    "of a column": FootnoteFacts(
        table=FigureTable.TOTALS, row="", column="registered_applicants", text="All."
    ),
}


def with_provenance(version: int, **changes: Any) -> YearFigures:
    return year_figures(
        applicant_row(provenance=provenance(**changes)), version=version
    )


# What was, what is, and how it is told.
SAID: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    (
        "confidence",
        {},
        {"confidence": FigureConfidence.C},
        "was “Confirmed”, is “Use with care”",
    ),
    (
        "confidence",
        # As it is stored, whatever the rule makes of it.
        {"confidence": FigureConfidence.B, "published_grade": FigureConfidence.A},
        {"confidence": FigureConfidence.B},
        "was “Confirmed”, is “Good”",
    ),
    (
        "sources",
        {},
        {"sources": (REPORT, NEWS)},
        "rests on “Match news”",
    ),
    (
        "sources",
        {},
        {"sources": (NEWS,)},
        "rests no longer on “Results and Data”, rests on “Match news”",
    ),
    (
        "sources",
        {"sources": (NEWS, REPORT)},
        {"sources": (REPORT, NEWS)},
        "the same in another order",
    ),
    (
        "missing",
        {"missing": "not_found"},
        {"missing": "not_published"},
        "was “not in the sources we hold”, is “not published”",
    ),
    (
        "by_value",
        {},
        {"by_value": "active_applicants: from report"},
        "was empty, is “Active applicants: from report”",
    ),
    (
        "locator",
        {"locator": "Table 1"},
        {"locator": "Table 2"},
        "was “Table 1”, is “Table 2”",
    ),
    ("note", {"note": "Summed."}, {}, "was “Summed.”, is empty"),
]


@pytest.mark.parametrize(("aspect", "was", "now", "words"), SAID)
def test_what_is_said_of_a_row_is_a_difference_and_told_in_words(
    aspect: str, was: dict[str, Any], now: dict[str, Any], words: str
) -> None:
    before, after = with_provenance(1, **was), with_provenance(2, **now)

    assert differences(before, after) == ()
    (change,) = other_differences(before, after)
    assert (change.table, change.row_key) == (FigureTable.APPLICANTS, "us_img")
    assert (change.column, change.in_words) == (aspect, words)
    assert not nothing_differs(before, after)
    (row,) = exports.changes([(after, [change])]).rows
    assert row["column"] == aspect
    assert row["before"] != row["after"]


def test_everything_that_is_stored_of_a_row_is_compared() -> None:
    # What names the version, is computed or belongs to a combined figure is not stored,
    # and that a version was withdrawn is told of the version.
    computed = {"match_year", "version", "made_by", "published_grade"}
    computed |= {"withdrawn_because"}

    assert {aspect for aspect, *_ in SAID} == set(
        Provenance.__dataclass_fields__
    ) - computed


def test_note_that_is_long_is_told_by_its_beginning_and_downloaded_whole() -> None:
    text = "x" * (MOST_CHARACTERS + 1)
    before, after = with_provenance(1), with_provenance(2, note=text)

    (change,) = other_differences(before, after)

    assert change.in_words == f"was empty, is “{text[:-1]}…”"
    (row,) = exports.changes([(after, [change])]).rows
    assert (row["before"], row["after"]) == (None, text)


def test_row_that_is_new_or_gone_says_so_once() -> None:
    empty = applicant_row(ApplicantType.NON_US_IMG, None, None)
    full = applicant_row()

    for rows, others, words in (
        ((full,), (full, empty), "new, without a value"),
        ((full, empty), (full,), "taken away"),
    ):
        before, after = year_figures(*rows), year_figures(*others, version=2)
        (change,) = other_differences(before, after)
        assert (change.row_label, change.column, change.in_words) == (
            "Non-US IMGs",
            "row",
            words,
        )
        assert differences(before, after) == ()
    # One with values says it by each of them.
    assert other_differences(year_figures(), year_figures(full)) == ()
    assert not nothing_differs(year_figures(), year_figures(full))


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ((), ("Citizens.",), "new: “Citizens.”"),
        (("Citizens.",), (), "taken away: “Citizens.”"),
        (("Citizens.",), ("Residents.",), "was “Citizens.”, is “Residents.”"),
    ],
)
def test_footnote_is_a_difference(
    was: tuple[str, ...], now: tuple[str, ...], words: str
) -> None:
    def year(texts: tuple[str, ...], version: int) -> YearFigures:
        notes = tuple(replace(FOOTNOTES["of a row"], text=text) for text in texts)
        return year_figures(
            applicant_row(),
            version=version,
            footnotes=(*notes, FOOTNOTES["of a column"]),
        )

    (change,) = other_differences(year(was, 1), year(now, 2))

    assert (change.row_label, change.column_name) == ("US IMGs", "Footnote")
    assert (change.column, change.in_words) == ("footnote", words)
    assert not nothing_differs(year(was, 1), year(now, 2))


def test_footnote_names_its_table_and_column() -> None:
    notes = (FOOTNOTES["of a column"],)

    (change,) = other_differences(
        year_figures(totals_row()), year_figures(totals_row(), footnotes=notes)
    )

    assert change.row_label == "All applicants and positions"
    assert change.column_name == "Footnote on “Registered applicants”"


def test_versions_that_say_the_same_differ_in_nothing() -> None:
    rows = (totals_row(), applicant_row(), specialty_row(), score_row())
    notes = tuple(FOOTNOTES.values())
    before = year_figures(*rows, footnotes=notes)

    assert nothing_differs(
        before, year_figures(*rows, version=2, footnotes=notes[::-1])
    )
    assert not any(
        isinstance(change, ProvenanceDifference)
        for change in other_differences(before, before)
    )
