"""What people type, and what must come first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgportal.guide import page_inputs
from imgportal.search import library, spelling, words
from imgportal.search.documents import DocumentKind
from imgportal.search.find_pages import MOST_WORDS, SearchAnswer, find_pages
from imgportal.search.library import SearchLibrary, index_documents
from imgportal.search.word_lists import FIELD_WORDS
from profiles.countries import COUNTRIES
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
    "after SOAP": "/match/",
    "SOAP results": "/match/",
    "SOAP 2025": "/match/2025/",
    "placement rate": "/match/",
    "placed rate": "/about/measures/#placed-rate",
    "placements": "/about/measures/#placed-after-soap",
    "placed": "/about/measures/#placed-after-soap",
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
    "preferred specialty": "/about/measures/#matched-to-preferred",
    "which specialty is easiest for IMGs": "/guide/questions/#specialties",
    "which specialty is the hardest": "/guide/questions/#specialties",
    "most competitive specialty": "/guide/questions/#specialties",
    "privacy": "/about/privacy/",
    "compare specialties": "/specialties/compare/",
    "other ways": "/guide/other-ways/",
    "license without residency": "/guide/other-ways/",
    "licence without residency": "/guide/other-ways/",
    "provisional license": "/guide/other-ways/",
    "travel ban": "/guide/visas/#who-may-enter",
    "proclamation 10998": "/guide/visas/#who-may-enter",
    "duration of status": "/guide/visas/#j1-stay",
    "h1b payment": "/guide/visas/#h1b-payment",
    "cardiology": "/guide/finding-programs/#fellowships",
    "How do I become a cardiologist?": "/guide/finding-programs/#fellowships",
    "ophthalmology": "/guide/finding-programs/#other-matches",
    "urology": "/guide/finding-programs/#other-matches",
    "SF Match": "/guide/finding-programs/#other-matches",
    "military match": "/guide/finding-programs/#other-matches",
    "how hard is it to match": "/guide/questions/#how-difficult",
    "couples match": "/guide/finding-programs/#couples-match",
    "FREIDA": "/guide/finding-programs/#find-programs",
    "observership": "/guide/finding-programs/#us-experience",
    "letters of recommendation": "/guide/finding-programs/#recommendation-letters",
    "personal statement": "/guide/finding-programs/#personal-statement",
    "signals": "/guide/finding-programs/#program-signals",
    "interview": "/guide/finding-programs/#interviews",
    "What if I do not match?": "/guide/finding-programs/#after-no-match",
    "what score do US IMGs need for family medicine": "/specialties/family-medicine/",
    "how many IMGs matched in plastic surgery": "/specialties/plastic-surgery/",
    "chance with 230 in neurology": "/specialties/neurology/",
}
# What must be among the first three.
AMONG_THREE = {
    "seven year rule": "/guide/questions/#seven-year-rule",
    "h1b": "/guide/visas/#h1b-visa",
    "match rate": "/match/",
    "h1b 100000": "/guide/visas/#h1b-payment",
    "practice without residency": "/guide/other-ways/",
    "did not match": "/guide/questions/#not-matched",
    "green card": "/guide/questions/#green-card-holder",
    "who may take part in soap": "/guide/questions/#soap-who",
    "last exam date": "/guide/questions/#last-exam",
    "certificate expire": "/guide/questions/#certificate-end",
    "canada": "/guide/who-is-an-img/#canada",
    "step 2 ck score internal medicine": "/specialties/internal-medicine/",
    "how many IMGs matched in plastic surgery": "/specialties/plastic-surgery/",
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
# What is typed, and the word that finds the same.
FORMS = {
    "applying": "apply",
    "qualifying": "qualify",
    "verifying": "verify",
    "certifying": "certify",
    "studying": "study",
    "identifying": "identify",
}


def addresses(answer: SearchAnswer) -> list[str]:
    return [document.address for document in answer.documents]


def test_what_is_meant_comes_first(founded: SearchLibrary) -> None:
    answers = {question: find_pages(question, founded) for question in FIRST}

    assert {
        question: addresses(answer)[0] for question, answer in answers.items()
    } == FIRST
    assert [answer for answer in answers.values() if answer.corrected] == []
    assert [answer for answer in answers.values() if answer.unknown_words] == []


def test_what_is_meant_is_among_the_first_three(founded: SearchLibrary) -> None:
    missed = {
        question: best
        for question, address in AMONG_THREE.items()
        if address not in (best := addresses(find_pages(question, founded))[:3])
    }

    assert missed == {}


def test_a_misspelt_word_finds_what_was_meant(founded: SearchLibrary) -> None:
    answers = {question: find_pages(question, founded) for question in MISSPELT}

    assert {
        question: (answer.corrected, addresses(answer)[0])
        for question, answer in answers.items()
    } == MISSPELT


def test_a_form_of_a_word_finds_what_the_word_finds(founded: SearchLibrary) -> None:
    answers = {typed: find_pages(typed, founded) for typed in FORMS}

    assert {typed: answer.documents for typed, answer in answers.items()} == {
        typed: find_pages(word, founded).documents for typed, word in FORMS.items()
    }
    assert [answer for answer in answers.values() if not answer.documents] == []
    assert [answer for answer in answers.values() if answer.corrected] == []


def test_every_title_finds_its_document_first(founded: SearchLibrary) -> None:
    missed = []
    for document in founded.documents:
        # Words in front of these are cut, and several share a title.
        if document.kind is DocumentKind.SOURCE or len(document.title) > 90:
            continue
        first = find_pages(document.title, founded).documents[0]
        names = map(words.list_terms, (first.title, *first.names))
        if words.list_terms(document.title) not in names:
            missed.append((document.title, first.address))

    assert missed == []


def test_a_word_that_is_begun_finds_what_it_begins(founded: SearchLibrary) -> None:
    answer = find_pages("anesthes", founded)

    assert addresses(answer)[0] == "/specialties/anesthesiology/"
    assert answer.corrected == ""


def test_a_word_that_nothing_has_does_not_hide_the_others(
    founded: SearchLibrary,
) -> None:
    answer = find_pages("zzzz neurology", founded)

    assert answer.unknown_words == ("zzzz",)
    assert addresses(answer)[0] == "/specialties/neurology/"


def test_a_question_without_a_known_word_finds_nothing(founded: SearchLibrary) -> None:
    for question in ("", "???", "zzzz", "住院医师", "🙂"):
        assert find_pages(question, founded).documents == (), question


def test_a_common_word_is_no_answer_for_one_that_nothing_has(
    founded: SearchLibrary,
) -> None:
    for question in ("swap", "swap match", "UWorld match"):
        answer = find_pages(question, founded)

        assert answer.documents == ()
        assert answer.corrected == ""
        assert answer.unknown_words == (question.split()[0].lower(),)


def test_a_word_of_the_field_is_never_taken_for_another(founded: SearchLibrary) -> None:
    names = [*sorted(FIELD_WORDS), *COUNTRIES.values()]
    answers = {name: find_pages(name, founded).corrected for name in names}

    assert {name: taken for name, taken in answers.items() if taken} == {}


def test_a_question_of_small_words_finds_what_is_called_so(
    founded: SearchLibrary,
) -> None:
    assert addresses(find_pages("about", founded))[0] == "/about/"
    assert find_pages("what is the", founded).documents == ()


def test_what_explains_comes_before_what_is_cited(founded: SearchLibrary) -> None:
    both = founded.holding(["ecfmg"]) & founded.holding(["certif"])
    kinds = [
        document.kind
        for document in find_pages("ecfmg certification", founded).documents
        if document in {founded.documents[place] for place in both}
    ]

    assert DocumentKind.SOURCE in kinds
    assert kinds == sorted(kinds, key=lambda kind: kind is DocumentKind.SOURCE)


def test_a_merged_specialty_is_found_by_its_former_name(founded: SearchLibrary) -> None:
    merged = Specialty.objects.get(slug="child-neurology")
    merged.successor = Specialty.objects.get(slug="neurology")
    edit_catalogue.save(row=merged, columns=["successor"], now=TODAY)
    documents = library.read(page_inputs.read(now=TODAY)).documents
    names = {document.address: document.names for document in documents}

    assert "/specialties/child-neurology/" not in names
    assert "Child Neurology" in names["/specialties/neurology/"]


@given(question=st.text(max_size=100))
def test_anything_has_an_answer(question: str) -> None:
    assert find_pages(question, index_documents([])).documents == ()


def test_a_huge_question_takes_no_more_work_than_a_long_one(
    founded: SearchLibrary,
) -> None:
    def count_terms(question: str) -> int:
        before = words.find_term.cache_info()
        find_pages(question, founded)
        after = words.find_term.cache_info()
        return after.hits + after.misses - before.hits - before.misses

    long = " ".join(f"unicorn{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")

    assert count_terms(f"{long} " * 1_000) == count_terms(long)
    assert count_terms(long) <= (spelling.MOST_COMPLETED + 4) * MOST_WORDS
