"""Answers that every part of the site gives alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.http import Http404


@dataclass(frozen=True, slots=True)
class Nearby:
    """A page that somebody who missed may have meant."""

    label: str
    url: str


class NotHere(Http404):
    """A 404 that says what is not here and offers the nearest pages."""

    def __init__(self, sentence: str, nearby: Iterable[Nearby] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.nearby = tuple(nearby)


def nearest(wanted: str, known: Sequence[str], most: int = 4) -> list[str]:
    """The known words most like the wanted one, the most alike first."""
    return get_close_matches(wanted[:80].lower(), known, n=most, cutoff=0.4)
