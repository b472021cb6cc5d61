"""Everything public can be found, at an address that is there."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from imgportal.guide import page_inputs
from imgportal.guide.glossary import TERMS
from imgportal.guide.pages import PAGES
from imgportal.guide.questions import QUESTIONS
from imgportal.search import names
from imgportal.search.documents import Kind, documents
from imgportal.search.library import Library
from profiles.rules.text.rulebook import RULES
from stats import public
from tests.factories import stored_draft, stored_result
from tests.imgportal.search.conftest import TODAY
from tests.reading import html_of

pytestmark = pytest.mark.django_db

PUBLIC_STORAGE = {
    "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
}


def test_no_two_documents_share_an_address(founded: Library) -> None:
    found = [document.address for document in documents(page_inputs.read(now=TODAY))]

    assert len(found) == len(set(found)) == len(founded.entries)


def test_every_address_is_there_with_its_part(founded: Library, client: Client) -> None:
    anchors = defaultdict(set)
    for address in founded.entries:
        page, _, anchor = address.partition("#")
        anchors[page].add(anchor)

    for page, wanted in anchors.items():
        response = client.get(page)
        # The record asks who comes.
        assert response.status_code == (302 if page == "/me/" else 200), page
        there = set(re.findall(r'\bid="([^"]+)"', html_of(response)))
        assert wanted - {""} - there == set(), page


def test_everything_of_each_kind_is_there(founded: Library) -> None:
    found = defaultdict(set)
    for entry in founded.entries.values():
        found[entry.document.kind].add(entry.document.address)
    figures = public.everything()
    of_guide = {page.get_absolute_url() for page in PAGES.values()}

    assert found[Kind.YEAR] == {f"/match/{year}/" for year in figures.years}
    assert found[Kind.SPECIALTY] == {
        f"/specialties/{slug}/" for slug in figures.specialties
    }
    assert found[Kind.COUNTRY] == {
        f"/guide/countries/{slug}/" for slug in page_inputs.read(now=TODAY).countries
    }
    assert found[Kind.QUESTION] == {f"/guide/questions/#{key}" for key in QUESTIONS}
    assert found[Kind.TERM] == {f"/guide/glossary/#{key}" for key in TERMS}
    assert found[Kind.SOURCE] == {f"/sources/{key}/" for key in figures.sources}
    assert {f"/rules/#{name}" for name in RULES} < found[Kind.RULE]
    assert of_guide <= found[Kind.GUIDE]
    # Each page has parts, but for the words, which have a kind of their own.
    parts = {address.partition("#")[0] for address in found[Kind.GUIDE] - of_guide}
    assert of_guide - parts == {"/guide/questions/", "/guide/glossary/"}


def test_documents_have_a_title_and_no_markup(founded: Library) -> None:
    for entry in founded.entries.values():
        document = entry.document
        assert document.title.strip()
        assert entry.title, document
        text = f"{document.title} {document.context} {document.text}"
        assert not re.search(r"</\w|<(a|p|li|span)\b|&\w+;|\{[{%]|\bNone\b", text), (
            document
        )


def test_names_are_of_things_that_are_there(founded: Library) -> None:
    figures = public.everything()

    assert [name for name in names.PLACES if name not in founded.entries] == []
    assert set(names.SPECIALTIES) <= set(figures.specialties)
    assert set(names.COUNTRIES) == set(page_inputs.read(now=TODAY).countries)


def test_numbers_that_come_from_the_figures_are_in_the_text(founded: Library) -> None:
    year = founded.entries["/match/2024/"].document
    attempts = founded.entries["/guide/scoring/#attempts"].document
    answer = founded.entries["/guide/questions/#rate-of-imgs"].document

    assert "9,045 of 14,772 IMGs matched" in year.text
    assert "You may start each Step four times at most" in attempts.text
    assert "9,682 of 16,154 IMGs" in answer.text


def test_static_files_need_not_be_collected(settings: Settings, tmp_path: Path) -> None:
    # As on the first start: the index is filled before they are.
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = settings.STORAGES | {"staticfiles": PUBLIC_STORAGE}

    assert len(list(documents(page_inputs.read(now=TODAY)))) > 600


def test_a_draft_is_not_there() -> None:
    stored_result(stored_draft(2060), active_applicants=987_654)

    found = list(documents(page_inputs.read(now=TODAY)))

    assert [one for one in found if one.address == "/match/2060/"] == []
    assert [one for one in found if "987,654" in one.text] == []
