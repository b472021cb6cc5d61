"""Text as search sees it: words, each with the term that all its forms share. Pure.

Documents and questions pass through the same functions, so that "Orthopaedics" finds
"orthopedic" and "h1b" finds "H-1B".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from imgportal.search.word_lists import BEGINNINGS, FORMS, SPELLINGS

# A word is a run of letters or of digits: "step2ck" is three. Some names are written
# in several ways and are one word in all of them.
WORD = re.compile(
    r"""
    (?<![^\W_])(?:
        (?P<joined> j[-\u2011\s]?1 | h[-\u2011\s]?1[-\u2011\s]?b
                  | pgy[-\u2011\s]?[1-9] | (?:[a-z]\.){2,} )
      | (?P<obgyn> ob[-\u2011\s]?(?:/|&|and)?\s?gyn[a-z]* )
      | (?P<pmr> pm\s?(?:&|and)\s?r )
    )(?![^\W_])
    | \d{1,3}(?:,\d{3})+(?!\d) | \d+ | [^\W\d_]+
    """,
    re.VERBOSE | re.IGNORECASE,
)
LONGEST_WORD = 40
SHORTEST_WITH_ENDING = 4

# Letters that do not come apart into a letter and an accent.
UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae"})


@dataclass(frozen=True, slots=True)
class TextWord:
    """One word of a text: where it stands, how it is spelled here, and its term."""

    start: int
    end: int
    spelling: str
    term: str


def split_words(text: str) -> Iterator[TextWord]:
    """The words that can be found, in their order. Other scripts than Latin have none."""
    for match in WORD.finditer(text):
        name = match.lastgroup
        spelling = (
            name if name in {"obgyn", "pmr"} else normalize_spelling(match.group())
        )
        if spelling:
            yield TextWord(match.start(), match.end(), spelling, find_term(spelling))


def list_terms(text: str) -> tuple[str, ...]:
    return tuple(word.term for word in split_words(text))


def has_run(words: Sequence[str], run: Sequence[str]) -> bool:
    """Do the words of the run stand in `words` one after another?"""
    return find_run(words, run) is not None


def find_run(words: Sequence[str], run: Sequence[str]) -> int | None:
    """The place at which the run begins; None when it is not there, or empty."""
    for place in range(len(words) - len(run) + 1 if run else 0):
        if list(words[place : place + len(run)]) == list(run):
            return place
    return None


@lru_cache(maxsize=20_000)
def normalize_spelling(word: str) -> str:
    """Small letters and digits without accents, in American spelling; maybe empty."""
    letters = unicodedata.normalize(
        "NFKD", word[:LONGEST_WORD].casefold().translate(UNDECOMPOSED)
    )
    plain = "".join(
        letter for letter in letters if letter.isascii() and letter.isalnum()
    )
    for british, american in BEGINNINGS.items():
        if plain.startswith(british):
            plain = american + plain[len(british) :]
    return SPELLINGS.get(plain, plain)


@lru_cache(maxsize=20_000)
def find_term(spelling: str) -> str:
    """What the forms of a word have in common: certify, certified, certificate."""
    if len(spelling) < SHORTEST_WITH_ENDING or not spelling.isalpha():
        return spelling
    # A stemmer keeps the word it works on, so threads must not share one.
    stem: str = snowballstemmer.stemmer("english").stemWord(
        FORMS.get(spelling, spelling)
    )
    # Without the last "i", a verb in -fy and its noun in -fication have the same stem.
    return stem.removesuffix("i")


def join_lines(text: str) -> str:
    """Composed letters, single spaces, nothing that draws nothing."""
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(
        character if character.isprintable() else " " for character in composed
    )
    return " ".join(visible.split())
