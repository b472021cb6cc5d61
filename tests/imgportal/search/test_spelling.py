"""What a misspelt word was meant to be."""

from __future__ import annotations

import pytest

from imgportal.search import spelling

KNOWN = {
    "pathway": 90,
    "pathology": 60,
    "pediatrics": 50,
    "radiology": 50,
    "soap": 30,
    "sponsor": 30,
    "neurology": 40,
    "certification": 40,
    "2024": 20,
    "img": 99,
}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pathwey", "pathway"),
        ("patway", "pathway"),
        ("pathhway", "pathway"),
        ("sopa", "soap"),
        ("nuerology", "neurology"),
        ("neurologyy", "neurology"),
        ("peadiatrics", "pediatrics"),
        ("certifcatoin", "certification"),
        ("athway", "pathway"),
    ],
)
def test_a_mistake_or_two_are_seen_through(typed: str, meant: str) -> None:
    assert spelling.correct_word(typed, KNOWN) == meant


@pytest.mark.parametrize(
    "typed", ["zzzz", "cardiology", "2042", "2o24", "ing", "im", "", "x" * 40]
)
def test_nothing_is_guessed_from_afar(typed: str) -> None:
    assert spelling.correct_word(typed, KNOWN) is None


def test_of_two_that_are_as_near_the_more_frequent_is_meant() -> None:
    assert spelling.correct_word("mated", {"mates": 1, "mater": 7}) == "mater"


def test_a_word_may_be_begun() -> None:
    assert spelling.complete_word("path", KNOWN) == ["pathway", "pathology"]
    assert spelling.complete_word("pa", KNOWN) == []
    assert spelling.complete_word("202", KNOWN) == []


@pytest.mark.parametrize("typed", ["coursed", "courzed"])
def test_a_short_word_has_one_mistake_at_most(typed: str) -> None:
    guess = spelling.correct_word(typed, {"courses": 50})

    assert guess == ("courses" if typed == "coursed" else None)
