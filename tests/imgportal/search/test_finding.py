"""What people type, and what must come first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgportal.guide import page_inputs
from imgportal.search import library as libraries
from imgportal.search.documents import Kind
from imgportal.search.engines import engine
from imgportal.search.finding import MOST_FOUND, Answer, find
from imgportal.search.library import Library
from stats.actions import edit_catalogue
from stats.models import Specialty
from tests.imgportal.search.conftest import TODAY

pytestmark = pytest.mark.django_db

# What is typed, and what comes first.
FIRST = {
    "oet minimum score": "/guide/exams/#oet-medicine",
    "OET": "/guide/exams/#oet-medicine",
    "ielts": "/guide/exams/#oet-medicine",
    "how many attempts step 1": "/guide/scoring/#attempts",
    "passing score step 2 ck": "/guide/scoring/#passing",
    "j1 waiver": "/guide/visas/#j1-visa",
    "match rate 2026": "/match/2026/",
    "2026 match rate": "/match/2026/",
    "2024": "/match/2024/",
    "non-us img match rate 2024": "/match/2024/",
    "neurology": "/specialties/neurology/",
    "IM": "/specialties/internal-medicine/",
    "internal med": "/specialties/internal-medicine/",
    "Internal Medicine (Categorical)": "/specialties/internal-medicine/",
    "FM": "/specialties/family-medicine/",
    "ob-gyn": "/specialties/obstetrics-gynecology/",
    "PM&R": "/specialties/physical-medicine-rehabilitation/",
    "peds": "/specialties/pediatrics/",
    "psych": "/specialties/psychiatry/",
    "anaesthesia": "/specialties/anesthesiology/",
    "Orthopaedic surgery": "/specialties/orthopedic-surgery/",
    "nigeria": "/guide/countries/nigeria/",
    "Nigerian": "/guide/countries/nigeria/",
    "UK": "/guide/countries/united-kingdom/",
    "statement of need india": "/guide/countries/india/",
    "soap": "/guide/glossary/#soap",
    "what is an img": "/guide/glossary/#img",
    "who is an img": "/guide/who-is-an-img/",
    "costs": "/guide/certification/#costs",
    "how much does it cost": "/guide/certification/#costs",
    "wdoms": "/guide/glossary/#world-directory",
    "rank order list": "/guide/glossary/#rank-order-list",
    "Do I need Step 3 before residency?": "/guide/questions/#step-3-first",
    "failed step 1": "/guide/questions/#failed-attempt",
    "old graduate": "/guide/questions/#old-graduate",
    "What are my chances?": "/guide/questions/#my-chances",
    "usmle registration": "/guide/exams/#register",
    "U-ATT-1": "/rules/#U-ATT-1",
    "img share": "/about/measures/#img-share",
    "privacy": "/about/privacy/",
    "compare specialties": "/specialties/compare/",
}
# What must be among the first three.
AMONG_THREE = {
    "seven year rule": "/guide/questions/#seven-year-rule",
    "h1b": "/guide/visas/#h1b-visa",
    "match rate": "/match/",
    "green card": "/guide/questions/#green-card-holder",
    "who may take part in soap": "/guide/questions/#soap-who",
    "last exam date": "/guide/questions/#last-exam",
    "certificate expire": "/guide/questions/#certificate-end",
    "canada": "/guide/who-is-an-img/#canada",
    "step 2 ck score internal medicine": "/specialties/internal-medicine/",
}
# What is typed, what it is taken for, and what comes first then.
MISSPELT = {
    "pathwey": ("pathway", "/guide/glossary/#pathway"),
    "pathwey 1": ("pathway 1", "/guide/pathways/#the-six"),
    "sopa": ("soap", "/guide/glossary/#soap"),
    "egipt": ("egypt", "/guide/countries/egypt/"),
    "Pakstan": ("pakistan", "/guide/countries/pakistan/"),
    "nuerology": ("neurology", "/specialties/neurology/"),
    "anesthesiolgy": ("anesthesiology", "/specialties/anesthesiology/"),
    "psychaitry": ("psychiatry", "/specialties/psychiatry/"),
    "sponser note": ("sponsor note", "/guide/glossary/#sponsor-note"),
    "oet minimun score": ("oet minimum score", "/guide/exams/#oet-medicine"),
}


def ask(question: str, library: Library) -> Answer:
    return find(question, library, engine())


def addresses(answer: Answer) -> list[str]:
    return [entry.document.address for entry in answer.entries]


@pytest.mark.parametrize("question", FIRST)
def test_what_is_meant_comes_first(founded: Library, question: str) -> None:
    answer = ask(question, founded)

    assert addresses(answer)[0] == FIRST[question]
    assert answer.shown_for == ""
    assert answer.not_found == ()


@pytest.mark.parametrize("question", AMONG_THREE)
def test_what_is_meant_is_among_the_first_three(
    founded: Library, question: str
) -> None:
    assert AMONG_THREE[question] in addresses(ask(question, founded))[:3]


@pytest.mark.parametrize("question", MISSPELT)
def test_a_misspelt_word_finds_what_was_meant(founded: Library, question: str) -> None:
    meant, first = MISSPELT[question]

    answer = ask(question, founded)

    assert answer.shown_for == meant
    assert addresses(answer)[0] == first


def test_every_title_finds_its_document_first(founded: Library) -> None:
    missed = []
    for entry in founded.entries.values():
        document = entry.document
        # Words in front of these are cut, and several share a title.
        if document.kind is Kind.SOURCE or len(document.title) > 90:
            continue
        first = ask(document.title, founded).entries[0]
        if entry.title not in (first.title, *first.names):
            missed.append((document.title, first.document.address))

    assert missed == []


def test_a_word_that_is_begun_finds_what_it_begins(founded: Library) -> None:
    answer = ask("anesthes", founded)

    assert addresses(answer)[0] == "/specialties/anesthesiology/"
    assert answer.shown_for == ""


def test_a_word_that_nothing_has_does_not_hide_the_others(founded: Library) -> None:
    answer = ask("zzzz neurology", founded)

    assert answer.not_found == ("zzzz",)
    assert addresses(answer)[0] == "/specialties/neurology/"


@pytest.mark.parametrize("question", ["", "???", "zzzz", "住院医师", "🙂"])
def test_a_question_without_a_known_word_asks_no_engine(
    founded: Library, question: str, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        answer = ask(question, founded)

    assert answer.entries == ()


def test_a_question_of_small_words_finds_what_is_called_so(founded: Library) -> None:
    assert addresses(ask("about", founded))[0] == "/about/"
    assert ask("what is the", founded).entries == ()


def test_what_explains_comes_before_what_is_cited(founded: Library) -> None:
    found = ask("ecfmg certification", founded).entries
    kinds = [entry.document.kind for entry in found]

    # Of those that have every word.
    both = [
        kind
        for kind, entry in zip(kinds, found, strict=True)
        if {"ecfmg", "certif"} <= entry.terms
    ]
    assert Kind.SOURCE in both
    assert both == sorted(both, key=lambda kind: kind is Kind.SOURCE)


def test_a_document_that_is_no_longer_public_is_not_shown(founded: Library) -> None:
    gone = "/specialties/neurology/"
    former = Library({k: v for k, v in founded.entries.items() if k != gone})

    found = addresses(find("neurology", former, engine()))

    assert gone in addresses(ask("neurology", founded))
    assert gone not in found


def test_a_merged_specialty_is_found_by_its_former_name(founded: Library) -> None:
    merged = Specialty.objects.get(slug="child-neurology")
    merged.successor = Specialty.objects.get(slug="neurology")
    edit_catalogue.save(row=merged, columns=["successor"], now=TODAY)
    library = libraries.of(page_inputs.read(now=TODAY))

    names = library.entries["/specialties/neurology/"].document.names

    assert "/specialties/child-neurology/" not in library.entries
    assert "Child Neurology" in names


@given(asked=st.text(max_size=100))
def test_anything_has_an_answer(asked: str) -> None:
    # Without the database: the engine is asked for terms, and any may come back.
    class Anything:
        def fill(self, entries: object) -> None:
            raise AssertionError

        def find(self, terms: object, *, most: int) -> list[str]:
            assert terms
            return ["/gone/"][:most]

    answer = find(asked, Library({}), Anything())

    assert answer.entries == ()
    assert MOST_FOUND > 0
