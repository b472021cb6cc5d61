"""Finds the documents that answer a question, the best fitting first.

A document whose name is the question comes first, then those that have every word of
it; the usual rank, BM25, only decides between equals. The work is
bounded by the number of documents and the first words of a question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from imgportal.search import spelling
from imgportal.search.documents import DocumentKind, SearchDocument
from imgportal.search.library import SMALL_TERMS, SearchLibrary
from imgportal.search.word_lists import FIELD_WORDS, RELATED, SMALL_WORDS
from imgportal.search.words import TextWord, find_term, has_run, split_words
from profiles.countries import COUNTRIES

# Words beyond these add nothing that a person could mean.
MOST_WORDS = 12
# What has less than this part of what was asked, by weight, is noise.
LEAST_COVERED = 0.6
# The weight of a word that no document has: what "match" finds is no answer to
# "SF Match", what "neurology" finds is one to "zzzz neurology".
UNKNOWN_WEIGHT = 1.2
# A question with the name of a specialty or a country in it is about that one.
HAS_NAME, NOT_NAMED = 3, 4

# Never taken for another word, even while no page has them: Iraq is no misspelt Iran.
RIGHT_WORDS = FIELD_WORDS.union(
    word.spelling for country in COUNTRIES.values() for word in split_words(country)
)
RELATED_TERMS = {
    find_term(word): tuple(map(find_term, related)) for word, related in RELATED.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchedWord:
    """A word of a question, and the terms that answer it: any will do, none may exist."""

    spelling: str
    terms: frozenset[str]
    # The word that it was taken for; empty when it is right as it stands.
    corrected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """What was found, and for which words."""

    question: str
    # The question as it was answered; empty when no word was corrected.
    corrected: str = ""
    unknown_words: tuple[str, ...] = ()  # no document has them
    documents: tuple[SearchDocument, ...] = ()
    terms: frozenset[str] = frozenset()  # to mark in the documents


def find_pages(question: str, library: SearchLibrary) -> SearchAnswer:
    words = list(islice(split_words(question), 2 * MOST_WORDS))
    meaningful = [word for word in words if word.spelling not in SMALL_WORDS]
    # "About" is a page, for all that the word says little.
    spellings = dict.fromkeys(word.spelling for word in (meaningful or words))
    searched = [_look_up(word, library) for word in islice(spellings, MOST_WORDS)]
    matched = [word for word in searched if word.terms]
    unknown = tuple(word.spelling for word in searched if not word.terms)
    corrections = {word.spelling: word.corrected for word in searched if word.corrected}
    terms = tuple(
        find_term(corrections.get(word.spelling, word.spelling))
        for word in words
        if word.spelling not in unknown
    )
    about = {place for place, name in library.subjects if has_run(terms, name)}
    named = dict.fromkeys(about, HAS_NAME) | _find_named(terms, library)
    covered = dict.fromkeys(about, 0.0) | _cover(matched, len(unknown), library)
    if not meaningful:
        covered = {place: share for place, share in covered.items() if place in named}
    ranks = _rank(matched, library)

    def fit(place: int) -> tuple[object, ...]:
        kind = library.documents[place].kind
        name_terms = library.name_terms[place]
        return (
            named.get(place, NOT_NAMED),
            -round(covered[place], 3),
            # What explains comes before what is cited.
            kind is DocumentKind.SOURCE,
            any(name_terms.isdisjoint(word.terms) for word in matched),
            kind is DocumentKind.RULE,
            -ranks[place],
        )

    return SearchAnswer(
        question=question,
        corrected=_correct(question, words, corrections),
        unknown_words=unknown,
        documents=tuple(library.documents[place] for place in sorted(covered, key=fit)),
        terms=frozenset(term for word in matched for term in word.terms),
    )


def ways_of_naming(question: str, library: SearchLibrary) -> Mapping[int, int]:
    """The documents that the whole question names, each with how it does."""
    return _find_named(tuple(word.term for word in split_words(question)), library)


def _find_named(terms: tuple[str, ...], library: SearchLibrary) -> dict[int, int]:
    return library.by_name.get(frozenset(terms) - SMALL_TERMS, {}) | (
        library.by_name.get(terms, {})
    )


def _look_up(word: str, library: SearchLibrary) -> SearchedWord:
    term, corrected = find_term(word), None
    if term in library.ranks:
        terms = {term, *RELATED_TERMS.get(term, ())} & library.ranks.keys()
    elif completed := spelling.complete_word(word, library.vocabulary):
        terms = set(map(find_term, completed))
    elif word in RIGHT_WORDS:
        terms = set()
    else:
        corrected = spelling.correct_word(word, library.vocabulary)
        terms = {find_term(corrected)} if corrected else set()
    return SearchedWord(
        spelling=word, terms=frozenset(terms), corrected=corrected or ""
    )


def _cover(
    matched: Iterable[SearchedWord], unknown: int, library: SearchLibrary
) -> dict[int, float]:
    """The documents that have enough of what was asked, and how much of it."""
    weights: defaultdict[int, float] = defaultdict(float)
    asked_weight = unknown * UNKNOWN_WEIGHT
    for word in matched:
        weight = library.weight(word.terms)
        asked_weight += weight
        for place in library.holding(word.terms):
            weights[place] += weight
    return {
        place: weight
        for place, weight in weights.items()
        if weight >= LEAST_COVERED * asked_weight
    }


def _rank(matched: Iterable[SearchedWord], library: SearchLibrary) -> dict[int, float]:
    """By document, the sum of what each term says of it."""
    ranks: defaultdict[int, float] = defaultdict(float)
    for term in sorted({term for word in matched for term in word.terms}):
        for place, rank in library.ranks[term].items():
            ranks[place] += rank
    return ranks


def _correct(
    question: str, words: Sequence[TextWord], corrections: dict[str, str]
) -> str:
    if not corrections:
        return ""
    pieces, end = [], 0
    for word in words:
        if word.spelling in corrections:
            pieces += [question[end : word.start], corrections[word.spelling]]
            end = word.end
    return "".join([*pieces, question[end:]])
