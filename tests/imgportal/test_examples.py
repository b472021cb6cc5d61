"""The examples of the open data as they are offered; tests/browser/test_examples.py runs them."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from imgportal.open_data.examples import (
    EXAMPLES,
    FOLDER,
    STANDS_FOR_THE_SITE,
)
from imgportal.open_data.tables import OPEN_TABLES

README = (FOLDER / "README.md").read_text(encoding="utf-8")
files = pytest.mark.parametrize("file", list(EXAMPLES))


def test_every_file_is_offered_and_listed() -> None:
    there = {path.name for path in FOLDER.iterdir()} - {"README.md"}

    assert there == set(EXAMPLES)
    assert set(re.findall(r"^\| \[([\w.]+)\]", README, re.MULTILINE)) == there


@files
def test_addresses_are_those_of_open_tables(file: str) -> None:
    text = EXAMPLES[file].text(STANDS_FOR_THE_SITE)
    tables = re.findall(
        r"/data/([\w-]+)\.(?:csv|json)|/api/v1/figures/([\w-]+)\?", text
    )

    assert tables
    assert {of_file or of_api for of_file, of_api in tables} <= set(OPEN_TABLES)
    # Every address is replaced by that of the site on which it is read.
    assert set(re.findall(r"https?://[\w.]+", text)) == {STANDS_FOR_THE_SITE}


@files
@pytest.mark.django_db
def test_an_example_is_a_file_with_the_address_of_the_site(file: str) -> None:
    answer = Client().get(f"/data/examples/{file}")

    assert answer.status_code == 200
    assert f'filename="{file}"' in answer.headers["Content-Disposition"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "http://testserver" in answer.content.decode()
    assert STANDS_FOR_THE_SITE not in answer.content.decode()


@pytest.mark.django_db
def test_the_page_shows_every_example() -> None:
    page = Client().get("/data/").content.decode()

    for file, example in EXAMPLES.items():
        assert f'href="/data/examples/{file}"' in page
        assert example.title in page
    assert STANDS_FOR_THE_SITE not in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["no.py", "pandas_rate.py", "..%2Fmanage.py"])
def test_no_other_file_is_given(path: str) -> None:
    answer = Client().get(f"/data/examples/{path}")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_notebook_is_one_and_keeps_no_output() -> None:
    notebook = json.loads((FOLDER / "home_chart.ipynb").read_text(encoding="utf-8"))

    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    for cell in notebook["cells"]:
        assert cell.get("outputs", []) == []
