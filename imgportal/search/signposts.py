"""What is asked here that the site does not answer, and where to go instead. Pure.

A question about one score, one school, one program or a country without a page has an
answer all the same: that we do not hold it, and who does (`data/signposts.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from imgportal.lib import content_files
from imgportal.search.documents import DocumentKind
from imgportal.search.find_pages import (
    NOT_NAMED,
    SearchAnswer,
    find_pages,
    ways_of_naming,
)
from imgportal.search.library import SearchLibrary
from imgportal.search.word_lists import DATA
from imgportal.search.words import find_run, has_run, split_words
from profiles.countries import COUNTRIES


@dataclass(frozen=True, slots=True, kw_only=True)
class SignpostLink:
    """A step from a signpost. Its address is one of the site, or of another site."""

    signpost: str
    label: str
    address: str

    @property
    def is_elsewhere(self) -> bool:
        return not self.address.startswith("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signpost:
    """One thing that the site does not hold."""

    key: str
    sentence: str
    links: tuple[SignpostLink, ...] = ()


FILE = DATA / "signposts.toml"


def _read_signposts() -> Iterator[Signpost]:
    links = content_files.read_toml(FILE, "link", SignpostLink)
    for signpost in content_files.read_toml(FILE, "signpost", Signpost):
        own = tuple(link for link in links if link.signpost == signpost.key)
        yield replace(signpost, links=own)


SIGNPOSTS = content_files.by_key(_read_signposts(), "key", FILE)

# The scores that people ask about. A number beyond them is a year or a rule.
LOWEST_ASKED, HIGHEST_ASKED = 180, 300
# What a number may stand beside and still be a score of Step 2 CK.
SCORE_WORDS = frozenset(
    {
        *("score", "scores", "step", "ck", "usmle", "match", "matched", "matching"),
        *("chance", "chances", "probability", "odds", "enough", "good", "low", "high"),
        *("residency", "img", "imgs", "points"),
    }
)
# They also have parts and scores of such a size.
OTHER_NUMBERS = frozenset({"oet", "listening", "reading", "writing", "speaking", "e"})
SCHOOL_WORDS = frozenset(
    {"university", "universities", "college", "institute", "faculty", "academy"}
)
PROGRAM_WORDS = frozenset({"hospital", "hospitals", "clinic", "program", "programs"})
# By the words of their names, the longest first: Papua New Guinea before Guinea.
COUNTRY_WORDS = sorted(
    (
        (tuple(word.spelling for word in split_words(name.partition("(")[0])), name)
        for code, name in COUNTRIES.items()
        if code != "US"
    ),
    key=lambda named: -len(named[0]),
)
# How the people of a country are mostly called: Iraqi, Syrian, Brazilian, Turkish.
ENDINGS_OF_PEOPLE = frozenset({"i", "n", "an", "ian", "ese", "ish", "ans", "ians"})
VOWELS = "aeiouy"
# New Jersey, New Mexico: states that are called after places elsewhere.
NOT_BEFORE_COUNTRY = "new"


def find_without_score(question: str, library: SearchLibrary) -> SearchAnswer:
    """The pages for a question, whatever score is in it.

    A page that happens to hold the same number would read as an answer about the person.
    """
    words = [word.spelling for word in split_words(question)]
    if not _asks_about_score(words):
        return find_pages(question, library)
    answer = find_pages(re.sub(r"\b\d{3}\b", " ", question), library)
    return replace(answer, question=question)


def list_signposts(answer: SearchAnswer, library: SearchLibrary) -> list[Signpost]:
    """What to say above the results; when nothing was found there is always one."""
    words = [word.spelling for word in split_words(answer.question)]
    signposts = [*_name_signposts(words, answer, library)]
    if not answer.documents and not signposts:
        signposts = [SIGNPOSTS["nothing"]]
    return signposts


def _name_signposts(
    words: list[str], answer: SearchAnswer, library: SearchLibrary
) -> Iterator[Signpost]:
    is_named = any(
        way < NOT_NAMED for way in ways_of_naming(answer.question, library).values()
    )
    if is_named:
        # Somebody asked for something that is here, by its name.
        return
    if _asks_about_score(words):
        yield SIGNPOSTS["score"]
    if country := _country_without_page(words, library):
        signpost = SIGNPOSTS["country"]
        sentence = signpost.sentence.format(country=country)
        yield replace(signpost, sentence=sentence)
    if not SCHOOL_WORDS.isdisjoint(words):
        yield SIGNPOSTS["school"]
    elif answer.unknown_words and not PROGRAM_WORDS.isdisjoint(words):
        yield SIGNPOSTS["program"]


def _asks_about_score(words: list[str]) -> bool:
    """Is there a number that can be a score, alone or beside words of the exam?"""
    asked = set(words)
    if asked & OTHER_NUMBERS:
        return False
    has_score = any(
        re.fullmatch(r"\d{3}", word) and LOWEST_ASKED <= int(word) <= HIGHEST_ASKED
        for word in words
    )
    return has_score and (len(words) == 1 or bool(asked & SCORE_WORDS))


def _country_without_page(words: list[str], library: SearchLibrary) -> str:
    """The country that is named and has no page of the guide; empty when there is none."""
    for name_words, name in COUNTRY_WORDS:
        place = find_run(words, name_words)
        if place is None or (place and words[place - 1] == NOT_BEFORE_COUNTRY):
            continue
        return "" if _has_page(name_words, library) else name
    for word in words:
        if name := _country_of_people(word):
            return "" if _has_page((word,), library) else name
    return ""


def _country_of_people(word: str) -> str:
    """The country whose people are called so; empty when the word is no such name."""
    for name_words, name in COUNTRY_WORDS:
        if len(name_words) != 1:
            continue
        for stem in (name_words[0], name_words[0].rstrip(VOWELS)):
            if word.startswith(stem) and word[len(stem) :] in ENDINGS_OF_PEOPLE:
                return name
    return ""


def _has_page(name_words: tuple[str, ...], library: SearchLibrary) -> bool:
    return any(
        has_run([word.spelling for word in split_words(name)], name_words)
        for document in library.documents
        if document.kind is DocumentKind.COUNTRY
        for name in (document.title, *document.names)
    )
