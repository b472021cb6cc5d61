from __future__ import annotations

import io
import re
import zipfile
from datetime import date, time
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from imgportal.lib.spreadsheets import file_bounds, workbook_bounds, workbooks
from stats.choices import FigureTable
from stats.exceptions import Refusal
from stats.imports.parse_rows import (
    ASK_HIDDEN,
    ASK_HIDDEN_COLUMN,
    ASK_HIDDEN_SHEET,
    ParsedFile,
    read,
)
from tests.stats.imports.files import as_xlsx, cells_of, good, saved

TYPES = FigureTable.APPLICANTS


def read_rows(*rows: dict[str, Any], **formats: str) -> ParsedFile:
    return read(
        "file.xlsx",
        as_xlsx(
            cells_of(TYPES, rows), hidden=(), hidden_columns=(), sheets={}, **formats
        ),
        TYPES,
    )


def the_refusal(parsed: ParsedFile) -> Refusal:
    assert len(parsed.refusals) == 1, [str(refusal) for refusal in parsed.refusals]
    return parsed.refusals[0]


def rezipped(content: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The workbook with some parts replaced, or taken out (None)."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = changes.pop(name, b"")
            if part is not None:
                new.writestr(name, part or old.read(name))
        for name, part in changes.items():
            new.writestr(name, part or b"")
    return target.getvalue()


GOOD = as_xlsx(cells_of(TYPES, [good(TYPES)]))
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TYPES_OF_PARTS = "[Content_Types].xml"
SHARED_STRINGS = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.'
    b'openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def sheet_of(content: bytes) -> bytes:
    return part_of(content, SHEET)


def with_rows(*rows: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """A workbook whose only sheet has exactly these rows of XML."""
    sheet = (
        b"<worksheet "
        + NAMESPACE
        + b">"
        + before
        + b"<sheetData>"
        + b"".join(rows)
        + b"</sheetData>"
        + after
        + b"</worksheet>"
    )
    return rezipped(GOOD, {SHEET: sheet})


# --- Accepted -------------------------------------------------------------------------


def test_numbers_as_a_workbook_stores_them() -> None:
    (row,) = read_rows(
        good(
            TYPES,
            match_year=2060.0,
            active_applicants=5000.0,
            matched_to_pgy1=4751,
            published_match_rate=61.2,
        )
    ).rows

    assert row.match_year == 2060
    assert row.values["active_applicants"] == 5000
    assert row.values["matched_to_pgy1"] == 4751
    assert row.values["published_match_rate"] == Decimal("61.2")
    assert row.digits_lost == {"published_match_rate"}


@pytest.mark.parametrize(
    ("stored", "number_format", "digits", "lost"),
    [
        ("61.0", "General", "61.0", False),
        (61.0, "General", "61", True),
        (61, "0.0", "61.0", False),
        (61.25, "0.0", "61.25", False),
        (0.612, "0.0%", "61.2", False),
        (0.61, "0.0%", "61.0", False),
        (0.612, "0%", "61.2", True),
        (16.399999999999999, "General", "16.4", True),
        ("61.2%", "General", "61.2", False),
    ],
)
def test_printed_numbers_as_the_sheet_shows_them(
    stored: Any, number_format: str, digits: str, lost: bool
) -> None:
    (row,) = read_rows(
        good(TYPES, published_match_rate=stored), published_match_rate=number_format
    ).rows

    assert str(row.values["published_match_rate"]) == digits
    assert ("published_match_rate" in row.digits_lost) is lost


def test_only_sheet_that_holds_something_is_taken() -> None:
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    book.create_sheet("Before", 0)
    book.create_sheet("After")["B7"] = "  "

    parsed = read("file.xlsx", saved(book), TYPES)

    assert parsed.refusals == ()
    assert len(parsed.rows) == 1


def test_rows_and_columns_that_are_blank() -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    head, row = cells_of(TYPES, [good(TYPES)])
    for place, (name, value) in enumerate(zip(head, row, strict=True), 1):
        sheet.cell(3, place, name)
        sheet.cell(900_000, place, value or None)
    sheet.cell(5, 60).number_format = "0.0"

    parsed = read("file.xlsx", saved(book), TYPES)

    assert parsed.refusals == ()
    assert [row.line for row in parsed.rows] == [900_000]


def test_shared_inline_and_rich_texts() -> None:
    texts = (
        b'<row r="2"><c r="A2" t="str"><v>one</v></c>'
        b'<c r="B2" t="inlineStr"><is><r><t>tw</t></r><r><t>o</t></r></is></c>'
        b'<c t="s"><v>0</v></c></row>'
    )
    sheet = sheet_of(GOOD)
    start, end = sheet.index(b"<sheetData>"), sheet.index(b"</sheetData>")
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si>'
        b'<r><t>thr</t></r><rPh sb="0" eb="1"><t>no</t></rPh>'
        b"<r><t>ee_x0021_</t></r></si></sst>"
    )
    content = rezipped(
        GOOD,
        {
            SHEET: sheet[: start + 11] + texts + sheet[end:],
            STRINGS: strings,
            TYPES_OF_PARTS: part_of(GOOD, TYPES_OF_PARTS).replace(
                b"</Types>", SHARED_STRINGS + b"</Types>"
            ),
        },
    )

    ((line, cells),) = workbooks.rows(content).rows

    assert (line, cells) == (2, ["one", "two", "three!"])


def test_names_with_a_prefix() -> None:
    sheet = sheet_of(GOOD)
    for name in (b"worksheet", b"sheetData", b"row", b"c", b"v", b"is", b"t"):
        sheet = sheet.replace(b"<" + name + b">", b"<x:" + name + b">")
        sheet = sheet.replace(b"<" + name + b" ", b"<x:" + name + b" ")
        sheet = sheet.replace(b"</" + name + b">", b"</x:" + name + b">")
    sheet = sheet.replace(b"x:worksheet xmlns=", b"x:worksheet xmlns:x=")

    parsed = read("file.xlsx", rezipped(GOOD, {SHEET: sheet}), TYPES)

    assert parsed.refusals == ()
    assert len(parsed.rows) == 1


# --- Refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("=SUM(A1:A2)", "formula"),
        (date(2024, 1, 5), "made a date"),
        (time(12, 30), "made a date"),
        (True, "yes or no"),
        ("#DIV/0!", "could not work this out"),
        (-5, "negative"),
        (4751.5, "whole number"),
        (12.345, "whole number"),
        (1e20, "nine digits"),
    ],
)
def test_refused_cell_is_located(value: Any, reason: str) -> None:
    refusal = the_refusal(read_rows(good(TYPES), good(TYPES, active_applicants=value)))

    assert (refusal.line, refusal.column) == (3, "active_applicants")
    assert reason in refusal.reason


RAISED_2 = b'<r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r>'


@pytest.mark.parametrize("kind", ["inline", "shared"])
def test_raised_digit_is_no_digit_of_the_number(kind: str) -> None:
    rich = b"<r><t>758</t></r>" + RAISED_2
    cell = (
        b'<c r="D2" t="inlineStr"><is>' + rich + b"</is></c>"
        if kind == "inline"
        else b'<c r="D2" t="s"><v>1</v></c>'
    )
    sheet = re.sub(rb'<c r="D2".*?</c>', cell, sheet_of(GOOD))
    assert cell in sheet
    strings = b"<sst " + NAMESPACE + b"><si><t>5</t></si><si>" + rich + b"</si></sst>"
    content = rezipped(
        GOOD,
        {
            SHEET: sheet,
            STRINGS: strings,
            TYPES_OF_PARTS: part_of(GOOD, TYPES_OF_PARTS).replace(
                b"</Types>", SHARED_STRINGS + b"</Types>"
            ),
        },
    )

    refusal = the_refusal(read("file.xlsx", content, TYPES))

    assert (refusal.line, refusal.column) == (2, "matched_to_pgy1")
    assert refusal.value == "7582"
    assert "raised" in refusal.reason


def test_raised_letters_and_whole_cells_are_read() -> None:
    letters = RAISED_2.replace(b"<t>2<", b"<t>st<")
    text = b'<c r="A1" t="inlineStr"><is><r><t>1</t></r>' + letters + b"</is></c>"
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    book["Sheet"]["D2"].font = Font(vertAlign="superscript")

    ((_, cells),) = workbooks.rows(with_rows(b"<row>" + text + b"</row>")).rows

    assert cells == ["1st"]
    assert read("file.xlsx", saved(book), TYPES).refusals == ()


def test_date_is_shown_as_one() -> None:
    (refusal,) = read_rows(good(TYPES, active_applicants=date(2024, 1, 5))).refusals

    assert refusal.value.startswith("2024-01-05")


def test_formula_in_a_text_is_refused() -> None:
    refusal = the_refusal(read_rows(good(TYPES, note="=1+1")))

    assert (refusal.column, refusal.value) == ("note", "=1+1")


def test_text_that_looks_like_a_formula_is_refused() -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    head, row = cells_of(TYPES, [good(TYPES)])
    sheet.append(head)
    cell = WriteOnlyCell(sheet, "=1+1")
    cell.data_type = "s"
    sheet.append([*row[:-1], cell])

    assert the_refusal(read("file.xlsx", saved(book), TYPES)).column == "by_value"


def test_several_sheets_are_refused_with_their_names() -> None:
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    book.create_sheet("Old")["A1"] = 1

    refusal = the_refusal(read("file.xlsx", saved(book), TYPES))

    assert "“Sheet”, “Old”" in refusal.reason


def test_workbook_without_anything_is_refused() -> None:
    refusal = the_refusal(read("file.xlsx", saved(openpyxl.Workbook()), TYPES))

    assert "No sheet" in refusal.reason


def test_value_far_to_the_right_is_refused() -> None:
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    book["Sheet"]["XFD2"] = 1

    refusal = the_refusal(read("file.xlsx", saved(book), TYPES))

    assert (refusal.line, "100 columns" in refusal.reason) == (2, True)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)

    assert read_rows(*[good(TYPES)] * 2).refusals == ()
    assert the_refusal(read_rows(*[good(TYPES)] * 3)).line == 4


def archive(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return content.getvalue()


MANY = {f"part{number}": b"" for number in range(workbook_bounds.MOST_PARTS + 1)}
DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (archive(anything=b"x"), "another archive"),
        (archive(**MANY), "far larger"),
        (archive(bomb=bytes(30_000_000)), "far larger"),
        (GOOD[:-200], "damaged"),
        (rezipped(GOOD, {SHEET: b"<worksheet><sheetData>"}), "damaged"),
        (rezipped(GOOD, {SHEET: None}), "damaged"),
        (rezipped(GOOD, {"xl/_rels/workbook.xml.rels": None}), "damaged"),
        (rezipped(GOOD, {"[Content_Types].xml": None}), "damaged"),
        (rezipped(GOOD, {SHEET: DOCTYPE + sheet_of(GOOD)}), "damaged"),
        (
            rezipped(GOOD, {SHEET: sheet_of(GOOD).replace(b'r="A1"', b'r="1A"')}),
            "damaged",
        ),
        (
            rezipped(GOOD, {SHEET: sheet_of(GOOD).replace(b"2060", b"2060e999e")}),
            "damaged",
        ),
    ],
)
def test_refused_workbooks(content: bytes, reason: str) -> None:
    assert reason in the_refusal(read("file.xlsx", content, TYPES)).reason


VALUE = b'<row r="1"><c r="A1"><v>1</v></c></row>'
LONG_FORMULA = b"+".join([b"A1"] * 2000)
# Rows that openpyxl would leave out without a word, or work on without an end.
HOSTILE: dict[str, tuple[bytes, str]] = {
    "rows in disorder": (
        with_rows(b'<row r="5"/>', VALUE),
        "damaged",
    ),
    "row named twice": (with_rows(VALUE, VALUE), "damaged"),
    "row beyond the last": (with_rows(VALUE, b'<row r="99999999999"/>'), "damaged"),
    "cells in disorder": (
        with_rows(b'<row r="1"><c r="C1"><v>1</v></c><c r="B1"><v>2</v></c></row>'),
        "damaged",
    ),
    "one cell twice": (
        with_rows(b'<row r="1"><c r="B1"><v>1</v></c><c r="B1"><v>2</v></c></row>'),
        "damaged",
    ),
    "very many rows": (
        with_rows(*[b"<row/>"] * (workbook_bounds.MOST_ROW_ELEMENTS + 1)),
        "far larger",
    ),
    "very wide rows": (
        with_rows(
            *(b'<row r="%d"><c r="XFD%d"/></row>' % (n, n) for n in range(1, 4000))
        ),
        "far larger",
    ),
    "row of many elements": (
        with_rows(b"<row>" + b"<x/>" * (workbook_bounds.MOST_INSIDE + 1) + b"</row>"),
        "far larger",
    ),
    "rows of another namespace": (
        with_rows(
            *[b'<row xmlns="x"/>'] * (workbook_bounds.MOST_OUTSIDE + 1), before=VALUE
        ),
        "far larger",
    ),
    "many elements": (
        with_rows(VALUE, after=b"<x/>" * (workbook_bounds.MOST_OUTSIDE + 1)),
        "far larger",
    ),
    "deep elements": (
        with_rows(b"<row><c>" + b"<x>" * 200 + b"</x>" * 200 + b"</c></row>"),
        "far larger",
    ),
    "long attributes": (
        with_rows(
            VALUE,
            after=b'<conditionalFormatting sqref="%s"/>' % (b"A1 " * 30_000) * 30,
        ),
        "far larger",
    ),
    "endless tag": (
        with_rows(
            VALUE,
            after=b"<x " + b" ".join(b'a%d=""' % n for n in range(400_000)) + b"/>",
        ),
        "far larger",
    ),
    "endless formula": (
        with_rows(b"<row><c><f>" + b"A1+" * 3000 + b"A1</f></c></row>"),
        "far larger",
    ),
    "shared formulas": (
        with_rows(
            b'<row r="1"><c r="A1"><f t="shared" si="0">'
            + LONG_FORMULA
            + b"</f></c></row>",
            *(
                b'<row r="%d"><c r="A%d"><f t="shared" si="0"/></c></row>' % (n, n)
                for n in range(2, 200)
            ),
        ),
        "paste it as values",
    ),
    "many sheets of one part": (
        rezipped(
            GOOD,
            {
                BOOK: re.sub(
                    rb"<sheet .*?/>", lambda sheet: sheet[0] * 21, part_of(GOOD, BOOK)
                )
            },
        ),
        "far larger",
    ),
    "chart": (
        rezipped(
            GOOD,
            {
                RELATIONS: part_of(GOOD, RELATIONS).replace(
                    b"/worksheet", b"/chartsheet"
                )
            },
        ),
        "is a chart",
    ),
    "macros of Excel 4": (
        rezipped(
            GOOD,
            {
                RELATIONS: part_of(GOOD, RELATIONS).replace(
                    b"/worksheet", b"/xlMacrosheet"
                )
            },
        ),
        "is a macro",
    ),
    "strict": (
        rezipped(
            GOOD,
            {
                BOOK: part_of(GOOD, BOOK).replace(
                    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
                )
            },
        ),
        "Strict Open XML",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_the_library_would_trust_is_refused(kind: str) -> None:
    content, reason = HOSTILE[kind]

    assert reason in the_refusal(read("file.xlsx", content, TYPES)).reason


def test_text_that_many_cells_share_is_not_unfolded_without_end() -> None:
    text = b"<si><t>" + b"x" * 50_000 + b"</t></si>"
    row = b'<row r="%d"><c t="s"><v>0</v></c></row>'
    content = rezipped(
        with_rows(*(row % number for number in range(1, 2000))),
        {
            STRINGS: b"<sst " + NAMESPACE + b">" + text + b"</sst>",
            TYPES_OF_PARTS: part_of(GOOD, TYPES_OF_PARTS).replace(
                b"</Types>", SHARED_STRINGS + b"</Types>"
            ),
        },
    )

    with pytest.raises(file_bounds.UnreadableFile, match="far larger"):
        list(workbooks.rows(content).rows)


def test_shared_formulas_of_usual_size_are_refused_where_they_stand() -> None:
    head, row = cells_of(TYPES, [good(TYPES)])
    sheet = sheet_of(as_xlsx([head, row, row, row]))
    shared = b'<c r="C%d"><f t="shared" si="0">%s</f><v>5000</v></c>'
    for line, formula in ((2, b"A2*2"), (3, b""), (4, b"")):
        sheet = re.sub(
            rb'<c r="C%d".*?</c>' % line, shared % (line, formula), sheet, count=1
        )

    refusals = read("file.xlsx", rezipped(GOOD, {SHEET: sheet}), TYPES).refusals

    assert [(refusal.line, refusal.column) for refusal in refusals] == [
        (line, "active_applicants") for line in (2, 3, 4)
    ]
    assert refusals[1].value == "=A3*2"


def test_gap_between_rows_costs_nothing() -> None:
    content = with_rows(VALUE, b'<row r="1048576"><c r="A1048576"><v>2</v></c></row>')

    assert [line for line, _ in workbooks.rows(content).rows] == [1, 1_048_576]


def test_zip_bomb_is_refused_before_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("Something was unpacked.")

    bomb = rezipped(GOOD, {SHEET: sheet_of(GOOD) + bytes(20_000_000)})
    monkeypatch.setattr(zipfile.ZipFile, "open", never)

    assert "far larger" in the_refusal(read("file.xlsx", bomb, TYPES)).reason


def test_encrypted_parts_are_refused() -> None:
    content = bytearray(GOOD)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        while place != -1:
            content[place + flags] |= 1
            place = content.find(signature, place + 1)

    assert "password" in the_refusal(read("file.xlsx", bytes(content), TYPES)).reason


@pytest.mark.parametrize("place", range(0, len(GOOD), 97))
def test_any_damage_is_a_refusal_and_no_crash(place: int) -> None:
    content = bytearray(GOOD)
    content[place] ^= 0x55

    read("file.xlsx", bytes(content), TYPES)


HIDDEN = as_xlsx(
    cells_of(TYPES, [good(TYPES), good(TYPES, applicant_type="non_us_img")]), hidden=[3]
)


def test_hidden_row_is_asked_about() -> None:
    refusal = the_refusal(read("file.xlsx", HIDDEN, TYPES))

    assert (refusal.line, refusal.reason) == (3, ASK_HIDDEN)


def test_hidden_row_is_taken_or_left_out_as_somebody_says() -> None:
    taken = read("file.xlsx", HIDDEN, TYPES, takes_hidden=True)
    left = read("file.xlsx", HIDDEN, TYPES, takes_hidden=False)

    assert [row.line for row in taken.rows] == [2, 3]
    assert [row.line for row in left.rows] == [2]
    assert (taken.refusals, left.refusals) == ((), ())
    assert (taken.remarks, left.remarks) == ((), ("1 hidden row is left out.",))


# --- With macros ---------------------------------------------------------------------


def with_macros(content: bytes) -> bytes:
    """As a spreadsheet saves it when there is a macro."""
    types = part_of(content, TYPES_OF_PARTS).replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    assert b"macroEnabled" in types
    macros = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40
    return rezipped(content, {TYPES_OF_PARTS: types, "xl/vbaProject.bin": macros})


def test_workbook_with_macros_is_read_like_one_without() -> None:
    with_them = read("file.xlsm", with_macros(GOOD), TYPES)
    without = read("file.xlsm", GOOD, TYPES)

    assert with_them.refusals == ()
    assert with_them.rows == without.rows


def test_workbook_with_macros_is_held_to_the_same_checks() -> None:
    hidden = read("file.xlsm", with_macros(HIDDEN), TYPES)
    formula = as_xlsx(cells_of(TYPES, [good(TYPES, matched_to_pgy1="=4750+1")]))

    assert the_refusal(hidden).reason == ASK_HIDDEN
    refusal = the_refusal(read("file.xlsm", with_macros(formula), TYPES))
    assert "A formula is not imported." in refusal.reason


# --- Hidden columns and sheets -------------------------------------------------------


def with_rate(**hides: Any) -> bytes:
    """A sheet with a column of somebody's own, which the table does not have."""
    head, row = cells_of(TYPES, [good(TYPES, note="Mine.")])
    return as_xlsx([[*head, "Rate"], [*row, 95.0]], **hides)


def test_hidden_column_is_asked_about() -> None:
    content = with_rate(hidden_columns=["Rate", "note"])

    asked = read("file.xlsx", content, TYPES).refusals

    assert [(it.line, it.column, it.reason) for it in asked] == [
        (1, "note", ASK_HIDDEN_COLUMN),
        (1, "Rate", ASK_HIDDEN_COLUMN),
    ]


def test_hidden_column_is_taken_or_left_out_as_somebody_says() -> None:
    content = as_xlsx(
        cells_of(TYPES, [good(TYPES, note="Mine.")]), hidden_columns=["note"]
    )

    taken = read("file.xlsx", content, TYPES, takes_hidden=True)
    left = read("file.xlsx", content, TYPES, takes_hidden=False)

    assert taken.rows[0].values["note"] == "Mine."
    assert "note" not in left.rows[0].values
    assert (taken.refusals, left.refusals) == ((), ())
    assert left.remarks == ("The hidden column “note” is left out.",)


def test_column_that_the_table_does_not_have_is_left_out_only_when_hidden() -> None:
    hidden = with_rate(hidden_columns=["Rate"])

    assert read("file.xlsx", hidden, TYPES, takes_hidden=False).refusals == ()
    for parsed in (
        read("file.xlsx", hidden, TYPES, takes_hidden=True),
        read("file.xlsx", with_rate(), TYPES),
    ):
        assert "has no such column" in the_refusal(parsed).reason


def test_without_a_hidden_column_that_is_needed_nothing_is_imported() -> None:
    content = as_xlsx(cells_of(TYPES, [good(TYPES)]), hidden_columns=["match_year"])

    assert the_refusal(read("file.xlsx", content, TYPES)).reason == ASK_HIDDEN_COLUMN
    left = read("file.xlsx", content, TYPES, takes_hidden=False)
    assert "match_year" in str(the_refusal(left))


def test_columns_hidden_beyond_the_widest_table_are_no_work() -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        sheet = archive.read(SHEET)

    def hiding(least: str) -> ParsedFile:
        columns = f'<cols><col min="{least}" max="999999999" hidden="1"/></cols>'
        changed = sheet.replace(b"<sheetData>", columns.encode() + b"<sheetData>")
        return read("file.xlsx", rezipped(GOOD, {SHEET: changed}), TYPES)

    asked = hiding("1").refusals

    assert {it.reason for it in asked} == {ASK_HIDDEN_COLUMN}
    assert len(asked) == len(cells_of(TYPES, [])[0])
    for least in ("-999999999", "x", "9" * 5000):
        assert "damaged" in the_refusal(hiding(least)).reason


def test_hidden_sheet_beside_the_table_is_asked_about() -> None:
    cells = cells_of(TYPES, [good(TYPES)])
    content = as_xlsx(cells, sheets={"Lists": [["US IMGs"]], "Empty": []})

    asked = the_refusal(read("file.xlsx", content, TYPES))

    assert (asked.line, asked.value, asked.reason) == (None, "Lists", ASK_HIDDEN_SHEET)
    left = read("file.xlsx", content, TYPES, takes_hidden=False)
    assert (len(left.rows), left.refusals) == (1, ())
    assert left.remarks == ("The hidden sheet “Lists” is left out.",)
    taken = the_refusal(read("file.xlsx", content, TYPES, takes_hidden=True))
    assert "One sheet is imported at a time." in taken.reason


def test_only_sheet_that_holds_something_may_be_hidden() -> None:
    content = as_xlsx([], sheets={"Table": cells_of(TYPES, [good(TYPES)])})

    asked = the_refusal(read("file.xlsx", content, TYPES))

    assert (asked.value, asked.reason) == ("Table", ASK_HIDDEN_SHEET)
    assert len(read("file.xlsx", content, TYPES, takes_hidden=True).rows) == 1
    left = the_refusal(read("file.xlsx", content, TYPES, takes_hidden=False))
    assert left.reason == "No sheet but the hidden “Table” holds anything."


def test_title_and_header_may_be_hidden() -> None:
    head, row = cells_of(TYPES, [good(TYPES)])
    content = as_xlsx([["Results"], head, row], hidden=[1, 2])

    assert read("file.xlsx", content, TYPES).refusals == ()
