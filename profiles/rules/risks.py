"""What could go wrong: what runs out, what is used up, what may come too late.

A risk is a verdict, with a word for it and the day on which it comes true. Those that
are near or have come true stand first; the others are watched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from profiles.choices import Answer, Confidence, Exam, Item
from profiles.rules.days import add_months, add_years, in_words
from profiles.rules.facts import Record
from profiles.rules.judge_record.case import NEVER_STARTED, verdict
from profiles.rules.judge_record.clinical_skills import LOST
from profiles.rules.judgement import Judgement
from profiles.rules.numbers import OET_ABOUT_YEARS, WARNING_MONTHS, attempt_limit
from profiles.rules.parts import RecordPart
from profiles.rules.reference import Reference
from profiles.rules.tables.attempts import StepStatus
from profiles.rules.tables.certificate import CertificateStatus
from profiles.rules.tables.english import EnglishStatus
from profiles.rules.tables.img_status import ImgClass
from profiles.rules.tables.outcomes import SittingOutcome
from profiles.rules.tables.pathways import SeasonStatus
from profiles.rules.tables.season import STEPS_NEEDED, MatchStatus
from profiles.rules.tables.time_limit import WindowStatus
from profiles.rules.timeline import EntryKind, last_low_risk_exam, timeline
from profiles.rules.verdicts import Verdict

# From so many sittings on an attempt limit is worth watching.
ATTEMPTS_WATCHED = 2
# Where the reason of a risk is told: the page, and the place on it.
SEVEN_YEARS = (RecordPart.EXAMS, "seven-years")
ENGLISH = (RecordPart.EXAMS, "oet")
MATCH = (RecordPart.SEASON, "ready")
PATHWAY_SEASON = (RecordPart.CERTIFICATION, "pathways")
CLINICAL_SKILLS = (RecordPart.CERTIFICATION, Item.CLINICAL.value)
CERTIFICATE = (RecordPart.CERTIFICATION, Item.CERTIFICATE.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One thing that could go wrong."""

    about: str
    word: str  # what there is to fear, in a word or two
    is_near: bool  # it has come true, or will within months
    verdict: Verdict
    part: RecordPart
    anchor: str
    on: date | None = None  # None: it has no day


def _risk(
    about: str,
    word: str,
    verdict: Verdict,
    place: tuple[RecordPart, str],
    on: date | None = None,
    *,
    is_near: bool = True,
) -> Risk:
    part, anchor = place
    return Risk(
        about=about,
        word=word,
        is_near=is_near,
        verdict=verdict,
        part=part,
        anchor=anchor,
        on=on,
    )


def risks(
    record: Record, reference: Reference, judgement: Judgement
) -> tuple[Risk, ...]:
    """The near ones first, by their day; then what is only watched."""
    all_risks = [*_attempts(judgement)]
    # Who is not an IMG needs nothing from ECFMG.
    if judgement.img_class.status != ImgClass.NOT_IMG:
        all_risks += [
            *_seven_years(judgement),
            *_late_results(record, reference, judgement),
            *_match(record, reference, judgement),
            *_pathways(record, reference, judgement),
            *_english(judgement),
            *_certificate(judgement),
        ]
    return tuple(
        sorted(all_risks, key=lambda risk: (not risk.is_near, risk.on or date.max))
    )


def _is_soon(day: date, today: date) -> bool:
    return day <= add_months(today, WARNING_MONTHS)


def _seven_years(judgement: Judgement) -> Iterator[Risk]:
    years = judgement.seven_years
    words = {
        WindowStatus.EXPIRED: "Run out",
        WindowStatus.EXPIRING: "Runs out soon",
        WindowStatus.RUNNING: "Running",
        "RESULT_OPEN": "A result is open",
    }
    if years.status in words:
        yield _risk(
            "Seven years",
            words[years.status],
            years,
            SEVEN_YEARS,
            years.decided_on,
            is_near=years.status != WindowStatus.RUNNING,
        )
    if years.status in {WindowStatus.RUNNING, WindowStatus.EXPIRING}:
        yield from _planned_after(judgement, years)


def _planned_after(judgement: Judgement, years: Verdict) -> Iterator[Risk]:
    """Missing Steps of which the first planned sitting is after the seven years."""
    ends = years.decided_on
    for exam in sorted(STEPS_NEEDED):
        planned = min(
            (
                judged.attempt.on
                for judged in judgement.attempts
                if judged.attempt.exam == exam
                and judged.attempt.on > judgement.today
                and judged.attempt.state not in NEVER_STARTED
            ),
            default=None,
        )
        if (
            planned is None
            or ends is None
            or planned <= ends
            # A result that is open may have been in time.
            or judgement.steps[exam].answer != Answer.NOT_MET
        ):
            continue
        too_late = verdict(
            Answer.NOT_MET,
            years.status,
            f"The exam is planned for {in_words(planned)}, after the seven years end on "
            f"{in_words(ends)}. The earliest pass would no longer count for ECFMG.",
            years.rules,
            decided_on=ends,
        )
        place = (RecordPart.EXAMS, exam.value)
        yield _risk(exam.label, "Planned too late", too_late, place, ends)


def _attempts(judgement: Judgement) -> Iterator[Risk]:
    """The limit of attempts, and the wait before the next one."""
    words = {
        StepStatus.BLOCKED_ATTEMPT_LIMIT: "Attempts used up",
        StepStatus.BLOCKED_BY_OTHER_STEP: "Closed",
        StepStatus.RETAKE_WAIT: "Wait",
    }
    for exam, step in judgement.steps.items():
        if exam == Exam.STEP2CS:
            # No longer given: nothing about it can still go wrong.
            continue
        place = (RecordPart.EXAMS, exam.value)
        if step.status in words:
            word = words[StepStatus(step.status)]
            yield _risk(exam.label, word, step, place, step.next_date)
        used = max(
            (
                judged.number
                for judged in judgement.attempts
                if judged.attempt.exam == exam and judged.number is not None
            ),
            default=0,
        )
        blocked = step.status in words and step.status != StepStatus.RETAKE_WAIT
        if step.answer != Answer.MET and used >= ATTEMPTS_WATCHED and not blocked:
            limit = attempt_limit(judgement.today)
            left = max(limit - used, 0)
            attempts_left = verdict(
                step.answer,
                "ATTEMPTS_LEFT",
                f"{used} of the {limit} attempts that USMLE allows at {exam.label} "
                "are used. Four without a pass close every Step.",
                ("U-ATT-1", "U-ATT-2"),
            )
            word = f"{left or 'No'} attempt{'' if left == 1 else 's'} left"
            yield _risk(exam.label, word, attempts_left, place, is_near=left <= 1)


def _late_results(
    record: Record, reference: Reference, judgement: Judgement
) -> Iterator[Risk]:
    """Planned exams whose result may come after the rank order list deadline."""
    season = record.person.season
    deadline = reference.rank_list(season)
    last = season and last_low_risk_exam(season, reference)
    if not deadline or not last or judgement.match.answer == Answer.MET:
        return
    for entry in timeline(record, reference, today=judgement.today):
        if (
            entry.kind != EntryKind.EXAM
            or not entry.comes_late
            or entry.on <= judgement.today
        ):
            continue
        after = (
            "so its result cannot be there by"
            if entry.on > deadline.on
            else "and its result may come after"
        )
        too_late = verdict(
            Answer.NOT_KNOWN,
            MatchStatus.AT_RISK,
            f"The exam is planned for {in_words(entry.on)}, {after} the rank order list "
            f"deadline of {in_words(deadline.on)}. The last exam day with little risk "
            f"is {in_words(last)}.",
            ("U-RPT-1", "E-NRMP-1"),
            dated=[deadline],
            decided_on=deadline.on,
        )
        about = entry.title.removesuffix(" exam")
        yield _risk(about, "May come too late", too_late, MATCH, last)


def _match(
    record: Record, reference: Reference, judgement: Judgement
) -> Iterator[Risk]:
    match = judgement.match
    season = record.person.season
    last = last_low_risk_exam(season, reference) if season else None
    # Open, an exam is missing, and the days with little risk are over.
    is_late = (
        match.status == MatchStatus.OPEN
        and "U-RPT-1" in match.rules
        and last is not None
        and judgement.today > last
    )
    waits = any(
        judged.outcome == SittingOutcome.PENDING for judged in judgement.attempts
    )
    if match.status == MatchStatus.MISSED:
        yield _risk("The Match", "Missed", match, MATCH, match.decided_on)
    # A planned exam that is late is among `_late_results`.
    elif is_late or (match.status == MatchStatus.AT_RISK and waits):
        yield _risk("The Match", "May come too late", match, MATCH, match.decided_on)


def _pathways(
    record: Record, reference: Reference, judgement: Judgement
) -> Iterator[Risk]:
    if judgement.items[Item.CERTIFICATE].answer == Answer.MET:
        # From then on the day on the certificate counts (E-EXP-1).
        return
    skills, season = judgement.items[Item.CLINICAL], judgement.pathways_season
    deadline = reference.rank_list(record.person.season)
    if skills.status in LOST:
        word = LOST[skills.status]
        yield _risk("Your Pathway", word, skills, CLINICAL_SKILLS, skills.decided_on)
    elif skills.status == "PATHWAY_ACCEPTED" and skills.next_date is not None:
        too_soon = deadline is not None and skills.next_date < deadline.on
        yield _risk(
            "Your Pathway",
            "Ends before the rank order list" if too_soon else "Ends",
            skills,
            CLINICAL_SKILLS,
            skills.next_date,
            is_near=too_soon or _is_soon(skills.next_date, judgement.today),
        )
    words = {
        SeasonStatus.CLOSING_SOON: "Closing soon",
        SeasonStatus.CLOSED_FOR_MATCH: "Closed",
    }
    if (
        season.status in words
        and season.answer != Answer.MET
        and skills.answer != Answer.MET
        and judgement.match.status != MatchStatus.MISSED
    ):
        word = words[SeasonStatus(season.status)]
        about = "The Pathways season"
        yield _risk(about, word, season, PATHWAY_SEASON, season.decided_on)


def _english(judgement: Judgement) -> Iterator[Risk]:
    """A sitting that is too old, or is about to be for a coming season."""
    english = judgement.english
    done = judgement.items[Item.CERTIFICATE].answer == Answer.MET
    best = next((sitting for sitting in judgement.sittings if sitting.is_best), None)
    if done or best is None:
        return
    if english.status == EnglishStatus.TOO_OLD_FOR_SEASON:
        yield _risk("OET Medicine", "Too old", english, ENGLISH, english.decided_on)
        return
    accepted = judgement.items[Item.CLINICAL].status == "PATHWAY_ACCEPTED"
    ends = add_years(best.sitting.on, OET_ABOUT_YEARS)
    if (
        english.status != EnglishStatus.MET
        or accepted
        or not _is_soon(ends, judgement.today)
    ):
        return
    growing_old = verdict(
        Answer.NOT_KNOWN,
        "GROWING_OLD",
        f"The sitting of {in_words(best.sitting.on)} is two years old on "
        f"{in_words(ends)}. Seasons have accepted sittings of about two years, so a "
        "later one may ask for a new one.",
        ("E-OET-3",),
        # No official text says two years.
        confidences=[Confidence.UNCONFIRMED],
        decided_on=ends,
    )
    yield _risk("OET Medicine", "Growing old", growing_old, ENGLISH, ends)


def _certificate(judgement: Judgement) -> Iterator[Risk]:
    certificate = judgement.certificate
    words = {
        CertificateStatus.EXPIRED: "Ended",
        CertificateStatus.EXPIRING: "Ends soon",
        CertificateStatus.ISSUED_TEMPORARY: "Ends",
    }
    is_temporary = certificate.status == CertificateStatus.ISSUED_TEMPORARY
    # Without a printed day there is nothing that could end.
    if certificate.status in words and (certificate.next_date or not is_temporary):
        yield _risk(
            "The certificate",
            words[CertificateStatus(certificate.status)],
            certificate,
            CERTIFICATE,
            certificate.next_date or certificate.decided_on,
            is_near=not is_temporary,
        )
