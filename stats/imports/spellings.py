"""How names are recognised however a spreadsheet spells them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from imgportal.lib import content_files
from stats.choices import FigureConfidence, FigureTable, Missing, ScoreOutcome
from stats.columns import APPLICANT_TYPES

_DROPPED = re.compile(r"[.'’`\u0300-\u036f\u200b\u200c\u200d\ufeff]")
_BETWEEN_WORDS = re.compile(r"[^a-z0-9%]+")


# Characters. No name comes near, and to take marks from letters takes time by the square
# of their number.
LONGEST_NAME = 300


def simplified(text: str) -> str:
    """What is left of a name without case, accents and punctuation.

    "Obstetrics & Gynecology" and "obstetrics_and-gynecology" are the same, and so
    are "U.S. IMG" and "US img". What is too long for a name stays as it is.
    """
    return text if len(text) > LONGEST_NAME else _simplified(text)


@lru_cache(maxsize=4096)
def _simplified(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ")
    return _BETWEEN_WORDS.sub(" ", _DROPPED.sub("", folded)).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How NRMP's tables and reports about them write a value of a column.

    Beside the stored name, short name and slug, and only what can mean nothing else:
    "Surgery" alone may be the preliminary year.
    """

    column: str
    value: str
    spelling: str


def _read_spellings() -> dict[str, dict[str, tuple[str, ...]]]:
    """By column and value."""
    spellings: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for row in content_files.read_csv(SPELLINGS_FILE, Spelling):
        values = spellings[row.column]
        values[row.value] = (*values.get(row.value, ()), row.spelling)
    return spellings


def _by_spelling(column: str, choices: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The values of a column by every spelling that is recognised."""
    return {
        simplified(spelling): value
        for value, label in choices
        for spelling in (value, label, *_SPELLINGS[column].get(value, ()))
    }


SPELLINGS_FILE = Path(__file__).resolve().parent.parent / "data" / "spellings.csv"
_SPELLINGS = _read_spellings()
SPECIALTIES = _SPELLINGS["specialty"]
TYPES_OF_APPLICANTS: dict[FigureTable, dict[str, str]] = {
    table: _by_spelling("applicant_type", ((kind.value, kind.label) for kind in types))
    for table, types in APPLICANT_TYPES.items()
}
OUTCOMES = _by_spelling("outcome", ScoreOutcome.choices)
REASONS = _by_spelling("missing", Missing.choices)
GRADES = _by_spelling("confidence", FigureConfidence.choices)
