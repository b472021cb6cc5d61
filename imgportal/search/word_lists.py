"""What a language and a field know about words and pages, read from `data/`. Pure.

`names.csv` says what a page is called besides its title, `pages.csv` describes pages that
show tables more than words, `words.csv` says how single words are used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from imgportal.lib import content_files

DATA = Path(__file__).parent / "data"


class WordUse(StrEnum):
    """What `words.csv` says of a word."""

    SMALL = "small"  # carries no meaning in a question
    SPELLING = "spelling"  # is written otherwise here
    BEGINNING = "beginning"  # words that begin so begin otherwise here
    FORM = "form"  # belongs to a word that the stemmer takes for another
    RELATED = "related"  # who asks for it also wants the other; not the reverse
    FIELD = "field"  # is right as it stands, even while no page has it


@dataclass(frozen=True, slots=True)
class WordRule:
    """A row of `words.csv`: small letters. `means` is empty for small and field words."""

    word: str
    use: WordUse
    means: str = ""


@dataclass(frozen=True, slots=True)
class PageNames:
    """A row of `names.csv`: an address of the site, and what readers call it."""

    address: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DescribedPage:
    """A row of `pages.csv`: the name of a route without arguments, and what is there."""

    route: str
    title: str
    text: str


def _split_names(cell: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in cell.split(";"))
    if not all(names):
        raise ValueError("names stand between semicolons, none of them empty.")
    return names


WORD_RULES = content_files.read_csv(DATA / "words.csv", WordRule)
PAGES = content_files.read_csv(DATA / "pages.csv", DescribedPage)
NAMES: Mapping[str, tuple[str, ...]] = {
    address: page.names
    for address, page in content_files.by_key(
        content_files.read_csv(
            DATA / "names.csv", PageNames, readers={"names": _split_names}
        ),
        "address",
        DATA / "names.csv",
    ).items()
}


def _replacements(use: WordUse) -> dict[str, str]:
    return {rule.word: rule.means for rule in WORD_RULES if rule.use is use}


def _words(use: WordUse) -> frozenset[str]:
    return frozenset(rule.word for rule in WORD_RULES if rule.use is use)


def _related() -> dict[str, tuple[str, ...]]:
    related: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for rule in WORD_RULES:
        if rule.use is WordUse.RELATED:
            related[rule.word] += (rule.means,)
    return dict(related)


SMALL_WORDS = _words(WordUse.SMALL)
FIELD_WORDS = _words(WordUse.FIELD)
SPELLINGS = _replacements(WordUse.SPELLING)
BEGINNINGS = _replacements(WordUse.BEGINNING)
FORMS = _replacements(WordUse.FORM)
RELATED = _related()
