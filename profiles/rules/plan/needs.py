"""What the way to training consists of: needs, and what a member reads of each.

A need is one thing that has to be there before training begins. Everything that a member
reads about it hangs on it: the step that is open to them, what could go wrong, and the
days of their own. So a page, a message and a calendar cannot disagree about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from profiles.choices import Answer, Confidence, Event, Item, Service
from profiles.rules.parts import RecordPart
from profiles.rules.verdicts import Verdict

# Days of a season for who applies to a Pathway, for who waits to be accepted as well,
# and for IMGs alone.
PATHWAY_APPLICATION = frozenset({Event.PATHWAYS_DEADLINE, Event.PATHWAYS_EXTENDED})
PATHWAY_CONFIRMED = frozenset(
    {Event.ATTESTATION, Event.PATHWAY2_OSCE, Event.PATHWAYS_CLOSE}
)
# Days of one service are for who applies through it.
SERVICE_OF: Mapping[Event, Service] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *(Event.ERAS_OPENS, Event.ERAS_SUBMISSION, Event.ERAS_REVIEW),
                Event.ERAS_ENDS,
            ),
            Service.ERAS,
        ),
        **dict.fromkeys(
            (
                *(Event.CAS_OPENS, Event.CAS_SUBMISSION, Event.CAS_DEADLINE),
                Event.CAS_REVIEW,
            ),
            Service.RESIDENCYCAS,
        ),
    }
)
OF_ECFMG = PATHWAY_APPLICATION | PATHWAY_CONFIRMED | {Event.PATHWAYS_OPEN}


class NeedKind(StrEnum):
    """The needs in the order of cause: what gates the others comes first."""

    BEGINNING = "beginning"  # what nearly every answer waits for
    SCHOOL = "school"
    ACCOUNT = "account"
    IDENTITY = "identity"
    APPLICATION = "application"
    CREDIT_YEARS = "credit_years"
    STEP1 = "step1"
    STEP2CK = "step2ck"
    STEP2CS = "step2cs"
    SEVEN_YEARS = "seven_years"
    CLINICAL_SKILLS = "clinical_skills"
    COMMUNICATION_SKILLS = "communication_skills"
    DIPLOMA = "diploma"
    TRANSCRIPT = "transcript"
    FEES = "fees"
    CERTIFICATE = "certificate"
    STEP3 = "step3"
    MATCH = "match"
    SEASON = "season"  # registration, applications, rank order list


NEED_OF_ITEM = {
    Item.SCHOOL: NeedKind.SCHOOL,
    Item.ACCOUNT: NeedKind.ACCOUNT,
    Item.IDENTITY: NeedKind.IDENTITY,
    Item.APPLICATION: NeedKind.APPLICATION,
    Item.CREDIT_YEARS: NeedKind.CREDIT_YEARS,
    Item.STEP1: NeedKind.STEP1,
    Item.STEP2CK: NeedKind.STEP2CK,
    Item.SEVEN_YEARS: NeedKind.SEVEN_YEARS,
    Item.CLINICAL: NeedKind.CLINICAL_SKILLS,
    Item.COMMUNICATION: NeedKind.COMMUNICATION_SKILLS,
    Item.DIPLOMA: NeedKind.DIPLOMA,
    Item.TRANSCRIPT: NeedKind.TRANSCRIPT,
    Item.FEES: NeedKind.FEES,
    Item.CERTIFICATE: NeedKind.CERTIFICATE,
}


class NeedState(StrEnum):
    DONE = "done"  # there, and holds as long as it has to
    TO_DO = "to_do"  # the member can do something about it
    WAITS = "waits"  # for a day, for somebody else, or for another need
    NOT_KNOWN = "not_known"  # the record does not say
    LOST = "lost"  # for the Match aimed at, or for good
    NOT_NEEDED = "not_needed"


class Actor(StrEnum):
    """Who must act before a need is met."""

    MEMBER = "member"
    SCHOOL = "school"
    ECFMG = "ecfmg"
    USMLE = "usmle"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something to do, by or on a day, and why."""

    what: str  # a sentence that tells the member what to do
    why: str
    about: str  # what the link to the page is called
    part: RecordPart
    anchor: str = ""  # on that page
    on: date | None = None  # None: nothing gives it a day
    at: time | None = None  # Eastern; None: the whole day counts
    rules: tuple[str, ...] = ()
    confidence: Confidence = Confidence.CONFIRMED
    is_overdue: bool = False
    is_gate: bool = False  # nothing after it is of use before it is done
    is_result: bool = False  # a result is to be entered, on or after the day

    @property
    def is_provisional(self) -> bool:
        return self.confidence == Confidence.UNCONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One thing that could go wrong: a verdict, and a word for what there is to fear."""

    about: str
    word: str
    is_near: bool  # it has come true, or will within months
    verdict: Verdict
    part: RecordPart
    anchor: str
    on: date | None = None  # None: it has no day


class OwnDayKind(StrEnum):
    """The member's own days. The words are those of stored reminders."""

    SEVEN_YEARS = "seven_years"
    PATHWAY = "pathway"
    CERTIFICATE = "certificate"
    ENGLISH = "oet"
    RETAKE = "retake"
    ELIGIBILITY = "eligibility"
    VISA_INTERVIEW = "visa_interview"
    VISA_EXPIRES = "visa_expires"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDay:
    """A day of the member's own that is not an exam: it is in no table."""

    kind: OwnDayKind
    on: date
    title: str
    is_firm: bool = True
    about: str = ""  # of which exam; empty: there is only one such day


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingNeed:
    """One thing that has to be there before training begins.

    `verdict` is the answer it rests on; None: nothing about it can be recorded.
    `needed_by` is the last day that serves the Match aimed at, `lost_on` the day after
    which it is lost for good or has ended; None: there is no such day, or it is not
    known.
    """

    kind: NeedKind
    state: NeedState
    verdict: Verdict | None = None
    actor: Actor = Actor.MEMBER
    waits_for: tuple[NeedKind, ...] = ()
    needed_by: date | None = None
    lost_on: date | None = None
    is_only_way: bool = False
    steps: tuple[Action, ...] = ()
    risks: tuple[Risk, ...] = ()
    days: tuple[OwnDay, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TrainingPlan:
    """The way to training as of one day, need by need in the order of cause."""

    today: date
    season: int | None  # the Match aimed at
    needs: tuple[TrainingNeed, ...]
    near: date  # the last day that is not far away
    # What a season's dates are to this member: none of them, or which.
    follows_match: bool
    needs_pathway: bool  # an application for a Pathway is still to be sent
    awaits_pathway: bool  # one was sent, and is not accepted yet
    is_img: bool  # by what was entered; unknown counts as one
    exam_days: frozenset[tuple[str, date]]  # planned sittings: the exam, and its day
    services: tuple[Service, ...]  # through which the member applies (E-APP-1)
    done: frozenset[Event]  # the days of the season whose part is recorded as done

    def need(self, kind: NeedKind) -> TrainingNeed:
        return next(need for need in self.needs if need.kind == kind)

    def concerns(self, event: Event) -> bool:
        """Has a day of the season aimed at anything to do with this member?"""
        if not self.follows_match:
            return False
        if event in PATHWAY_APPLICATION:
            return self.needs_pathway
        if event in PATHWAY_CONFIRMED:
            return self.needs_pathway or self.awaits_pathway
        if event in SERVICE_OF:
            return SERVICE_OF[event] in self.services
        return self.is_img or event not in OF_ECFMG

    def reminds_of(self, event: Event) -> bool:
        """Is a message of that day worth sending? What is done stays in the calendar.

        The day of the rank order list ends more than the list: exams and certification
        have to be there by then as well.
        """
        is_done = event in self.done and event != Event.RANK_LIST
        return self.concerns(event) and not is_done

    def has_day(self, kind: OwnDayKind, on: date, about: str = "") -> bool:
        """Is this one of the member's own days?"""
        return any(
            (day.kind, day.on, day.about) == (kind, on, about) for day in self.days
        )

    def asks_for_exam_by(self, day: date) -> bool:
        """Is an exam to be sat, or moved, by this day so that its result is in time?"""
        return any(step.on == day and "U-RPT-1" in step.rules for step in self.steps)

    def asks_about(self, anchor: str) -> bool:
        """Is something about this exam to be entered that is overdue?"""
        return any(step.is_overdue and step.anchor == anchor for step in self.steps)

    @cached_property
    def steps(self) -> tuple[Action, ...]:
        """Everything that there is to do, each once, what comes first first.

        What gates the rest comes before everything; then what should have been done by
        a day that has passed, what has a day in the coming year, what has none, in the
        order of cause, and at last what is far away.
        """
        by_sentence: dict[str, Action] = {}
        for need in self.needs:
            for step in need.steps:
                by_sentence.setdefault(step.what, step)

        def order(step: Action) -> tuple[int, date]:
            if step.is_gate:
                return 0, date.min
            if step.is_overdue:
                return 1, date.min
            if step.on is None:
                return 3, date.max
            return (2 if step.on <= self.near else 4), step.on

        return tuple(sorted(by_sentence.values(), key=order))

    @cached_property
    def risks(self) -> tuple[Risk, ...]:
        """The near ones first, by their day; then what is only watched."""
        every = [risk for need in self.needs for risk in need.risks]
        return tuple(
            sorted(every, key=lambda risk: (not risk.is_near, risk.on or date.max))
        )

    @cached_property
    def days(self) -> tuple[OwnDay, ...]:
        """The member's own days, by day."""
        every = [day for need in self.needs for day in need.days]
        return tuple(sorted(every, key=lambda day: (day.on, day.kind, day.about)))


STATE_OF = {
    Answer.MET: NeedState.DONE,
    Answer.NOT_MET: NeedState.TO_DO,
    Answer.NOT_KNOWN: NeedState.NOT_KNOWN,
}
