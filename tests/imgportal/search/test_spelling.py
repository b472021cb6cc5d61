"""What a misspelt word was meant to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
WORDS = st.text("abcdeflmnopt", min_size=1, max_size=9)


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
    assert spelling.meant(typed, KNOWN) == meant


@pytest.mark.parametrize(
    "typed", ["zzzz", "cardiology", "2042", "2o24", "ing", "im", "", "x" * 40]
)
def test_nothing_is_guessed_from_afar(typed: str) -> None:
    assert spelling.meant(typed, KNOWN) is None


def test_of_two_that_are_as_near_the_more_frequent_is_meant() -> None:
    assert spelling.meant("mated", {"mates": 1, "mater": 7}) == "mater"


def test_a_word_may_be_begun() -> None:
    assert spelling.beginning_with("path", KNOWN) == ["pathway", "pathology"]
    assert spelling.beginning_with("pa", KNOWN) == []
    assert spelling.beginning_with("202", KNOWN) == []


def slow_distance(here: str, there: str) -> int:
    """By the definition, one mistake after another."""
    if not here or not there:
        return len(here) + len(there)
    best = min(
        slow_distance(here[1:], there) + 1,
        slow_distance(here, there[1:]) + 1,
        slow_distance(here[1:], there[1:]) + (here[0] != there[0]),
    )
    if here[:2] == there[1::-1] and len(here) > 1 and len(there) > 1:
        best = min(best, slow_distance(here[2:], there[2:]) + 1)
    return best


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_distance_is_what_its_definition_says(here: str, there: str) -> None:
    exact = slow_distance(here, there)

    assert spelling.distance(here, there, 9) == exact
    assert spelling.distance(here, there, 1) == min(exact, 2)


@given(WORDS, WORDS)
def test_distance_is_the_same_both_ways(here: str, there: str) -> None:
    assert spelling.distance(here, there, 3) == spelling.distance(there, here, 3)
