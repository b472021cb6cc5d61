"""From what somebody typed to what they look for, in the order of how well it fits.

The engine says which documents have any of the words, and how it ranks them. The order
of the answer is decided first by what a reader expects of it (what is called just that
comes first, then what has every word) and only then by the engine's rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from types import MappingProxyType

from imgportal.search import analysis, spelling
from imgportal.search.analysis import EMPTY_WORDS, Word
from imgportal.search.documents import Kind
from imgportal.search.engines import Engine
from imgportal.search.library import Entry, Library

# Words beyond these add nothing that a person could mean.
MOST_WORDS = 12
# The engine may have more; nobody reads so far, and all are compared with each other.
MOST_FOUND = 200
# What has less than this part of what was asked, by weight, is noise.
LEAST_COVERED = 0.6
NOT_EXACT = 3


# Words for one thing, by their terms. What a page is called besides is in `names`.
SAME: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cost": ("fee",),
        "dat": ("day", "deadlin"),
        "deadlin": ("day", "dat"),
        "expir": ("valid",),
        "fee": ("cost",),
        "one": ("1",),
        "pric": ("cost", "fee"),
        "retak": ("attempt",),
        "three": ("3",),
        "two": ("2",),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One word of a question, and the terms that answer it: any of them will do."""

    written: str
    terms: frozenset[str]
    # The word that was taken for it; empty when it is known as it stands.
    taken_for: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found, and for which words."""

    asked: str
    # The question as it was answered, when a word was taken for another.
    shown_for: str = ""
    not_found: tuple[str, ...] = ()  # words that nothing has
    entries: tuple[Entry, ...] = ()
    terms: frozenset[str] = field(default_factory=frozenset)  # to mark in them


def find(asked: str, library: Library, engine: Engine) -> Answer:
    """One query, or none when no word is known."""
    words = list(analysis.words(asked))[: MOST_WORDS * 2]
    wanted = _wanted(words, library)
    known = [one for one in wanted if one.is_known]
    says_little = not _meaningful(words)
    terms = frozenset(term for one in known for term in one.terms)
    corrected = any(one.taken_for for one in wanted)
    return Answer(
        asked=asked,
        shown_for=_with_corrections(asked, words, wanted) if corrected else "",
        not_found=tuple(one.written for one in wanted if not one.is_known),
        entries=tuple(
            _in_order(
                engine.find(sorted(terms), most=MOST_FOUND),
                known,
                words,
                library,
                must_be_exact=says_little,
            )
        )
        if terms
        else (),
        terms=terms,
    )


# --- Words ---------------------------------------------------------------------------


def _meaningful(words: Iterable[Word]) -> list[Word]:
    return [word for word in words if word.folded not in EMPTY_WORDS]


def _wanted(words: Sequence[Word], library: Library) -> list[Wanted]:
    """Each word once."""
    found: dict[str, Wanted] = {}
    # "About" is a page, for all that the word says little.
    for word in (_meaningful(words) or list(words))[:MOST_WORDS]:
        if word.folded not in found:
            found[word.folded] = _one(word, library)
    return list(found.values())


def _one(word: Word, library: Library) -> Wanted:
    if library.knows(word.term):
        terms = frozenset({word.term, *SAME.get(word.term, ())})
        return Wanted(
            written=word.folded, terms=frozenset(filter(library.knows, terms))
        )
    vocabulary = library.vocabulary
    begun = spelling.beginning_with(word.folded, vocabulary)
    if begun:
        return Wanted(
            written=word.folded, terms=frozenset(map(analysis.term_of, begun))
        )
    meant = spelling.meant(word.folded, vocabulary)
    if meant is None:
        return Wanted(written=word.folded, terms=frozenset())
    return Wanted(
        written=word.folded,
        terms=frozenset({analysis.term_of(meant)}),
        taken_for=meant,
    )


def _with_corrections(
    asked: str, words: Sequence[Word], wanted: Iterable[Wanted]
) -> str:
    taken_for = {one.written: one.taken_for for one in wanted if one.taken_for}
    pieces, end = [], 0
    for word in words:
        if word.folded in taken_for:
            pieces += [asked[end : word.start], taken_for[word.folded]]
            end = word.end
    return "".join([*pieces, asked[end:]])


# --- Order ---------------------------------------------------------------------------


def _in_order(
    addresses: Iterable[str],
    known: Sequence[Wanted],
    words: Sequence[Word],
    library: Library,
    *,
    must_be_exact: bool,
) -> Iterator[Entry]:
    """Those that are still public, the best first.

    `must_be_exact`: only what is called just that.
    """
    weights = [library.weight(one.terms) for one in known]
    least = LEAST_COVERED * sum(weights)
    taken_for = {one.written: one.taken_for or one.written for one in known}
    question = tuple(
        analysis.term_of(taken_for.get(word.folded, word.folded)) for word in words
    )
    shorter = frozenset(map(analysis.term_of, taken_for.values()))
    placed = []
    for place, address in enumerate(addresses):
        entry = library.entries.get(address)
        if entry is None:
            continue
        covered = sum(
            weight
            for one, weight in zip(known, weights, strict=True)
            if not entry.terms.isdisjoint(one.terms)
        )
        exactness = _exactness(entry, question, shorter)
        if covered < least or (must_be_exact and exactness == NOT_EXACT):
            continue
        is_called = all(not entry.called.isdisjoint(one.terms) for one in known)
        fit = (
            exactness,
            -round(covered, 3),
            # What explains comes before what is cited.
            entry.document.kind is Kind.SOURCE,
            not is_called,
            entry.document.kind is Kind.RULE,
            place,
        )
        placed.append((fit, entry))
    placed.sort(key=itemgetter(0))
    return (entry for _, entry in placed)


def _exactness(entry: Entry, question: tuple[str, ...], shorter: frozenset[str]) -> int:
    """0: its title. 1: another name. 2: one of them but for small words and order."""
    if entry.title == question:
        return 0
    if question in entry.names:
        return 1
    called = (_without_small_words(name) for name in (entry.title, *entry.names))
    return 2 if shorter and any(name == shorter for name in called) else NOT_EXACT


def _without_small_words(terms: tuple[str, ...]) -> frozenset[str]:
    return frozenset(term for term in terms if term not in EMPTY_WORDS)
