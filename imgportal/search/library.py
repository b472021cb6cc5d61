"""Everything there is to find, indexed in memory for one state of the site.

It is made of what is public now, so a draft or a former figure is not in it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from imgportal.guide.page_inputs import PageInputs
from imgportal.search.documents import DocumentKind, SearchDocument, list_documents
from imgportal.search.word_lists import SMALL_WORDS
from imgportal.search.words import TextWord, find_term, list_terms, split_words

# How many words of the text a word counts as.
TITLE_WEIGHT, NAMES_WEIGHT, CONTEXT_WEIGHT = 10, 6, 2
# The usual constants of BM25: how soon repeating a word says nothing new, and how much
# it says less in a long document.
SATURATION, LENGTH_EFFECT = 1.2, 0.75
# How a question names a document: by its title, by another name, by the words of one.
BY_TITLE, BY_NAME, BY_WORDS = range(3)
SMALL_TERMS = frozenset(map(find_term, SMALL_WORDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchLibrary:
    """The documents and their index, which names a document by its place among them."""

    documents: Sequence[SearchDocument]
    # By term: the documents that have it, with its part of their BM25 rank.
    ranks: Mapping[str, Mapping[int, float]]
    # By the terms of a name in their order, or by the set of those that say something:
    # the documents of that name, each with BY_TITLE, BY_NAME or BY_WORDS.
    by_name: Mapping[Sequence[str] | frozenset[str], dict[int, int]]
    # What a question can be about, each with the terms of a name.
    subjects: Sequence[tuple[int, Sequence[str]]]
    # For each document the terms of its title, names and context.
    name_terms: Sequence[frozenset[str]]
    # Every word that says something, with its weight as a guess.
    vocabulary: Mapping[str, int]

    def holding(self, terms: Iterable[str]) -> set[int]:
        """The documents that have any of these terms."""
        return {place for term in terms for place in self.ranks[term]}

    def weight(self, terms: Iterable[str]) -> float:
        """How much it says about a document that it has one of these terms."""
        most = max(len(self.ranks[term]) for term in terms)
        return log(1 + len(self.documents) / (1 + most))


def index_documents(documents: Iterable[SearchDocument]) -> SearchLibrary:
    documents = tuple(documents)
    frequencies: defaultdict[str, dict[int, int]] = defaultdict(dict)
    by_name: defaultdict[Sequence[str] | frozenset[str], dict[int, int]] = defaultdict(
        dict
    )
    name_terms: list[frozenset[str]] = []
    vocabulary: Counter[str] = Counter()
    lengths: list[int] = []
    for place, document in enumerate(documents):
        weighted: Counter[str] = Counter()
        length = 0
        name_words: set[str] = set()
        for weight, words, how in _read_parts(document):
            length += len(words)
            terms = tuple(word.term for word in words)
            for word in words:
                weighted[word.term] += weight
                vocabulary[word.spelling] += weight
            if weight > 1:
                name_words.update(terms)
            if how is not None:
                by_name[terms].setdefault(place, how)
                if meaningful := frozenset(terms) - SMALL_TERMS:
                    by_name[meaningful].setdefault(place, BY_WORDS)
        for term, frequency in weighted.items():
            frequencies[term][place] = frequency
        name_terms.append(frozenset(name_words))
        lengths.append(length)
    return SearchLibrary(
        documents=documents,
        ranks=_rank(frequencies, lengths),
        by_name=by_name,
        subjects=tuple(
            (place, list_terms(name))
            for place, document in enumerate(documents)
            for name in _list_subject_names(document)
        ),
        name_terms=name_terms,
        vocabulary={
            word: weight
            for word, weight in vocabulary.items()
            if word not in SMALL_WORDS
        },
    )


def _list_subject_names(document: SearchDocument) -> tuple[str, ...]:
    """The names by which a question can be about it, inside a sentence too.

    Other names of a specialty are everyday words: gas, skin, medicine.
    """
    match document.kind:
        case DocumentKind.SPECIALTY:
            return (document.title,)
        case DocumentKind.COUNTRY:
            return (document.title, *document.names)
    return ()


def _read_parts(
    document: SearchDocument,
) -> Iterator[tuple[int, tuple[TextWord, ...], int | None]]:
    """The words of each part, with their weight and how they name the document."""
    yield TITLE_WEIGHT, tuple(split_words(document.title)), BY_TITLE
    for name in document.names:
        yield NAMES_WEIGHT, tuple(split_words(name)), BY_NAME
    yield CONTEXT_WEIGHT, tuple(split_words(document.context)), None
    yield 1, tuple(split_words(document.text)), None


def _rank(
    frequencies: Mapping[str, Mapping[int, int]], lengths: Sequence[int]
) -> dict[str, dict[int, float]]:
    """BM25 of each term in each document."""
    mean = sum(lengths) / max(1, len(lengths)) or 1
    damping = [
        SATURATION * (1 - LENGTH_EFFECT + LENGTH_EFFECT * length / mean)
        for length in lengths
    ]
    return {
        term: {
            place: log(1 + (len(lengths) - len(places) + 0.5) / (len(places) + 0.5))
            * (frequency * (SATURATION + 1) / (frequency + damping[place]))
            for place, frequency in places.items()
        }
        for term, places in frequencies.items()
    }


# The library as this process last read it. Replaced as a whole, so that a request on
# another thread sees either the old or the new one.
_last_read: tuple[str, SearchLibrary] | None = None


def read(inputs: PageInputs) -> SearchLibrary:
    """The library for these inputs. No query; everything is indexed anew for a new token."""
    global _last_read
    last_read = _last_read
    if last_read is not None and last_read[0] == inputs.token:
        return last_read[1]
    library = index_documents(list_documents(inputs))
    _last_read = (inputs.token, library)
    return library


def forget() -> None:
    """Index everything again next time. Only tests need it: they undo publications."""
    global _last_read
    _last_read = None
