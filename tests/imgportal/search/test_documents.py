"""Everything public can be found, at an address that is there."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from django.test import Client

from imgportal.guide import page_inputs
from imgportal.guide.glossary import TERMS
from imgportal.guide.pages import PAGES
from imgportal.guide.questions import QUESTIONS
from imgportal.search.documents import DocumentKind, list_documents
from imgportal.search.library import SearchLibrary
from imgportal.search.words import list_terms
from profiles.rules.text.rulebook import RULES
from stats import public
from tests.factories import stored_draft, stored_result
from tests.imgportal.search.conftest import TODAY
from tests.reading import html_of

pytestmark = pytest.mark.django_db


def test_no_two_documents_share_an_address(founded: SearchLibrary) -> None:
    addresses = [document.address for document in founded.documents]

    assert len(addresses) == len(set(addresses)) > 600


def test_every_address_is_there_with_its_part(
    founded: SearchLibrary, client: Client
) -> None:
    anchors = defaultdict(set)
    for document in founded.documents:
        page, _, anchor = document.address.partition("#")
        anchors[page].add(anchor)

    for page, wanted in anchors.items():
        response = client.get(page)
        # The record asks who comes.
        assert response.status_code == (302 if page == "/me/" else 200), page
        there = set(re.findall(r'\bid="([^"]+)"', html_of(response)))
        assert wanted - {""} - there == set(), page


def test_everything_of_each_kind_is_there(founded: SearchLibrary) -> None:
    addresses = defaultdict(set)
    for document in founded.documents:
        addresses[document.kind].add(document.address)
    figures = public.everything()
    of_guide = {page.get_absolute_url() for page in PAGES.values()}

    assert addresses[DocumentKind.YEAR] == {f"/match/{year}/" for year in figures.years}
    assert addresses[DocumentKind.SPECIALTY] == {
        f"/specialties/{slug}/" for slug in figures.specialties
    }
    assert addresses[DocumentKind.COUNTRY] == {
        f"/guide/countries/{slug}/" for slug in page_inputs.read(now=TODAY).countries
    }
    assert addresses[DocumentKind.QUESTION] == {
        f"/guide/questions/#{key}" for key in QUESTIONS
    }
    assert addresses[DocumentKind.TERM] == {f"/guide/glossary/#{key}" for key in TERMS}
    assert addresses[DocumentKind.SOURCE] == {
        f"/sources/{key}/" for key in figures.sources
    }
    assert {f"/rules/#{name}" for name in RULES} < addresses[DocumentKind.RULE]
    assert of_guide <= addresses[DocumentKind.GUIDE]
    # Each page has parts, but for the words, which have a kind of their own.
    parts = {
        address.partition("#")[0]
        for address in addresses[DocumentKind.GUIDE] - of_guide
    }
    assert of_guide - parts == {"/guide/questions/", "/guide/glossary/"}


def test_documents_have_a_title_and_no_markup(founded: SearchLibrary) -> None:
    for document in founded.documents:
        assert list_terms(document.title), document
        text = f"{document.title} {document.context} {document.text}"
        assert not re.search(r"</\w|<(a|p|li|span)\b|&\w+;|\{[{%]|\bNone\b", text), (
            document
        )


def test_numbers_that_come_from_the_figures_are_in_the_text(
    founded: SearchLibrary,
) -> None:
    by_address = {document.address: document for document in founded.documents}
    year = by_address["/match/2024/"]
    attempts = by_address["/guide/scoring/#attempts"]
    answer = by_address["/guide/questions/#rate-of-imgs"]

    assert "9,045 of 14,772 IMGs matched" in year.text
    assert "You may start each Step four times at most" in attempts.text
    assert "9,682 of 16,154 IMGs" in answer.text


def test_a_draft_is_not_there() -> None:
    stored_result(stored_draft(2060), active_applicants=987_654)

    documents = list(list_documents(page_inputs.read(now=TODAY)))

    assert [
        document for document in documents if document.address == "/match/2060/"
    ] == []
    assert [document for document in documents if "987,654" in document.text] == []
