from __future__ import annotations

import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from imgportal.lib.spreadsheets import file_bounds
from stats.choices import ApplicantType, FigureTable, Missing, ScoreOutcome
from stats.columns import COLUMN_NAMES
from stats.exceptions import Refusal
from stats.founding_files import FOUNDING_FILES
from stats.imports import file_rows
from stats.imports.columns import FILES, columns_of, table_of
from stats.imports.parse_rows import ParsedFile, read
from tests.stats.imports.files import (
    YEAR,
    as_csv,
    cells_of,
    csv_file,
    good,
)

TYPES, SPECIALTIES, SCORES = (
    FigureTable.APPLICANTS,
    FigureTable.SPECIALTIES,
    FigureTable.SCORES,
)


def read_csv(
    content: bytes, table: FigureTable = TYPES, missing: Missing | None = None
) -> ParsedFile:
    return read("file.csv", content, table, missing)


def the_refusal(parsed: ParsedFile) -> Refusal:
    assert len(parsed.refusals) == 1, [str(refusal) for refusal in parsed.refusals]
    return parsed.refusals[0]


def test_columns_are_those_of_the_founding_files_and_what_they_leave_out() -> None:
    for table, file in FILES.items():
        path = FOUNDING_FILES / f"{file}.csv"
        written = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        ours = [column for column in columns_of(table) if column in written]
        assert ours == written
        assert set(columns_of(table)) - set(ours) <= {"missing", "locator"}


@pytest.mark.parametrize("name", ["specialties", "specialty_results", "Specialties"])
def test_tables_have_two_names(name: str) -> None:
    assert table_of(name) == SPECIALTIES


def test_unknown_table_is_answered_with_the_names() -> None:
    with pytest.raises(ValueError, match="specialty_scores"):
        table_of("people")


@pytest.mark.parametrize("table", FigureTable)
def test_good_row_of_every_table(table: FigureTable) -> None:
    parsed = read_csv(csv_file(table, good(table)), table)

    assert parsed.refusals == ()
    (row,) = parsed.rows
    assert row.match_year == YEAR
    assert row.line == 2
    assert row.values["missing"] == ""


# --- What spreadsheets really contain -------------------------------------------------


TEXT = csv_file(TYPES, good(TYPES, note="Größe – “quoted”")).decode()
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 with a mark": lambda text: text.encode("utf-16"),
    "UTF-16 LE without": lambda text: text.encode("utf-16-le"),
    "UTF-16 BE without": lambda text: text.encode("utf-16-be"),
    "Windows-1252": lambda text: text.encode("cp1252"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(encoding: str) -> None:
    (row,) = read_csv(ENCODINGS[encoding](TEXT)).rows

    assert row.values["note"] == "Größe – “quoted”"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_separators_and_line_ends(separator: str, line_end: str) -> None:
    # The other separators stand in the text, more often than the right one.
    note = "a; b; c; d, e, f, g, h;;;;;;;;,,,,,,,,"
    content = csv_file(TYPES, good(TYPES, note=note), separator=separator)

    parsed = read_csv(content.replace(b"\r\n", line_end.encode()))

    assert parsed.refusals == ()
    assert parsed.rows[0].values["note"] == note


def test_line_that_names_the_separator() -> None:
    content = b"sep=;\r\n" + csv_file(TYPES, good(TYPES), separator=";")

    parsed = read_csv(content)

    assert parsed.refusals == ()
    assert parsed.rows[0].line == 3


def test_blank_rows_and_trailing_blank_columns() -> None:
    head, row = cells_of(TYPES, [good(TYPES)])
    blank = [""] * (len(head) + 3)

    parsed = read_csv(
        as_csv(
            [blank, [*head, "", " ", ""], blank, [*row, "", "\u00a0", ""], blank, []]
        )
    )

    assert parsed.refusals == ()
    assert [row.line for row in parsed.rows] == [4]


@pytest.mark.parametrize(
    "renamed",
    [
        str.upper,
        lambda name: name.replace("_", " ").title(),
        lambda name: f"  {name} ",
        lambda name: COLUMN_NAMES.get(name, name),
        lambda name: name.replace("_", "-"),
    ],
)
@pytest.mark.parametrize("table", FigureTable)
def test_headers_in_any_case_order_and_spelling(
    table: FigureTable, renamed: Callable[[str], str]
) -> None:
    columns = columns_of(table)[::-1]
    head, row = cells_of(table, [good(table)], columns)

    parsed = read_csv(as_csv([[renamed(name) for name in head], row]), table)

    assert parsed.refusals == ()
    assert len(parsed.rows) == 1


def test_optional_columns_may_be_left_out() -> None:
    columns = [name for name in columns_of(TYPES) if name in good(TYPES)][:5]

    (row,) = read_csv(as_csv(cells_of(TYPES, [good(TYPES)], columns))).rows

    assert not row.is_refused
    assert not {"confidence", "sources", "note", "locator"} & set(row.values)


def test_semicolons_mean_decimal_commas() -> None:
    content = csv_file(
        TYPES,
        good(TYPES, published_match_rate="61,2 %", matched_to_pgy1="4.751"),
        separator=";",
    )

    (row,) = read_csv(content).rows

    assert row.values["published_match_rate"] == Decimal("61.2")
    assert row.values["matched_to_pgy1"] == 4751


@pytest.mark.parametrize(
    "written", ["us_img", "US IMGs", "U.S. IMG", "US-IMG", "us citizen imgs"]
)
def test_applicant_types_by_code_label_and_spelling(written: str) -> None:
    (row,) = read_csv(csv_file(TYPES, good(TYPES, applicant_type=written))).rows

    assert row.applicant_type == ApplicantType.US_IMG


@pytest.mark.parametrize("written", ["not_matched", "Not matched", "Unmatched"])
def test_outcomes_by_code_label_and_spelling(written: str) -> None:
    (row,) = read_csv(csv_file(SCORES, good(SCORES, outcome=written)), SCORES).rows

    assert row.outcome == ScoreOutcome.NOT_MATCHED


def test_source_keys_keep_their_order() -> None:
    (row,) = read_csv(csv_file(TYPES, good(TYPES, sources=" b ; a,c; b;"))).rows

    assert row.values["sources"] == "b;a;c"


# --- Missing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mark", ["–", "—", "-", "n/a", "NA", ".", "*", "", "NaN", "#N/A", "<5"]
)
def test_missing_count_needs_an_answer(mark: str) -> None:
    content = csv_file(TYPES, good(TYPES, active_applicants=mark))

    refusal = the_refusal(read_csv(content))
    (answered,) = read_csv(content, missing=Missing.SUPPRESSED).rows

    assert (refusal.line, refusal.column) == (2, "active_applicants")
    assert "suppressed, not_published, not_found, restated" in refusal.reason
    assert "not_entered" not in refusal.reason
    assert answered.values["active_applicants"] is None
    assert answered.values["missing"] == "suppressed"


@pytest.mark.parametrize("reason", ["not_published", "Not published"])
def test_row_says_itself_why(reason: str) -> None:
    content = csv_file(TYPES, good(TYPES, active_applicants="*", missing=reason))

    (row,) = read_csv(content, missing=Missing.SUPPRESSED).rows

    assert row.values["missing"] == "not_published"


def test_mark_in_a_row_of_a_template_needs_an_answer() -> None:
    content = csv_file(TYPES, good(TYPES, active_applicants="*", missing="not_entered"))

    refusal = the_refusal(read_csv(content))
    (answered,) = read_csv(content, missing=Missing.SUPPRESSED).rows

    assert refusal.column == "active_applicants"
    assert answered.values["missing"] == "suppressed"


def test_row_of_a_template_that_still_waits() -> None:
    empty = dict.fromkeys(
        ("active_applicants", "matched_to_pgy1", "published_match_rate"), ""
    )
    content = csv_file(TYPES, good(TYPES, **empty, missing="not_entered"))

    (row,) = read_csv(content, missing=Missing.SUPPRESSED).rows

    assert row.values["missing"] == "not_entered"


def test_complete_row_needs_no_reason() -> None:
    content = csv_file(
        TYPES, good(TYPES, published_match_rate="–", missing="not_found")
    )

    (row,) = read_csv(content).rows

    assert row.values["published_match_rate"] is None
    assert row.values["missing"] == ""


def test_zero_is_not_missing() -> None:
    content = csv_file(TYPES, good(TYPES, matched_to_pgy1="0"))

    assert read_csv(content).rows[0].values["matched_to_pgy1"] == 0


def test_not_entered_is_no_answer() -> None:
    with pytest.raises(ValueError, match="no answer"):
        read_csv(csv_file(TYPES, good(TYPES)), missing=Missing.NOT_ENTERED)


# --- Refused cells --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column", "value", "reason"),
    [
        (TYPES, "active_applicants", "-5", "negative"),
        (TYPES, "active_applicants", "5000.5", "whole number"),
        (TYPES, "active_applicants", "many", "digits"),
        (TYPES, "active_applicants", "=A1", "formula"),
        (TYPES, "active_applicants", "5-Jan", "date"),
        (TYPES, "published_match_rate", "101", "from 0 to 100"),
        (TYPES, "published_match_rate", "61.25 or so", "from 0 to 100"),
        (TYPES, "applicant_type", "dentists", "one of: us_md_senior"),
        (TYPES, "applicant_type", "", "one of: us_md_senior"),
        (TYPES, "match_year", "", "year"),
        (TYPES, "match_year", "this year", "digits"),
        (TYPES, "confidence", "", "one of: A, B, C"),
        (TYPES, "confidence", "D", "one of: A, B, C"),
        (TYPES, "note", "=HYPERLINK(1)", "formula"),
        (TYPES, "note", "@home", "apostrophe"),
        (TYPES, "note", "a\x00b", "NUL"),
        (TYPES, "note", "a\x07b", "control character"),
        (TYPES, "locator", "x" * 101, "longer than 100"),
        (TYPES, "matched_to_pgy1", "5001", "more than active_applicants, 5000"),
        (SPECIALTIES, "specialty", "", "name of a specialty"),
        (SPECIALTIES, "positions_filled", "5121", "more than positions_offered"),
        (SCORES, "step2_ck_q1", "249", "more than step2_ck_median"),
        (SCORES, "step2_ck_mean", "301", "from 1 to 300"),
        (SCORES, "step2_ck_mean", "245%", "percent sign"),
        (SCORES, "outcome", "maybe", "one of: matched, not_matched"),
    ],
)
def test_refused_cell_is_located(
    table: FigureTable, column: str, value: str, reason: str
) -> None:
    content = csv_file(table, good(table), good(table, **{column: value}))

    parsed = read_csv(content, table)

    refusal = the_refusal(parsed)
    assert reason in refusal.reason
    assert refusal.line == 3
    if "NUL" not in reason:
        assert refusal.column == column
        assert refusal.value == " ".join(value.split())[:59] + "…" * (len(value) > 60)
        assert [row.is_refused for row in parsed.rows] == [False, True]


def test_unknown_reason_is_refused() -> None:
    content = csv_file(TYPES, good(TYPES, active_applicants="", missing="forgotten"))

    assert "one of: suppressed" in the_refusal(read_csv(content)).reason


def test_quartile_without_a_score_is_refused() -> None:
    content = csv_file(
        SCORES,
        good(SCORES, step2_ck_mean="", step2_ck_median="", missing="suppressed"),
    )

    columns = [refusal.column for refusal in read_csv(content, SCORES).refusals]

    assert columns == ["step2_ck_q1", "step2_ck_q3"]


def test_every_bad_cell_of_every_bad_row_is_reported() -> None:
    bad = good(TYPES, active_applicants="x", published_match_rate="y")

    parsed = read_csv(csv_file(TYPES, bad, good(TYPES), bad))

    assert [(at.line, at.column) for at in parsed.refusals] == [
        (2, "active_applicants"),
        (2, "published_match_rate"),
        (4, "active_applicants"),
        (4, "published_match_rate"),
    ]
    assert str(parsed.refusals[0]).startswith(
        "line 2, column active_applicants, “x”: A count is written"
    )


def test_wrong_file_of_any_size_is_reported_row_by_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_rows, "MOST_IN_FULL", 3)
    bad = good(TYPES, active_applicants="x", published_match_rate="y")

    parsed = read_csv(csv_file(TYPES, *[bad] * 10))

    assert {refusal.line for refusal in parsed.refusals} == set(range(2, 12))
    assert len(parsed.refusals) == 11


def test_line_is_the_one_on_which_a_row_begins() -> None:
    content = csv_file(
        TYPES, good(TYPES, note="two\nlines"), good(TYPES, active_applicants="x")
    )

    assert the_refusal(read_csv(content)).line == 4


# --- Refused files --------------------------------------------------------------------


def header_of(
    table: FigureTable, change: Callable[[list[str]], list[str]]
) -> ParsedFile:
    head, row = cells_of(table, [good(table)])
    return read_csv(as_csv([change([str(cell) for cell in head]), row]), table)


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        (lambda head: [*head[:-1], "remarks"], "remarks", "no such column"),
        (
            lambda head: ["match_yaer", *head[1:]],
            "match_yaer",
            "Do you mean match_year?",
        ),
        (lambda head: [*head[:-1], "Confidence "], "Confidence", "confidence again"),
        (lambda head: [*head[:2], "", *head[3:]], "", "missing: active_applicants"),
    ],
)
def test_refused_headers(
    change: Callable[[list[str]], list[str]], column: str, reason: str
) -> None:
    parsed = header_of(TYPES, change)

    assert parsed.rows == ()
    assert any(
        refusal.column == column and reason in refusal.reason and refusal.line == 1
        for refusal in parsed.refusals
    ), [str(refusal) for refusal in parsed.refusals]


def test_value_below_no_column_name_is_refused() -> None:
    head, row = cells_of(TYPES, [good(TYPES)])

    refusal = the_refusal(read_csv(as_csv([head, [*row, "stray"]])))

    assert (refusal.line, refusal.value) == (2, "stray")
    assert "no column name" in refusal.reason


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_title_above_the_header_is_left_out_and_named(separator: str) -> None:
    head, row = cells_of(TYPES, [good(TYPES)])
    title = ["Main Match 2060, Results"]
    content = as_csv([title, ["Source:", "NRMP"], [], head, row], separator)

    parsed = read_csv(content)

    assert parsed.refusals == ()
    assert [row.line for row in parsed.rows] == [5]
    assert parsed.remarks == (
        "Line 1 stands above the header and is left out: “Main Match 2060, Results”.",
        "Line 2 stands above the header and is left out: “Source: NRMP”.",
    )


def test_file_without_a_header_is_refused_at_its_first_line() -> None:
    _, row = cells_of(TYPES, [good(TYPES)])

    parsed = read_csv(as_csv([row] * 30))

    assert {refusal.line for refusal in parsed.refusals} == {1}
    assert parsed.remarks == ()


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("", ["0", "1"]), ("Unnamed: 0", ["17", "3"]), (" ", ["1.0", "2.0"])],
)
def test_column_without_a_name_that_numbers_the_rows_is_left_out(
    name: str, numbers: list[str]
) -> None:
    head, *rows = cells_of(
        TYPES, [good(TYPES), good(TYPES, applicant_type="non_us_img")]
    )
    numbered = [[number, *row] for number, row in zip(numbers, rows, strict=True)]

    parsed = read_csv(as_csv([[name, *head], *numbered]))

    assert parsed.refusals == ()
    assert len(parsed.rows) == 2
    assert parsed.remarks == (
        "The first column has no name and only numbers the rows; it is left out.",
    )


@pytest.mark.parametrize("numbers", [["5", "5"], ["1", "first"], ["1", "2.5"]])
def test_column_without_a_name_that_says_something_else_is_refused(
    numbers: list[str],
) -> None:
    head, *rows = cells_of(
        TYPES, [good(TYPES), good(TYPES, applicant_type="non_us_img")]
    )
    numbered = [[number, *row] for number, row in zip(numbers, rows, strict=True)]

    refusal = the_refusal(read_csv(as_csv([["", *head], *numbered])))

    assert (refusal.line, refusal.value) == (3, numbers[1])
    assert "no column name" in refusal.reason


def test_row_that_is_cut_off_is_refused() -> None:
    content = csv_file(TYPES, good(TYPES), good(TYPES)).rstrip()[:-25]

    parsed = read_csv(content)

    assert "Is the file complete?" in parsed.refusals[0].reason
    assert parsed.refusals[0].line == 3


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
GOOD_CSV = csv_file(TYPES, good(TYPES))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("file.csv", b"", "empty"),
        ("file.csv", b" \r\n\r\n", "empty"),
        ("file.csv", b",,,\r\n,,,\r\n", "Columns are missing"),
        ("file.csv", csv_file(TYPES), "no row below the header"),
        ("file.csv", b"PK\x03\x04" + bytes(50), "workbook or an archive"),
        ("file.csv", b"%PDF-1.7\n", "a PDF"),
        ("file.csv", b"\x89PNG\r\n\x1a\n", "a picture"),
        ("file.csv", b"\x1f\x8b" + bytes(9), "compressed"),
        ("file.csv", b"<html><table>", "web page"),
        ("file.xls", GOOD_CSV, "old kind"),
        ("file.xls", OLD_OFFICE, "old kind"),
        ("file.xlsx", OLD_OFFICE, "old kind"),
        ("file.xlsx", OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("file.xlsx", GOOD_CSV, "content is no workbook"),
        ("file.xlsx", b"PK\x03\x04" + bytes(50), "damaged"),
        ("file.ods", b"PK\x03\x04" + bytes(50), "In LibreOffice choose File, Save As"),
        ("file.xlsm", GOOD_CSV, "The name says .xlsm, but the content is no workbook"),
        ("file.xlsb", GOOD_CSV, "not “.xlsb”"),
        ("file", GOOD_CSV, "not “file”"),
        ("file.csv", GOOD_CSV + b"a,\x00,b\r\n", "NUL"),
        ("file.csv", GOOD_CSV + b"\xff\xfe\x00\x01", "NUL|letters"),
        (
            "file.csv",
            TEXT.replace("“", "").replace("”", "").encode("mac-roman"),
            "1252",
        ),
        ("file.csv", b"\xff\xfe" + struct.pack("<H", 0xD800) * 3, "UTF-16"),
        ("file.csv", GOOD_CSV + b'"never closed', "quotation mark"),
        ("file.csv", b"x" * (file_bounds.MOST_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_refused_files(name: str, content: bytes, reason: str) -> None:
    refusal = read(name, content, TYPES).refusals[-1]

    assert any(part in refusal.reason for part in reason.split("|")), refusal


def test_bad_bytes_are_located() -> None:
    content = GOOD_CSV + csv_file(TYPES, good(TYPES, note="\N{BLACK STAR}"))

    refusal = the_refusal(read_csv(content.replace("★".encode(), b"\x81")))

    assert refusal.line == 4


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imgportal.lib.spreadsheets.delimited_text.MOST_ROWS", 3)

    enough = read_csv(csv_file(TYPES, *[good(TYPES)] * 3))
    too_many = read_csv(csv_file(TYPES, *[good(TYPES)] * 4))

    assert enough.refusals == ()
    assert the_refusal(too_many).line == 5


def test_any_name_of_a_column_leads_to_one_column() -> None:
    from stats.imports import columns

    for table in FigureTable:
        wanted: list[Any] = list(columns_of(table))
        assert set(columns._NAMES[table].values()) == set(wanted)
        for name in wanted:
            assert columns._NAMES[table][name.replace("_", " ")] == name
