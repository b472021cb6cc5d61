"""Every number and date that the guide says in a sentence, by name.

Templates of the guide hold no digits (a test looks): what they say comes from here,
from the dated tables or from the published figures. What the rules fix is taken from
`profiles.rules.numbers`, so that it is written once; the rest stands in
`data/facts.csv`, beside the ground it rests on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from imgportal.guide import DATA
from imgportal.lib import content_files
from profiles.rules import numbers
from profiles.rules.days import in_words

_WORDS = (
    "zero",
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)


def spell_number(number: int) -> str:
    """Small numbers as words, as a sentence wants them: 7 → "seven", 28 → "28"."""
    return _WORDS[number] if 0 <= number < len(_WORDS) else f"{number:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One number or date in words, and the statement that it belongs to."""

    name: str
    words: str
    ground: str


def _fact(name: str, value: int | date | str, ground: str) -> Fact:
    if isinstance(value, int):
        words = spell_number(value)
    else:
        words = in_words(value) if isinstance(value, date) else value
    return Fact(name=name, words=words, ground=ground)


_LIMIT_NOW, _LIMIT_BEFORE = numbers.ATTEMPT_LIMITS[-1], numbers.ATTEMPT_LIMITS[-2]

# What the rules fix.
_FIXED = (
    _fact("canada-from", numbers.CANADA_IMG_FROM, "IMG-3"),
    _fact("canada-until", numbers.CANADA_IMG_FROM - timedelta(days=1), "IMG-3"),
    _fact("window-years", numbers.WINDOW_YEARS, "E-7Y-1"),
    _fact("score-lowest", str(numbers.LOWEST_SCORE), "U-SCORE-1"),
    _fact("score-highest", str(numbers.HIGHEST_SCORE), "U-SCORE-1"),
    _fact("pass-fail-from", numbers.PASS_FAIL_FROM, "U-SCORE-2"),
    _fact("attempts", _LIMIT_NOW.sittings, "U-ATT-1"),
    _fact("attempts-since", _LIMIT_NOW.from_day, "U-ATT-1"),
    _fact("attempts-before", _LIMIT_BEFORE.sittings, "U-ATT-1"),
    _fact("attempts-before-wait", numbers.SITTINGS_BEFORE_WAIT, "U-ATT-3"),
    _fact("wait-after-first", numbers.MONTHS_AFTER_FIRST, "U-ATT-3"),
    _fact("wait-after-last", numbers.MONTHS_AFTER_LAST, "U-ATT-3"),
    _fact("training-months", numbers.TRAINING_MONTHS, "E-EXP-2"),
    _fact("oet-highest", str(numbers.OET_HIGHEST), "E-OET-4"),
    _fact("oet-step", numbers.OET_STEP, "E-OET-4"),
)

FILE = DATA / "facts.csv"
FACTS = content_files.by_key(
    (*_FIXED, *content_files.read_csv(FILE, Fact)), "name", FILE
)
