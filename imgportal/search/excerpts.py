"""What a result shows of a document: the words that were asked for, marked. Pure."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import lru_cache

from imgportal.search import analysis
from imgportal.search.analysis import EMPTY_WORDS, Word

LENGTH = 200
# How much of what stands before the first marked word is shown with it.
LEAD = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text. Templates escape it, and mark it with an element."""

    text: str
    is_marked: bool = False


def marked(text: str, terms: Container[str]) -> tuple[Piece, ...]:
    """All of the text, with every word of these terms marked."""
    return _pieces(text, _hits(text, terms), 0, len(text))


def excerpt(text: str, terms: Container[str]) -> tuple[Piece, ...]:
    """The part of the text that has most of the terms; its beginning when it has none."""
    hits = _hits(text, terms)
    start = _best_start(text, hits)
    end = _word_end(text, start + LENGTH)
    pieces = _pieces(text, hits, start, end)
    before = (Piece("… "),) if start else ()
    after = (Piece(" …"),) if end < len(text) else ()
    return (*before, *pieces, *after)


def _hits(text: str, terms: Container[str]) -> list[Word]:
    """The words to mark. A single digit only beside another: Step 1, but not 1 July."""
    words = _words(text)
    is_hit = [word.term in terms and word.folded not in EMPTY_WORDS for word in words]
    return [
        word
        for place, word in enumerate(words)
        if is_hit[place]
        and (
            not _is_digit(word)
            or any(
                0 <= beside < len(words)
                and is_hit[beside]
                and not _is_digit(words[beside])
                for beside in (place - 1, place + 1)
            )
        )
    ]


# The same documents are shown again and again, each time for other words.
@lru_cache(maxsize=512)
def _words(text: str) -> tuple[Word, ...]:
    return tuple(analysis.words(text))


def _is_digit(word: Word) -> bool:
    return len(word.folded) == 1 and word.folded.isdigit()


def _best_start(text: str, hits: Sequence[Word]) -> int:
    """Where a window begins that holds the most different terms, the earliest of them."""
    best, most = 0, 0
    for first in hits:
        inside = {
            word.term
            for word in hits
            if first.start <= word.start and word.end <= first.start + LENGTH - LEAD
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


def _word_end(text: str, wanted: int) -> int:
    if wanted >= len(text):
        return len(text)
    space = text.rfind(" ", 0, wanted)
    return space if space > wanted - LEAD else wanted


def _pieces(text: str, hits: Sequence[Word], start: int, end: int) -> tuple[Piece, ...]:
    pieces, place = [], start
    for word in hits:
        if word.start < place or word.end > end:
            continue
        pieces += [
            Piece(text[place : word.start]),
            Piece(text[word.start : word.end], True),
        ]
        place = word.end
    pieces.append(Piece(text[place:end]))
    return tuple(piece for piece in pieces if piece.text)
