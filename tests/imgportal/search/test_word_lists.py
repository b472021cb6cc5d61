"""What a reviewer may correct in the files beside the search."""

from __future__ import annotations

import csv

import pytest
from django.urls import reverse

from imgportal.guide import page_inputs
from imgportal.search import word_lists
from imgportal.search.library import SearchLibrary
from imgportal.search.word_lists import DATA, WORD_RULES, WordUse
from tests.imgportal.search.conftest import TODAY


def lines_of(name: str) -> list[tuple[str, list[str]]]:
    """Each row with its file and line, as an error names it."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        return [(f"{name}, line {reader.line_num}", row) for row in reader]


def test_each_word_has_a_meaning_where_its_use_needs_one() -> None:
    alone = {WordUse.SMALL, WordUse.FIELD}
    wrong = [
        f"{place}: {row}"
        for (place, row), rule in zip(lines_of("words.csv"), WORD_RULES, strict=True)
        if bool(rule.means) == (rule.use in alone)
        or not rule.word.isalpha()
        or not rule.word.islower()
        or rule.means != rule.means.lower()
    ]

    assert wrong == []


def test_no_word_has_the_same_row_twice() -> None:
    rows = [tuple(row) for _, row in lines_of("words.csv")]
    twice = [
        place for place, row in lines_of("words.csv") if rows.count(tuple(row)) > 1
    ]

    assert twice == []


@pytest.mark.django_db
def test_each_address_that_has_names_can_be_found(founded: SearchLibrary) -> None:
    addresses = {document.address for document in founded.documents}
    wrong = [
        f"{place}: nothing is found at {row[0]}"
        for place, row in lines_of("names.csv")
        if row[0] not in addresses
    ]

    assert wrong == []


@pytest.mark.django_db
def test_each_country_has_other_names(founded: SearchLibrary) -> None:
    countries = page_inputs.read(now=TODAY).countries
    named = {
        address
        for address in word_lists.NAMES
        if address.startswith("/guide/countries/") and address != "/guide/countries/"
    }

    assert named == {f"/guide/countries/{slug}/" for slug in countries}


def test_each_described_page_has_an_address() -> None:
    addresses = [reverse(page.route) for page in word_lists.PAGES]

    assert len(addresses) == len(set(addresses))
