"""What is one word, and which words are the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgportal.search import words


def folded(text: str) -> list[str]:
    return [word.spelling for word in words.split_words(text)]


@pytest.mark.parametrize(
    ("text", "spellings"),
    [
        ("J-1, J1, J 1 and j\u20111", ["j1", "j1", "j1", "and", "j1"]),
        ("H-1B H1B H1-B h 1 b", ["h1b"] * 4),
        ("PGY-1 pgy1", ["pgy1", "pgy1"]),
        ("OB/GYN, ob-gyn, ObGyn, OB GYN", ["obgyn"] * 4),
        ("PM&R, pm & r, PM and R", ["pmr"] * 3),
        ("U.S. M.D.", ["us", "md"]),
        ("step2ck", ["step", "2", "ck"]),
        ("9,045 of 14,772", ["9045", "of", "14772"]),
        ("Curaçao, Åland, Łódź", ["curacao", "aland", "lodz"]),
        ("job 1, john 1", ["job", "1", "john", "1"]),
        ("пост 住院 🙂 …", []),
    ],
)
def test_names_are_one_word_however_they_are_written(
    text: str, spellings: list[str]
) -> None:
    assert folded(text) == spellings


@pytest.mark.parametrize(
    "forms",
    [
        "programme program programs programmes",
        "paediatrics pediatrics pediatric paediatric pediatrician",
        "orthopaedic orthopedics orthopaedics",
        "anaesthesiology anesthesiology anesthesia anaesthesia anesthesiologist",
        "gynaecology gynecology gynecologist",
        "licence license licences licensed licensing",
        "recognised recognized recognises",
        "certify certifying certified certifies certificate certificates certification",
        "apply applying applied application applications",
        "require requires required requirement requirements",
        "attempt attempts attempted",
        "pathway pathways",
        "country countries",
        "specialty specialties speciality",
        "score scores scoring scored",
        "residency resident residents residencies",
        "psychiatry psychiatrist psychiatric",
        "surgery surgical surgeon",
        "expire expires expired expiry expiration",
        "accredit accredited accreditation",
        "eligible eligibility",
        "IMG IMGs",
        "qualify qualifying qualified qualification",
        "verify verifying verified verification",
        "identify identifying identified identification",
        "study studying studies studied",
    ],
)
def test_forms_of_a_word_have_one_term(forms: str) -> None:
    assert len(set(words.list_terms(forms))) == 1


@pytest.mark.parametrize(
    "others",
    [
        "internal internship",
        "match matriculation",
        "state statement",
        "us use",
        "step steep",
        "neurology nephrology",
        "2024 2025",
    ],
)
def test_other_words_have_other_terms(others: str) -> None:
    assert len(set(words.list_terms(others))) == 2


def test_threads_do_not_disturb_each_other() -> None:
    typed = ["certifying", "qualification", "residencies", "neurologists"] * 200
    alone = [words.find_term(word) for word in typed]

    def find_anew(word: str) -> str:
        return words.find_term.__wrapped__(word)

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(find_anew, typed))

    assert together == alone


@given(st.text(max_size=200))
def test_terms_are_small_letters_and_digits_and_nothing_else(text: str) -> None:
    for word in words.split_words(text):
        assert 0 <= word.start < word.end <= len(text)
        assert word.spelling
        assert word.term
        assert f"{word.spelling}{word.term}".isascii()
        assert f"{word.spelling}{word.term}".isalnum()
        assert word.term == word.term.lower()


@given(st.text(max_size=200))
def test_one_line_is_one_line(text: str) -> None:
    line = words.join_lines(text)

    assert line == line.strip()
    assert line.isprintable()
    assert words.join_lines(line) == line
