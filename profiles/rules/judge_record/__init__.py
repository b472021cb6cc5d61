"""All rules together: one record, the dated tables and a day in, verdicts out.

Nothing is stored and nothing is corrected. What is reported and what is derived stand
side by side; where they contradict, the answer is "not known" and `needs_look` says
why. `settles` names what would turn "not known" into an answer, in these words:
`person.…`, `attempts` and `attempts.outcome`, `.state`, `.result_on`, `sittings` and
`sittings.scores`, `pathways` and `pathways.valid_to`, `items.…`, `certificate.…`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from profiles.choices import Answer, Exam, Item
from profiles.rules.days import in_words
from profiles.rules.facts import Record
from profiles.rules.judge_record import (
    certification_items,
    clinical_skills,
    communication_skills,
    exams,
    match_season,
)
from profiles.rules.judge_record.case import Case, verdict
from profiles.rules.judge_record.seven_years import SevenYears, seven_years
from profiles.rules.judgement import Judgement
from profiles.rules.reference import Reference
from profiles.rules.tables.attempts import Standings
from profiles.rules.verdicts import Verdict


def judge(
    record: Record,
    reference: Reference,
    today: date,
    *,
    eastern_today: date | None = None,
) -> Judgement:
    """Every verdict about a record as of one day; for any record, without raising.

    What the record says about later days counts as planned, or as not there yet.
    `eastern_today` is the day in New York at the same moment
    (`reference.eastern_day`): deadlines end with it. None: the same as `today`.
    """
    case = Case(
        record=record,
        reference=reference,
        today=today,
        eastern=eastern_today or today,
    )
    standings = exams.standings(case)
    steps = {
        exam: exams.with_look(
            exams.step_verdict(case, standing, standings),
            exams.too_early(case, standing),
        )
        for exam, standing in standings.items()
    }
    years = seven_years(case, standings)
    skills = clinical_skills.clinical(
        case, standings[Exam.STEP2CS], cs_counts=years.cs_counts
    )
    oet = communication_skills.english(case, cs_counts=years.cs_counts)
    step_items = {
        item: certification_items.combined(case, item, steps[exam])
        for item, exam in ((Item.STEP1, Exam.STEP1), (Item.STEP2CK, Exam.STEP2CK))
    }
    within = _years(years, step_items)
    derived: dict[Item, Verdict] = {
        Item.SEVEN_YEARS: within,
        Item.CLINICAL: skills.skills,
        Item.COMMUNICATION: _communication(oet),
    }
    judged: dict[Item, Verdict] = {}
    for item in Item:
        if item != Item.CERTIFICATE:
            judged[item] = step_items.get(item) or certification_items.combined(
                case, item, derived.get(item)
            )
    for item, exam in ((Item.STEP1, Exam.STEP1), (Item.STEP2CK, Exam.STEP2CK)):
        judged[item] = _still_counting(case, exam, judged[item], years, standings)
    judged[Item.CERTIFICATE] = certification_items.certificate(case, judged)
    judged[Item.CLINICAL] = clinical_skills.until_training(case, judged[Item.CLINICAL])
    pathways_season = clinical_skills.pathways_season(case)
    img, img_verdict = match_season.img_class(case)
    judgement = Judgement(
        today=today,
        attempts=exams.judged_attempts(case),
        steps=steps,
        seven_years=within,
        sittings=oet.sittings,
        english=oet.verdict,
        route=skills.route,
        pathways=skills.pathways,
        pathways_season=pathways_season,
        items=judged,
        certificate=judged[Item.CERTIFICATE],
        match=match_season.match(
            case,
            standings=standings,
            steps=steps,
            items=judged,
            years=years,
            skills=skills,
            english=oet,
            pathways_season=pathways_season,
            img=img,
        ),
        step3=match_season.step3(
            case, standings=standings, steps=steps, items=judged, img=img
        ),
        img_class=img_verdict,
    )
    closing = match_season.closing_step(steps, judged, today=today)
    if closing is None or case.certificate is not None:
        return judgement
    return _asking_for_nothing(judgement)


def _asking_for_nothing(judgement: Judgement) -> Judgement:
    """Where no Step can be taken any more, nothing that certification asks for is of use
    (U-ATT-2): no answer sends anybody to an exam, an application or a fee.
    """

    def still(verdict: Verdict) -> Verdict:
        return verdict if verdict.needs_look else replace(verdict, next_step="")

    items = {item: still(verdict) for item, verdict in judgement.items.items()}
    return replace(
        judgement,
        seven_years=still(judgement.seven_years),
        english=still(judgement.english),
        route=still(judgement.route),
        pathways_season=still(judgement.pathways_season),
        items=items,
        certificate=items[Item.CERTIFICATE],
    )


def _still_counting(
    case: Case,
    exam: Exam,
    item: Verdict,
    years: SevenYears,
    standings: Standings,
) -> Verdict:
    """A pass is done with only as long as it counts for ECFMG (E-7Y-3)."""
    passes = standings[exam].passes
    if (
        item.answer != Answer.MET
        or not passes
        or years.counting[exam]
        or years.verdict.answer != Answer.NOT_MET
        or case.certificate is not None
    ):
        return item
    return verdict(
        Answer.NOT_MET,
        "NO_LONGER_COUNTS",
        f"{exam.label} was passed on {in_words(passes[-1].on)}, and that pass no longer "
        f"counts for ECFMG. {years.verdict.reason}",
        ("E-7Y-3", *years.verdict.rules),
        decided_on=years.verdict.decided_on,
    )


def _years(years: SevenYears, step_items: Mapping[Item, Verdict]) -> Verdict:
    """The seven years; open where a Step is passed by report only, without its day."""
    window = years.verdict
    passed = all(step.answer == Answer.MET for step in step_items.values())
    dated = all(years.counting.values()) or years.window.invalid
    if window.answer == Answer.MET or not passed or dated:
        return window
    return replace(
        window,
        answer=Answer.NOT_KNOWN,
        reason="Both Steps are reported as passed, but not every exam day is entered, so "
        "the seven years cannot be counted.",
        settles=("attempts",),
        next_step="Enter the sittings with their days.",
        next_date=None,
    )


def _communication(oet: communication_skills.English) -> Verdict:
    """The requirement: a sitting that is good enough and known to be released."""
    best = oet.best
    if (
        oet.verdict.answer == Answer.MET
        and best is not None
        and best.sitting.released is False
        and oet.verdict.status != "NOT_NEEDED"
    ):
        return verdict(
            Answer.NOT_MET,
            "NOT_RELEASED",
            f"{oet.verdict.reason} But its results are not released to ECFMG.",
            ("E-OET-4",),
            decided_on=best.sitting.on,
            next_step="Ask OET to release the results to ECFMG.",
        )
    return oet.verdict
