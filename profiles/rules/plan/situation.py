"""What the needs of one member are made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from profiles.choices import Answer, Confidence, Exam, Item, Service
from profiles.rules.days import add_months
from profiles.rules.facts import Record
from profiles.rules.judge_record.match_season import closing_step
from profiles.rules.judgement import Judgement
from profiles.rules.numbers import WARNING_MONTHS
from profiles.rules.parts import RecordPart
from profiles.rules.plan.needs import NEED_OF_ITEM, Action, NeedKind, Risk
from profiles.rules.reference import EASTERN, Deadline, Reference
from profiles.rules.tables.application_services import application_services
from profiles.rules.tables.img_status import ImgClass
from profiles.rules.tables.season import LOST_MATCH, training_day
from profiles.rules.text.rulebook import weakest
from profiles.rules.verdicts import Verdict

# What is further away than this is not what comes next.
NEAR_MONTHS = 12
# Refused, these stop everything that certification asks for after them (E-SEQ-5).
REFUSED = "REPORTED_REFUSED"
GATES = (Item.SCHOOL, Item.APPLICATION)


@dataclass(frozen=True, kw_only=True)
class Situation:
    """One member on one day."""

    record: Record
    reference: Reference
    judgement: Judgement
    eastern: date  # the day in New York, with which deadlines end
    now: datetime | None = None  # None: another day is asked about, which has no hour

    @property
    def today(self) -> date:
        return self.judgement.today

    @property
    def season(self) -> int | None:
        return self.record.person.season

    @cached_property
    def rank_list(self) -> Deadline | None:
        """Of the Match aimed at. None: there is none, or its day is not known."""
        return self.reference.rank_list(self.season)

    @cached_property
    def training_begins(self) -> date | None:
        return training_day(self.season)

    @cached_property
    def near(self) -> date:
        """The last day that is not far away."""
        return add_months(self.today, NEAR_MONTHS)

    def is_soon(self, day: date) -> bool:
        return day <= add_months(self.today, WARNING_MONTHS)

    def is_over(self, deadline: Deadline) -> bool:
        """Has the deadline passed? With its hour, where the hour now is known."""
        if self.now is not None:
            return deadline.is_over(self.now.astimezone(EASTERN))
        return self.eastern > deadline.on

    @property
    def is_img(self) -> bool:
        """Who is not an IMG by what was entered needs nothing from ECFMG."""
        return self.judgement.img_class.status != ImgClass.NOT_IMG

    @cached_property
    def closing(self) -> Verdict | None:
        """Why no Step can be taken any more, although one is needed; None: not so."""
        if not self.is_img or self.record_certificate_is_there:
            return None
        return closing_step(
            self.judgement.steps, self.judgement.items, today=self.today
        )

    @property
    def record_certificate_is_there(self) -> bool:
        certificate = self.record.certificate
        return certificate is not None and certificate.issued_on <= self.today

    @cached_property
    def is_certified(self) -> bool:
        """Has the certificate been issued, by its entry or by report?"""
        return self.judgement.items[Item.CERTIFICATE].answer == Answer.MET or (
            self.record_certificate_is_there
        )

    @property
    def is_in_training(self) -> bool:
        """Have months of training been entered with the certificate?"""
        certificate = self.record.certificate
        return certificate is not None and bool(certificate.training_months)

    @cached_property
    def gate(self) -> NeedKind | None:
        """The refusal that stops the rest; None: nothing gates is refused."""
        if not self.is_img or self.is_certified:
            return None
        for item in GATES:
            if self.judgement.items[item].status == REFUSED:
                return NEED_OF_ITEM[item]
        return None

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """Through which the member applies for the Match aimed at; the usual one where
        no Match or no specialty is named.
        """
        if self.season is None:
            return (Service.ERAS,)
        return application_services(
            self.record.person.specialties, self.season, self.reference
        )

    @property
    def may_go_on(self) -> bool:
        """Is it of use to ask for anything that costs money or work?"""
        return self.closing is None and self.gate is None

    @property
    def match_is_lost(self) -> bool:
        """Is it certain that the Match aimed at cannot be had?"""
        match = self.judgement.match
        return match.status in LOST_MATCH and match.answer == Answer.NOT_MET

    # --- Sentences -----------------------------------------------------------------------

    def by_rank_list(self, action: Action, *, is_sent: bool = False) -> Action:
        """What has no day of its own is needed by the rank order list (E-NRMP-1).
        `is_sent`: it waits to be accepted.
        """
        deadline = self.rank_list
        if (
            deadline is None
            or action.on is not None
            or self.eastern >= deadline.on
            or self.match_is_lost
        ):
            return action
        day = deadline.in_words
        return with_reason(
            planned_for(action, f"a day well before {day}"),
            f"For the {self.season} Match it must be accepted by {day}."
            if is_sent
            else f"For the {self.season} Match ECFMG must have it by {day}, so begin well "
            "before.",
            "E-NRMP-1",
            confidence=deadline.confidence,
            on=deadline.on,
        )


def of_verdict(
    verdict: Verdict, about: str, part: RecordPart, anchor: str, **more: Any
) -> Action:
    """What a verdict says is to be done next."""
    # The day that was reported of what is still ahead is no day by which to do it.
    is_ahead = verdict.status == "REPORTED_AHEAD"
    return Action(
        what=verdict.next_step,
        why=verdict.reason,
        about=about,
        part=part,
        anchor=anchor,
        on=None if is_ahead else verdict.next_date,
        rules=verdict.rules,
        confidence=verdict.confidence,
        **more,
    )


def of_exam(exam: Exam, what: str, why: str, **more: Any) -> Action:
    return Action(
        what=what,
        why=why,
        about=exam.label,
        part=RecordPart.EXAMS,
        anchor=exam.value,
        **more,
    )


def planned_for(action: Action, days: str) -> Action:
    """An exam to be planned, with the days that serve: that of the action is the last
    one, and nobody should take it for the day to plan on.
    """
    if not action.what.startswith("Plan ") or " or later" in action.what:
        return action
    return replace(action, what=f"{action.what.removesuffix('.')} for {days}.")


def with_reason(
    action: Action, reason: str, *rules: str, confidence: Confidence, on: date | None
) -> Action:
    """The same on that day, with one more reason and what that rests on."""
    return replace(
        action,
        on=on,
        why=f"{action.why} {reason}",
        rules=tuple(dict.fromkeys([*action.rules, *rules])),
        confidence=weakest([action.confidence, confidence]),
    )


def risk(
    about: str,
    word: str,
    verdict: Verdict,
    part: RecordPart,
    anchor: str,
    on: date | None = None,
    *,
    is_near: bool = True,
) -> Risk:
    return Risk(
        about=about,
        word=word,
        is_near=is_near,
        verdict=verdict,
        part=part,
        anchor=anchor,
        on=on,
    )
