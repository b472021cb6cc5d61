"""The dated tables as open data: every row, every column described, every gap explained."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from imgportal.lib.data_columns import Cell, ColumnKind
from profiles import founding_tables, open_tables, reference_tables
from profiles.models import PassingStandard
from profiles.models.owned import Owned
from profiles.open_tables import OPEN_TABLES, OpenRuleTable
from stats import public

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

FILES = {
    "passing-standards": "passing_standards.csv",
    "deadlines": "deadlines.csv",
    "pathways-seasons": "pathway_seasons.csv",
    "application-services": "specialty_services.csv",
    "exam-results": "rule_numbers.csv",
    "countries": "countries.csv",
    "fees": "fees.csv",
}
every_table = pytest.mark.parametrize(
    "open_table", OPEN_TABLES, ids=lambda item: item.table.name
)


def founding_rows(name: str) -> list[dict[str, str]]:
    path: Path = founding_tables.FOUNDING_TABLES / FILES[name]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def named(name: str) -> OpenRuleTable:
    return next(item for item in OPEN_TABLES if item.table.name == name)


def reasons_of(row: Mapping[str, Cell]) -> dict[str, str]:
    text = row.get("missing")
    if not isinstance(text, str):
        return {}
    return dict(pair.split("=") for pair in text.split(";"))


def test_every_dated_table_is_open() -> None:
    assert {item.table.name for item in OPEN_TABLES} == set(FILES)


@every_table
def test_every_row_is_there_once(open_table: OpenRuleTable) -> None:
    rows = open_table.records().rows
    keys = {tuple(row[name] for name in open_table.table.key) for row in rows}

    assert len(rows) == len(founding_rows(open_table.table.name)) > 0
    assert len(keys) == len(rows)


@every_table
def test_rows_have_the_columns_of_their_table(open_table: OpenRuleTable) -> None:
    names = set(open_table.table.column_names)

    assert [
        set(row) - names for row in open_table.records().rows if set(row) != names
    ] == []


@every_table
def test_every_column_is_described(open_table: OpenRuleTable) -> None:
    for column in open_table.table.columns:
        assert column.title
        assert column.description.endswith(".")
        assert (column.kind is ColumnKind.CODE) == bool(column.codes), column.name
        if column.kind in {ColumnKind.COUNT, ColumnKind.YEAR}:
            assert column.unit, column.name


@every_table
def test_values_are_what_their_column_promises(open_table: OpenRuleTable) -> None:
    columns = {column.name: column for column in open_table.table.columns}
    for row in open_table.records().rows:
        for name, value in row.items():
            column = columns[name]
            if value is None:
                assert column.can_be_empty, name
                assert not column.is_key, name
                continue
            assert value != ""
            match column.kind:
                case ColumnKind.CODE:
                    assert value in dict(column.codes), (name, value)
                case ColumnKind.DAY:
                    assert date.fromisoformat(str(value)).isoformat() == value
                case ColumnKind.MOMENT:
                    assert datetime.fromisoformat(str(value)).tzinfo is not None
                case ColumnKind.COUNT | ColumnKind.YEAR:
                    assert type(value) is int
                    assert value >= 0
                case _:
                    assert isinstance(value, str)


@every_table
def test_every_empty_value_has_its_reason_and_no_other(
    open_table: OpenRuleTable,
) -> None:
    for row in open_table.records().rows:
        empty = {
            column.name
            for column in open_table.table.columns
            if column.is_explained and row[column.name] is None
        }
        assert set(reasons_of(row)) == empty
        assert set(reasons_of(row).values()) <= {"not_found", "not_applicable"}


@every_table
def test_sources_are_documents_of_the_site(open_table: OpenRuleTable) -> None:
    known = public.everything().sources
    for row in open_table.records().rows:
        keys = str(row["sources"] or "").split(";")
        assert row["sources"] or row["confidence"] == "unconfirmed"
        assert [key for key in keys if key and key not in known] == []


def test_values_are_those_of_the_founding_files() -> None:
    given = {
        (row["match_year"], row["event"]): (row["date"], row["time_eastern"])
        for row in founding_rows("deadlines")
    }
    written = {
        (str(row["match_year"]), row["event"]): (
            row["date"],
            "-".join(
                str(row[name])
                for name in ("time_eastern", "until_eastern")
                if row[name]
            ),
        )
        for row in named("deadlines").records().rows
    }
    minima = [row["minimum_score"] for row in named("passing-standards").records().rows]

    assert written == given
    assert sorted(map(str, minima)) == sorted(
        row["minimum_score"] for row in founding_rows("passing-standards")
    )


def test_a_time_in_new_york_is_one_moment_in_winter_and_in_summer() -> None:
    moments = {
        (row["date"], row["time_eastern"]): str(row["begins_at"])
        for row in named("deadlines").records().rows
        if row["time_eastern"]
    }
    shifts = {
        (int(moment[11:13]) - int(str(hour)[:2])) % 24
        for (_, hour), moment in moments.items()
    }

    assert shifts == {4, 5}


def test_a_changed_row_is_another_token_and_another_row() -> None:
    before, token = named("passing-standards").records(), open_tables.token()
    row = PassingStandard.objects.get(measured="step2ck", effective_from="2025-07-01")
    row.minimum_score += 1
    row.stored_at = reference_tables.everything().changed_at.replace(year=2030)  # type: ignore[union-attr]
    row.save()
    after = named("passing-standards").records()

    assert open_tables.token() != token
    assert [
        (old["minimum_score"], new["minimum_score"])
        for old, new in zip(before.rows, after.rows, strict=True)
        if old != new
    ] == [(row.minimum_score - 1, row.minimum_score)]


def test_nothing_of_a_member_is_asked_for() -> None:
    personal = {
        model._meta.db_table
        for model in apps.get_app_config("profiles").get_models()
        if issubclass(model, Owned)
    }
    reference_tables.memo.forget()
    with CaptureQueriesContext(connection) as queries:
        for item in OPEN_TABLES:
            item.records()
    asked = [query["sql"] for query in queries]

    assert personal
    assert [
        sql for sql in asked if any(f'"{table}"' in sql for table in personal)
    ] == []
