"""The needs of the Match aimed at: its verdict, its days, and that training can begin."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from profiles.choices import Answer, Confidence, Event, SeasonOutcome, Service
from profiles.rules.days import add_days, in_words, listed
from profiles.rules.judge_record.match_season import ITEM_OF_STEP
from profiles.rules.parts import RecordPart
from profiles.rules.plan.needs import (
    NEED_OF_ITEM,
    SERVICE_OF,
    STATE_OF,
    Action,
    NeedKind,
    NeedState,
    Risk,
    TrainingNeed,
)
from profiles.rules.plan.situation import Situation, of_verdict, risk
from profiles.rules.plan.visas import visa_days
from profiles.rules.reference import Deadline, UsedService
from profiles.rules.tables.application_services import (
    service_in_words,
    used_elsewhere,
    why_service,
)
from profiles.rules.tables.outcomes import SittingOutcome
from profiles.rules.tables.season import STEPS_NEEDED, MatchStatus, last_low_risk_exam
from profiles.rules.text.rulebook import weakest

# How long before a day of the Match season it is worth a place among the next steps.
SEASON_DAYS = 90
# Days of a Match season on which the member has something to do themselves.
TO_DO: Mapping[Event, str] = MappingProxyType(
    {
        Event.ERAS_SUBMISSION: "Submit your applications in ERAS from this day on.",
        Event.CAS_SUBMISSION: "Submit your applications in ResidencyCAS from this day "
        "on.",
        Event.CAS_DEADLINE: "Submit your applications in ResidencyCAS, if you have not.",
        Event.NRMP_REGISTRATION: "Register with NRMP from this day on.",
        Event.NRMP_STANDARD_END: "Register with NRMP, if you have not.",
        Event.RANK_LIST: "Certify your rank order list.",
    }
)
LATE_REGISTRATION = "Register with NRMP late, if you have not."
LATE_APPLICATION = "Submit your applications in ERAS, if you have not."
HAS_MATCHED = frozenset({SeasonOutcome.MATCHED, SeasonOutcome.SOAP})
NEXT_MATCH = "Choose the next Match that you aim at."


def match_need(member: Situation) -> TrainingNeed:
    match = member.judgement.match
    is_lost = member.match_is_lost or match.status == MatchStatus.PATHWAY_TOO_LATE
    return TrainingNeed(
        kind=NeedKind.MATCH,
        state=NeedState.LOST if is_lost else STATE_OF[match.answer],
        verdict=match,
        waits_for=tuple(
            NEED_OF_ITEM[item]
            for item in ITEM_OF_STEP.values()
            if member.judgement.items[item].answer != Answer.MET
        ),
        needed_by=None if member.rank_list is None else member.rank_list.on,
        lost_on=member.training_begins,
        steps=tuple(_of_match(member)),
        risks=tuple(_match_risks(member)),
    )


def _of_match(member: Situation) -> Iterator[Action]:
    if member.closing is not None:
        yield Action(
            what="Read why no further Step can be taken.",
            why=f"{member.closing.reason} If an entry is wrong, correct it. USMLE "
            "decides, and not this site: ask it before you give up.",
            about="Exams",
            part=RecordPart.EXAMS,
            rules=member.closing.rules,
            confidence=member.closing.confidence,
        )
        return
    match, outcome = member.judgement.match, member.record.season_outcome
    if match.next_step and match.status in {
        MatchStatus.MISSED,
        MatchStatus.CANNOT_BEGIN,
        MatchStatus.PATHWAY_TOO_LATE,
    }:
        # Everything of this season is worth nothing until that is settled.
        action = of_verdict(
            match, "The Match", RecordPart.SEASON, "ready", is_overdue=True
        )
        if outcome in HAS_MATCHED and match.status == MatchStatus.MISSED:
            action = replace(action, what=_what_contradicts(member.season))
        yield action
    elif outcome == SeasonOutcome.WITHDREW:
        yield _of_outcome(
            member,
            NEXT_MATCH,
            f"You say that you took no part in the {member.season} Match.",
        )
    elif not member.is_in_training and (over := _over(member)) is not None:
        decided = f"The {member.season} Match was decided on {in_words(over)}."
        if outcome is None:
            yield _of_outcome(
                member,
                f"Did you match in {member.season}? If not, choose the next Match that "
                "you aim at.",
                f"{decided} You can say how it ended in the record of your seasons.",
            )
        elif outcome not in HAS_MATCHED:
            yield _of_outcome(
                member, NEXT_MATCH, f"{decided} You say that you did not match."
            )


def _of_outcome(member: Situation, what: str, why: str) -> Action:
    return Action(
        what=what,
        why=why,
        about="Profile",
        part=RecordPart.PROFILE,
        anchor="id_season",
        # Until it is settled, everything else is about a Match that is over.
        is_overdue=True,
    )


def _what_contradicts(season: int | None) -> str:
    return (
        f"You say that you matched in {season}: check what you entered of your exams and "
        "certification, by which that was not possible."
    )


def _over(member: Situation) -> date | None:
    """The day on which the Match aimed at was decided; None: it is still to come."""
    if member.season is None:
        return None
    decided = member.reference.deadline(member.season, Event.MATCH_DAY)
    if decided is not None:
        return decided.on if member.is_over(decided) else None
    begins = member.training_begins
    return begins if begins is not None and member.eastern >= begins else None


def _match_risks(member: Situation) -> Iterator[Risk]:
    match, place = member.judgement.match, (RecordPart.SEASON, "ready")
    words = {
        MatchStatus.MISSED: "Missed",
        MatchStatus.CANNOT_BEGIN: "Training begins before you graduate",
        MatchStatus.PATHWAY_TOO_LATE: "Too late for a Pathway",
    }
    if match.status in words:
        word = words[MatchStatus(match.status)]
        yield risk("The Match", word, match, *place, match.decided_on)
        return
    if not member.is_img or member.season is None:
        return
    last = last_low_risk_exam(member.season, member.reference)
    # Open, an exam is missing, and the days with little risk are over.
    is_late = (
        match.status == MatchStatus.OPEN
        and "U-RPT-1" in match.rules
        and last is not None
        and member.eastern > last
    )
    waits = any(
        judged.outcome == SittingOutcome.PENDING
        for judged in member.judgement.attempts
        if judged.attempt.exam in STEPS_NEEDED
    )
    # A planned exam that is late is a risk of its Step.
    if is_late or (match.status == MatchStatus.AT_RISK and waits):
        yield risk("The Match", "May come too late", match, *place, match.decided_on)


# --- The season's own days --------------------------------------------------------------


def follows_match(member: Situation) -> bool:
    """Do the days of the Match aimed at concern this member?"""
    return member.season is not None and not member.match_is_lost


def season_need(member: Situation) -> TrainingNeed:
    rank_list = member.rank_list
    return TrainingNeed(
        kind=NeedKind.SEASON,
        state=NeedState.TO_DO if follows_match(member) else NeedState.NOT_NEEDED,
        needed_by=None if rank_list is None else rank_list.on,
        lost_on=None if rank_list is None else rank_list.on,
        waits_for=(member.gate,) if member.gate else (),
        steps=tuple(_of_season(member)),
        days=tuple(visa_days(member)),
    )


def _of_season(member: Situation) -> Iterator[Action]:
    if member.season is None or member.match_is_lost or not member.may_go_on:
        return
    # Of the same day, and nobody certifies a list who is not registered.
    yield from _late_registration(member)
    until = add_days(member.eastern, SEASON_DAYS)
    why = why_service(member.record.person.specialties, member.season, member.reference)
    done = member.record.done_in_season(member.today)
    for event, what in TO_DO.items():
        service = SERVICE_OF.get(event)
        if event in done or (service is not None and service not in member.services):
            continue
        row = member.reference.deadline(member.season, event)
        if row is not None and row.on <= until and not member.is_over(row):
            yield _on(row, what, why=why if service is not None else "")
    yield from _late_application(member, done)
    yield from _of_services(member, done)


def _late_application(member: Situation, done: Collection[Event]) -> Iterator[Action]:
    """The day from which applications can be submitted ends nothing."""
    if member.season is None or Event.ERAS_SUBMISSION in done:
        return
    opened = member.reference.deadline(member.season, Event.ERAS_SUBMISSION)
    last = member.rank_list
    if (
        Service.ERAS in member.services
        and opened is not None
        and last is not None
        and member.is_over(opened)
        and not member.is_over(last)
    ):
        since = in_words(opened.on)
        if opened.is_expected:
            since = f"about {since}, by the seasons before"
        yield Action(
            what=LATE_APPLICATION,
            why=f"They can be submitted since {since}. Say in the record of your seasons "
            "when you did.",
            about="Season",
            part=RecordPart.SEASON,
            anchor="dates",
            confidence=opened.confidence,
        )


def _of_services(member: Situation, done: Collection[Event]) -> Iterator[Action]:
    """A service whose days nobody has found is looked up by the member: no day of
    another one stands in for them.
    """
    last = member.rank_list
    if member.season is None or last is None or member.is_over(last):
        return
    if last.on > member.near:
        return
    rows = used_elsewhere(
        member.season, member.reference, member.record.person.specialties
    )
    unsure = [
        row
        for row in rows
        if row.confidence == Confidence.UNCONFIRMED
        and not member.record.has_applied(row.specialty, member.today)
    ]
    for service in Service:
        sure = [
            row
            for row in rows
            if row.service == service and row.confidence != Confidence.UNCONFIRMED
        ]
        is_done = service == Service.RESIDENCYCAS and Event.CAS_SUBMISSION in done
        if sure and not is_done and not _has_days(member, service):
            access = " ECFMG gives IMGs their access to it." if member.is_img else ""
            yield _at_service(
                f"Look up when {service.label} takes applications for the "
                f"{member.season} Match, and apply there.",
                f"{' '.join(map(service_in_words, sure))} Its days for that Match were "
                f"not found here.{access}",
                sure,
            )
    if unsure:
        names = listed([row.specialty_name for row in unsure])
        yield _at_service(
            f"Ask each program through which service it takes applications: {names}.",
            f"{' '.join(map(service_in_words, unsure))} Say in the record of your seasons "
            "where you applied.",
            unsure,
        )


def _has_days(member: Situation, service: Service) -> bool:
    return any(
        row.match_year == member.season and SERVICE_OF.get(row.event) == service
        for row in member.reference.deadlines
    )


def _at_service(what: str, why: str, rows: list[UsedService]) -> Action:
    return Action(
        what=what,
        why=why,
        about="Season",
        part=RecordPart.SEASON,
        anchor="dates",
        rules=("E-APP-1",),
        confidence=weakest([row.confidence for row in rows]),
    )


def _late_registration(member: Situation) -> Iterator[Action]:
    """After the standard deadline registration costs more, and ends with the rank order
    list (E-NRMP-3).
    """
    if member.season is None:
        return
    if Event.NRMP_STANDARD_END in member.record.done_in_season(member.today):
        return
    standard = member.reference.deadline(member.season, Event.NRMP_STANDARD_END)
    last = member.rank_list
    if (
        standard is not None
        and last is not None
        and member.is_over(standard)
        and not member.is_over(last)
    ):
        yield _on(
            last,
            LATE_REGISTRATION,
            why="After the standard deadline it costs more.",
            rules=("E-NRMP-3",),
        )


def _on(
    row: Deadline, what: str, *, why: str = "", rules: tuple[str, ...] = ()
) -> Action:
    reason = (
        f"{row.event.label}: expected from the seasons before, because the days of the "
        f"{row.match_year} Match are not published yet."
        if row.is_expected
        else f"{row.event.label}: a date of the {row.match_year} Match."
    )
    return Action(
        what=what,
        why=f"{reason} {why}".strip(),
        about="Season",
        part=RecordPart.SEASON,
        anchor="dates",
        on=row.on,
        at=row.at,
        rules=rules,
        confidence=row.confidence,
    )
