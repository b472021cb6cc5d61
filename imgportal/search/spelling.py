"""What a misspelt word was meant to be, among the words that can be found. Pure.

Written here and not taken from the database: an ordinary role of PostgreSQL may not
install `pg_trgm`, SQLite has nothing like it, and both must give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# A word of so many letters may have so many mistakes.
MISTAKES = ((4, 1), (7, 2), (12, 3))
FEWEST_LETTERS_TO_BEGIN = 3
MOST_BEGUN = 12


def beginning_with(start: str, vocabulary: Mapping[str, int]) -> list[str]:
    """The words that are begun by what was typed so far, the most frequent first."""
    if len(start) < FEWEST_LETTERS_TO_BEGIN or not start.isalpha():
        return []
    begun = [word for word in vocabulary if word.startswith(start)]
    return sorted(begun, key=lambda word: (-vocabulary[word], word))[:MOST_BEGUN]


def meant(word: str, vocabulary: Mapping[str, int]) -> str | None:
    """The known word with the fewest mistakes; None when none is near enough.

    Numbers are never guessed: the year 2042 is not a misspelt 2024.
    """
    most = max((few for length, few in MISTAKES if len(word) >= length), default=0)
    if not most or not word.isalpha():
        return None
    near = []
    for known in _alike(word, vocabulary, most):
        mistakes = distance(word, known, most)
        # With more than one mistake the first letter is right, as it mostly is:
        # cardiology is not radiology.
        if mistakes <= most and (mistakes == 1 or known[0] == word[0]):
            near.append((mistakes, known[0] != word[0], -vocabulary[known], known))
    return min(near)[-1] if near else None


def _alike(word: str, vocabulary: Iterable[str], most: int) -> Iterable[str]:
    """Cheaply leaves out what cannot be near: too long, too short, other letters."""
    letters = set(word)
    for known in vocabulary:
        if (
            abs(len(known) - len(word)) <= most
            and len(known) > FEWEST_LETTERS_TO_BEGIN
            and len(letters.symmetric_difference(known)) <= 2 * most
            and known.isalpha()
        ):
            yield known


def distance(here: str, there: str, most: int) -> int:
    """Letters too many, missing, wrong or swapped with their neighbour.

    Counts no further than `most`: the answer is `most + 1` then.
    """
    before_last: list[int] = []
    last = list(range(len(there) + 1))
    for row, letter in enumerate(here, start=1):
        line = [row]
        for column, other in enumerate(there, start=1):
            cost = min(
                last[column] + 1,
                line[column - 1] + 1,
                last[column - 1] + (letter != other),
            )
            if (
                row > 1
                and column > 1
                and letter == there[column - 2]
                and here[row - 2] == other
            ):
                cost = min(cost, before_last[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before_last, last = last, line
    return min(last[-1], most + 1)
