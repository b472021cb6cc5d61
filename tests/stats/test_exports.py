from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats import exports, public
from stats.choices import ApplicantType, FigureTable, Missing
from stats.differences import differences
from stats.exports import Export
from stats.figures import FootnoteFacts, YearFigures
from stats.founding_files import FOUNDING_FILES
from tests.factories import (
    REPORT,
    applicant_row,
    provenance,
    score_row,
    specialty_row,
    totals_row,
    year_figures,
)

maybe_counts = st.none() | st.integers(min_value=0, max_value=10**6)


def parsed(export: Export) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exports.as_csv(export))))


def rows_in_json(export: Export) -> list[dict[str, Any]]:
    text = json.dumps(exports.as_json(export, about={}))
    rows: list[dict[str, Any]] = json.loads(text)["rows"]
    return rows


@given(maybe_counts, maybe_counts)
def test_missing_count_is_never_exported_as_a_number(
    active: int | None, matched: int | None
) -> None:
    export = exports.table_of_year(
        year_figures(applicant_row(active=active, matched=matched)),
        FigureTable.APPLICANTS,
    )

    (cells,), (values,) = parsed(export), rows_in_json(export)

    for column, value in (("active_applicants", active), ("matched_to_pgy1", matched)):
        assert cells[column] == ("" if value is None else str(value))
        assert values[column] == value
    is_missing = None in (active, matched)
    assert cells["missing"] == ("not_found" if is_missing else "")
    assert values["missing"] == ("not_found" if is_missing else None)
    if is_missing or active == 0:
        assert cells["match_rate_percent"] == ""
        assert values["match_rate_percent"] is None


@given(st.lists(maybe_counts, min_size=9, max_size=9))
def test_missing_specialty_values_are_never_exported_as_numbers(
    counts: list[int | None],
) -> None:
    row = specialty_row()
    values = dict(zip(row.counts, counts, strict=True))
    reason = provenance(missing=Missing.NOT_PUBLISHED)
    year = year_figures(specialty_row(**values, provenance=reason))

    export = exports.table_of_year(year, FigureTable.SPECIALTIES)

    (cells,), (read,) = parsed(export), rows_in_json(export)
    assert {column: read[column] for column in values} == values
    assert {column: cells[column] for column in values} == {
        column: "" if value is None else str(value) for column, value in values.items()
    }
    if year.specialties[0].img_filled is None:
        assert cells["img_share_percent"] == ""
    assert cells["missing"] == "not_published"


def test_suppressed_scores_are_empty_with_their_reason() -> None:
    row = score_row(
        step2_ck_mean=None,
        step2_ck_q1=None,
        step2_ck_median=None,
        step2_ck_q3=None,
        provenance=provenance(missing=Missing.SUPPRESSED),
    )
    export = exports.table_of_year(year_figures(row), FigureTable.SCORES)

    (cells,), (values,) = parsed(export), rows_in_json(export)

    assert cells["step2_ck_median"] == ""
    assert values["step2_ck_median"] is None
    assert cells["missing"] == values["missing"] == "suppressed"


def test_zero_stays_zero() -> None:
    export = exports.table_of_year(
        year_figures(applicant_row(active=10, matched=0)), FigureTable.APPLICANTS
    )

    (cells,) = parsed(export)

    assert cells["matched_to_pgy1"] == "0"
    assert Decimal(cells["match_rate_percent"]) == 0


def test_rate_is_exported_unrounded() -> None:
    export = exports.table_of_year(
        year_figures(applicant_row(active=3, matched=1)), FigureTable.APPLICANTS
    )

    assert parsed(export)[0]["match_rate_percent"] == "33.333333333333336"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", " =1+1", "\r\n=1+1"]
)
def test_text_that_a_spreadsheet_would_run_is_prefixed(text: str) -> None:
    export = Export(name="x", title="X", columns=("note",), rows=({"note": text},))

    (cells,) = csv.DictReader(io.StringIO(exports.as_csv(export), newline=""))

    assert cells["note"] == f"'{text}"


def test_negative_number_is_not_taken_for_a_formula() -> None:
    export = Export(name="x", title="X", columns=("change",), rows=({"change": -5},))

    assert parsed(export) == [{"change": "-5"}]


cells = (
    st.none()
    | st.integers(-(10**9), 10**9)
    | st.text(st.characters(exclude_characters="\x00"), max_size=20)
)


@given(st.lists(st.fixed_dictionaries({"first": cells, "second": cells}), max_size=8))
def test_csv_read_back_equals_the_rows(rows: list[dict[str, Any]]) -> None:
    export = Export(name="x", title="X", columns=("first", "second"), rows=tuple(rows))

    read = list(
        csv.reader(io.StringIO(exports.as_csv(export), newline=""), strict=True)
    )

    def cell(value: Any) -> str:
        is_formula = isinstance(value, str) and value.lstrip()[:1] in set("=+-@")
        return "" if value is None else f"'{value}" if is_formula else str(value)

    assert read == [
        ["first", "second"],
        *([cell(row["first"]), cell(row["second"])] for row in rows),
    ]


@given(st.lists(st.fixed_dictionaries({"first": cells, "second": cells}), max_size=8))
def test_json_read_back_equals_the_rows(rows: list[dict[str, Any]]) -> None:
    export = Export(name="x", title="X", columns=("first", "second"), rows=tuple(rows))

    assert rows_in_json(export) == rows


@pytest.mark.django_db
@pytest.mark.parametrize("table", FigureTable)
def test_every_row_names_exactly_the_columns(table: FigureTable) -> None:
    for year in public.everything().versions.values():
        export = exports.table_of_year(year, table)
        assert {tuple(sorted(row)) for row in export.rows} <= {
            tuple(sorted(export.columns))
        }


def test_footnotes_travel_with_the_rows_they_are_bound_to() -> None:
    year = year_figures(
        applicant_row(ApplicantType.US_IMG),
        applicant_row(ApplicantType.NON_US_IMG),
        footnotes=(
            FootnoteFacts(
                table=FigureTable.APPLICANTS, row="", column="", text="For all."
            ),
            FootnoteFacts(
                table=FigureTable.APPLICANTS, row="us_img", column="", text="For one."
            ),
            FootnoteFacts(
                table=FigureTable.TOTALS, row="", column="", text="Elsewhere."
            ),
        ),
    )

    rows = parsed(exports.table_of_year(year, FigureTable.APPLICANTS))

    assert {row["applicant_type"]: row["footnotes"] for row in rows} == {
        "us_img": "For all. For one.",
        "non_us_img": "For all.",
        "all_imgs": "For all.",
    }


def test_all_imgs_are_exported_with_how_they_were_made() -> None:
    year = year_figures(
        applicant_row(ApplicantType.US_IMG, 200, 100),
        applicant_row(ApplicantType.NON_US_IMG, 300, 150),
    )

    export = exports.applicants(
        [year], ["us_img", "all_imgs"], name="trend", title="Trend"
    )

    assert [
        (row["applicant_type"], row["active_applicants"], row["made_by"])
        for row in parsed(export)
    ] == [
        ("us_img", "200", ""),
        ("all_imgs", "500", "Sum of US IMGs and non-US IMGs."),
    ]


def test_change_to_not_known_is_an_empty_cell() -> None:
    before = year_figures(applicant_row(matched=0))
    after = year_figures(applicant_row(matched=None), version=2)

    export = exports.changes([(after, differences(before, after))])

    assert [(row["before"], row["after"]) for row in parsed(export)] == [("0", "")]


def test_sources_are_exported_with_what_rests_on_them() -> None:
    (row,) = parsed(exports.sources([(REPORT, 12)]))

    assert row["key"] == "report"
    assert row["accessed_on"] == "2026-11-22"
    assert row["figures_resting_on_it"] == "12"


@pytest.mark.parametrize(
    ("table", "name"),
    [(table, f"match-2024-v1-{table.value}") for table in FigureTable],
)
def test_name_of_a_file_says_what_it_holds(table: FigureTable, name: str) -> None:
    year = year_figures(totals_row())

    assert exports.table_of_year(year, table).name == name


def test_year_without_totals_exports_a_header_alone() -> None:
    export = exports.table_of_year(year_figures(), FigureTable.TOTALS)

    assert (
        exports.as_csv(export)
        == ",".join(exports.FIGURE_COLUMNS[FigureTable.TOTALS]) + "\r\n"
    )


# --- Everything that was founded comes out again -------------------------------------

Key = tuple[str, ...]
FILES: dict[FigureTable, tuple[str, Callable[[dict[str, str]], Key]]] = {
    FigureTable.TOTALS: ("match_totals.csv", lambda row: (row["match_year"],)),
    FigureTable.APPLICANTS: (
        "applicant_results.csv",
        lambda row: (row["match_year"], row["applicant_type"]),
    ),
    FigureTable.PLACEMENTS: (
        "placements.csv",
        lambda row: (row["match_year"], row["applicant_type"]),
    ),
    FigureTable.SPECIALTIES: (
        "specialty_results.csv",
        lambda row: (row["match_year"], row["specialty"]),
    ),
    FigureTable.SCORES: (
        "specialty_scores.csv",
        lambda row: (
            *(row["edition"], row["specialty"]),
            *(row["applicant_type"], row["outcome"]),
        ),
    ),
}


def first_versions() -> list[YearFigures]:
    return [
        year
        for (_, version), year in public.everything().versions.items()
        if version == 1
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("table", FigureTable)
def test_every_founding_value_comes_out_again(table: FigureTable) -> None:
    file, key_of = FILES[table]
    text = (FOUNDING_FILES / file).read_text(encoding="utf-8")
    founded = {key_of(row): row for row in csv.DictReader(io.StringIO(text))}

    exported = {
        key_of(row): row
        for year in first_versions()
        for row in parsed(exports.table_of_year(year, table))
        if row.get("applicant_type") != "all_imgs"  # computed, so no file has it
    }

    assert exported.keys() == founded.keys()
    for key, row in founded.items():
        for column, value in row.items():
            if column in {
                *("note", "by_value", "confidence", "specialty", "applicant_type")
            } or (column in {"outcome", "missing"} and table is FigureTable.SCORES):
                assert exported[key][column] == value.strip(), (key, column)
            elif column == "sources":
                assert exported[key][column].split(";") == value.split(";"), key
            elif value == "":
                assert exported[key][column] == "", (key, column)
            else:
                assert Decimal(exported[key][column]) == Decimal(value), (key, column)
