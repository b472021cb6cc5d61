"""The interface and the files say the same, cell by cell, of every edition and version."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.test import Client

from imgportal.api.resources import RESOURCES, Resource
from imgportal.lib.data_columns import Cell, Records
from stats import open_tables, public
from stats.choices import FigureTable
from stats.editions import at_edition
from stats.formats import csv_text
from tests.factories import NOW, publish, stored_draft, stored_result
from tests.imgportal.test_open_data import from_json, in_digits, read_csv

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

PATHS = sorted(RESOURCES)
FIGURES = [path for path in PATHS if RESOURCES[path].is_of_years]


def answered(client: Client, resource: Resource, query: str) -> list[dict[str, Cell]]:
    answer = client.get(f"/api/v1/{resource.path}?{query}")
    assert answer.status_code == 200, answer.content.decode()
    rows = json.loads(answer.content, parse_float=Decimal)["results"]
    return [
        {
            column.name: from_json(row[column.name], column.kind)
            for column in resource.table.columns
        }
        for row in rows
    ]


def as_file(records: Records) -> list[dict[str, Cell]]:
    return read_csv(csv_text.write(records), records.table)


def publish_three() -> None:
    for number, matched in enumerate((3001, 3002, 3001)):
        draft = stored_draft(2024, version=number + 2)
        stored_result(draft, active_applicants=5000, matched_to_pgy1=matched)
        publish(draft, now=NOW + timedelta(days=number))


@pytest.mark.parametrize("path", PATHS)
def test_answer_is_the_file_of_today(client: Client, path: str) -> None:
    resource = RESOURCES[path]
    file = client.get(f"/data/{resource.table.name}.csv").content.decode()

    assert in_digits(answered(client, resource, "")) == in_digits(
        read_csv(file, resource.table)
    )


@pytest.mark.parametrize(
    "path", [path for path in PATHS if RESOURCES[path].has_editions]
)
def test_answer_is_the_file_of_its_edition(client: Client, path: str) -> None:
    publish_three()
    resource, figures = RESOURCES[path], public.everything()
    assert figures.edition == 4
    told = []

    for edition in range(1, 5):
        rows = answered(client, resource, f"edition={edition}")
        records = resource.open_table.records(at_edition(figures, edition))
        assert in_digits(rows) == in_digits(as_file(records))
        told.append(rows)

    if path in ("figures/applicants", "changes", "versions"):
        assert all(before != after for before, after in pairwise(told))


@pytest.mark.parametrize("path", FIGURES)
def test_answer_is_each_version(client: Client, path: str) -> None:
    resource, figures = RESOURCES[path], public.everything()
    table, seen = FigureTable(resource.table.name), 0

    for (year, version), facts in figures.versions.items():
        rows = list(open_tables.rows_of_year(facts, table))
        if not rows:
            continue
        query = f"{resource.year_of_versions}={year}&version={version}"
        records = Records.of(resource.table, rows)
        assert in_digits(answered(client, resource, query)) == in_digits(
            as_file(records)
        )
        seen += len(rows)

    assert seen > 10
