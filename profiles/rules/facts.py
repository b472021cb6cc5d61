"""What a member has told us, as plain data. Nothing here is derived.

`None` and empty mean that nothing was entered; no rule may take that for a no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from profiles.choices import (
    AttemptState,
    Basis,
    Event,
    Exam,
    Item,
    ItemState,
    Pathway,
    ReportedOutcome,
    SeasonOutcome,
    SubTest,
)


class HiddenScore(int):
    """A score that rules compare as ever, and that no sentence can tell."""

    def __str__(self) -> str:
        return "[score not shown]"

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return str(self)


def _hidden(score: int | None) -> HiddenScore | None:
    return None if score is None else HiddenScore(score)


def _until(happened: date | None, day: date) -> date | None:
    return happened if happened is not None and happened <= day else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One sitting of a Step, had or planned."""

    exam: Exam
    on: date  # Step 3: the first of its two days, which decides
    state: AttemptState
    outcome: ReportedOutcome | None = None  # as reported; None: none yet
    score: int | None = None
    result_on: date | None = None  # when the result came
    applied_on: date | None = None  # when the application was submitted (U-ATT-1)
    # The eligibility period of the application, as chosen and approved (U-EP-1).
    period_from: date | None = None
    period_to: date | None = None
    extended_to: date | None = None  # the new last day; None: not extended, or unsaid
    for_time_limit: bool = False  # a passed Step retaken to meet a limit (U-ATT-4)
    second_day: date | None = None  # Step 3 only; no rule looks at it
    key: int | None = None  # the stored row, to link to

    @property
    def period_ends(self) -> date | None:
        """The last day on which it may be sat (U-EP-1). None: not said."""
        return self.extended_to or self.period_to


@dataclass(frozen=True, slots=True, kw_only=True)
class EnglishSittingFacts:
    """One sitting of OET Medicine. A score is None until it is known."""

    on: date
    scores: Mapping[SubTest, int | None]
    released: bool | None = None  # results released to ECFMG by OET
    key: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayApplicationFacts:
    """An application for a Pathway in one season."""

    season: int  # the Match year of the Pathways season
    number: Pathway | None = None
    submitted_on: date | None = None
    accepted_on: date | None = None
    refused_on: date | None = None
    valid_to: date | None = None  # as ECFMG states it, never computed
    key: int | None = None

    def known_on(self, day: date) -> PathwayApplicationFacts:
        """As it stood on a day: what came later had not happened yet."""
        return replace(
            self,
            submitted_on=_until(self.submitted_on, day),
            accepted_on=_until(self.accepted_on, day),
            refused_on=_until(self.refused_on, day),
        )


# The days of a season on which somebody who takes part has something to do.
ASKED_OF_MEMBERS = frozenset(
    {
        *(Event.ERAS_SUBMISSION, Event.CAS_SUBMISSION, Event.CAS_DEADLINE),
        *(Event.NRMP_REGISTRATION, Event.NRMP_STANDARD_END),
        *(Event.RANKING_OPENS, Event.RANK_LIST),
    }
)


# The only specialty that uses PSCA (rule E-APP-1).
PLASTIC_SURGERY = "plastic-surgery"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonFacts:
    """What was done for one Match, and when; None: not said."""

    season: int
    registered_on: date | None = None
    eras_on: date | None = None
    residencycas_on: date | None = None
    psca_on: date | None = None
    certified_on: date | None = None
    outcome: SeasonOutcome | None = None
    # Slugs; empty: not said.
    eras_specialties: tuple[str, ...] = ()
    residencycas_specialties: tuple[str, ...] = ()

    def has_applied(self, specialty: str, day: date) -> bool:
        """Is the service for this specialty a question no more, by a day?

        It was named with an application, applications went to PSCA, which only plastic
        surgery uses, or the rank order list is certified.
        """
        return (
            (
                _until(self.eras_on, day) is not None
                and specialty in self.eras_specialties
            )
            or (
                _until(self.residencycas_on, day) is not None
                and specialty in self.residencycas_specialties
            )
            or (specialty == PLASTIC_SURGERY and _until(self.psca_on, day) is not None)
            or _until(self.certified_on, day) is not None
            or self.outcome == SeasonOutcome.WITHDREW
        )

    def done_on(self, day: date) -> frozenset[Event]:
        """The events of the season whose part the member had done by a day."""
        if self.outcome == SeasonOutcome.WITHDREW:
            return ASKED_OF_MEMBERS
        done: set[Event] = set()
        # Nobody certifies a list who is not registered, or has applied nowhere.
        is_certified = _until(self.certified_on, day) is not None
        if is_certified:
            done |= {Event.RANK_LIST}
        if is_certified or _until(self.eras_on, day):
            done |= {Event.ERAS_SUBMISSION}
        if is_certified or _until(self.residencycas_on, day):
            done |= {Event.CAS_SUBMISSION, Event.CAS_DEADLINE}
        if is_certified or _until(self.registered_on, day):
            done |= {Event.NRMP_REGISTRATION, Event.NRMP_STANDARD_END}
        return frozenset(done)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedItem:
    """One item of certification as the member reports it."""

    state: ItemState
    on: date | None = None  # since when


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    issued_on: date
    basis: Basis | None = None
    expires_on: date | None = None  # as printed (E-EXP-1); None: none printed or unsaid
    validated_on: date | None = None  # permanently validated (E-EXP-2)
    training_months: int | None = None  # in an ACGME-accredited programme
    us_licence: bool | None = None  # an unrestricted one


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    us_citizen: bool | None = None
    # ISO 3166-1 alpha-2 or XK, upper case; of the campus (IMG-5).
    school_country: str = ""
    graduation: date | None = None  # actual or expected
    season: int | None = None  # the Match aimed at
    specialties: tuple[str, ...] = ()  # aimed at, as in the addresses of their pages
    # For the Pathways (E-PATH-3 to 5).
    licence_held: bool | None = None  # ever held one to practise without supervision
    licence_valid_on: date | None = None  # last day an unsupervised licence was valid
    licence_disciplined: bool | None = None
    school_osce: bool | None = None
    school_wfme: bool | None = None
    school_ncfmea: bool | None = None
    school_joint_degree: bool | None = None
    # Days of which no rule makes anything.
    permanent_resident: bool | None = None
    visa_interview_on: date | None = None
    visa_expires_on: date | None = None

    @property
    def may_need_visa(self) -> bool:
        """Unless the member is a US citizen or a permanent resident, as they say."""
        return self.us_citizen is not True and self.permanent_resident is not True


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything known about one member, in no particular order."""

    person: Person = Person()
    attempts: tuple[Attempt, ...] = ()
    sittings: tuple[EnglishSittingFacts, ...] = ()
    pathways: tuple[PathwayApplicationFacts, ...] = ()
    items: Mapping[Item, ReportedItem] = field(default_factory=dict)
    certificate: CertificateFacts | None = None
    seasons: tuple[SeasonFacts, ...] = ()

    def done_in_season(self, day: date) -> frozenset[Event]:
        """What was done by a day for the Match aimed at."""
        return frozenset[Event]().union(
            *(
                row.done_on(day)
                for row in self.seasons
                if row.season == self.person.season
            )
        )

    def has_applied(self, specialty: str, day: date) -> bool:
        """Is it settled how to apply in this specialty for the Match aimed at?"""
        return any(
            row.has_applied(specialty, day)
            for row in self.seasons
            if row.season == self.person.season
        )

    @property
    def season_outcome(self) -> SeasonOutcome | None:
        """How the Match aimed at ended, as reported. None: not said."""
        return next(
            (
                row.outcome
                for row in self.seasons
                if row.season == self.person.season and row.outcome is not None
            ),
            None,
        )

    def without_scores(self) -> Record:
        """The same for every rule, for readers who are not to learn a score."""
        return replace(
            self,
            attempts=tuple(
                replace(attempt, score=_hidden(attempt.score))
                for attempt in self.attempts
            ),
            sittings=tuple(
                replace(
                    sitting,
                    scores={
                        part: _hidden(score) for part, score in sitting.scores.items()
                    },
                )
                for sitting in self.sittings
            ),
        )
