from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from openpyxl.utils.exceptions import IllegalCharacterError

from imgportal.models import User
from stats import drafts, public
from stats.actions import open_version
from stats.actions.import_file import import_file
from stats.choices import (
    ApplicantType,
    FigureConfidence,
    FigureTable,
    Missing,
    ScoreOutcome,
)
from stats.columns import APPLICANT_TYPES, PARTS_WITHIN_WHOLES
from stats.exports import Export
from stats.figures import ROW_TYPES, Row, YearFigures
from stats.imports import export, row_checks
from stats.imports.columns import columns_of
from stats.imports.import_plan import plan
from stats.imports.parse_rows import MISSING_REASONS, ParsedFile, read
from stats.models import Release, ScoreSummary, SpecialtyResult
from tests.effort import examples, part_of
from tests.factories import (
    NOW,
    applicant_row,
    placement_row,
    provenance,
    score_row,
    specialty_row,
    totals_row,
    year_figures,
)
from tests.stats.imports.files import ABOUT, GOOD, YEAR, as_csv, as_xlsx

pytestmark = pytest.mark.django_db


def read_back(table: FigureTable, exported: Export) -> tuple[ParsedFile, ParsedFile]:
    return (
        read("file.csv", export.as_csv(exported), table),
        read("file.xlsx", export.as_xlsx(exported), table),
    )


def assert_changes_nothing(release: Release, table: FigureTable) -> None:
    exported = export.table_of(drafts.figures_of(release), table)
    for parsed in read_back(table, exported):
        found = plan(release, parsed)
        assert [str(refusal) for refusal in found.refusals] == []
        assert list(found.cells) == []
        assert found.unchanged == len(exported.rows)
        assert found.left_alone == ()


@pytest.mark.parametrize("table", FigureTable)
@pytest.mark.parametrize("year", range(2013, 2027))
def test_founding_figures_of_every_year(
    editor: User, year: int, table: FigureTable
) -> None:
    release = open_version.open_amendment(match_year=year, by=editor, now=NOW)
    if export.table_of(drafts.figures_of(release), table).rows:
        assert_changes_nothing(release, table)


@pytest.mark.parametrize("table", [*FigureTable])
def test_year_that_was_just_started(draft: Release, table: FigureTable) -> None:
    # It starts without any of these, which NRMP publishes later.
    if table not in (FigureTable.PLACEMENTS, FigureTable.SCORES):
        assert_changes_nothing(draft, table)


def test_published_version_is_exported_in_the_columns_of_the_founding_files() -> None:
    year = public.everything().years[2025]

    exported = export.table_of(year, FigureTable.SPECIALTIES)

    assert exported.columns == columns_of(FigureTable.SPECIALTIES)
    assert exported.name == "specialty_results-2025-v1"
    first, _, rest = export.as_csv(exported).decode("utf-8").partition("\r\n")
    assert first == "\ufeff" + ",".join(exported.columns)
    assert "Internal Medicine (Categorical),758,10941,10584" in rest


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "-1 is stated",
        "@home",
        "+",
        "'=1+1",
        "''quoted''",
        "#N/A",
        "_x0041_ and _x005F_",
        "two\nlines\r\nand\rmore",
        "a,b;c\td\"e\" 'f'",
        "  blanks  ",
        "\ufeff\u200bödd – “text” 😀",
        "bell\x07 and \uffff",
    ],
)
def test_any_note_and_locator_survive(draft: Release, text: str) -> None:
    SpecialtyResult.objects.filter(release=draft).update(note=text, locator=text)

    assert_changes_nothing(draft, FigureTable.SPECIALTIES)


def test_no_cell_of_an_export_is_run() -> None:
    row = specialty_row(provenance=provenance(note="=HYPERLINK(1)", locator="@x"))

    (cells,) = export.table_of(year_figures(row), FigureTable.SPECIALTIES).rows

    assert (cells["note"], cells["locator"]) == ("'=HYPERLINK(1)", "'@x")


# --- Any figures ----------------------------------------------------------------------

COUNTS = st.none() | st.integers(min_value=0, max_value=999_999_999)


def printed(least: int, most: int) -> st.SearchStrategy[Decimal | None]:
    return (
        st.none()
        | st.decimals(least, most, places=2).map(lambda value: Decimal(str(value)))
        | st.integers(least, most).map(Decimal)
    )


@st.composite
def any_row(draw: st.DrawFn) -> Row:
    """A row such as the database would hold."""
    table = draw(st.sampled_from(list(FigureTable)))
    kind = ROW_TYPES[table]
    values: dict[str, Any] = {column: draw(COUNTS) for column in kind.counts}
    for column in kind.printed:
        is_score = column.startswith("step2")
        values[column] = draw(printed(1, 300) if is_score else printed(0, 100))
    for part, whole in PARTS_WITHIN_WHOLES[table]:
        if None not in (values[part], values[whole]):
            values[whole] = max(values[part], values[whole])
    if any(True for _ in row_checks.contradictions(table, values)):
        values |= dict.fromkeys(values)
    complete = row_checks.is_complete(table, values)
    about = provenance(
        missing="" if complete else draw(st.sampled_from(Missing.values)),
        confidence=draw(st.sampled_from(FigureConfidence)),
        note=draw(st.text(max_size=40)),
        locator=draw(st.text(max_size=40)),
    )
    match table:
        case FigureTable.TOTALS:
            return totals_row(**values, provenance=about)
        case FigureTable.APPLICANTS:
            return applicant_row(
                draw(st.sampled_from(APPLICANT_TYPES[table])),
                values.pop("active_applicants"),
                values.pop("matched_to_pgy1"),
                **values,
                provenance=about,
            )
        case FigureTable.PLACEMENTS:
            return placement_row(
                draw(st.sampled_from(APPLICANT_TYPES[table])),
                values.pop("placed_pgy1_all"),
                values.pop("placed_pgy1_active"),
                **values,
                provenance=about,
            )
        case FigureTable.SPECIALTIES:
            return specialty_row(**values, provenance=about)
        case _:
            return score_row(
                applicant_type=draw(st.sampled_from(APPLICANT_TYPES[table])),
                outcome=draw(st.sampled_from(ScoreOutcome)),
                **values,
                provenance=about,
            )


@examples(150)
@given(any_row())
def test_any_row_is_read_as_it_was_exported(row: Row) -> None:
    year: YearFigures = year_figures(row)

    for parsed in read_back(row.table, export.table_of(year, row.table)):
        assert [str(refusal) for refusal in parsed.refusals] == []
        (again,) = parsed.rows
        assert again.match_year == year.match_year
        assert again.digits_lost == frozenset()
        for column in row.counts:
            assert again.values[column] == getattr(row, column)
        for column in row.printed:
            assert str(again.values[column]) == str(getattr(row, column))
        assert again.values["missing"] == row.provenance.missing
        assert again.values["sources"] == "report"


# --- Any spreadsheet ------------------------------------------------------------------

NUMBERS = st.sampled_from(
    [
        *("", "0", "7", "5000", "4,751", "4.751", "4 751", "12.000", "61.2", "61.2%"),
        *(
            "61,2",
            "100",
            "245.0",
            "–",
            "*",
            "n/a",
            ".",
            "-5",
            "5.5",
            "x",
            "=1",
            "Jan-5",
        ),
        *("4751.0", "1234567890", "'12", "#N/A", "\u00a0", "٣"),
    ]
) | st.integers(min_value=-1, max_value=6000).map(str)
TEXTS = st.sampled_from(["", "A note.", "=1", "'=1", "- x", "a;b", "ü“”", "“\n”"])
ANYTHING = st.text(max_size=6)
WORDS: dict[str, st.SearchStrategy[str]] = {
    "match_year": st.sampled_from([str(YEAR)] * 9 + ["2059", "", "x"]),
    "specialty": st.sampled_from(
        [
            *("Psychiatry", "Med-Peds", "PM&R", "OB-GYN", "All specialties"),
            "Alchemy",
            "",
        ]
    ),
    "applicant_type": st.sampled_from([*ApplicantType.values, "US IMG", "nobody"]),
    "outcome": st.sampled_from(["matched", "Not matched", "maybe"]),
    "missing": st.sampled_from(["", *Missing.values, "–", "forgotten"]),
    "confidence": st.sampled_from(["A", "b", "C", "C", "", "D"]),
    "sources": st.sampled_from(["", "derm-doc", "derm-doc; saieesh-co2026", "nobody"]),
    "locator": TEXTS | ANYTHING,
    "note": TEXTS | ANYTHING,
}
WORDS["edition"] = WORDS["match_year"]


@st.composite
def any_sheet(draw: st.DrawFn) -> tuple[FigureTable, list[list[str]]]:
    """A header that is mostly right and rows of which some are."""
    table = draw(st.sampled_from(list(FigureTable)))
    columns = list(columns_of(table))
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        cells = {column: str({**GOOD[table], **ABOUT}[column]) for column in columns}
        for column in draw(st.lists(st.sampled_from(columns), max_size=4, unique=True)):
            cells[column] = draw(WORDS.get(column, NUMBERS))
        rows.append([cells[column] for column in columns])
    spoilt = draw(st.sampled_from([None] * 12 + ["lost", "twice", "unknown"]))
    head = columns.copy()
    match spoilt:
        case "lost":
            head.pop(2)
        case "twice":
            head[1] = head[0]
        case "unknown":
            head[1] = "remarks"
    return table, [head, *rows]


FORMATS = ("utf-8", "utf-8-sig", "utf-16", "xlsx")


@examples(
    200,
    # Every example is rolled back to the draft of the test.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    sheet=any_sheet(),
    encoding=st.sampled_from(FORMATS),
    separator=st.sampled_from([",", ";", "\t"]),
    reason=st.sampled_from([None, *MISSING_REASONS]),
)
def test_any_spreadsheet_is_refused_with_a_place_or_round_trips(
    draft: Release,
    editor: User,
    sheet: tuple[FigureTable, Sequence[Sequence[str]]],
    encoding: str,
    separator: str,
    reason: Missing | None,
) -> None:
    table, cells = sheet
    try:
        name, content = _written(cells, encoding, separator)
    except IllegalCharacterError:
        return  # A workbook cannot hold every character.
    parsed = read(name, content, table, reason)
    found = plan(draft, parsed)
    for refusal in found.refusals:
        assert refusal.reason.endswith((".", "?"))
        assert refusal.line is not None
    if found.refusals:
        return
    with transaction.atomic():
        import_file(
            release_id=draft.pk,
            parsed=parsed,
            fingerprint=found.fingerprint,
            by=editor,
            now=NOW,
        )
        assert list(plan(draft, parsed).cells) == []
        assert_changes_nothing(draft, table)
        transaction.set_rollback(True)


def _written(
    cells: Sequence[Sequence[str]], encoding: str, separator: str
) -> tuple[str, bytes]:
    if encoding == "xlsx":
        return "file.xlsx", as_xlsx(cells)
    return "file.csv", as_csv(cells, separator).decode().encode(encoding)


def test_property_above_sees_both_ends() -> None:
    """Guards that never fire prove nothing: some sheets are accepted, some are not."""
    seen = {True: 0, False: 0}

    @examples(60, database=None)
    @given(any_sheet())
    def look(sheet: tuple[FigureTable, Sequence[Sequence[str]]]) -> None:
        table, cells = sheet
        seen[bool(read("file.csv", as_csv(cells), table).refusals)] += 1

    look()

    assert min(seen.values()) >= part_of(10)
    assert not ScoreSummary.objects.filter(release__match_year=YEAR).exists()
