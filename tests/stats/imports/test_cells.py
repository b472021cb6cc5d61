from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgportal.lib.spreadsheets.sheet_cells import StoredNumber
from stats.imports import cells
from stats.imports.cells import WrongCell


def count(cell: str, *, decimal_comma: bool = False) -> int:
    return cells.count(cell, cells.bare(cell), decimal_comma=decimal_comma)


def rate(cell: str, *, decimal_comma: bool = False) -> Decimal:
    return cells.printed(
        cells.bare(cell),
        least=0,
        most=100,
        is_percentage=True,
        decimal_comma=decimal_comma,
    )


@pytest.mark.parametrize(
    "cell",
    [
        "4751",
        " 4751 ",
        "4,751",
        "4 751",
        "4\u00a0751",
        "4\u2009751",
        "4\u202f751",
        "4'751",
        "4’751",
        "4.751",
        "'4751",
        "4751.0",
        "4751.00",
        "\u200b4751",
    ],
)
def test_counts_however_they_are_grouped(cell: str) -> None:
    assert count(cell) == 4751


def test_several_groups_of_one_mark() -> None:
    assert count("1.234.567") == 1_234_567
    assert count("12,345,678") == 12_345_678


def test_number_of_a_workbook_is_never_grouped() -> None:
    assert count(StoredNumber("4751")) == 4751
    with pytest.raises(WrongCell, match="whole number"):
        count(StoredNumber("12.345"))


@pytest.mark.parametrize(
    ("cell", "decimal_comma", "reason"),
    [
        ("12.000", False, "may be 12 or 12000"),
        ("12,000", True, "may be 12 or 12000"),
        ("-5", False, "negative"),
        ("−5", False, "negative"),
        ("(5)", False, "negative"),
        ("5.5", False, "whole number"),
        ("5,5", True, "whole number"),
        ("0.345", False, "whole number"),
        ("1,2345", False, "every third digit"),
        ("4,75", False, "every third digit"),
        ("12 5", False, "every third digit"),
        ("6,51", False, "every third digit"),
        ("12,00", False, "every third digit"),
        ("0,345", False, "every third digit"),
        ("1.234,567", False, "every third digit"),
        ("758²", False, "mark of a footnote"),
        ("4,751¹", False, "mark of a footnote"),
        ("\uff14\uff17\uff15\uff11", False, "digits 0 to 9"),
        ("12.34.567", False, "date|digits"),
        ("about 5", False, "written with digits"),
        ("1e4", False, "written with digits"),
        ("٤٧", False, "digits 0 to 9"),
        ("\u0661,\u0662\u0663\u0664", False, "digits 0 to 9"),
        ("61%", False, "percent sign"),
        ("=1+2", False, "formula"),
        ("5-Jan", False, "made a date"),
        ("Jan-24", False, "made a date"),
        ("2024-01-05", False, "made a date"),
        ("1/5/2024", False, "made a date"),
        ("12.03.2024", False, "made a date"),
        ("1234567890", False, "nine digits"),
    ],
)
def test_what_is_no_count(cell: str, decimal_comma: bool, reason: str) -> None:
    with pytest.raises(WrongCell, match=reason):
        count(cell, decimal_comma=decimal_comma)


def test_grouping_is_plain_where_the_other_mark_is_the_decimal_one() -> None:
    assert count("12.000", decimal_comma=True) == 12_000
    assert count("12,000", decimal_comma=False) == 12_000


@pytest.mark.parametrize(
    ("cell", "decimal_comma", "digits"),
    [
        ("61.2", False, "61.2"),
        ("61.2%", False, "61.2"),
        ("61.2 %", False, "61.2"),
        ("61,2 %", True, "61.2"),
        ("61.2", True, "61.2"),
        ("41", False, "41"),
        ("41.0", False, "41.0"),
        ("41.00", False, "41.00"),
        ("100", False, "100"),
        ("0", False, "0"),
    ],
)
def test_printed_number_keeps_its_digits(
    cell: str, decimal_comma: bool, digits: str
) -> None:
    assert str(rate(cell, decimal_comma=decimal_comma)) == digits


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("61,2", "after a point"),
        ("61.234", "up to two decimals"),
        ("-1", "negative"),
        ("100.1", "from 0 to 100"),
        ("=A1", "formula"),
        ("5-Jan", "made a date"),
        ("high", "from 0 to 100"),
        ("٤٧", "digits 0 to 9"),
        ("61.2³", "mark of a footnote"),
    ],
)
def test_what_is_no_printed_number(cell: str, reason: str) -> None:
    with pytest.raises(WrongCell, match=reason):
        rate(cell)


def test_only_percentages_carry_a_percent_sign() -> None:
    with pytest.raises(WrongCell, match="no percent sign"):
        cells.printed(
            "245%", least=1, most=300, is_percentage=False, decimal_comma=False
        )


@pytest.mark.parametrize(
    "cell",
    [
        *("–", "—", "-", "n/a", "N/A", "NA", ".", "*"),
        *("NaN", "nan", "#N/A", "<NA>", "NULL"),
        *("<5", "< 5", "<=10", "≤ 5", "fewer than 5", "Less than 10"),
    ],
)
def test_marks_of_a_missing_value(cell: str) -> None:
    assert cells.is_mark(cell)


@pytest.mark.parametrize("cell", [">5", "5", "<5 000", "< 5.5", "none", "0"])
def test_what_marks_no_missing_value(cell: str) -> None:
    assert not cells.is_mark(cell)


@pytest.mark.parametrize("cell", ["=1+1", " =1", "+1", "-1", "@SUM(A1)"])
def test_text_that_a_spreadsheet_would_run_is_refused(cell: str) -> None:
    with pytest.raises(WrongCell, match=r"formula|apostrophe"):
        cells.text_of(cell, most=100)


def test_control_characters_are_refused() -> None:
    with pytest.raises(WrongCell, match="control character"):
        cells.text_of("a\x07b", most=100)


@given(st.text())
def test_escaped_text_is_read_back(text: str) -> None:
    escaped = cells.escaped(text)

    assert cells.text_of(escaped, most=10**6) == cells.tidy(text)
    assert escaped[:1] not in {"=", "+", "-", "@"}


@given(st.integers(min_value=0, max_value=999_999_999), st.sampled_from(",' \u2009"))
def test_any_count_is_read_however_it_is_grouped(number: int, mark: str) -> None:
    assert count(f"{number:,}".replace(",", mark)) == number


@given(st.text(max_size=12))
def test_any_text_is_a_count_or_refused(text: str) -> None:
    try:
        number = count(text)
    except WrongCell:
        return
    assert 0 <= number <= 999_999_999
