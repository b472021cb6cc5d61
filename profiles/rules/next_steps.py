"""What there is to do next: each thing once, with its day and its reason.

It is put together from verdicts, so nothing is decided here. What was to be done by a
day that has passed comes first, then what has a day in the coming year, then what has
none, in the order of certification, and at last what is far away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from types import MappingProxyType

from profiles.choices import Answer, AttemptState, Confidence, Event, Item
from profiles.rules.days import add_days, add_months, in_words, listed
from profiles.rules.facts import Record
from profiles.rules.judge_record.case import as_known
from profiles.rules.judgement import Judgement
from profiles.rules.numbers import RESULT_DAYS
from profiles.rules.parts import Part
from profiles.rules.reference import Deadline, Reference
from profiles.rules.tables.attempts import StepStatus
from profiles.rules.tables.img_status import ImgClass
from profiles.rules.tables.outcomes import Outcome
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
# Items of certification that the exams say already.
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
    part: Part
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
    by_sentence: dict[str, Action] = {}
    if closed := _closed(judgement):
        return (closed,)
    # A Step that waits for its day, or for a word of how it went, asks no more than that.
    overdue, planned = _overdue(judgement), _planned(record, judgement)
    told = {action.anchor for action in (*overdue, *planned)}
    for action in (
        *overdue,
        *planned,
        *_of_beginning(record, judgement),
        *_of_match(judgement),
        *_of_steps(record, reference, judgement, eastern, but=told),
        *_of_items(record, reference, judgement, eastern, but=told),
        *_of_season(record, reference, judgement, eastern),
    ):
        by_sentence.setdefault(action.what, action)
    near = add_months(judgement.today, NEAR_MONTHS)

    def order(action: Action) -> tuple[int, date]:
        if action.is_overdue:
            return 0, date.min
        if action.on is None:
            return 2, date.max
        return (1 if action.on <= near else 3), action.on

    return tuple(sorted(by_sentence.values(), key=order))


def _of(verdict: Verdict, about: str, part: Part, anchor: str) -> Action:
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


def _closed(judgement: Judgement) -> Action | None:
    """When a Step that certification needs can no longer be passed, nothing else is to
    be done towards it: asking for fees and applications would mislead.
    """
    for exam in sorted(STEPS_NEEDED):
        step = judgement.steps[exam]
        if step.status in CLOSED and step.answer == Answer.NOT_MET:
            return Action(
                what="Read why no further Step can be taken.",
                why=step.reason,
                about=exam.label,
                part=Part.EXAMS,
                anchor=exam.value,
                rules=step.rules,
                confidence=step.confidence,
            )
    return None


# --- What waits for a word --------------------------------------------------------------


def _overdue(judgement: Judgement) -> list[Action]:
    """Sittings whose day has passed and of which nobody has said how they went."""
    found = []
    for judged in judgement.attempts:
        attempt = judged.attempt
        label = f"{attempt.exam.label} of {in_words(attempt.on)}"
        if attempt.state == AttemptState.PLANNED and attempt.on <= judgement.today:
            found.append(
                Action(
                    what=f"Say what became of {label}.",
                    why="It was planned for that day, and nothing says yet whether you sat "
                    "it.",
                    about=attempt.exam.label,
                    part=Part.EXAMS,
                    anchor=attempt.exam.value,
                    is_overdue=True,
                )
            )
        elif (
            judged.outcome == Outcome.PENDING
            and attempt.state == AttemptState.TAKEN
            and add_days(attempt.on, RESULT_DAYS) < judgement.today
        ):
            found.append(
                Action(
                    what=f"Enter the result of {label}.",
                    why="Most results are there within four weeks.",
                    about=attempt.exam.label,
                    part=Part.EXAMS,
                    anchor=attempt.exam.value,
                    rules=("U-RPT-1",),
                    is_overdue=True,
                )
            )

    return found


def _planned(record: Record, judgement: Judgement) -> list[Action]:
    """Exams that lie ahead, each on its day."""
    found = []
    for judged in judgement.attempts:
        attempt = judged.attempt
        if (
            attempt.on > judgement.today
            and as_known(attempt, judgement.today).state == AttemptState.PLANNED
        ):
            step = judgement.steps[attempt.exam]
            if step.status in CLOSED:
                continue
            if step.status == StepStatus.RETAKE_WAIT and (
                step.next_date is not None and attempt.on < step.next_date
            ):
                found.append(
                    Action(
                        what=f"Move {attempt.exam.label} to {in_words(step.next_date)} "
                        "or later.",
                        why=f"It is planned for {in_words(attempt.on)}, and the next "
                        "attempt is not allowed before that day.",
                        about=attempt.exam.label,
                        part=Part.EXAMS,
                        anchor=attempt.exam.value,
                        on=attempt.on,
                        rules=step.rules,
                        confidence=step.confidence,
                    )
                )
                continue
            expected = add_days(attempt.second_day or attempt.on, RESULT_DAYS)
            found.append(
                Action(
                    what=f"Sit {attempt.exam.label}.",
                    why=f"You planned it for this day. Its result may be there by "
                    f"{in_words(expected)}.",
                    about=attempt.exam.label,
                    part=Part.EXAMS,
                    anchor=attempt.exam.value,
                    on=attempt.on,
                    rules=("U-RPT-1",),
                )
            )
    for sitting in record.sittings:
        if sitting.on > judgement.today:
            found.append(
                Action(
                    what="Sit OET Medicine.",
                    why="You planned it for this day. All four parts count from one sitting.",
                    about="OET Medicine",
                    part=Part.EXAMS,
                    anchor=OET,
                    on=sitting.on,
                    rules=("E-OET-2",),
                )
            )
    return found


# --- The Steps ----------------------------------------------------------------------------


def _of_steps(
    record: Record,
    reference: Reference,
    judgement: Judgement,
    eastern: date,
    *,
    but: Collection[str],
) -> Iterator[Action]:
    """What each Step asks for. One that is only to be planned gets the day by which the
    Match or the seven years need it.
    """
    years = judgement.seven_years
    if _is_img(judgement) and years.next_step and years.status == WindowStatus.EXPIRED:
        again = _of(years, "Seven years", Part.EXAMS, "seven-years")
        if again.on is None:
            again = _needed_by(again, record, reference, judgement, eastern)
        yield again
    for exam, verdict in judgement.steps.items():
        if not verdict.next_step or exam.value in but:
            continue
        action = _of(verdict, exam.label, Part.EXAMS, exam.value)
        is_open = verdict.status == StepStatus.RESULT_PENDING
        if is_open:
            # On the page of one Step it needs no name; among others it does.
            said = action.what.replace("the result", f"the result of {exam.label}", 1)
            action = replace(action, what=said)
        if action.on is None and exam in STEPS_NEEDED and not is_open:
            action = _needed_by(action, record, reference, judgement, eastern)
        yield action


def _needed_by(
    action: Action,
    record: Record,
    reference: Reference,
    judgement: Judgement,
    eastern: date,
) -> Action:
    """The same, with the first of the days by which its exam has to be sat."""
    season = record.person.season
    deadline = reference.rank_list(season)
    last = season and last_low_risk_exam(season, reference)
    if deadline and last and last >= eastern and _is_img(judgement):
        action = replace(
            action,
            on=last,
            why=f"{action.why} For the {season} Match its result should be there by "
            f"{in_words(deadline.on)}, and that takes about four weeks.",
            rules=tuple(dict.fromkeys([*action.rules, "E-NRMP-1", "U-RPT-1"])),
            confidence=weakest([action.confidence, deadline.confidence]),
        )
    years = judgement.seven_years
    ends = years.decided_on
    runs = _is_img(judgement) and years.status in {
        WindowStatus.RUNNING,
        WindowStatus.EXPIRING,
    }
    if runs and ends is not None and (action.on is None or ends < action.on):
        near = add_months(judgement.today, NEAR_MONTHS)
        action = replace(
            action,
            # What is years away is a reason, and no day to wait for.
            on=ends if ends <= near else action.on,
            why=f"{action.why} The seven years end on {in_words(ends)}.",
            rules=tuple(dict.fromkeys([*action.rules, "E-7Y-1"])),
            confidence=weakest([action.confidence, years.confidence]),
        )
    return action


def _is_img(judgement: Judgement) -> bool:
    """Not an IMG by what was entered? Then ECFMG has nothing to confirm."""
    return judgement.img_class.status != ImgClass.NOT_IMG


# --- The Match and certification ------------------------------------------------------------


def _of_beginning(record: Record, judgement: Judgement) -> Iterator[Action]:
    """What nearly every other answer waits for."""
    if record.person.season is None:
        yield Action(
            what="Choose the Match that you aim at.",
            why="Its deadlines and cut-off days decide what comes next, and by when.",
            about="Profile",
            part=Part.PROFILE,
            anchor="id_season",
        )
    done = judgement.items[Item.CERTIFICATE].answer == Answer.MET
    if not (record.attempts or record.sittings or record.certificate or done):
        yield Action(
            what="Enter the exams that you have sat or planned.",
            why="Most answers begin with them: what is passed, what runs out, what is "
            "next.",
            about="Exams",
            part=Part.EXAMS,
        )


def _of_match(judgement: Judgement) -> Iterator[Action]:
    match = judgement.match
    if match.next_step and match.status in {
        MatchStatus.MISSED,
        MatchStatus.AT_RISK,
    }:
        yield _of(match, "The Match", Part.SEASON, "ready")


def _of_items(
    record: Record,
    reference: Reference,
    judgement: Judgement,
    eastern: date,
    *,
    but: Collection[str],
) -> Iterator[Action]:
    """Certification in its order, then what nothing was said of."""
    if not _is_img(judgement):
        return
    season = judgement.pathways_season
    skills = judgement.items[Item.CLINICAL]
    # By when a Pathway has to be applied for says its season.
    asks = Answer.MET not in (season.answer, skills.answer) and season.next_date
    for item, verdict in judgement.items.items():
        if item in TOLD_BY_EXAMS or (item == Item.COMMUNICATION and OET in but):
            continue
        if verdict.next_step and item == Item.CLINICAL:
            action = _of_item(item, verdict)
            if asks and action.on is None:
                action = replace(
                    action,
                    on=season.next_date,
                    confidence=weakest([action.confidence, season.confidence]),
                )
            elif verdict.status == "SUBMITTED":
                action = _by_rank_list(action, record, reference, eastern)
            yield action
        elif item == Item.CLINICAL and _ends_too_soon(record, reference, skills):
            yield Action(
                what="Renew your Pathway before the rank order list deadline.",
                why=f"{verdict.reason} ECFMG must be able to confirm it on the day of "
                "the deadline.",
                about=item.label,
                part=Part.CERTIFICATION,
                anchor="pathways",
                on=verdict.next_date,
                rules=("E-EXP-4", "E-NRMP-1"),
            )
        elif item == Item.CLINICAL and asks and season.next_step:
            yield _of(season, item.label, Part.CERTIFICATION, "pathways")
        elif item == Item.COMMUNICATION and verdict.next_step:
            yield _by_rank_list(_of_item(item, verdict), record, reference, eastern)
        elif verdict.next_step:
            yield _of_item(item, verdict)
    unsaid = [
        item.label
        for item, verdict in judgement.items.items()
        if verdict.status == "NOT_SAID"
    ]
    # Who has the certificate has had all of them.
    if unsaid and record.certificate is None:
        few = unsaid if len(unsaid) <= 3 else [*unsaid[:2], f"{len(unsaid) - 2} more"]
        yield Action(
            what="Say where you stand with certification.",
            why=f"Nothing is entered yet about {listed(few)}.",
            about="Certification",
            part=Part.CERTIFICATION,
            rules=("E-CERT-1",),
        )


def _ends_too_soon(record: Record, reference: Reference, skills: Verdict) -> bool:
    """Does an accepted Pathway end before the deadline of the Match aimed at?"""
    season = record.person.season
    deadline = reference.rank_list(season)
    return bool(
        deadline
        and record.certificate is None
        and skills.status == "PATHWAY_ACCEPTED"
        and skills.next_date is not None
        and skills.next_date < deadline.on
    )


def _by_rank_list(
    action: Action, record: Record, reference: Reference, eastern: date
) -> Action:
    """What has no day of its own is needed by the rank order list (E-NRMP-1)."""
    season = record.person.season
    deadline = reference.rank_list(season)
    if not deadline or action.on is not None or deadline.on < eastern:
        return action
    return replace(
        action,
        on=deadline.on,
        why=f"{action.why} For the {season} Match ECFMG must have it by "
        f"{in_words(deadline.on)}, so begin well before.",
        rules=tuple(dict.fromkeys([*action.rules, "E-NRMP-1"])),
        confidence=weakest([action.confidence, deadline.confidence]),
    )


def _of_item(item: Item, verdict: Verdict) -> Action:
    # What there is to do can be the same for two items: the reason says for which.
    action = _of(verdict, item.label, Part.CERTIFICATION, item.value)
    return replace(action, why=f"{item.label}: {action.why}")


# --- The season's own days --------------------------------------------------------------------


def _of_season(
    record: Record, reference: Reference, judgement: Judgement, eastern: date
) -> Iterator[Action]:
    season = record.person.season
    if season is None or judgement.match.status == MatchStatus.MISSED:
        return
    until = add_days(eastern, SEASON_DAYS)
    for event, sentence in TO_DO.items():
        row = reference.deadline(season, event)
        if row is not None and eastern <= row.on <= until:
            yield _on_day(row, sentence)


def _on_day(row: Deadline, sentence: str) -> Action:
    return Action(
        what=sentence,
        why=f"{row.event.label}: a date of the {row.match_year} Match.",
        about="Season",
        part=Part.SEASON,
        anchor="dates",
        on=row.on,
        at=row.at,
        confidence=row.confidence,
    )
