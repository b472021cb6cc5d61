"""Everything there is to find, read once: what results are drawn and checked from.

An index says which documents have the words. What a reader is shown comes from here,
which is made of what is public now: an index that is a moment behind can leave something
out for that moment, and can never show a former figure or a draft.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import log

from imgportal.guide.page_inputs import Shelf
from imgportal.search import analysis
from imgportal.search.analysis import EMPTY_WORDS
from imgportal.search.documents import Document, documents

# Words of a title weigh more than others when a misspelt one is guessed.
TITLE_WEIGHT = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A document, read as the index reads it."""

    document: Document
    title: tuple[str, ...]  # terms, in their order
    names: tuple[tuple[str, ...], ...]
    context: tuple[str, ...]
    text: tuple[str, ...]
    # For finding.
    called: frozenset[str]  # terms of title, names and context
    terms: frozenset[str]


def read(document: Document) -> Entry:
    def terms(text: str) -> tuple[str, ...]:
        return tuple(analysis.terms(text))

    title, context, text = map(terms, (document.title, document.context, document.text))
    names = tuple(map(terms, document.names))
    called = frozenset((*title, *context, *(term for name in names for term in name)))
    return Entry(
        document=document,
        title=title,
        names=names,
        context=context,
        text=text,
        called=called,
        terms=called.union(text),
    )


@dataclass(frozen=True)
class Library:
    entries: Mapping[str, Entry]  # by address

    @cached_property
    def token(self) -> str:
        """The same exactly when every document is."""
        digest = hashlib.blake2s(digest_size=8)
        for entry in self.entries.values():
            digest.update(repr(entry.document).encode())
        return digest.hexdigest()

    @cached_property
    def _frequencies(self) -> Counter[str]:
        return Counter(term for entry in self.entries.values() for term in entry.terms)

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        """Every word as it is written, and how much it weighs as a guess."""
        found: Counter[str] = Counter()
        for entry in self.entries.values():
            document = entry.document
            for weight, texts in (
                (TITLE_WEIGHT, (document.title, *document.names)),
                (1, (document.text,)),
            ):
                for text in texts:
                    for word in analysis.words(text):
                        found[word.folded] += weight
        return {
            word: weight for word, weight in found.items() if word not in EMPTY_WORDS
        }

    def knows(self, term: str) -> bool:
        return term in self._frequencies

    def weight(self, terms: Iterable[str]) -> float:
        """How much it says about a document that it has one of these terms."""
        documents = max((self._frequencies[term] for term in terms), default=0)
        return log(1 + len(self.entries) / (1 + documents))


# The library as this process last read it. Replaced as a whole, so that a request on
# another thread sees either the old or the new one.
_last_read: tuple[str, Library] | None = None


def of(shelf: Shelf) -> Library:
    """The library of this state of the site. No query; drawn anew when it has changed."""
    global _last_read
    seen = _last_read
    if seen is not None and seen[0] == shelf.token:
        return seen[1]
    found = Library({document.address: read(document) for document in documents(shelf)})
    _last_read = (shelf.token, found)
    return found


def forget() -> None:
    """Read everything again next time. Only tests need it: they undo publications."""
    global _last_read
    _last_read = None
