"""The dated tables that staff keep, as plain data: what was in force on a day.

A blank in a table is None: nobody found the value, so nothing can be said from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Generic, TypeVar

# Every deadline of NRMP, ECFMG and ERAS is in Eastern Time.
from imgportal.lib.eastern_time import EASTERN as EASTERN
from imgportal.lib.eastern_time import eastern_day as eastern_day
from profiles.choices import (
    Confidence,
    Event,
    Exam,
    Measured,
    Quantity,
    Service,
    SubTest,
)
from profiles.rules.days import add_days, in_words

T = TypeVar("T")

# The dates of a Match season that an answer can hang on. The others are for the calendar.
JUDGED_EVENTS = frozenset(
    {
        Event.RANK_LIST,
        Event.PATHWAYS_DEADLINE,
        Event.PATHWAYS_EXTENDED,
        Event.PATHWAYS_CLOSE,
    }
)

MEASURED_STEPS: Mapping[Exam, Measured] = {
    Exam.STEP1: Measured.STEP1,
    Exam.STEP2CK: Measured.STEP2CK,
    Exam.STEP3: Measured.STEP3,
}
MEASURED_SUB_TESTS: Mapping[SubTest, Measured] = {
    SubTest.LISTENING: Measured.OET_LISTENING,
    SubTest.READING: Measured.OET_READING,
    SubTest.WRITING: Measured.OET_WRITING,
    SubTest.SPEAKING: Measured.OET_SPEAKING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A minimum score, in force for exams from its first day until the next one's."""

    measured: Measured
    effective_from: date
    minimum: int
    confidence: Confidence
    sources: tuple[str, ...]
    note: str = ""
    last_checked: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedNumber:
    """A number of the rules, in force for exams from its first day until the next one's."""

    quantity: Quantity
    effective_from: date
    value: int
    confidence: Confidence
    sources: tuple[str, ...]
    note: str = ""
    last_checked: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A dated event of one Match season."""

    match_year: int
    event: Event
    on: date
    at: time | None = None  # Eastern; None: no time is known, the whole day counts
    until: time | None = None  # Eastern; the end of something that lasts
    confidence: Confidence
    sources: tuple[str, ...]
    note: str = ""
    last_checked: date | None = None
    is_expected: bool = False  # by the pattern of other seasons: nobody published it

    @property
    def in_words(self) -> str:
        """Its day, and whether that is only expected."""
        return f"{in_words(self.on)}{' (expected)' if self.is_expected else ''}"

    @property
    def moment(self) -> datetime | None:
        """When it begins, with its zone; None without a time."""
        return None if self.at is None else datetime.combine(self.on, self.at, EASTERN)

    def is_over(self, moment: datetime) -> bool:
        """Is it too late? The given time itself still counts; without one the whole
        day does, as it is in New York.
        """
        last = self.until or self.at
        if last is None:
            return eastern_day(moment) > self.on
        return moment > datetime.combine(self.on, last, EASTERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedValue(Generic[T]):
    """One value of a row whose values differ in how far they can be trusted."""

    value: T
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """One season of the Pathways, named by its Match year."""

    match_year: int
    licence_from: GradedValue[date] | None = (
        None  # Pathway 1: licence valid on or after
    )
    graduated_from: GradedValue[date] | None = (
        None  # Pathways 2-5: graduation on or after
    )
    application_deadline: GradedValue[date] | None = None  # to take part in this Match
    closes_on: date | None = None
    fee: GradedValue[int] | None = None  # US dollars
    accepted_valid_to: GradedValue[date] | None = None
    oet_from: GradedValue[date] | None = None  # oldest accepted OET sitting
    sources: tuple[str, ...] = ()
    last_checked: date | None = None
    is_expected: bool = False  # by the pattern of other seasons: nobody published it


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryRules:
    """What differs for graduates of one country; empty text: not found."""

    name: str
    iso2: str = ""  # empty for a group of countries
    regulator: str = ""
    degree: str = ""
    need_authority: str = ""  # who writes the Statement of Need (V-SON-1)
    particulars: str = ""
    confidence: Confidence
    sources: tuple[str, ...]
    last_checked: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedService:
    """Through which service a specialty takes applications, from one Match on until its
    next row.
    """

    specialty: str  # as in the address of its page
    specialty_name: str
    from_season: int
    service: Service
    confidence: Confidence
    sources: tuple[str, ...]
    note: str = ""
    last_checked: date | None = None


@dataclass(frozen=True, kw_only=True)
class Reference:
    """All tables at one moment."""

    standards: tuple[Standard, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    seasons: tuple[Season, ...] = ()
    countries: tuple[CountryRules, ...] = field(default=())
    numbers: tuple[DatedNumber, ...] = ()
    services: tuple[UsedService, ...] = ()
    # Of seasons that are not published yet. A published row takes the place of each.
    expected_deadlines: tuple[Deadline, ...] = ()
    expected_seasons: tuple[Season, ...] = ()

    @cached_property
    def _standards(self) -> Mapping[Measured, tuple[Standard, ...]]:
        return {
            measured: tuple(
                sorted(
                    (row for row in self.standards if row.measured == measured),
                    key=lambda row: row.effective_from,
                )
            )
            for measured in Measured
        }

    @cached_property
    def _deadlines(self) -> Mapping[tuple[int, Event], Deadline]:
        every = (*self.expected_deadlines, *self.deadlines)
        return {(row.match_year, row.event): row for row in every}

    @cached_property
    def _seasons(self) -> Mapping[int, Season]:
        every = (*self.expected_seasons, *self.seasons)
        return {row.match_year: row for row in every}

    def standard(self, measured: Measured, on: date) -> Standard | None:
        """What was in force on the day of the exam; None before the first row."""
        in_force = [
            row for row in self._standards[measured] if row.effective_from <= on
        ]
        return in_force[-1] if in_force else None

    def number(self, quantity: Quantity, on: date) -> DatedNumber | None:
        """What holds for an exam of that day; None before the first row."""
        in_force = [
            row
            for row in self.numbers
            if row.quantity == quantity and row.effective_from <= on
        ]
        return max(in_force, key=lambda row: row.effective_from, default=None)

    def result_day(self, quantity: Quantity, exam_day: date) -> date | None:
        """When a result is typically there, or until when to allow for it (U-RPT-1).

        None: nobody has found how long it takes.
        """
        number = self.number(quantity, exam_day)
        return None if number is None else add_days(exam_day, number.value)

    def last_exam_day(self, quantity: Quantity, needed_on: date) -> date | None:
        """The last exam day whose result is there on the day on which it is needed."""
        number = self.number(quantity, needed_on)
        return None if number is None else add_days(needed_on, -number.value)

    def deadline(self, match_year: int, event: Event) -> Deadline | None:
        return self._deadlines.get((match_year, event))

    def deadlines_of(self, match_year: int) -> list[Deadline]:
        """Everything dated of one Match, published or expected."""
        return [row for row in self._deadlines.values() if row.match_year == match_year]

    @cached_property
    def match_years(self) -> tuple[int, ...]:
        """Every Match of which a day is published or expected."""
        return tuple(sorted({match_year for match_year, _ in self._deadlines}))

    def rank_list(self, match_year: int | None) -> Deadline | None:
        """By when everything must be there for that Match (E-NRMP-1). None: no Match is
        aimed at, or its day is not known.
        """
        if match_year is None:
            return None
        return self.deadline(match_year, Event.RANK_LIST)

    def services_for(self, match_year: int) -> tuple[UsedService, ...]:
        """What is known of that Match, a row a specialty, in the order of their names."""
        newest: dict[str, UsedService] = {}
        for row in sorted(self.services, key=lambda row: row.from_season):
            if row.from_season <= match_year:
                newest[row.specialty] = row
        return tuple(sorted(newest.values(), key=lambda row: row.specialty_name))

    def season(self, match_year: int) -> Season | None:
        return self._seasons.get(match_year)

    def pathways_deadline(self, match_year: int) -> Deadline | None:
        """The last day to apply to a Pathway for this Match; None when not known.

        The table of seasons holds the day that counted in the end; where it has none,
        the calendar of the Match year is asked.
        """
        season = self.season(match_year)
        if season is not None and season.application_deadline is not None:
            return Deadline(
                match_year=match_year,
                event=Event.PATHWAYS_DEADLINE,
                on=season.application_deadline.value,
                confidence=season.application_deadline.confidence,
                sources=season.sources,
                last_checked=season.last_checked,
            )
        return self.deadline(match_year, Event.PATHWAYS_EXTENDED) or self.deadline(
            match_year, Event.PATHWAYS_DEADLINE
        )
