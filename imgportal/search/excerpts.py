"""What a result shows of a text: the words that were asked for, marked. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from functools import lru_cache

from imgportal.search.word_lists import SMALL_WORDS
from imgportal.search.words import TextWord, split_words

LENGTH = 200
# How much of what stands before the first marked word is shown with it.
LEAD = 40


def shorten(text: str, terms: Container[str]) -> str:
    """The part of the text that has most of the terms; its beginning when it has none."""
    start = _best_start(text, _find_hits(text, terms))
    end = start + LENGTH
    if end < len(text):
        space = text.rfind(" ", end - LEAD, end)
        end = space if space >= 0 else end
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"


def split_marked(text: str, terms: Container[str]) -> Iterator[tuple[str, bool]]:
    """All of the text in pieces, and whether each is a word of these terms."""
    place = 0
    for word in _find_hits(text, terms):
        yield text[place : word.start], False
        yield text[word.start : word.end], True
        place = word.end
    yield text[place:], False


def _find_hits(text: str, terms: Container[str]) -> list[TextWord]:
    """The words to mark. A single digit only beside another: Step 1, but not 1 July."""
    words = _split(text)
    hits = [word.term in terms and word.spelling not in SMALL_WORDS for word in words]
    long_hits = [
        hit and not _is_digit(word) for hit, word in zip(hits, words, strict=True)
    ]
    return [
        word
        for place, word in enumerate(words)
        if hits[place] and any(long_hits[max(0, place - 1) : place + 2])
    ]


# The same documents are shown again and again, each time for other words.
@lru_cache(maxsize=512)
def _split(text: str) -> tuple[TextWord, ...]:
    return tuple(split_words(text))


def _is_digit(word: TextWord) -> bool:
    return len(word.spelling) == 1 and word.spelling.isdigit()


def _best_start(text: str, hits: Sequence[TextWord]) -> int:
    """Where a window begins that holds the most different terms, the earliest of them."""
    best, most = 0, 0
    for first in hits:
        window_end = first.start + LENGTH - LEAD
        inside = {
            word.term
            for word in hits
            if first.start <= word.start and word.end <= window_end
        }
        if len(inside) > most:
            best, most = first.start, len(inside)
    if best <= LEAD or len(text) <= LENGTH:
        return 0
    # From the beginning of its sentence, if that is near.
    sentence = text.rfind(". ", max(0, best - LENGTH // 2), best)
    if sentence >= 0:
        return sentence + 2
    return text.find(" ", best - LEAD) + 1
