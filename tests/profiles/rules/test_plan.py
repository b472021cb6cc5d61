"""One plan: what its parts say of one record on one day never contradicts itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from random import Random

from profiles.choices import Answer, AttemptState, Event, Exam, Item
from profiles.rules.facts import Record
from profiles.rules.judge_record import judge
from profiles.rules.judge_record.clinical_skills import ENDS_TOO_SOON
from profiles.rules.judge_record.match_season import CLOSED, IN_WORDS, ITEM_OF
from profiles.rules.judgement import Judgement
from profiles.rules.parts import RecordPart
from profiles.rules.plan import make_plan
from profiles.rules.plan.needs import OF_ECFMG, TrainingNeed, TrainingPlan
from profiles.rules.reminder_days import reminder_days
from profiles.rules.tables.attempts import StepStatus
from profiles.rules.tables.certificate import ELEMENTS, CertificateStatus
from profiles.rules.tables.img_status import ImgClass
from profiles.rules.tables.season import MatchStatus
from profiles.rules.timeline import timeline
from tests.effort import part_of
from tests.profiles.rules.given import tables
from tests.profiles.rules.plausible_records import plausible_record, season_day

RECORDS = 20_000
# What is only watched: nothing can be done about it now.
WATCHED = {"Running", "Wait", "Ends", "Growing old", "Closed", "Attempts used up"}


def contradictions(record: Record, today: date) -> Iterator[str]:
    """What two parts say of this record that cannot both be true, in a few words."""
    judgement = judge(record, tables(), today)
    plan = make_plan(record, tables(), judgement, eastern=today)
    yield from _done_and_missing(judgement)
    yield from _asked_in_vain(judgement, plan)
    yield from _asks_although_closed(judgement)
    yield from _risks_without_step(record, plan)
    yield from _days_apart(record, plan, today)
    if judgement.img_class.status == ImgClass.NOT_IMG:
        yield from _of_imgs_alone(record, plan, today)
    else:
        yield from _looks_without_step(judgement, plan)


def _done_and_missing(judgement: Judgement) -> Iterator[str]:
    match = judgement.match
    for need, item in ITEM_OF.items():
        answer = judgement.items[item].answer
        is_missing = IN_WORDS[need] in match.reason.partition("must be there")[0]
        if match.status in {MatchStatus.OPEN, MatchStatus.AT_RISK}:
            if answer == Answer.MET and is_missing:
                yield f"{item}: done, and missing for the Match"
        elif match.answer == Answer.MET and answer != Answer.MET:
            yield f"{item}: {answer}, and there for the Match"
    if judgement.certificate.status == CertificateStatus.READY:
        for item in ELEMENTS:
            found = judgement.items[item]
            # It is good for a certificate of today, and not for this Match.
            if found.answer != Answer.MET and found.status != ENDS_TOO_SOON:
                yield f"{item}: {found.answer}, and nothing missing for the certificate"


def _asks_although_closed(judgement: Judgement) -> Iterator[str]:
    """Where no Step can be taken any more, no answer sends anybody anywhere."""
    if judgement.match.status != MatchStatus.CLOSED:
        return
    answers = [
        *judgement.items.values(),
        *(judgement.seven_years, judgement.english, judgement.pathways_season),
    ]
    for answer in answers:
        if answer.next_step and not answer.needs_look:
            yield f"closed, and told: {answer.next_step}"


def _asked_in_vain(judgement: Judgement, plan: TrainingPlan) -> Iterator[str]:
    for exam in Exam:
        status = judgement.steps[exam].status
        asked = [
            step.what
            for step in plan.steps
            if step.what.startswith(
                (f"Plan {exam.label}", f"Sit {exam.label}.", f"Sit {exam.label} by")
            )
        ]
        if asked and status in CLOSED:
            yield f"{exam} is closed, and asked for"
        if any(what.startswith("Plan") for what in asked) and (
            status == StepStatus.PASSED
        ):
            yield f"{exam} is passed, and to be planned"
    said = " ".join(step.what for step in plan.steps)
    if judgement.items[Item.CERTIFICATE].answer == Answer.MET and (
        judgement.items[Item.CLINICAL].answer == Answer.MET
        and ("Apply to your Pathway" in said or "Apply by Pathway" in said)
    ):
        yield "certified, and asked to apply to a Pathway"


def _risks_without_step(record: Record, plan: TrainingPlan) -> Iterator[str]:
    stops_all = any(
        step.is_gate or "no further Step" in step.what for step in plan.steps
    )
    of_match = {step.part for step in plan.steps} & {RecordPart.SEASON}
    # Who has certified a list can only wait whether the result comes in time.
    is_certified = Event.RANK_LIST in record.done_in_season(plan.today)
    for need in plan.needs:
        for risk in need.risks:
            if is_certified and risk.word == "May come too late":
                continue
            if not risk.is_near or risk.word in WATCHED or "left" in risk.word:
                continue
            related = [plan.need(kind) for kind in need.waits_for]
            if not (need.steps or stops_all or of_match or _any_steps(related)):
                yield f"{risk.about}: {risk.word}, and nothing to do about it"


def _looks_without_step(judgement: Judgement, plan: TrainingPlan) -> Iterator[str]:
    """What contradicts itself is something to do; a planned sitting has its own step."""
    told = " ".join(step.why for step in plan.steps)
    of_planned = {
        judged.needs_look
        for judged in judgement.attempts
        if judged.attempt.state == AttemptState.PLANNED
        or judged.attempt.on > judgement.today
    } | {step.needs_look for step in judgement.steps.values()}
    for look in judgement.needs_look:
        if look not in told and look not in of_planned:
            yield f"needs a look, and nobody is told: {look.partition(':')[0]}"


def _any_steps(needs: Iterable[TrainingNeed]) -> bool:
    return any(need.steps for need in needs)


def _days_apart(record: Record, plan: TrainingPlan, today: date) -> Iterator[str]:
    """Every dated step stands in the calendar and is reminded of, and so the other way."""
    calendar = {entry.on for entry in timeline(record, tables(), plan, today=today)}
    reminders = {day for _, day in reminder_days(plan, tables())}
    for step in plan.steps:
        if step.on is None or step.is_overdue:
            continue
        if step.on < today:
            yield f"{step.about}: to be done on a day that is over"
        if step.on not in calendar:
            yield f"{step.about}: a dated step is not in the calendar"
        if step.on not in reminders:
            yield f"{step.about}: nobody is reminded of a dated step"
    for kind, day in reminder_days(plan, tables()):
        if day >= today and day not in calendar:
            yield f"{kind}: a reminder is not in the calendar"
    for need in plan.needs:
        for step in need.steps:
            if need.lost_on is None or step.on is None or need.lost_on < today:
                continue
            if step.on > need.lost_on:
                yield f"{need.kind}: a step comes after it is lost"


def _of_imgs_alone(record: Record, plan: TrainingPlan, today: date) -> Iterator[str]:
    for step in plan.steps:
        if step.part == RecordPart.CERTIFICATION or any(
            rule.startswith("E-") and not rule.startswith(("E-NRMP", "E-APP"))
            for rule in step.rules
        ):
            yield f"not an IMG, and told: {step.what}"
    for risk in plan.risks:
        if risk.part == RecordPart.CERTIFICATION:
            yield f"not an IMG, and warned: {risk.about}"
    for entry in timeline(record, tables(), plan, today=today):
        if entry.event in OF_ECFMG:
            yield f"not an IMG, and in the calendar: {entry.title}"


def test_no_part_contradicts_another() -> None:
    chance = Random(20261127)  # noqa: S311 - the same records every time
    found: Counter[str] = Counter()
    example: dict[str, tuple[Record, date]] = {}
    for _ in range(part_of(RECORDS)):
        record, today = plausible_record(chance), season_day(chance)
        for words in contradictions(record, today):
            found[words] += 1
            example.setdefault(words, (record, today))

    assert found == Counter(), next(iter(example.items()))
