"""What there is to do next: each thing once, with its day and its reason.

It is put together from verdicts, so nothing is decided here. What was to be done by a
day that has passed comes first, then what has a day in the coming year, then what has
none, in the order of certification, and at last what is far away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cached_property
from types import MappingProxyType
from typing import Any

from profiles.choices import Answer, AttemptState, Confidence, Event, Exam, Item
from profiles.rules.days import add_days, add_months, in_words, listed
from profiles.rules.facts import Attempt, Record
from profiles.rules.judge_record.case import as_known
from profiles.rules.judgement import Judgement
from profiles.rules.numbers import RESULT_DAYS
from profiles.rules.parts import RecordPart
from profiles.rules.reference import Deadline, Reference
from profiles.rules.tables.attempts import StepStatus
from profiles.rules.tables.img_status import ImgClass
from profiles.rules.tables.outcomes import SittingOutcome
from profiles.rules.tables.season import STEPS_NEEDED, MatchStatus
from profiles.rules.tables.time_limit import WindowStatus
from profiles.rules.text.rulebook import weakest
from profiles.rules.timeline import last_low_risk_exam
from profiles.rules.verdicts import Verdict

MOST = 5
# What is further away than this is not what comes next.
NEAR_MONTHS = 12
# How long before a day of the Match season it is worth a place among the five.
SEASON_DAYS = 90
# Where the sittings of OET stand on the page of exams.
OET = "oet"
# Items of certification that the Steps say already.
TOLD_BY_EXAMS = frozenset({Item.STEP1, Item.STEP2CK, Item.SEVEN_YEARS})
# No sitting is allowed any more.
CLOSED = frozenset({StepStatus.BLOCKED_ATTEMPT_LIMIT, StepStatus.BLOCKED_BY_OTHER_STEP})
# Days of a Match season on which the member has something to do themselves.
TO_DO: Mapping[Event, str] = MappingProxyType(
    {
        Event.ERAS_SUBMISSION: "Submit your applications in ERAS from this day on.",
        Event.NRMP_REGISTRATION: "Register with NRMP from this day on.",
        Event.NRMP_STANDARD_END: "Register with NRMP, if you have not.",
        Event.RANK_LIST: "Certify your rank order list.",
    }
)


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

    @property
    def is_provisional(self) -> bool:
        return self.confidence == Confidence.UNCONFIRMED


def actions(
    record: Record, reference: Reference, judgement: Judgement, *, eastern: date
) -> tuple[Action, ...]:
    """Everything that there is to do, what comes first first. `eastern`: the day in
    New York, with which deadlines end.
    """
    if (closed := _closed(judgement)) is not None:
        return (closed,)
    member = Situation(
        record=record, reference=reference, judgement=judgement, eastern=eastern
    )
    # A Step that is planned, or whose outcome is to be entered, asks for nothing else.
    first = (*_overdue(judgement), *_planned(member))
    told = {action.anchor for action in first}
    by_sentence: dict[str, Action] = {}
    for action in (
        *first,
        *_of_beginning(member),
        *_of_match(judgement),
        *_of_steps(member, but=told),
        *_of_items(member, but=told),
        *_of_season(member),
    ):
        by_sentence.setdefault(action.what, action)

    def order(action: Action) -> tuple[int, date]:
        if action.is_overdue:
            return 0, date.min
        if action.on is None:
            return 2, date.max
        return (1 if action.on <= member.near else 3), action.on

    return tuple(sorted(by_sentence.values(), key=order))


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the actions of one member are put together from."""

    record: Record
    reference: Reference
    judgement: Judgement
    eastern: date  # the day in New York

    @property
    def season(self) -> int | None:
        return self.record.person.season

    @cached_property
    def rank_list(self) -> Deadline | None:
        """Of the Match aimed at. None: there is none, or its day is not known."""
        return self.reference.rank_list(self.season)

    @cached_property
    def near(self) -> date:
        """The last day that is not far away."""
        return add_months(self.judgement.today, NEAR_MONTHS)

    @property
    def is_img(self) -> bool:
        """Who is not an IMG by what was entered needs nothing from ECFMG."""
        return self.judgement.img_class.status != ImgClass.NOT_IMG


def _of_verdict(verdict: Verdict, about: str, part: RecordPart, anchor: str) -> Action:
    return Action(
        what=verdict.next_step,
        why=verdict.reason,
        about=about,
        part=part,
        anchor=anchor,
        on=verdict.next_date,
        rules=verdict.rules,
        confidence=verdict.confidence,
    )


def _of_exam(exam: Exam, what: str, why: str, **more: Any) -> Action:
    return Action(
        what=what,
        why=why,
        about=exam.label,
        part=RecordPart.EXAMS,
        anchor=exam.value,
        **more,
    )


def _with_reason(
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


def _closed(judgement: Judgement) -> Action | None:
    """When a Step that certification needs can no longer be passed, nothing else is to
    be done towards it: asking for fees and applications would mislead.
    """
    for exam in sorted(STEPS_NEEDED):
        step = judgement.steps[exam]
        if step.status in CLOSED and step.answer == Answer.NOT_MET:
            return _of_exam(
                exam,
                "Read why no further Step can be taken.",
                step.reason,
                rules=step.rules,
                confidence=step.confidence,
            )
    return None


# --- What is overdue or planned -------------------------------------------------------


def _overdue(judgement: Judgement) -> Iterator[Action]:
    """Sittings whose day has passed and of which nobody has said how they went."""
    for judged in judgement.attempts:
        attempt = judged.attempt
        label = f"{attempt.exam.label} of {in_words(attempt.on)}"
        if attempt.state == AttemptState.PLANNED and attempt.on <= judgement.today:
            yield _of_exam(
                attempt.exam,
                f"Say what became of {label}.",
                "It was planned for that day, and nothing says yet whether you sat it.",
                is_overdue=True,
            )
        elif (
            judged.outcome == SittingOutcome.PENDING
            and attempt.state == AttemptState.TAKEN
            and add_days(attempt.on, RESULT_DAYS) < judgement.today
        ):
            yield _of_exam(
                attempt.exam,
                f"Enter the result of {label}.",
                "Most results are there within four weeks.",
                rules=("U-RPT-1",),
                is_overdue=True,
            )


def _planned(member: Situation) -> Iterator[Action]:
    """Exams that lie ahead, each on its day."""
    today = member.judgement.today
    for judged in member.judgement.attempts:
        attempt = judged.attempt
        if (
            attempt.on > today
            and as_known(attempt, today).state == AttemptState.PLANNED
            and member.judgement.steps[attempt.exam].status not in CLOSED
        ):
            yield _of_planned(attempt, member.judgement.steps[attempt.exam])
    for sitting in member.record.sittings:
        if sitting.on > today:
            yield Action(
                what="Sit OET Medicine.",
                why="You planned it for this day. All four parts count from one sitting.",
                about="OET Medicine",
                part=RecordPart.EXAMS,
                anchor=OET,
                on=sitting.on,
                rules=("E-OET-2",),
            )


def _of_planned(attempt: Attempt, step: Verdict) -> Action:
    if (
        step.status == StepStatus.RETAKE_WAIT
        and step.next_date is not None
        and attempt.on < step.next_date
    ):
        return _of_exam(
            attempt.exam,
            f"Move {attempt.exam.label} to {in_words(step.next_date)} or later.",
            f"It is planned for {in_words(attempt.on)}, and the next attempt is not "
            "allowed before that day.",
            on=attempt.on,
            rules=step.rules,
            confidence=step.confidence,
        )
    expected = add_days(attempt.second_day or attempt.on, RESULT_DAYS)
    return _of_exam(
        attempt.exam,
        f"Sit {attempt.exam.label}.",
        "You planned it for this day. Its result may be there by "
        f"{in_words(expected)}.",
        on=attempt.on,
        rules=("U-RPT-1",),
    )


# --- The Steps ------------------------------------------------------------------------


def _of_steps(member: Situation, *, but: Collection[str]) -> Iterator[Action]:
    """What each Step asks for. One that is only to be planned gets the day by which the
    Match or the seven years need it.
    """
    years = member.judgement.seven_years
    if member.is_img and years.next_step and years.status == WindowStatus.EXPIRED:
        again = _of_verdict(years, "Seven years", RecordPart.EXAMS, "seven-years")
        yield again if again.on is not None else _needed_by(again, member)
    for exam, step in member.judgement.steps.items():
        if not step.next_step or exam.value in but:
            continue
        action = _of_verdict(step, exam.label, RecordPart.EXAMS, exam.value)
        if step.status == StepStatus.RESULT_PENDING:
            # The page of a Step need not name it; a list of actions must.
            named = action.what.replace("the result", f"the result of {exam.label}", 1)
            yield replace(action, what=named)
        elif action.on is None and exam in STEPS_NEEDED:
            yield _needed_by(action, member)
        else:
            yield action


def _needed_by(action: Action, member: Situation) -> Action:
    """The same action, dated by the earliest day by which its exam has to be sat."""
    if not member.is_img:
        return action
    deadline = member.rank_list
    last = member.season and last_low_risk_exam(member.season, member.reference)
    if deadline and last and last >= member.eastern:
        action = _with_reason(
            action,
            f"For the {member.season} Match its result should be there by "
            f"{in_words(deadline.on)}, and that takes about four weeks.",
            *("E-NRMP-1", "U-RPT-1"),
            confidence=deadline.confidence,
            on=last,
        )
    years = member.judgement.seven_years
    ends = years.decided_on
    runs = years.status in {WindowStatus.RUNNING, WindowStatus.EXPIRING}
    if runs and ends is not None and (action.on is None or ends < action.on):
        action = _with_reason(
            action,
            f"The seven years end on {in_words(ends)}.",
            "E-7Y-1",
            confidence=years.confidence,
            # A day that is years away is a reason, and not the day of an action.
            on=ends if ends <= member.near else action.on,
        )
    return action


# --- The Match and certification ------------------------------------------------------


def _of_beginning(member: Situation) -> Iterator[Action]:
    """What nearly every other answer waits for."""
    record = member.record
    if member.season is None:
        yield Action(
            what="Choose the Match that you aim at.",
            why="Its deadlines and cut-off days decide what comes next, and by when.",
            about="Profile",
            part=RecordPart.PROFILE,
            anchor="id_season",
        )
    done = member.judgement.items[Item.CERTIFICATE].answer == Answer.MET
    if not (record.attempts or record.sittings or record.certificate or done):
        yield Action(
            what="Enter the exams that you have sat or planned.",
            why="Most answers begin with them: what is passed, what runs out, what is "
            "next.",
            about="Exams",
            part=RecordPart.EXAMS,
        )


def _of_match(judgement: Judgement) -> Iterator[Action]:
    match = judgement.match
    if match.next_step and match.status in {MatchStatus.MISSED, MatchStatus.AT_RISK}:
        yield _of_verdict(match, "The Match", RecordPart.SEASON, "ready")


def _of_items(member: Situation, *, but: Collection[str]) -> Iterator[Action]:
    """The items of certification in order, then one action for all without an entry."""
    if not member.is_img:
        return
    items = member.judgement.items
    for item, verdict in items.items():
        if item in TOLD_BY_EXAMS or (item == Item.COMMUNICATION and OET in but):
            continue
        if item == Item.CLINICAL:
            yield from _of_clinical(member, verdict)
        elif item == Item.COMMUNICATION and verdict.next_step:
            yield _by_rank_list(_of_item(item, verdict), member)
        elif verdict.next_step:
            yield _of_item(item, verdict)
    unsaid = [
        item.label for item, verdict in items.items() if verdict.status == "NOT_SAID"
    ]
    # Who has the certificate has had all of them.
    if unsaid and member.record.certificate is None:
        few = unsaid if len(unsaid) <= 3 else [*unsaid[:2], f"{len(unsaid) - 2} more"]
        yield Action(
            what="Say where you stand with certification.",
            why=f"Nothing is entered yet about {listed(few)}.",
            about="Certification",
            part=RecordPart.CERTIFICATION,
            rules=("E-CERT-1",),
        )


def _of_clinical(member: Situation, skills: Verdict) -> Iterator[Action]:
    """Clinical skills. The season of the Pathways gives the day to apply by."""
    item, season = Item.CLINICAL, member.judgement.pathways_season
    asks = Answer.MET not in (season.answer, skills.answer) and season.next_date
    if skills.next_step:
        action = _of_item(item, skills)
        if asks and action.on is None:
            action = replace(
                action,
                on=season.next_date,
                confidence=weakest([action.confidence, season.confidence]),
            )
        elif skills.status == "SUBMITTED":
            action = _by_rank_list(action, member)
        yield action
    elif _ends_too_soon(member, skills):
        yield Action(
            what="Renew your Pathway before the rank order list deadline.",
            why=f"{skills.reason} ECFMG must be able to confirm it on the day of "
            "the deadline.",
            about=item.label,
            part=RecordPart.CERTIFICATION,
            anchor="pathways",
            on=skills.next_date,
            rules=("E-EXP-4", "E-NRMP-1"),
        )
    elif asks and season.next_step:
        yield _of_verdict(season, item.label, RecordPart.CERTIFICATION, "pathways")


def _ends_too_soon(member: Situation, skills: Verdict) -> bool:
    """Does an accepted Pathway end before the deadline of the Match aimed at?"""
    return bool(
        member.rank_list
        and member.record.certificate is None
        and skills.status == "PATHWAY_ACCEPTED"
        and skills.next_date is not None
        and skills.next_date < member.rank_list.on
    )


def _by_rank_list(action: Action, member: Situation) -> Action:
    """What has no day of its own is needed by the rank order list (E-NRMP-1)."""
    deadline = member.rank_list
    if not deadline or action.on is not None or deadline.on < member.eastern:
        return action
    return _with_reason(
        action,
        f"For the {member.season} Match ECFMG must have it by "
        f"{in_words(deadline.on)}, so begin well before.",
        "E-NRMP-1",
        confidence=deadline.confidence,
        on=deadline.on,
    )


def _of_item(item: Item, verdict: Verdict) -> Action:
    # Two items may ask for the same action: the reason says for which it is.
    action = _of_verdict(verdict, item.label, RecordPart.CERTIFICATION, item.value)
    return replace(action, why=f"{item.label}: {action.why}")


# --- The season's own days ------------------------------------------------------------


def _of_season(member: Situation) -> Iterator[Action]:
    season = member.season
    if season is None or member.judgement.match.status == MatchStatus.MISSED:
        return
    until = add_days(member.eastern, SEASON_DAYS)
    for event, what in TO_DO.items():
        row = member.reference.deadline(season, event)
        if row is not None and member.eastern <= row.on <= until:
            yield Action(
                what=what,
                why=f"{row.event.label}: a date of the {row.match_year} Match.",
                about="Season",
                part=RecordPart.SEASON,
                anchor="dates",
                on=row.on,
                at=row.at,
                confidence=row.confidence,
            )
