"""Text as search sees it: words, each reduced to a term. Pure.

Documents and questions pass through the same functions, so that "Orthopaedics" finds
"orthopedic" and "h1b" finds "H-1B". Both engines are given terms and never text: they
hold the same, find the same, and nothing typed can be taken for their syntax.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# A word is a run of letters or of digits: "step2ck" is three. Some names are written
# in several ways and are one word in all of them.
WORD = re.compile(
    r"""
    (?<![^\W_])(?:
        (?P<visa> j[-\u2011\s]?1 | h[-\u2011\s]?1[-\u2011\s]?b )
      | (?P<year> pgy[-\u2011\s]?[1-9] )
      | (?P<gyn> ob[-\u2011\s]?(?:/|&|and)?\s?gyn[a-z]* )
      | (?P<rehab> pm\s?(?:&|and)\s?r )
      | (?P<dotted> (?:[a-z]\.){2,} )
    )(?![^\W_])
    | \d{1,3}(?:,\d{3})+(?!\d) | \d+ | [^\W\d_]+
    """,
    re.VERBOSE | re.IGNORECASE,
)
LONGEST_WORD = 40

# Letters that do not come apart into a letter and an accent.
UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae"})

# What carries no meaning in a question. "us" does: US IMG.
EMPTY_WORDS = frozenset(
    """
    a about after all am an and any are as at be been before but by can could d did do
    does for from get had has have how i if in into is it its ll m many may me more
    most much my need of on or our re s shall should so t than that the their them
    then there these they this to too ve was we were what when where which who whom
    whose why will with would you your
    """.split()  # noqa: SIM905
)

# British and American spelling, and other ways to write one word: the beginning of a
# word, then whole words. Documents are turned the same way, so neither side is wrong.
BEGINNINGS = (
    ("anaesth", "anesth"),
    ("gynaec", "gynec"),
    ("haem", "hem"),
    ("oesoph", "esoph"),
    ("orthopaed", "orthoped"),
    ("paed", "ped"),
    ("organis", "organiz"),
    ("recognis", "recogniz"),
    ("specialis", "specializ"),
)
WHOLE = {
    "anesthesia": "anesthesiology",
    "centre": "center",
    "enrol": "enroll",
    "examination": "exam",
    "examinations": "exams",
    "licence": "license",
    "licences": "licenses",
    "practise": "practice",
    "programme": "program",
    "programmes": "programs",
    "speciality": "specialty",
    "specialities": "specialties",
}

# The end of a word, what is left of it, and how short what is left may be. The first
# that fits is taken.
ENDINGS = (
    *(("ication", "", 3), ("icate", "", 3), ("icated", "", 3), ("ified", "if", 4)),
    *(("ify", "if", 4), ("ation", "", 5), ("ated", "", 4), ("ate", "", 4)),
    *(("ating", "", 4), ("ement", "", 5), ("ibility", "ibl", 5), ("ability", "abl", 5)),
    *(("ician", "", 5), ("ologist", "olog", 5), ("ology", "olog", 5)),
    *(("atrist", "atr", 5), ("ship", "", 4), ("ency", "ent", 5), ("ical", "", 4)),
    *(
        ("ic", "", 4),
        ("gery", "g", 4),
        ("geon", "g", 4),
        ("ied", "", 3),
        ("ity", "", 4),
    ),
    *(("ing", "", 3), ("ed", "", 3), ("e", "", 3)),
)
SHORTEST = 4  # a word of three letters is its own term
VOWEL = re.compile(r"[aeiouy]")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: where it stands, how it is read, and its term."""

    start: int
    end: int
    folded: str
    term: str


def words(text: str) -> Iterator[Word]:
    """The words that can be found, in their order. Other scripts than Latin have none."""
    for found in WORD.finditer(text):
        folded = _folded(found)
        if folded:
            yield Word(found.start(), found.end(), folded, term_of(folded))


def terms(text: str) -> list[str]:
    return [word.term for word in words(text)]


def one_line(text: str) -> str:
    """Composed letters, single spaces, nothing that draws nothing."""
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(
        character if character.isprintable() else " " for character in composed
    )
    return " ".join(shown.split())


def _folded(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "gyn":
            return "obgyn"
        case "rehab":
            return "pmr"
        case "visa" | "year" | "dotted":
            return re.sub(r"[^a-z0-9]", "", found.group().lower())
        case _:
            return fold(found.group())


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Small letters without accents, in American spelling; empty without any."""
    if len(word) > LONGEST_WORD:
        word = word[:LONGEST_WORD]
    apart = unicodedata.normalize("NFKD", word.casefold().translate(UNDECOMPOSED))
    plain = "".join(
        character for character in apart if character.isascii() and character.isalnum()
    )
    for british, american in BEGINNINGS:
        if plain.startswith(british):
            plain = american + plain[len(british) :]
    return WHOLE.get(plain, plain)


@lru_cache(maxsize=20_000)
def term_of(folded: str) -> str:
    """What several forms of a word have in common: certify, certified, certificate.

    Coarser than a grammar and the same everywhere, which is all that finding needs.
    """
    if len(folded) < SHORTEST or not folded.isalpha():
        return folded
    word = _singular(folded)
    for ending, kept, shortest in ENDINGS:
        if word.endswith(ending):
            stem = word[: -len(ending)] + kept
            if len(stem) >= shortest and VOWEL.search(stem):
                return stem
    if len(word) > SHORTEST and word[-1] == "y" and word[-2] not in "aeiou":
        return word[:-1]
    return word


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    if word.endswith("s") and word[-2] not in "sui":
        return word[:-1]
    return word
