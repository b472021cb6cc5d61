"""The needs that exams are: each Step, the seven years around them, and OET Medicine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from profiles.choices import Answer, AttemptState, Confidence, Exam, Item, Quantity
from profiles.rules.days import add_years, in_words, listed
from profiles.rules.facts import Attempt
from profiles.rules.judge_record.case import as_known, verdict
from profiles.rules.judge_record.match_season import CLOSED, ITEM_OF_STEP
from profiles.rules.numbers import OET_ABOUT_YEARS, attempt_limit
from profiles.rules.parts import RecordPart
from profiles.rules.plan.eligibility import (
    next_application,
    period_days,
    unplanned_period,
)
from profiles.rules.plan.needs import (
    STATE_OF,
    Action,
    Actor,
    NeedKind,
    NeedState,
    OwnDay,
    OwnDayKind,
    Risk,
    TrainingNeed,
)
from profiles.rules.plan.situation import (
    Situation,
    of_exam,
    of_verdict,
    planned_for,
    risk,
    with_reason,
)
from profiles.rules.reference import GradedValue
from profiles.rules.tables.attempts import StepStatus
from profiles.rules.tables.english import EnglishStatus
from profiles.rules.tables.outcomes import SittingOutcome
from profiles.rules.tables.season import (
    STEPS_NEEDED,
    MatchStatus,
    closed_weeks,
    is_closed_in_january,
    last_given_day,
    last_low_risk_exam,
    last_typical_exam,
    late_after,
)
from profiles.rules.tables.time_limit import WindowStatus, deadline_of
from profiles.rules.verdicts import Verdict

NEED_OF_EXAM = {
    Exam.STEP1: NeedKind.STEP1,
    Exam.STEP2CK: NeedKind.STEP2CK,
    Exam.STEP2CS: NeedKind.STEP2CS,
    Exam.STEP3: NeedKind.STEP3,
}
# From so many sittings on an attempt limit is worth watching.
ATTEMPTS_WATCHED = 2
# Where the sittings of OET and the seven years stand on the page of exams.
OET, SEVEN_YEARS = "oet", "seven-years"
RUNS = frozenset({WindowStatus.RUNNING, WindowStatus.EXPIRING})


def step_needs(member: Situation) -> Iterator[TrainingNeed]:
    """One need for each Step, whether or not anything is entered of it."""
    for exam in Exam:
        yield _step(member, exam)


def _step(member: Situation, exam: Exam) -> TrainingNeed:
    judged = member.judgement.steps[exam]
    overdue = tuple(_overdue(member, exam))
    ahead = _ahead(member, exam)
    planned = tuple(_of_planned(member, attempt, judged) for attempt in ahead)
    asked = (*overdue, *planned)
    further: tuple[Action, ...] = ()
    needed_by, lost_on = _days_of(member, exam)
    if judged.answer == Answer.MET:
        state = NeedState.DONE
    elif asked:
        state = NeedState.WAITS if planned else NeedState.NOT_KNOWN
    else:
        further = tuple(_of_standing(member, exam, judged))
        state = NeedState.LOST if judged.status in CLOSED else STATE_OF[judged.answer]
    looks = tuple(_contradictions(member, exam))
    # A planned sitting that is too early has an action of its own.
    is_planned_early = bool(planned) and bool(judged.needs_look)
    if exam in ITEM_OF_STEP and member.is_img and not is_planned_early:
        looks += tuple(_item_contradiction(member, ITEM_OF_STEP[exam]))
    return TrainingNeed(
        kind=NEED_OF_EXAM[exam],
        state=state,
        verdict=judged,
        actor=Actor.USMLE
        if judged.status == StepStatus.RESULT_PENDING
        else Actor.MEMBER,
        waits_for=(member.gate,) if member.gate and judged.answer != Answer.MET else (),
        needed_by=needed_by,
        lost_on=lost_on,
        steps=(*asked, *further, *looks),
        risks=(
            *_attempt_risks(member, exam, judged),
            *_late_risks(member, exam, ahead),
            *_step3_risks(member, exam, ahead),
            *_january_risks(member, exam, ahead),
        ),
        days=(*_retake_days(exam, judged, ahead), *period_days(member, exam)),
    )


def exam_days(member: Situation) -> frozenset[tuple[str, date]]:
    """Every sitting that is planned and may be sat, by the name of its exam."""
    return frozenset(
        {
            *((exam.value, row.on) for exam in Exam for row in _ahead(member, exam)),
            *(
                (OET, on)
                for on in _sittings_without_scores(member)
                if on >= member.today
            ),
        }
    )


def _days_of(member: Situation, exam: Exam) -> tuple[date | None, date | None]:
    """By which day it serves the Match aimed at, and when it is lost for good."""
    if exam not in STEPS_NEEDED or not member.is_img or member.is_certified:
        return None, None
    if member.judgement.steps[exam].answer == Answer.MET:
        return None, None
    needed_by = None if member.rank_list is None else member.rank_list.on
    years = member.judgement.seven_years
    lost_on = years.decided_on if years.status in RUNS else None
    return needed_by, lost_on


def _ahead(member: Situation, exam: Exam) -> tuple[Attempt, ...]:
    """The sittings of a Step that are planned for today or a later day, by day."""
    if member.judgement.steps[exam].status in CLOSED:
        return ()
    today = member.today
    return tuple(
        sorted(
            (
                judged.attempt
                for judged in member.judgement.attempts
                if judged.attempt.exam == exam
                and judged.attempt.on >= today
                and as_known(judged.attempt, today).state == AttemptState.PLANNED
            ),
            key=lambda attempt: attempt.on,
        )
    )


# --- Steps to take ------------------------------------------------------------------------


def _overdue(member: Situation, exam: Exam) -> Iterator[Action]:
    """Sittings whose day has passed and of which nobody has said how they went."""
    for judged in member.judgement.attempts:
        attempt = judged.attempt
        if attempt.exam != exam:
            continue
        label = f"{attempt.exam.label} of {in_words(attempt.on)}"
        if attempt.state == AttemptState.PLANNED and attempt.on < member.today:
            yield of_exam(
                exam,
                f"Say what became of {label}.",
                "It was planned for that day, and nothing says yet whether you sat it.",
                is_overdue=True,
            )
        elif (
            judged.outcome == SittingOutcome.PENDING
            and attempt.state == AttemptState.TAKEN
            and _is_overdue(member, attempt.on)
        ):
            yield of_exam(
                exam,
                f"Enter the result of {label}.",
                "A result is typically there within four weeks.",
                rules=("U-RPT-1",),
                is_overdue=True,
            )


def _is_overdue(member: Situation, exam_day: date) -> bool:
    """Is a result of that day typically there? Where nobody knows, the next day on."""
    typical = member.reference.result_day(Quantity.RESULT_TYPICAL, exam_day)
    return (typical or exam_day) < member.today


def _of_planned(member: Situation, attempt: Attempt, step: Verdict) -> Action:
    """Sit it on its day, or move it to one that serves."""
    exam = attempt.exam
    is_for = f"It is planned for {in_words(attempt.on)}, and"
    waits = step.status == StepStatus.RETAKE_WAIT
    earliest = step.next_date if waits else None
    begins, closes = attempt.period_from, attempt.period_ends
    if earliest is not None and attempt.on < earliest:
        is_too_short = closes is not None and closes < earliest
        needs_more = (
            f" Your eligibility period ends before it, on {in_words(closes)}, so you need "
            "an extension or a new application."
            if closes is not None and is_too_short
            else ""
        )
        return of_exam(
            exam,
            f"Move {exam.label} to {in_words(earliest)} or later.",
            f"{is_for} the next attempt is not allowed before that day.{needs_more}",
            on=attempt.on,
            rules=(*step.rules, "U-EP-1") if is_too_short else step.rules,
            confidence=step.confidence,
        )
    if exam == Exam.STEP3 and (missing := _missing_for_step3(member)):
        return of_exam(
            exam,
            "Move Step 3, or ask USMLE whether you may sit it.",
            f"{is_for} {missing}",
            on=attempt.on,
            rules=("U-S3-1",),
        )
    ends = _days_of(member, exam)[1]
    # A result that is still to come may make it needless; nobody should rely on that.
    is_open = _is_missing(member, exam)
    # No earlier day than the first one that is allowed can be advised.
    first = max(member.today, earliest or member.today)
    # Also while the record does not say how an earlier sitting went.
    if step.answer != Answer.MET and ends is not None and first <= ends < attempt.on:
        by = max(last_given_day(ends), first)
        if begins is not None and by < begins:
            return _before_period(member, attempt, ends)
        return of_exam(
            exam,
            f"Move {exam.label} to {in_words(by)} or before.",
            f"{is_for} the seven years end on {in_words(ends)}. After that day the "
            f"earliest pass no longer counts for ECFMG. {_why_before(ends)}".strip(),
            on=ends,
            rules=member.judgement.seven_years.rules,
            confidence=member.judgement.seven_years.confidence,
        )
    if step.status == StepStatus.PASSED and not _may_repeat(member, attempt):
        return of_exam(
            exam,
            f"Ask USMLE whether you may sit {exam.label} again, or take it out.",
            f"{is_for} a Step that is passed may be taken again only where somebody who "
            "asks for it sets a limit of time.",
            on=attempt.on,
            rules=("U-ATT-4",),
        )
    last = _last_low_risk(member, exam)
    if is_open and last is not None and _is_late(member, attempt.on):
        deadline = member.rank_list
        earliest_day = max(first, member.eastern, begins or first)
        if last >= earliest_day and deadline is not None:
            return of_exam(
                exam,
                f"Move {exam.label} to {in_words(last)} or before, if you can.",
                f"{is_for} its result may come after the rank order list deadline of "
                f"{deadline.in_words}: {_allowance(member)}. {_closed_weeks(member)}".strip(),
                on=last,
                rules=("U-RPT-1", "E-NRMP-1", *_closed_rules(member)),
                confidence=deadline.confidence,
            )
    if is_closed_in_january(attempt.on) and attempt.on > member.today:
        return of_exam(
            exam,
            f"Ask the test center whether {exam.label} is given on "
            f"{in_words(attempt.on)}, or move it.",
            f"{is_for} the Steps are not given in the first two weeks of January.",
            on=attempt.on,
            rules=("U-DAY-1", "U-RPT-1"),
            confidence=Confidence.REPORTED,
        )
    expected = member.reference.result_day(
        Quantity.RESULT_TYPICAL, attempt.second_day or attempt.on
    )
    result = (
        ""
        if expected is None
        else f" Its result is typically there by {in_words(expected)}."
    )
    if is_open and begins is not None and last is not None and begins > last:
        result += (
            " That may be too late for the rank order list, and your eligibility period "
            f"begins only on {in_words(begins)}: once approved it cannot be changed."
        )
    if attempt.on == closes:
        # Also who has booked no day yet enters the last one.
        return of_exam(
            exam,
            _sit_by(exam, closes),
            f"After it you need a new application.{result}",
            on=closes,
            rules=("U-EP-1", "U-RPT-1"),
        )
    return of_exam(
        exam,
        f"Sit {exam.label}.",
        f"You planned it for this day.{result}",
        on=attempt.on,
        rules=("U-RPT-1",) if begins is None else ("U-RPT-1", "U-EP-1"),
    )


def _sit_by(exam: Exam, last: date) -> str:
    return f"Sit {exam.label} by {in_words(last)}, the last day of your eligibility period."


def _before_period(member: Situation, attempt: Attempt, ends: date) -> Action:
    """The seven years end before the period begins, which cannot be changed."""
    exam, begins = attempt.exam, attempt.period_from or attempt.on
    return of_exam(
        exam,
        f"Ask USMLE how to sit {exam.label} by {in_words(last_given_day(ends))}.",
        f"Your eligibility period begins only on {in_words(begins)}, and once approved it "
        f"cannot be changed. The seven years end on {in_words(ends)}: after that day the "
        "earliest pass no longer counts for ECFMG.",
        on=ends,
        rules=(*member.judgement.seven_years.rules, "U-EP-1"),
        confidence=member.judgement.seven_years.confidence,
    )


def _of_standing(member: Situation, exam: Exam, step: Verdict) -> Iterator[Action]:
    """What a Step asks for that is neither planned nor overdue. One that is only to be
    planned gets the day by which the Match or the seven years need it.
    """
    period = unplanned_period(member, exam)
    if not (step.next_step or period) or not member.may_go_on:
        return
    is_open = _is_open(member, exam, step)
    if member.is_certified and exam != Exam.STEP3 and not is_open:
        # The certificate was issued on what counted then.
        return
    if exam == Exam.STEP3 and _missing_for_step3(member) and not is_open:
        # It cannot be booked before that is there (U-S3-1).
        return
    if step.status == StepStatus.NOT_TAKEN and not member.is_img:
        # It is ECFMG that asks for it, and only of IMGs.
        return
    action = of_verdict(step, exam.label, RecordPart.EXAMS, exam.value)
    waits_beyond = period is not None and _waits_beyond(step, period)
    if period is not None and not is_open and not waits_beyond:
        yield _in_period(member, period, action)
    elif step.status == StepStatus.RESULT_PENDING:
        # The page of a Step need not name it; a list of actions must.
        named = action.what.replace("the result", f"the result of {exam.label}", 1)
        yield replace(action, what=named, is_result=True)
    elif exam in STEPS_NEEDED and action.on is None:
        yield _of_new_application(member, exam, _needed_by(member, action))
    elif action.what:
        yield action


def _waits_beyond(step: Verdict, period: Attempt) -> bool:
    """Is the next attempt allowed only after the period has ended?"""
    return (
        step.status == StepStatus.RETAKE_WAIT
        and step.next_date is not None
        and period.period_ends is not None
        and period.period_ends < step.next_date
    )


def _in_period(member: Situation, period: Attempt, action: Action) -> Action:
    """To sit a Step of which no day is planned while its period runs: by the last day of
    it, or by the one before that the Match or the seven years ask for.
    """
    exam, closes = period.exam, period.period_ends or period.on
    needed = action
    if exam in STEPS_NEEDED and action.what:
        needed = _needed_by(member, replace(action, on=None))
    first = max(member.today, period.period_from or member.today)
    lost_on = _days_of(member, exam)[1]
    if lost_on is not None and lost_on < first and lost_on >= member.today:
        return _before_period(member, period, lost_on)
    is_sooner = needed.on is not None and first <= needed.on < closes
    if is_sooner or (lost_on is not None and lost_on < closes):
        return with_reason(
            needed,
            f"Your eligibility period ends on {in_words(closes)}.",
            "U-EP-1",
            confidence=Confidence.CONFIRMED,
            on=needed.on,
        )
    return of_exam(
        exam,
        _sit_by(exam, closes),
        "No exam day in it is planned, and after it you need a new application.",
        on=closes,
        rules=("U-EP-1",),
    )


def _of_new_application(member: Situation, exam: Exam, action: Action) -> Action:
    """The same action; after a sitting that was not attended with the day from which a
    new application is processed (U-ATT-5).
    """
    used_up = next_application(member, exam)
    if used_up is None or not action.what.startswith("Plan "):
        return action
    unattended, first = used_up
    on = action.on
    if on is not None and on < first:
        action = replace(
            action, what=f"Plan {exam.label} for {in_words(first)} or later."
        )
        on = None
    return with_reason(
        action,
        f"Not attended on {in_words(unattended.on)}, that application is used up. A new "
        f"one is processed from {in_words(first)}, four weeks after its eligibility "
        "period ends, at the earliest.",
        "U-ATT-5",
        confidence=Confidence.UNCONFIRMED,
        on=on,
    )


def _is_open(member: Situation, exam: Exam, step: Verdict) -> bool:
    """Is something about a sitting that was sat still to be settled?"""
    return step.status == StepStatus.RESULT_PENDING or any(
        judged.attempt.exam == exam and judged.outcome == SittingOutcome.INVALIDATED
        for judged in member.judgement.attempts
    )


def _needed_by(member: Situation, action: Action) -> Action:
    """The same action, dated by the earliest day by which its exam has to be sat."""
    if not member.is_img or member.is_certified:
        return action
    deadline, last_day = member.rank_list, action.on
    last = _last_low_risk(member, Exam.STEP1)
    if deadline is not None and last is not None and last >= member.eastern:
        last_day = last
        action = with_reason(
            action,
            f"For the {member.season} Match its result should be there by "
            f"{deadline.in_words}, and {_allowance(member)}. {_closed_weeks(member)}".strip(),
            *("E-NRMP-1", "U-RPT-1", *_closed_rules(member)),
            confidence=deadline.confidence,
            on=last,
        )
    years = member.judgement.seven_years
    ends = years.decided_on
    if (
        years.status in RUNS
        and ends is not None
        and (action.on is None or ends < action.on)
    ):
        # A day that is years away is a reason, and not the day of an action.
        last_day = ends if ends <= member.near or last_day else None
        action = with_reason(
            action,
            f"The seven years end on {in_words(ends)}. {_why_before(ends)}".strip(),
            "E-7Y-1",
            confidence=years.confidence,
            on=last_day,
        )
    if last_day is None:
        return action
    return planned_for(action, f"{in_words(last_given_day(last_day))} or before")


def _closed_weeks(member: Situation) -> str:
    return (
        "" if member.season is None else closed_weeks(member.season, member.reference)
    )


def _why_before(ends: date) -> str:
    """Why an exam has to be sat earlier than on that day; empty: it need not be."""
    if not is_closed_in_january(ends):
        return ""
    return (
        f"No Step is given in the first two weeks of January, so sit it by "
        f"{in_words(last_given_day(ends))}."
    )


def _closed_rules(member: Situation) -> tuple[str, ...]:
    return ("U-DAY-1",) if _closed_weeks(member) else ()


def _is_late(member: Situation, on: date) -> bool:
    """May the result of an exam of that day come too late for the Match aimed at?"""
    if member.season is None:
        return False
    last = late_after(member.season, member.reference)
    return last is not None and on > last


def _allowance(member: Situation) -> str:
    """How long a result takes, in words."""
    deadline = member.rank_list
    allowed = deadline and member.reference.number(Quantity.RESULT_ALLOWED, deadline.on)
    if not allowed:
        return "how long that takes was not found"
    return (
        f"USMLE is reported to ask everybody to allow for {allowed.value} days "
        "(confirm it on usmle.org)"
    )


def _last_low_risk(member: Situation, exam: Exam) -> date | None:
    """The last day of an exam whose result should be there for the rank order list.

    None: no Match asks for it, its day is not known, or the Match is lost or had.
    """
    if (
        member.season is None
        or exam not in STEPS_NEEDED
        or not member.is_img
        or member.match_is_lost
        or member.judgement.match.answer == Answer.MET
    ):
        return None
    return last_low_risk_exam(member.season, member.reference)


def _contradictions(member: Situation, exam: Exam) -> Iterator[Action]:
    """What is entered and cannot be true together is to be looked at. A planned sitting
    has an action of its own, before its day and after it.
    """
    for judged in member.judgement.attempts:
        attempt = judged.attempt
        if (
            attempt.exam == exam
            and judged.needs_look
            and as_known(attempt, member.today).state != AttemptState.PLANNED
        ):
            yield of_exam(
                exam,
                f"Check what you entered of {exam.label} on {in_words(attempt.on)}.",
                judged.needs_look,
                is_overdue=True,
            )


def _item_contradiction(member: Situation, item: Item) -> Iterator[Action]:
    """A report that the exams do not bear out is to be looked at."""
    judged = member.judgement.items[item]
    if judged.needs_look:
        yield Action(
            what=f"Check what you entered about “{item.label}”.",
            why=judged.needs_look,
            about=item.label,
            part=RecordPart.CERTIFICATION,
            anchor=item.value,
            is_overdue=True,
        )


def _is_missing(member: Situation, exam: Exam) -> bool:
    """Is a pass that counts still to be had? That of a Step may have run out."""
    if exam in ITEM_OF_STEP and member.is_img:
        return member.judgement.items[ITEM_OF_STEP[exam]].answer != Answer.MET
    return member.judgement.steps[exam].answer != Answer.MET


def _has_open_result(member: Situation, exam: Exam) -> bool:
    """May a result that is to come be a pass that counts within seven years?"""
    return any(
        judged.attempt.exam == exam
        and judged.outcome == SittingOutcome.PENDING
        and deadline_of(judged.attempt.on) >= member.today
        for judged in member.judgement.attempts
    )


def _may_repeat(member: Situation, attempt: Attempt) -> bool:
    """May a passed Step be taken again, for a limit of time that has run out (U-ATT-4)?"""
    return (
        attempt.for_time_limit
        or member.judgement.seven_years.status == WindowStatus.EXPIRED
    )


# --- What could go wrong ------------------------------------------------------------------


def _attempt_risks(member: Situation, exam: Exam, step: Verdict) -> Iterator[Risk]:
    """The limit of attempts, and the wait before the next one."""
    words = {
        StepStatus.BLOCKED_ATTEMPT_LIMIT: "Attempts used up",
        StepStatus.BLOCKED_BY_OTHER_STEP: "Closed",
        StepStatus.RETAKE_WAIT: "Wait",
    }
    if exam == Exam.STEP2CS:
        # No longer given: nothing about it can still go wrong.
        return
    place = (RecordPart.EXAMS, exam.value)
    if step.status in words:
        yield risk(
            exam.label, words[StepStatus(step.status)], step, *place, step.next_date
        )
    if step.answer == Answer.MET:
        return
    of_step = [
        judged for judged in member.judgement.attempts if judged.attempt.exam == exam
    ]
    outcomes = {judged.outcome for judged in of_step}
    if SittingOutcome.INVALIDATED in outcomes:
        yield risk(exam.label, "Declared invalid", step, *place, step.decided_on)
    if step.status not in CLOSED and any(
        judged.attempt.state == AttemptState.WITHHELD
        and judged.attempt.on <= member.today
        for judged in of_step
    ):
        yield risk(exam.label, "Result withheld", step, *place, step.decided_on)
    used = max((judged.number or 0 for judged in of_step), default=0)
    is_blocked = step.status in words and step.status != StepStatus.RETAKE_WAIT
    if used >= ATTEMPTS_WATCHED and not is_blocked:
        limit = attempt_limit(member.today)
        left = max(limit - used, 0)
        attempts_left = verdict(
            step.answer,
            "ATTEMPTS_LEFT",
            f"{used} of the {limit} attempts that USMLE allows at {exam.label} "
            "are used. Four without a pass close every Step.",
            ("U-ATT-1", "U-ATT-2"),
        )
        word = f"{left or 'No'} attempt{'' if left == 1 else 's'} left"
        yield risk(exam.label, word, attempts_left, *place, is_near=left <= 1)


def _late_risks(
    member: Situation, exam: Exam, ahead: tuple[Attempt, ...]
) -> Iterator[Risk]:
    """The first planned sitting of a Step that is missing comes too late."""
    if not ahead or exam not in STEPS_NEEDED or not _is_missing(member, exam):
        return
    planned_on = ahead[0].on
    ends = _days_of(member, exam)[1]
    if ends is not None and planned_on > ends:
        too_late = verdict(
            Answer.NOT_MET,
            member.judgement.seven_years.status,
            f"The exam is planned for {in_words(planned_on)}, after the seven years end "
            f"on {in_words(ends)}. The earliest pass would no longer count for ECFMG.",
            member.judgement.seven_years.rules,
            decided_on=ends,
        )
        yield risk(
            exam.label, "Planned too late", too_late, RecordPart.EXAMS, exam.value, ends
        )
    last, deadline = _last_low_risk(member, exam), member.rank_list
    if last is None or deadline is None or not _is_late(member, planned_on):
        return
    typical = last_typical_exam(deadline.match_year, member.reference)
    if planned_on > deadline.on:
        after = "so its result cannot be there by"
    elif typical is not None and planned_on <= typical:
        after = "and its result is typically there, but may come after"
    else:
        after = "and its result will probably come after"
    late = verdict(
        Answer.NOT_KNOWN,
        MatchStatus.AT_RISK,
        f"The exam is planned for {in_words(planned_on)}, {after} the rank order list "
        f"deadline of {deadline.in_words}. The last exam day of low risk is "
        f"{in_words(last)}: {_allowance(member)}. {_closed_weeks(member)}".strip(),
        ("U-RPT-1", "E-NRMP-1", *_closed_rules(member)),
        dated=[deadline],
        decided_on=deadline.on,
    )
    yield risk(exam.label, "May come too late", late, RecordPart.SEASON, "ready", last)


def _missing_for_step3(member: Situation) -> str:
    """What somebody who plans Step 3 lacks; empty: nothing that is known (U-S3-1)."""
    step3 = member.judgement.step3
    if step3.answer != Answer.NOT_MET or step3.status != "NOT_ELIGIBLE":
        return ""
    return step3.reason


def _step3_risks(
    member: Situation, exam: Exam, ahead: tuple[Attempt, ...]
) -> Iterator[Risk]:
    if exam == Exam.STEP3 and ahead and _missing_for_step3(member):
        yield risk(
            exam.label,
            "Not allowed yet",
            member.judgement.step3,
            RecordPart.EXAMS,
            exam.value,
            ahead[0].on,
        )


def _january_risks(
    member: Situation, exam: Exam, ahead: tuple[Attempt, ...]
) -> Iterator[Risk]:
    """A sitting that is planned where no Step is given, as far as is known."""
    for attempt in ahead:
        if is_closed_in_january(attempt.on) and attempt.on > member.today:
            closed = verdict(
                Answer.NOT_KNOWN,
                "NOT_GIVEN",
                f"{exam.label} is planned for {in_words(attempt.on)}. The Steps are not "
                "given in the first two weeks of January.",
                ("U-DAY-1",),
                decided_on=attempt.on,
            )
            yield risk(
                *(exam.label, "May not be given", closed, RecordPart.EXAMS),
                exam.value,
                attempt.on,
            )


def _retake_days(
    exam: Exam, step: Verdict, ahead: tuple[Attempt, ...]
) -> Iterator[OwnDay]:
    if step.status == StepStatus.RETAKE_WAIT and step.next_date and not ahead:
        yield OwnDay(
            kind=OwnDayKind.RETAKE,
            on=step.next_date,
            title=f"{exam.label} may be taken again from this day",
            about=exam.value,
        )


# --- The seven years ------------------------------------------------------------------------


def seven_years_need(member: Situation) -> TrainingNeed:
    years = member.judgement.seven_years
    return TrainingNeed(
        kind=NeedKind.SEVEN_YEARS,
        state=NeedState.WAITS
        if years.status in RUNS or years.status == WindowStatus.NOT_STARTED
        else STATE_OF[years.answer],
        verdict=years,
        waits_for=(NeedKind.STEP1, NeedKind.STEP2CK),
        lost_on=years.decided_on if years.status in RUNS else None,
        steps=tuple(_of_seven_years(member)),
        risks=tuple(_seven_years_risks(member)),
        days=tuple(_seven_years_days(member)),
    )


def _of_seven_years(member: Situation) -> Iterator[Action]:
    years = member.judgement.seven_years
    yield from _item_contradiction(member, Item.SEVEN_YEARS)
    if years.needs_look:
        yield Action(
            what="Check the passes that you entered.",
            why=years.needs_look,
            about="Seven years",
            part=RecordPart.EXAMS,
            anchor=SEVEN_YEARS,
            is_overdue=True,
        )
    if years.status != WindowStatus.EXPIRED or not years.next_step:
        return
    if not member.may_go_on or member.is_certified:
        return
    again = _to_pass_again(member, years)
    if again is None:
        return
    for_match = _needed_by(member, replace(again, on=None))
    is_sooner = for_match.on and (again.on is None or for_match.on < again.on)
    yield for_match if is_sooner else again


def _to_pass_again(member: Situation, years: Verdict) -> Action | None:
    """To pass again what has run out. None: it is planned already, or waits for a result.

    A Step without a pass asks for itself, from the day on which it may be taken.
    """
    named = years.next_step.partition(".")[0]
    needed = [exam for exam in Exam if str(exam.label) in named]
    left = [
        exam
        for exam in needed
        if member.judgement.steps[exam].status == StepStatus.PASSED
        and not _ahead(member, exam)
        and not _has_open_result(member, exam)
    ]
    if not left:
        return None
    action = of_verdict(years, "Seven years", RecordPart.EXAMS, SEVEN_YEARS)
    every, only = (listed([exam.label for exam in exams]) for exams in (needed, left))
    return replace(action, what=action.what.replace(every, only, 1))


def _seven_years_risks(member: Situation) -> Iterator[Risk]:
    words = {
        WindowStatus.EXPIRED: "Run out",
        WindowStatus.EXPIRING: "Runs out soon",
        WindowStatus.RUNNING: "Running",
        "RESULT_OPEN": "A result is open",
    }
    years = member.judgement.seven_years
    is_had = member.judgement.items[Item.SEVEN_YEARS].answer == Answer.MET
    if member.is_certified and is_had:
        # It was issued on passes that counted then, and is not taken back for it.
        return
    if years.status in words:
        yield risk(
            "Seven years",
            words[years.status],
            years,
            RecordPart.EXAMS,
            SEVEN_YEARS,
            years.decided_on,
            is_near=years.status != WindowStatus.RUNNING,
        )


def _seven_years_days(member: Situation) -> Iterator[OwnDay]:
    years = member.judgement.seven_years
    # After they have run out, those of a later pass may still run.
    ends = years.decided_on if years.status in RUNS else years.next_date
    if member.is_certified or member.closing is not None or ends is None:
        return
    if years.status in RUNS or years.status == WindowStatus.EXPIRED:
        yield OwnDay(
            kind=OwnDayKind.SEVEN_YEARS,
            on=ends,
            title="The seven years for passing the required exams end",
        )


# --- OET Medicine -------------------------------------------------------------------------


def english_need(member: Situation) -> TrainingNeed:
    item = member.judgement.items[Item.COMMUNICATION]
    deadline = member.rank_list
    planned = tuple(_planned_sittings(member))
    return TrainingNeed(
        kind=NeedKind.COMMUNICATION_SKILLS,
        state=NeedState.WAITS
        if planned and item.answer == Answer.NOT_MET
        else STATE_OF[item.answer],
        verdict=item,
        needed_by=None if deadline is None else deadline.on,
        steps=(*planned, *_of_english(member, item, has_planned=bool(planned))),
        risks=tuple(_english_risks(member, item)),
        days=tuple(_english_days(member)),
    )


def _sittings_without_scores(member: Situation) -> list[date]:
    return [
        sitting.on
        for sitting in member.record.sittings
        if not any(score is not None for score in sitting.scores.values())
    ]


def _planned_sittings(member: Situation) -> Iterator[Action]:
    """Sittings that lie ahead, and those whose scores are still to be entered."""
    for on in sorted(_sittings_without_scores(member)):
        if on >= member.today:
            yield _of_planned_sitting(member, on)
        elif on < member.today and not member.is_certified:
            expected = member.reference.result_day(Quantity.RESULT_TYPICAL, on)
            is_overdue = _is_overdue(member, on)
            yield _of_oet(
                f"Enter the result of OET Medicine of {in_words(on)}"
                + ("." if is_overdue else " when it comes."),
                "You sat it, and no score is entered.",
                on=None if is_overdue else expected,
                is_overdue=is_overdue,
                is_result=True,
                rules=("E-OET-2",),
            )


def _of_planned_sitting(member: Situation, on: date) -> Action:
    deadline = member.rank_list
    if _comes_late(member, on) and deadline is not None:
        return _of_oet(
            f"Move OET Medicine to a day well before {deadline.in_words}, if you can.",
            f"It is planned for {in_words(on)}, and for the {member.season} Match ECFMG "
            f"must have it by {deadline.in_words}.",
            on=deadline.on,
            rules=("E-NRMP-1", "E-OET-2"),
            confidence=deadline.confidence,
        )
    if (first := _first_oet_day(member)) is not None and on < first.value:
        return _of_oet(
            f"Move OET Medicine to {in_words(first.value)} or later, if you can.",
            f"It is planned for {in_words(on)}, and the {member.season} season takes "
            f"sittings from {in_words(first.value)} on.",
            on=on,
            rules=("E-OET-3",),
            confidence=first.confidence,
        )
    return _of_oet(
        "Sit OET Medicine.",
        "You planned it for this day. All four parts count from one sitting.",
        on=on,
        rules=("E-OET-2",),
    )


def _of_oet(
    what: str,
    why: str,
    *,
    on: date | None,
    rules: tuple[str, ...],
    confidence: Confidence = Confidence.CONFIRMED,
    is_overdue: bool = False,
    is_result: bool = False,
) -> Action:
    return Action(
        what=what,
        why=why,
        about="OET Medicine",
        part=RecordPart.EXAMS,
        anchor=OET,
        on=on,
        rules=rules,
        confidence=confidence,
        is_overdue=is_overdue,
        is_result=is_result,
    )


def _first_oet_day(member: Situation) -> GradedValue[date] | None:
    """From which day on the season aimed at takes sittings (E-OET-3). None: that is not
    known, or nothing more is needed.
    """
    season = None if member.season is None else member.reference.season(member.season)
    if season is None or member.is_certified or not member.is_img:
        return None
    item = member.judgement.items[Item.COMMUNICATION]
    return None if item.answer == Answer.MET else season.oet_from


def _comes_late(member: Situation, on: date) -> bool:
    """Is a sitting of that day too late for the rank order list that needs it?"""
    deadline = member.rank_list
    return (
        deadline is not None
        and on > deadline.on
        and member.eastern < deadline.on
        and member.judgement.items[Item.COMMUNICATION].answer != Answer.MET
        and not member.match_is_lost
        and not member.is_certified
    )


def _of_english(
    member: Situation, item: Verdict, *, has_planned: bool
) -> Iterator[Action]:
    if item.needs_look:
        yield from _item_contradiction(member, item=Item.COMMUNICATION)
        return
    if has_planned or not item.next_step or not member.may_go_on:
        return
    label = Item.COMMUNICATION.label
    action = of_verdict(item, label, RecordPart.CERTIFICATION, Item.COMMUNICATION.value)
    yield member.by_rank_list(replace(action, why=f"{label}: {action.why}"))


def _english_risks(member: Situation, item: Verdict) -> Iterator[Risk]:
    """A sitting that is too old, is about to be, or comes too late."""
    place = (RecordPart.EXAMS, OET)
    if member.is_certified or (item.answer == Answer.MET and member.closing):
        return
    deadline = member.rank_list
    for on in _sittings_without_scores(member):
        if on >= member.today and _comes_late(member, on) and deadline is not None:
            late = verdict(
                Answer.NOT_KNOWN,
                MatchStatus.AT_RISK,
                f"OET Medicine is planned for {in_words(on)}, after the rank order list "
                f"deadline of {deadline.in_words}.",
                ("E-NRMP-1", "E-OET-2"),
                dated=[deadline],
                decided_on=deadline.on,
            )
            yield risk("OET Medicine", "Comes too late", late, *place, deadline.on)
    english = member.judgement.english
    if english.status == EnglishStatus.TOO_OLD_FOR_SEASON:
        if item.answer != Answer.MET:
            yield risk("OET Medicine", "Too old", english, *place, english.decided_on)
        return
    if (day := _two_years_old(member)) is None or not member.is_soon(day.on):
        return
    best = _best_sitting(member)
    growing_old = verdict(
        Answer.NOT_KNOWN,
        "GROWING_OLD",
        f"The sitting of {in_words(best) if best else 'then'} is two years old on "
        f"{in_words(day.on)}. Seasons have accepted sittings of about two years, so a "
        "later one may ask for a new one.",
        ("E-OET-3",),
        # No official text says two years.
        confidences=[Confidence.UNCONFIRMED],
        decided_on=day.on,
    )
    yield risk("OET Medicine", "Growing old", growing_old, *place, day.on)


def _best_sitting(member: Situation) -> date | None:
    """The day of the sitting that counts, once all of it is known and reached; None."""
    return next(
        (
            judged.sitting.on
            for judged in member.judgement.sittings
            if judged.is_best and not (judged.judged.failed or judged.judged.unknown)
        ),
        None,
    )


def _two_years_old(member: Situation) -> OwnDay | None:
    """When the sitting that counts is two years old: seasons took no older ones so far."""
    best = _best_sitting(member)
    accepted = member.judgement.items[Item.CLINICAL].status == "PATHWAY_ACCEPTED"
    if (
        best is None
        or member.judgement.english.status == EnglishStatus.TOO_OLD_FOR_SEASON
        or member.is_certified
        or accepted
        or not member.is_img
        or member.closing is not None
    ):
        return None
    ends = add_years(best, OET_ABOUT_YEARS)
    if ends < member.today:
        return None
    return OwnDay(
        kind=OwnDayKind.ENGLISH,
        on=ends,
        title="Your OET Medicine is two years old: a new season may not accept it",
        is_firm=False,
    )


def _english_days(member: Situation) -> Iterator[OwnDay]:
    if (day := _two_years_old(member)) is not None:
        yield day
