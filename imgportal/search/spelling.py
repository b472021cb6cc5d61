"""What a word was meant to be that no document has. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

# A word of so many letters may have so many letters too many, missing, wrong or swapped.
MISTAKES = ((4, 1), (8, 2), (12, 3))
SHORTEST_BEGINNING = 3
MOST_COMPLETED = 12


def complete_word(beginning: str, vocabulary: Mapping[str, int]) -> list[str]:
    """The words that begin so, those of most weight first; none for a short beginning."""
    if len(beginning) < SHORTEST_BEGINNING or not beginning.isalpha():
        return []
    completed = [word for word in vocabulary if word.startswith(beginning)]
    return sorted(completed, key=lambda word: (-vocabulary[word], word))[
        :MOST_COMPLETED
    ]


def correct_word(word: str, vocabulary: Mapping[str, int]) -> str | None:
    """The word of the vocabulary with the fewest mistakes; None when none is near.

    Numbers are never guessed: the year 2042 is not a misspelt 2024. With more than one
    mistake the first letter must be right, as it mostly is: cardiology is not radiology.
    """
    most = max((few for length, few in MISTAKES if len(word) >= length), default=0)
    if not most or not word.isalpha():
        return None
    candidates = (
        (mistakes, guess[0] != word[0], -vocabulary[guess], guess)
        for guess, mistakes, _ in process.extract_iter(
            word, list(vocabulary), scorer=OSA.distance, score_cutoff=most
        )
        if guess.isalpha() and len(guess) > SHORTEST_BEGINNING
    )
    likely = [fit for fit in candidates if fit[0] == 1 or not fit[1]]
    return min(likely)[-1] if likely else None
