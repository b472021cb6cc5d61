"""The open data: every table as a file, and all of it in one."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from frictionless import Package
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from imgportal.lib import clock
from imgportal.lib.data_columns import Cell, ColumnKind, Records, Table
from imgportal.lib.eastern_time import eastern_day
from imgportal.open_data.tables import OPEN_TABLES
from stats import open_tables, public
from stats.choices import FigureTable
from stats.columns import CODES, REASONS, TABLES
from stats.formats import csv_text, data_package, json_text, sqlite_file
from stats.formats.sqlite_file import PRINTED_SUFFIX
from tests.factories import NOW, publish, stored_draft, stored_result
from tests.reading import number_in, tables_of

pytestmark = pytest.mark.django_db
NAMES = sorted(OPEN_TABLES)


def read_csv(text: str, table: Table) -> list[dict[str, Cell]]:
    """As whoever knows the columns reads it: empty cells as None, numbers as numbers."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [
        {
            column.name: read_cell(row[column.name], column.kind)
            for column in table.columns
        }
        for row in rows
    ]


def read_cell(cell: str, kind: ColumnKind) -> Cell:
    if cell == "":
        return None
    if kind in (ColumnKind.YEAR, ColumnKind.COUNT):
        return int(cell)
    if kind is ColumnKind.RATE:
        return float(cell)
    if kind is ColumnKind.PRINTED:
        return Decimal(cell)
    if kind is ColumnKind.FLAG:
        return {"true": True, "false": False}[cell]
    # The guard against formulas.
    return cell[1:] if cell[:1] == "'" else cell


def read_json(content: bytes | str, table: Table) -> list[dict[str, Cell]]:
    rows = json.loads(content, parse_float=Decimal)["rows"]
    return [
        {
            column.name: from_json(row[column.name], column.kind)
            for column in table.columns
        }
        for row in rows
    ]


def from_json(value: Any, kind: ColumnKind) -> Cell:
    if kind is ColumnKind.LIST:
        return ";".join(value) or None
    if kind is ColumnKind.REASONS:
        return ";".join(f"{name}={reason}" for name, reason in value.items()) or None
    if kind is ColumnKind.RATE and value is not None:
        return float(value)
    if kind is ColumnKind.PRINTED and value is not None:
        return Decimal(value)
    cell: Cell = value
    return cell


def read_sqlite(content: bytes, table: Table) -> list[dict[str, Cell]]:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(content)
    connection.row_factory = sqlite3.Row
    rows = connection.execute(
        f'SELECT * FROM "{sqlite_file.table_name(table)}"'  # noqa: S608 - our own name
    ).fetchall()
    connection.close()
    return [
        {column.name: from_sqlite(row, column) for column in table.columns}
        for row in rows
    ]


def from_sqlite(row: sqlite3.Row, column: Any) -> Cell:
    value: Cell = row[column.name]
    if value is None:
        return None
    if column.kind is ColumnKind.PRINTED:
        printed = Decimal(row[column.name + PRINTED_SUFFIX])
        assert float(printed) == value
        return printed
    return bool(value) if column.kind is ColumnKind.FLAG else value


def in_digits(rows: list[dict[str, Cell]]) -> list[dict[str, str]]:
    """With 59.0 and 59 told apart."""
    return [
        {
            name: f"{value:f}" if isinstance(value, Decimal) else repr(value)
            for name, value in row.items()
        }
        for row in rows
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_a_table_says_the_same(client: Client, name: str) -> None:
    table = OPEN_TABLES[name].table

    by_csv = read_csv(client.get(f"/data/{name}.csv").content.decode(), table)
    by_json = read_json(client.get(f"/data/{name}.json").content, table)
    database = client.get("/data/imgportal.sqlite3").content
    archive = zipfile.ZipFile(io.BytesIO(client.get("/data/imgportal.zip").content))
    packed = archive.read(f"data/{name}.csv").decode()

    assert by_csv
    assert in_digits(by_csv) == in_digits(by_json)
    assert in_digits(by_csv) == in_digits(read_sqlite(database, table))
    assert in_digits(by_csv) == in_digits(read_csv(packed, table))


@pytest.mark.parametrize("table", FigureTable)
def test_every_version_is_the_same_in_every_file(table: FigureTable) -> None:
    registered = TABLES[table.value]
    for year in public.everything().versions.values():
        records = Records.of(registered, open_tables.rows_of_year(year, table))
        rows = [dict(row) for row in records.rows]
        read = [
            read_csv(csv_text.write(records), registered),
            read_json(json_text.write(records, {}), registered),
            read_sqlite(sqlite_file.write([records]), registered),
        ]

        assert [in_digits(other) for other in read] == [in_digits(rows)] * 3


@pytest.mark.parametrize("table", FigureTable)
def test_each_empty_number_has_its_reason_and_no_other(table: FigureTable) -> None:
    registered = TABLES[table.value]
    for year in public.everything().versions.values():
        for row in open_tables.rows_of_year(year, table):
            empty = [
                column.name
                for column in registered.columns
                if column.is_explained and row[column.name] is None
            ]
            text = str(row["missing"] or "")
            reasons = dict(entry.split("=") for entry in text.split(";") if entry)

            assert list(reasons) == empty
            assert set(reasons.values()) <= set(REASONS)


@pytest.mark.parametrize("name", NAMES)
def test_only_what_may_be_empty_is(name: str) -> None:
    records = OPEN_TABLES[name].records(public.everything())
    wrong = [
        (column.name, row)
        for row in records.rows
        for column in records.table.columns
        if row[column.name] is None and not column.can_be_empty
    ]

    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_key_tells_rows_apart_and_codes_are_registered(name: str) -> None:
    records = OPEN_TABLES[name].records(public.everything())
    table = records.table
    keys = [tuple(row[part] for part in table.key) for row in records.rows]

    assert not table.key or len(set(keys)) == len(keys)
    for column in table.columns:
        if column.kind is ColumnKind.CODE:
            values = {row[column.name] for row in records.rows} - {None}
            assert values <= {code for code, _ in column.codes}, column.name


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_described(name: str) -> None:
    for column in OPEN_TABLES[name].table.columns:
        assert column.title
        assert column.description
        is_number = column.kind in (
            ColumnKind.COUNT,
            ColumnKind.RATE,
            ColumnKind.PRINTED,
        )
        assert bool(column.unit) >= is_number, column.name
        assert bool(column.codes) == (column.kind is ColumnKind.CODE), column.name


def test_printed_numbers_keep_their_digits(client: Client) -> None:
    printed = {
        str(row.published_match_rate)
        for year in public.everything().years.values()
        for row in year.applicants
        if row.published_match_rate is not None
    }
    ends_in_zero = sorted(rate for rate in printed if rate.endswith(".0"))
    assert ends_in_zero
    rates = client.get("/data/applicants.json").content.decode()
    assert all(f'"published_match_rate":{rate},' in rates for rate in ends_in_zero)


def test_what_an_edition_never_printed_is_told_from_what_is_not_known() -> None:
    rows = open_tables.read_table(public.everything(), "scores").rows
    older = [row for row in rows if row["charting_outcomes"] == 2022]

    assert older
    assert all("step2_ck_q1=not_in_edition" in str(row["missing"]) for row in older)


def test_package_is_valid_for_frictionless(client: Client, tmp_path: Path) -> None:
    content = client.get("/data/imgportal.zip").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)

    report = Package(tmp_path / "datapackage.json").validate()

    assert report.flatten(["type", "note"]) == []
    assert {task.name for task in report.tasks} == set(OPEN_TABLES)


def test_package_has_the_checksums_of_its_files(client: Client) -> None:
    archive = zipfile.ZipFile(io.BytesIO(client.get("/data/imgportal.zip").content))
    lines = archive.read("SHA256SUMS").decode().splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}

    assert set(sums) == set(archive.namelist()) - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest


def test_same_figures_are_the_same_bytes() -> None:
    figures = public.everything()

    assert open_tables.build_archive(figures) == open_tables.build_archive(figures)


def test_descriptions_are_files_of_the_package(client: Client) -> None:
    archive = zipfile.ZipFile(io.BytesIO(client.get("/data/imgportal.zip").content))
    for name in (data_package.DESCRIPTOR, data_package.DATASETTE):
        assert client.get(f"/data/{name}").content == archive.read(name)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/data/applicants.csv?match_year=1999", 400, "match_year"),
        ("/data/imgportal.zip?edition=2", 400, "edition"),
        ("/data/imgportal.zip?edition=1&edition=1", 400, "several"),
        ("/data/deadlines.csv?edition=1", 400, "edition"),
        ("/data/scores.csv?edition=2022", 400, "edition"),
        ("/data/scores.csv?as_of=2026-02-30", 400, "2026-12-31"),
        ("/data/scores.csv?as_of=1999-01-01", 400, "before the first publication"),
        ("/data/aplicants.csv", 404, "applicants"),
        ("/data/applicants.xml", 404, ""),
    ],
)
def test_wrong_addresses_are_refused(
    client: Client, address: str, status: int, words: str
) -> None:
    response = client.get(address)

    assert response.status_code == status
    assert words in response.content.decode()
    if not address.endswith(".xml"):
        assert response["Content-Type"] == "application/problem+json"
        assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("name", ["applicants.csv", "applicants.json", "imgportal.zip"])
def test_files_are_conditional_and_read_from_anywhere(
    client: Client, name: str
) -> None:
    response = client.get(f"/data/{name}")
    again = client.get(f"/data/{name}", headers={"if-none-match": response["ETag"]})

    assert response["Access-Control-Allow-Origin"] == "*"
    assert 'rel="describedby"' in response["Link"]
    assert again.status_code == 304
    assert not again.content


CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r\n")
# A text that begins like a formula gets an apostrophe in CSV, which is tested apart.
TEXTS = st.one_of(
    st.none(),
    st.text(CHARACTERS, min_size=1).filter(
        lambda text: not text.lstrip().startswith(("'", "=", "+", "-", "@"))
    ),
)


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(0, 2**53)),
            st.one_of(st.none(), st.decimals(0, 100, places=2)),
            st.one_of(st.none(), st.floats(0, 100)),
            TEXTS,
        ),
        max_size=8,
    )
)
def test_whatever_rows_hold_comes_back(rows: list[tuple[Cell, ...]]) -> None:
    names = ("active_applicants", "published_match_rate", "match_rate_percent", "note")
    full = TABLES["applicants"]
    table = Table(
        name="some",
        title="Some",
        description="Some rows.",
        columns=tuple(full.column(name) for name in names),
    )
    records = Records.of(table, (dict(zip(names, row, strict=True)) for row in rows))
    expected = in_digits([dict(row) for row in records.rows])

    assert in_digits(read_csv(csv_text.write(records), table)) == expected
    assert in_digits(read_json(json_text.write(records, {}), table)) == expected
    assert in_digits(read_sqlite(sqlite_file.write([records]), table)) == expected


def test_labels_of_codes_are_those_of_the_site() -> None:
    assert CODES["applicant_type"]["non_us_img"] == "Non-US IMGs"


def test_page_and_file_need_few_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """One of the figures and one of the dated tables: did anything change? The page asks
    of the tables once more, for what can be cited.
    """
    client.get("/data/")

    with django_assert_num_queries(3):
        assert client.get("/data/").status_code == 200
    with django_assert_num_queries(2):
        assert client.get("/data/applicants.csv").status_code == 200


def test_page_lists_every_table_with_its_columns(client: Client) -> None:
    html = client.get("/data/").content.decode()

    for name, open_table in OPEN_TABLES.items():
        assert f'href="/data/{name}.csv"' in html
        assert all(
            f"<code>{column.name}</code>" in html for column in open_table.table.columns
        )


def test_former_edition_has_the_former_value(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = stored_draft(2024, version=2)
    stored_result(draft)
    publish(draft, now=NOW + timedelta(days=3))

    def versions(query: str) -> set[str]:
        text = client.get(f"/data/applicants.csv{query}").content.decode()
        rows = csv.DictReader(io.StringIO(text))
        return {row["version"] for row in rows if row["match_year"] == "2024"}

    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=4))
    assert versions("") == {"2"}
    assert versions("?edition=1") == {"1"}
    assert versions("?edition=2") == {"2"}
    assert versions(f"?as_of={eastern_day(NOW + timedelta(days=1))}") == {"1"}
    assert versions(f"?as_of={eastern_day(NOW + timedelta(days=3))}") == {"2"}
    changed = client.get("/data/changes.csv?edition=1").content
    assert client.get("/data/changes.csv").content != changed


def shown(cell: str, value: Cell) -> bool:
    """Does a cell of a page show this value: rounded to one decimal, a dash for none? A
    page also says what a count that is not known must be; it marks that with a d.
    """
    number = number_in(cell)
    if value is None:
        return number is None or cell.endswith("d")
    if number is None:
        return False
    return number == pytest.approx(float(value), abs=0.0501)


def test_page_of_every_version_shows_what_the_files_hold(client: Client) -> None:
    figures = public.everything()
    compared = 0
    for (match_year, version), year in figures.versions.items():
        tables = tables_of(client.get(f"/match/{match_year}/v{version}/"))
        pages = {caption.partition(",")[0]: rows for caption, rows in tables.items()}
        results = {
            row["applicant_type_label"]: row
            for row in open_tables.rows_of_year(year, FigureTable.APPLICANTS)
        }
        for label, active, _, matched, _, rate, *_ in pages.get(
            "Results by applicant type", ()
        ):
            # The page says of all IMGs who they are.
            row = results.get(label) or results["All IMGs"]
            assert shown(active, row["active_applicants"]), (match_year, label)
            assert shown(matched, row["matched_to_pgy1"]), (match_year, label)
            assert shown(rate, row["match_rate_percent"]), (match_year, label)
            compared += 3
        scores = {
            (
                figures.specialties[str(row["slug"])].short_name
                if row["slug"] in figures.specialties
                else row["specialty"],
                f"{row['applicant_type_label']} {str(row['outcome_label']).lower()}",
            ): row
            for row in open_tables.rows_of_year(year, FigureTable.SCORES)
        }
        for specialty, group, mean, *quartiles, _, _, _ in pages.get(
            "Step 2 CK scores: mean", ()
        ):
            row = scores[specialty, group]
            assert shown(mean, row["step2_ck_mean"]), (match_year, specialty)
            for cell, name in zip(quartiles, ("q1", "median", "q3"), strict=True):
                assert shown(cell, row[f"step2_ck_{name}"]), (match_year, specialty)
            compared += 4
    assert compared > 500
