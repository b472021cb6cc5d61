"""Every number and date that the guide says in a sentence, by name.

Templates of the guide hold no digits (a test looks): what they say comes from here,
from the dated tables or from the published figures. What the rules fix is taken from
`profiles.rules.numbers`, so that it is written once; the rest stands beside the
ground it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from imgportal.guide.grounds import GROUNDS, UNCONFIRMED
from profiles.rules import numbers
from profiles.rules.days import in_words

_WORDS = (
    "zero",
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)


def spelled(number: int) -> str:
    """Small numbers as words, as a sentence wants them: 7 → "seven", 28 → "28"."""
    return _WORDS[number] if 0 <= number < len(_WORDS) else f"{number:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One number or date in words, and the statement that it belongs to."""

    name: str
    words: str
    ground: str

    @property
    def is_unconfirmed(self) -> bool:
        return GROUNDS[self.ground].confidence == UNCONFIRMED


def _fact(name: str, value: int | date | str, ground: str) -> Fact:
    match value:
        case int():
            words = spelled(value)
        case date():
            words = in_words(value)
        case str():
            words = value
    return Fact(name=name, words=words, ground=ground)


_LIMIT_NOW, _LIMIT_BEFORE = numbers.ATTEMPT_LIMITS[-1], numbers.ATTEMPT_LIMITS[-2]

_ALL = (
    # --- What the rules fix ----------------------------------------------------
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
    _fact("result-days", numbers.RESULT_DAYS, "U-RPT-1"),
    _fact("training-months", numbers.TRAINING_MONTHS, "E-EXP-2"),
    _fact("oet-highest", str(numbers.OET_HIGHEST), "E-OET-4"),
    _fact("oet-step", numbers.OET_STEP, "E-OET-4"),
    # --- What the rules say in their words -----------------------------------------
    _fact("fifth-pathway-issued", "the end of 2009", "IMG-4"),
    _fact("fifth-pathway-opened", "the end of 2016", "IMG-4"),
    _fact("fifth-pathway-since", "2017", "IMG-4"),
    _fact("account-days", 14, "E-SEQ-2"),
    _fact("apply-first-since", "August 2025", "E-SEQ-5"),
    _fact("fsmb-since", date(2026, 1, 12), "U-REG-1"),
    _fact("credit-years", 4, "E-MED-1"),
    _fact("certificate-weeks", 2, "E-SEQ-9"),
    _fact("window-example-first", date(2011, 10, 1), "E-7Y-1"),
    _fact("window-example-last", date(2018, 10, 1), "E-7Y-1"),
    _fact("oet-parts", 4, "E-OET-2"),
    _fact("oet-years", 2, "E-OET-3"),
    _fact("encounters", 6, "E-PATH-7"),
    _fact("wait-example-first", date(2011, 1, 15), "U-ATT-3"),
    _fact("wait-example-second", date(2011, 4, 15), "U-ATT-3"),
    _fact("wait-example-third", date(2011, 9, 15), "U-ATT-3"),
    _fact("wait-example-fourth", date(2012, 3, 15), "U-ATT-3"),
    _fact("eligibility-months", 3, "U-EP-1"),
    _fact("result-weeks", 4, "U-RPT-1"),
    _fact("training-begins", "1 July", "E-NRMP-4"),
    _fact("cs-end", "January 2021", "G-CS"),
    _fact("boards-years", 7, "U-TIME-1"),
    # --- The exams --------------------------------------------------------------------
    _fact("closed-weeks", 2, "G-EXAM-DAYS"),
    _fact("step3-days", 2, "G-EXAM-DAYS"),
    _fact("break-minutes", "55", "G-BREAKS"),
    _fact("review-from", 3, "G-REVIEW"),
    _fact("review-to", 4, "G-REVIEW"),
    _fact("two-digit-end", "April 2013", "G-TWO-DIGIT"),
    # --- Visas ------------------------------------------------------------------------
    _fact("j1-years", 7, "V-J1-1"),
    _fact("home-years", 2, "V-J1-1"),
    _fact("change-years", 2, "V-J1-1"),
    _fact("h1b-steps", 3, "V-H1B-1"),
    _fact("h1b-payment", "US$100,000", "V-H1B-2"),
    _fact("h1b-payment-from", date(2025, 9, 21), "V-H1B-2"),
    _fact("h1b-payment-lapse", date(2026, 9, 21), "V-H1B-2"),
    _fact("entry-from", date(2025, 6, 9), "V-ENTRY-1"),
    _fact("entry-known", "June 2025", "V-ENTRY-1"),
)

FACTS: Mapping[str, Fact] = MappingProxyType({fact.name: fact for fact in _ALL})
