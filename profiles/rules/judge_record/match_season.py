"""The Match aimed at, Step 3, and which kind of graduate somebody is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from profiles.choices import Answer, Exam, Item, Quantity
from profiles.rules.days import in_words, listed
from profiles.rules.judge_record.case import Case, verdict
from profiles.rules.judge_record.certification_items import CERTIFIED
from profiles.rules.judge_record.clinical_skills import Clinical
from profiles.rules.judge_record.communication_skills import English
from profiles.rules.judge_record.seven_years import SevenYears
from profiles.rules.numbers import CANADA_IMG_FROM, CLOSING_OTHERS_FROM
from profiles.rules.reference import Deadline
from profiles.rules.tables.attempts import Standings, StepStanding, StepStatus
from profiles.rules.tables.img_status import (
    CANADA_FLAG,
    ImgClass,
    ImgState,
    classify_graduate,
)
from profiles.rules.tables.outcomes import SittingOutcome
from profiles.rules.tables.pathways import SeasonStatus
from profiles.rules.tables.season import (
    TRAINING_BEGINS,
    MatchState,
    MatchStatus,
    Need,
    last_given_day,
    match_state,
    training_day,
)
from profiles.rules.tables.step3 import Step3Status, Step3Why, step3_state
from profiles.rules.verdicts import Verdict

STEP_OF = {Need.STEP1: Exam.STEP1, Need.STEP2CK: Exam.STEP2CK}
STEPS_NEEDED_IN_ORDER = (Exam.STEP1, Exam.STEP2CK)
ITEM_OF_STEP = {Exam.STEP1: Item.STEP1, Exam.STEP2CK: Item.STEP2CK}
# No sitting is allowed any more.
CLOSED = frozenset({StepStatus.BLOCKED_ATTEMPT_LIMIT, StepStatus.BLOCKED_BY_OTHER_STEP})
ITEM_OF = {
    Need.STEP1: Item.STEP1,
    Need.STEP2CK: Item.STEP2CK,
    Need.CLINICAL: Item.CLINICAL,
    Need.COMMUNICATION: Item.COMMUNICATION,
}
IN_WORDS = {
    Need.STEP1: "the Step 1 result",
    Need.STEP2CK: "the Step 2 CK result",
    Need.CLINICAL: "clinical skills",
    Need.COMMUNICATION: "communication skills",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """Since when ECFMG can confirm a need: a day, not at all, or not known."""

    answer: Answer
    on: date | None = None  # of MET
    settles: tuple[str, ...] = ()


# --- Table T8 -------------------------------------------------------------------------


def match(
    case: Case,
    *,
    standings: Standings,
    steps: Mapping[Exam, Verdict],
    items: Mapping[Item, Verdict],
    years: SevenYears,
    skills: Clinical,
    english: English,
    pathways_season: Verdict,
    img: ImgState,
) -> Verdict:
    """Whether the Match aimed at can be had: table T8, and what it takes to begin.

    T8 is judged twice: with every open result there, and with none of them. The answer
    is known only where both agree.
    """
    season = case.record.person.season
    if season is None:
        return verdict(
            Answer.NOT_KNOWN,
            MatchStatus.NEEDS_CHECK,
            "We do not know yet: the Match you aim at is missing.",
            ("E-NRMP-1",),
            settles=("person.season",),
        )
    if (too_late := _graduates_too_late(case, season)) is not None:
        return too_late
    if img.img_class == ImgClass.NOT_IMG:
        return verdict(
            Answer.NOT_KNOWN,
            ImgClass.NOT_IMG,
            "By what you entered you are not an IMG, so ECFMG has nothing to confirm.",
            ("IMG-1", "E-NRMP-1"),
        )
    if (closing := closing_step(steps, items, today=case.today)) is not None:
        return verdict(
            Answer.NOT_MET,
            MatchStatus.CLOSED,
            f"{closing.reason} Certification needs one, and no Match is possible "
            "without it.",
            closing.rules,
            decided_on=closing.decided_on,
        )
    state = match_state(season, {}, reference=case.reference, today=case.eastern)
    if state.deadline is None:
        return verdict(
            Answer.NOT_KNOWN,
            state.status,
            f"The rank list deadline of the {season} Match was not found.",
            ("E-NRMP-1",),
            next_step="Look it up on the official site.",
        )
    deadline = state.deadline
    available = {
        Need.STEP1: _step(case, Need.STEP1, standings, items, years, deadline),
        Need.STEP2CK: _step(case, Need.STEP2CK, standings, items, years, deadline),
        Need.CLINICAL: _skill(
            case, Need.CLINICAL, items, skills.available_on, deadline
        ),
        Need.COMMUNICATION: _skill(
            case, Need.COMMUNICATION, items, _english_day(skills, english), deadline
        ),
    }
    unknown = [
        need
        for need, availability in available.items()
        if availability.answer == Answer.NOT_KNOWN
    ]
    worst_days = {need: availability.on for need, availability in available.items()}
    best_days = worst_days | dict.fromkeys(unknown, deadline.on)
    planned = _on_the_way(case, standings, available)
    best, worst = (
        match_state(
            season,
            days,
            planned=planned.values(),
            reference=case.reference,
            today=case.eastern,
        )
        for days in (best_days, worst_days)
    )
    if best.status != worst.status:
        return verdict(
            Answer.NOT_KNOWN,
            MatchStatus.NEEDS_CHECK,
            f"For the {season} Match ECFMG must be able to confirm four things by "
            f"{_when(deadline)}. Not known: {listed([IN_WORDS[need] for need in unknown])}.",
            ("E-NRMP-1",),
            dated=[deadline],
            decided_on=deadline.on,
            next_date=deadline.on if case.eastern <= deadline.on else None,
            settles=tuple(
                dict.fromkeys(
                    name for need in unknown for name in available[need].settles
                )
            ),
        )
    if (
        Need.CLINICAL in worst.missing
        and worst.status != MatchStatus.MISSED
        and (too_late := _pathway_too_late(case, season, items, pathways_season))
    ):
        return too_late
    return _match_verdict(
        case, worst, deadline, items, standings, unknown=unknown, planned=planned
    )


def closing_step(
    steps: Mapping[Exam, Verdict], items: Mapping[Item, Verdict], *, today: date
) -> Verdict | None:
    """The Step that closes all others although one is still needed (U-ATT-2). None:
    nothing is closed for certain, or nothing is needed any more.
    """
    for exam in STEPS_NEEDED_IN_ORDER:
        step = steps[exam]
        if items[ITEM_OF_STEP[exam]].answer != Answer.NOT_MET:
            continue
        if step.status in CLOSED and step.answer == Answer.NOT_MET:
            return step
        if step.status == StepStatus.PASSED and today >= CLOSING_OTHERS_FROM:
            # Its pass no longer counts, and another Step is used up.
            for other in steps.values():
                if (
                    other.status == StepStatus.BLOCKED_ATTEMPT_LIMIT
                    and other.answer == Answer.NOT_MET
                ):
                    return other
    return None


def _graduates_too_late(case: Case, season: int) -> Verdict | None:
    graduation, begins = case.record.person.graduation, training_day(season)
    if graduation is None or begins is None or graduation <= begins:
        return None
    next_one = graduation.year + ((graduation.month, graduation.day) > TRAINING_BEGINS)
    return verdict(
        Answer.NOT_MET,
        MatchStatus.CANNOT_BEGIN,
        f"Training of the {season} Match begins on {in_words(begins)}, and the "
        f"graduation that you entered is on {in_words(graduation)}.",
        ("E-NRMP-4",),
        decided_on=begins,
        next_step=f"Aim at the {next_one} Match or a later one, or correct the day of "
        "your graduation.",
    )


def _pathway_too_late(
    case: Case, season: int, items: Mapping[Item, Verdict], pathways_season: Verdict
) -> Verdict | None:
    """The last day to apply to a Pathway has passed, and no application is on its way."""
    if (
        pathways_season.status != SeasonStatus.CLOSED_FOR_MATCH
        or pathways_season.answer == Answer.MET
        or items[Item.CLINICAL].answer != Answer.NOT_MET
    ):
        return None
    return verdict(
        Answer.NOT_MET,
        MatchStatus.PATHWAY_TOO_LATE,
        f"{pathways_season.reason} {items[Item.CLINICAL].reason}",
        ("E-PATH-6", "E-NRMP-1"),
        dated=[case.reference.pathways_deadline(season)],
        decided_on=pathways_season.decided_on,
        next_step="Ask ECFMG whether an application can still count for this Match. If "
        "not, choose the next Match that you aim at.",
    )


def _weeks(case: Case, deadline: Deadline) -> str:
    """How long to allow for a result, in words."""
    number = case.reference.number(Quantity.RESULT_ALLOWED, deadline.on)
    return "more time" if number is None else f"{number.value} days"


def _when(deadline: Deadline) -> str:
    time = f", {deadline.at:%H:%M} Eastern Time" if deadline.at else ""
    return f"{deadline.in_words}{time}"


def _match_verdict(
    case: Case,
    state: MatchState,
    deadline: Deadline,
    items: Mapping[Item, Verdict],
    standings: Standings,
    *,
    unknown: Collection[Need],
    planned: Mapping[Exam, date],
) -> Verdict:
    season = deadline.match_year
    missing = [need for need in state.missing if need not in unknown]
    in_doubt = [need for need in state.missing if need in unknown]
    missing_words = listed([IN_WORDS[need] for need in missing])
    doubt_words = listed([IN_WORDS[need] for need in in_doubt])
    not_known = f" Not known: {doubt_words}." if missing and in_doubt else ""
    when = _when(deadline)
    rules = ["E-NRMP-1"]
    if state.status == MatchStatus.EXAM_REQUIREMENTS_MET:
        return verdict(
            Answer.MET,
            state.status,
            f"Everything that ECFMG must confirm for the {season} Match by {when} is "
            "there.",
            rules,
            dated=[deadline],
            # It is no surer than what it needs.
            confidences=[items[item].confidence for item in ITEM_OF.values()],
            decided_on=deadline.on,
        )
    if state.status == MatchStatus.MISSED:
        return verdict(
            Answer.NOT_MET,
            state.status,
            f"By {when}, the deadline of the {season} Match, this was not there: "
            f"{missing_words or doubt_words}.{not_known} So the rank order list could "
            "not be used.",
            rules,
            dated=[deadline],
            decided_on=deadline.on,
            next_step="Choose the next Match that you aim at.",
        )
    late_from, last = state.last_low_risk_exam, None
    if late_from is not None:
        # The last one up to that day on which a Step is given (U-DAY-1).
        last = last_given_day(late_from)
    if (
        state.status == MatchStatus.AT_RISK
        and late_from is not None
        and last is not None
    ):
        late = [exam.label for exam, on in planned.items() if on > late_from]
        return verdict(
            Answer.NOT_MET,
            state.status,
            f"For the {season} Match, {missing_words or doubt_words} must be there by "
            f"{when}.{not_known} {listed(late)} "
            f"{'is' if len(late) == 1 else 'are'} so late that the result may come "
            f"after that: USMLE is reported to ask everybody to allow for "
            f"{_weeks(case, deadline)}.",
            [*rules, "U-RPT-1"],
            dated=[deadline],
            decided_on=deadline.on,
            # After the last day with little risk there is nothing to advise.
            next_step=""
            if case.eastern > last
            else f"Take {listed(late)} by {in_words(last)} if you can.",
            next_date=deadline.on if case.eastern > last else last,
        )
    exams = [STEP_OF[need] for need in missing if need in STEP_OF]
    step = ""
    if last is not None and case.eastern <= last:
        # Not a Step that is closed, must wait, or was sat and waits for its result; one
        # that was declared invalid asks for another exam (U-INV-1).
        open_ = [
            exam
            for exam in exams
            if _may_sit(standings[exam], by=last)
            and SittingOutcome.INVALIDATED not in standings[exam].outcomes
        ]
        names = listed([exam.label for exam in open_])
        step = f"Take {names} by {in_words(last)}." if open_ else ""
    return verdict(
        Answer.NOT_MET,
        state.status,
        f"For the {season} Match, {missing_words or doubt_words} must be there by "
        f"{when}.{not_known}",
        [*rules, "U-RPT-1"] if exams else rules,
        dated=[deadline],
        may_block=False,
        decided_on=deadline.on,
        next_step=step,
        next_date=last if step else deadline.on,
    )


def _may_sit(standing: StepStanding, *, by: date) -> bool:
    """Is there a sitting to be taken by that day, as far as attempts allow one?"""
    if standing.status == StepStatus.RETAKE_WAIT:
        return standing.earliest is not None and standing.earliest <= by
    # One that was passed and no longer counts may be repeated (E-7Y-3).
    return standing.status in {
        StepStatus.NOT_TAKEN,
        StepStatus.MAY_RETAKE,
        StepStatus.PASSED,
    }


def _step(
    case: Case,
    need: Need,
    standings: Standings,
    items: Mapping[Item, Verdict],
    years: SevenYears,
    deadline: Deadline,
) -> Available:
    """A passing result that counts for ECFMG, and the day on which it came."""
    exam = STEP_OF[need]
    item = items[ITEM_OF[need]]
    if item.answer == Answer.NOT_KNOWN and item.needs_look:
        return Available(answer=Answer.NOT_KNOWN, settles=item.settles)
    if (certified := _certified(case, deadline)) is not None:
        return certified
    passes = years.counting.get(exam, ())
    if passes:
        days = [
            day
            for sitting in passes
            if (day := _result_day(case, sitting.on, sitting.result_on, deadline))
        ]
        if days:
            return Available(answer=Answer.MET, on=min(days))
        if all(sitting.on > deadline.on for sitting in passes):
            return Available(
                answer=Answer.MET, on=min(sitting.on for sitting in passes)
            )
        return Available(answer=Answer.NOT_KNOWN, settles=("attempts.result_on",))
    if _is_awaited(case, standings[exam]):
        return Available(answer=Answer.NOT_MET)
    if standings[exam].passes:
        if years.verdict.answer == Answer.NOT_KNOWN:
            # A result that is not entered yet may show that the pass still counts.
            return Available(answer=Answer.NOT_KNOWN, settles=years.verdict.settles)
        # Passed, and the pass no longer counts.
        return Available(answer=Answer.NOT_MET)
    return _from_item(case, item, deadline)


def _is_awaited(case: Case, standing: StepStanding) -> bool:
    """Is a result on its way? Later than usual, it may be there and not entered."""
    return standing.status == StepStatus.RESULT_PENDING and any(
        (day := case.reference.result_day(Quantity.RESULT_TYPICAL, sitting.on))
        is not None
        and day >= case.today
        for sitting in standing.sittings_with(SittingOutcome.PENDING)
    )


def _result_day(
    case: Case, on: date, result_on: date | None, deadline: Deadline
) -> date | None:
    """When the result came; None: it may have come before the deadline or after."""
    if result_on is not None:
        return result_on
    if case.today <= deadline.on:
        # The deadline is ahead, so the result is there in time.
        return case.today
    latest = case.reference.result_day(Quantity.RESULT_ALLOWED, on)
    return latest if latest is not None and latest <= deadline.on else None


def _from_item(case: Case, item: Verdict, deadline: Deadline) -> Available:
    if item.answer != Answer.MET:
        return Available(answer=item.answer, settles=item.settles)
    if item.status == CERTIFIED:
        # By a certificate that came after the deadline: since when is not known.
        return Available(answer=Answer.NOT_KNOWN, settles=("items",))
    if item.decided_on is not None:
        return Available(answer=Answer.MET, on=item.decided_on)
    if case.today <= deadline.on:
        return Available(answer=Answer.MET, on=case.today)
    return Available(answer=Answer.NOT_KNOWN, settles=("items",))


def _certified(case: Case, deadline: Deadline) -> Available | None:
    """What a certificate says of the day of the deadline. None: nothing, because there
    is none, or because it came later; each part of it may have been there before.
    """
    if case.certificate is None or case.certificate.issued_on > deadline.on:
        return None
    return Available(answer=Answer.MET, on=case.certificate.issued_on)


def _skill(
    case: Case,
    need: Need,
    items: Mapping[Item, Verdict],
    available_on: date | None,
    deadline: Deadline,
) -> Available:
    """The item's own answer, and since when it is so."""
    item = items[ITEM_OF[need]]
    certified = _certified(case, deadline)
    if item.answer == Answer.MET and certified is not None:
        return certified
    if item.answer == Answer.MET and available_on is not None:
        return Available(answer=Answer.MET, on=available_on)
    return _from_item(case, item, deadline)


def _english_day(skills: Clinical, english: English) -> date | None:
    if english.verdict.status == "NOT_NEEDED":
        return skills.available_on
    if english.verdict.answer != Answer.MET or english.best is None:
        return None
    return english.best.sitting.on


def _on_the_way(
    case: Case,
    standings: Standings,
    available: Mapping[Need, Available],
) -> dict[Exam, date]:
    """The last day of each missing exam that is planned, or sat and without a result."""
    days = {}
    for need, exam in STEP_OF.items():
        if available[need].answer == Answer.MET:
            continue
        waiting = standings[exam].sittings_with(SittingOutcome.PENDING)
        if on_the_way := [*case.planned(exam)[:1], *waiting[-1:]]:
            days[exam] = max(attempt.on for attempt in on_the_way)
    return days


# --- Table T9 -------------------------------------------------------------------------


def step3(
    case: Case,
    *,
    standings: Standings,
    steps: Mapping[Exam, Verdict],
    items: Mapping[Item, Verdict],
    img: ImgState,
) -> Verdict:
    """Table T9, and after it table T3 for Step 3 itself."""
    if standings[Exam.STEP3].status == StepStatus.PASSED:
        return steps[Exam.STEP3]
    passed = [items[Item.STEP1].answer, items[Item.STEP2CK].answer]
    if Answer.NOT_KNOWN in passed and Answer.NOT_MET not in passed:
        return verdict(
            Answer.NOT_KNOWN,
            "NEEDS_CHECK",
            "Step 3 needs Step 1 and Step 2 CK passed, and that is not known of both.",
            ("U-S3-1",),
            settles=("attempts",),
        )
    both = passed == [Answer.MET, Answer.MET]
    issued_on = None if case.certificate is None else case.certificate.issued_on
    state = step3_state(
        step1=StepStatus.PASSED if both else standings[Exam.STEP1].status,
        step2ck=StepStatus.PASSED if both else standings[Exam.STEP2CK].status,
        # Unknown counts as an IMG: `_without_certificate` leaves the answer open then.
        is_img=img.is_img is not False,
        certificate_issued_on=issued_on,
        today=case.today,
    )
    if not both or state.why == Step3Why.STEPS:
        return verdict(
            Answer.NOT_MET,
            Step3Status.NOT_ELIGIBLE,
            "Step 3 needs both Step 1 and Step 2 CK passed.",
            ("U-S3-1",),
        )
    if state.why == Step3Why.ECFMG_CERTIFICATE:
        return _without_certificate(items, img)
    step3_standing = standings[Exam.STEP3]
    if step3_standing.status in {StepStatus.NOT_TAKEN, StepStatus.MAY_RETAKE}:
        since = (
            ""
            if issued_on is None
            else f" The certificate is of {in_words(issued_on)}."
        )
        return verdict(
            Answer.MET,
            state.status,
            f"You may apply for Step 3.{since}",
            ("U-S3-1",),
            decided_on=issued_on,
        )
    return steps[Exam.STEP3]


def _without_certificate(items: Mapping[Item, Verdict], img: ImgState) -> Verdict:
    reported = items[Item.CERTIFICATE]
    if reported.answer == Answer.MET:
        return verdict(
            Answer.MET,
            Step3Status.MAY_APPLY,
            "You may apply for Step 3: both Steps are passed, and you report the "
            "certificate as issued.",
            ("U-S3-1",),
            settles=("certificate.issued_on",),
        )
    if img.is_img is None:
        return verdict(
            Answer.NOT_KNOWN,
            "NEEDS_CHECK",
            "An IMG needs the ECFMG Certificate for Step 3. Whether you are one is not "
            "known.",
            ("U-S3-1", "IMG-1"),
            settles=img.settles,
        )
    refused = reported.answer == Answer.NOT_MET
    return verdict(
        Answer.NOT_MET if refused else Answer.NOT_KNOWN,
        Step3Status.NOT_ELIGIBLE if refused else "NEEDS_CHECK",
        "An IMG applies for Step 3 after the day on which the ECFMG Certificate is "
        "issued. "
        + ("It is not issued yet." if refused else "No certificate is entered."),
        ("U-S3-1",),
        settles=() if refused else ("certificate.issued_on",),
    )


# --- Table T10 ------------------------------------------------------------------------


def img_class(case: Case) -> tuple[ImgState, Verdict]:
    """Table T10 in a sentence."""
    person = case.record.person
    graduate = classify_graduate(
        school_country=person.school_country,
        graduation=person.graduation,
        us_citizen=person.us_citizen,
    )
    canada = ("IMG-3", "IMG-3a") if graduate.flag == CANADA_FLAG else ()
    if graduate.img_class is None:
        missing = (
            "the country of your school is missing"
            if "person.school_country" in graduate.settles
            else "for a school in Canada the graduation date decides, and it is missing"
        )
        return graduate, verdict(
            Answer.NOT_KNOWN,
            "NEEDS_CHECK",
            f"We do not know yet: {missing}.",
            ("IMG-1", "IMG-5"),
            settles=graduate.settles,
        )
    if graduate.img_class == ImgClass.NOT_IMG:
        in_canada = person.school_country.strip().upper() == "CA"
        where = (
            f"in Canada, with a degree from before {in_words(CANADA_IMG_FROM)}"
            if in_canada
            else "in the United States"
        )
        return graduate, verdict(
            Answer.MET,
            graduate.img_class,
            f"Your school is {where}, so you are not an IMG.",
            ("IMG-1", *(("IMG-3",) if in_canada else ())),
            decided_on=person.graduation if in_canada else None,
        )
    note = (
        " For a degree from Canada since July 2025 the sources disagree."
        if canada
        else ""
    )
    if graduate.img_class == ImgClass.IMG:
        return graduate, verdict(
            Answer.NOT_KNOWN,
            graduate.img_class,
            "You are an IMG. Whether you count as a US IMG depends on your citizenship, "
            f"which is not entered.{note}",
            ("IMG-1", "IMG-2", *canada),
            settles=graduate.settles,
        )
    kind = "a US IMG" if graduate.img_class == ImgClass.US_IMG else "a non-US IMG"
    return graduate, verdict(
        Answer.MET,
        graduate.img_class,
        f"You are {kind}: your school is outside the United States and Canada."
        if not canada
        else f"You count as {kind} here.{note}",
        ("IMG-1", "IMG-2", *canada),
        decided_on=person.graduation if canada else None,
        next_step="Ask ECFMG whether you need its certification." if canada else "",
    )
