"""The way to clinical skills: Step 2 CS, an accepted Pathway, or the one that fits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from profiles.choices import Answer, Confidence, Pathway
from profiles.rules.days import in_words, listed, shortened
from profiles.rules.facts import PathwayApplicationFacts
from profiles.rules.judge_record.case import Case, verdict
from profiles.rules.judgement import JudgedPathway
from profiles.rules.tables.attempts import StepStanding
from profiles.rules.tables.certificate import CertificateStatus, issued
from profiles.rules.tables.outcomes import SittingOutcome
from profiles.rules.tables.pathways import (
    PATHWAY_OF,
    Fit,
    FitReason,
    PathwayRoute,
    Route,
    SeasonEnd,
    SeasonStatus,
    find_route,
    season_end,
    season_state,
    weakest_cut_off,
)
from profiles.rules.tables.season import training_day
from profiles.rules.verdicts import Verdict

RULES_OF = {
    Pathway.LICENCE: ("E-PATH-3",),
    Pathway.OSCE: ("E-PATH-4",),
    Pathway.WFME: ("E-PATH-5",),
    Pathway.NCFMEA: ("E-PATH-5",),
    Pathway.JOINT: ("E-PATH-5",),
    Pathway.ENCOUNTERS: ("E-PATH-7",),
}
# What became of a Pathway that does not meet the requirement, by the verdict's status.
LOST = {
    "PATHWAY_EXPIRED": "Ended",
    "SEASON_OVER": "Not accepted in its season",
    "REFUSED": "Refused",
}
# It holds today, and not until training of the Match aimed at begins.
ENDS_TOO_SOON = "ENDS_TOO_SOON"
SEND_MISSING = "Send what is still missing before the season closes."
# What decides between the Pathways, in running text.
OPEN_QUESTIONS = {
    "person.licence_held": "whether you have held a licence to practise without "
    "supervision",
    "person.licence_valid_on": "until when your licence was valid",
    "person.licence_disciplined": "whether your licence was ever disciplined",
    "person.graduation": "your graduation date",
    "person.school_osce": "whether your regulator requires your school's clinical exam",
    "person.school_wfme": "whether WFME recognises the agency that accredits your school",
    "person.school_ncfmea": "whether NCFMEA found that agency comparable",
    "person.school_joint_degree": "whether your degree was issued jointly with a US "
    "school",
}
SHORT = {pathway: f"Pathway {pathway.value}" for pathway in Pathway}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinical:
    """Table T6 for a record, and where the requirement stands."""

    routed: PathwayRoute
    route: Verdict
    pathways: tuple[JudgedPathway, ...]
    skills: Verdict  # the requirement itself
    available_on: date | None  # since when it is met; None: not met, or not known


def clinical(case: Case, step2cs: StepStanding, *, cs_counts: bool | None) -> Clinical:
    """Table T6 for a record. `cs_counts` is what the seven years left of a pass of
    Step 2 CS; None: the record does not tell.
    """
    table = find_route(
        case.record.person,
        cs_pass_valid=cs_counts,
        cs_fails=step2cs.outcomes.count(SittingOutcome.FAIL),
        season=case.record.person.season,
        reference=case.reference,
    )
    skills = _skills(case, step2cs, table, cs_counts=cs_counts)
    return Clinical(
        routed=table,
        route=_route(case, table, skills),
        pathways=tuple(
            JudgedPathway(
                pathway=fit.pathway,
                fit=fit,
                verdict=_fit_verdict(case, fit, table.fits[: place + 1]),
            )
            for place, fit in enumerate(table.fits)
        ),
        skills=skills,
        available_on=_available_on(step2cs, skills, cs_counts=cs_counts),
    )


def _available_on(
    step2cs: StepStanding, skills: Verdict, *, cs_counts: bool | None
) -> date | None:
    if cs_counts:
        return step2cs.passes[0].result_on or step2cs.passes[0].on
    return skills.decided_on if skills.answer == Answer.MET else None


# --- The requirement ------------------------------------------------------------------


def accepted(case: Case) -> PathwayApplicationFacts | None:
    """The accepted Pathway that holds, or else the last one that held."""
    accepted_ones = [
        application
        for application in case.pathways
        if application.accepted_on is not None and application.refused_on is None
    ]
    holding = [
        application
        for application in accepted_ones
        if application.valid_to is None or application.valid_to >= case.today
    ]
    return next(iter(holding or accepted_ones), None)


def _skills(
    case: Case, step2cs: StepStanding, table: PathwayRoute, *, cs_counts: bool | None
) -> Verdict:
    if cs_counts:
        passed_on = step2cs.passes[0].on
        return verdict(
            Answer.MET,
            Route.NONE_NEEDED,
            f"Step 2 CS was passed on {in_words(passed_on)} and counts for ECFMG.",
            ("E-PATH-1", "E-7Y-2"),
            decided_on=passed_on,
        )
    if (application := accepted(case)) is not None:
        return _accepted(case, application)
    if (open_application := _not_accepted(case)) is not None:
        return open_application
    if cs_counts is None:
        return verdict(
            Answer.NOT_KNOWN,
            Route.NEEDS_CHECK,
            "Whether your Step 2 CS counts for ECFMG cannot be told here.",
            ("E-PATH-1", "E-7Y-2"),
            next_step="Ask ECFMG which of your passes it takes.",
            settles=("attempts.outcome",),
        )
    route = PATHWAY_OF.get(table.route)
    return verdict(
        Answer.NOT_MET if case.has_begun else Answer.NOT_KNOWN,
        "NOT_ACCEPTED",
        "No accepted Pathway is recorded, and no Step 2 CS pass that counts.",
        ("E-PATH-1", "E-CERT-1"),
        next_step=f"Apply by {SHORT[route]}." if route and table.is_known else "",
        settles=("pathways",),
    )


def _not_accepted(case: Case) -> Verdict | None:
    """Where an application stands that is not accepted; None: there is none."""
    submitted = [
        application
        for application in case.pathways
        if application.submitted_on is not None or application.refused_on is not None
    ]
    if not submitted:
        return None
    if (application := _waiting(case)) is not None:
        return verdict(
            Answer.NOT_MET,
            "SUBMITTED",
            f"{_sent(application)}. It is not accepted yet.",
            ("E-PATH-9",),
            decided_on=application.submitted_on,
            next_step=SEND_MISSING,
        )
    application = submitted[0]
    if application.refused_on is not None:
        return _refused(case, application, application.refused_on)
    end = _end_of(case, application.season)
    return verdict(
        Answer.NOT_MET,
        "SEASON_OVER",
        f"{_sent(application)}. It was not accepted before the season ended on "
        f"{in_words(end.last_day)}."
        if end.last_day
        else f"{_sent(application)} and is not accepted. The season is over: training "
        "of its Match has begun.",
        ("E-PATH-9",) if end.last_day else ("E-PATH-9", "E-NRMP-4"),
        confidences=[end.confidence],
        sources=end.sources,
        # It is not accepted, whenever the season ended.
        may_block=False,
        decided_on=end.last_day,
        next_step=f"{_apply_anew(case)}, with a new fee.",
    )


def _waiting(case: Case) -> PathwayApplicationFacts | None:
    """The application that was sent and can still be accepted.

    Several at once are of different seasons; the newest decides.
    """
    return next(
        (
            application
            for application in case.pathways
            if application.submitted_on is not None
            and application.accepted_on is None
            and application.refused_on is None
            and not _end_of(case, application.season).is_over
        ),
        None,
    )


def _refused(
    case: Case, application: PathwayApplicationFacts, refused_on: date
) -> Verdict:
    reason = f"{_sent(application)}. It was refused on {in_words(refused_on)}."
    if application.accepted_on is not None:
        return verdict(
            Answer.NOT_KNOWN,
            "REFUSED",
            reason,
            ("E-PATH-9",),
            decided_on=refused_on,
            next_step="Correct the days of your Pathway application.",
            settles=("pathways",),
            needs_look="A Pathway application is entered as accepted on "
            f"{in_words(application.accepted_on)} and as refused on "
            f"{in_words(refused_on)}.",
        )
    return verdict(
        Answer.NOT_MET,
        "REFUSED",
        reason,
        ("E-PATH-9",),
        decided_on=refused_on,
        next_step=f"{_apply_anew(case)}, or by another Pathway, with a new fee.",
    )


def _sent(application: PathwayApplicationFacts) -> str:
    sent_on = application.submitted_on
    when = f" on {in_words(sent_on)}" if sent_on else ""
    return f"An application for the {application.season} season was submitted{when}"


def _end_of(case: Case, season: int) -> SeasonEnd:
    return season_end(season, reference=case.reference, today=case.eastern)


def _apply_anew(case: Case) -> str:
    """The season aimed at is the one to apply in, as long as it lasts."""
    season = case.record.person.season
    if season is None or _end_of(case, season).is_over:
        return "Apply anew in a season that is open"
    return f"Apply anew in the {season} season"


def _accepted(case: Case, application: PathwayApplicationFacts) -> Verdict:
    number = SHORT[application.number] if application.number else "A Pathway"
    accepted_on = application.accepted_on or case.today
    acceptance = f"{number} was accepted on {in_words(accepted_on)}"
    valid_to = application.valid_to
    if valid_to is not None and valid_to < case.today:
        return verdict(
            Answer.NOT_MET,
            "PATHWAY_EXPIRED",
            f"{acceptance} and ended on {in_words(valid_to)}.",
            ("E-EXP-4",),
            decided_on=valid_to,
            next_step=_renewal(case)[0],
            next_date=_renewal(case)[1],
        )
    row = case.reference.season(application.season)
    held_until = None if row is None else row.accepted_valid_to
    if valid_to is None and held_until is not None and held_until.value < case.today:
        return verdict(
            Answer.NOT_KNOWN,
            "PATHWAY_EXPIRED",
            f"{acceptance}. Pathways of the {application.season} season were said to hold "
            f"until {in_words(held_until.value)}, and yours has no day entered.",
            ("E-EXP-4",),
            confidences=[held_until.confidence],
            sources=() if row is None else row.sources,
            decided_on=held_until.value,
            next_step="Enter until when ECFMG says that it is valid.",
            settles=("pathways.valid_to",),
        )
    until = "" if valid_to is None else f" and is valid to {in_words(valid_to)}"
    return verdict(
        Answer.MET,
        "PATHWAY_ACCEPTED",
        f"{acceptance}{until}.",
        RULES_OF[application.number] if application.number else ("E-CERT-1",),
        decided_on=accepted_on,
        next_step="" if valid_to else "Enter until when ECFMG says that it is valid.",
        next_date=valid_to,
    )


def until_training(case: Case, skills: Verdict) -> Verdict:
    """The requirement for the Match aimed at: what is met has to hold until training
    begins (E-EXP-1, E-NRMP-4). Without a Match only what has ended already counts.
    """
    if skills.answer != Answer.MET:
        return skills
    certificate = case.certificate
    if certificate is not None:
        state = issued(certificate, today=case.today).status
        if state == CertificateStatus.EXPIRED and certificate.expires_on is not None:
            return _ended(case, "The certificate", certificate.expires_on)
        is_temporary = state in {
            CertificateStatus.EXPIRING,
            CertificateStatus.ISSUED_TEMPORARY,
        }
        ends, what = certificate.expires_on, "The certificate"
    else:
        application = accepted(case)
        is_temporary = skills.status == "PATHWAY_ACCEPTED"
        ends = None if application is None else application.valid_to
        what = "Your accepted Pathway"
    begins = training_day(case.record.person.season)
    if (
        not is_temporary
        or ends is None
        or begins is None
        or ends >= begins
        or case.eastern >= begins
    ):
        return skills
    waits = _waiting(case)
    step, by = _renewal(case)
    return verdict(
        Answer.NOT_MET,
        ENDS_TOO_SOON,
        f"{what} is valid to {in_words(ends)}, and training of the {begins.year} Match "
        f"begins on {in_words(begins)}."
        + (f" {_sent(waits)} and is not accepted yet." if waits else ""),
        ("E-EXP-4", "E-EXP-1", "E-NRMP-4"),
        decided_on=ends,
        next_step=step,
        next_date=by,
    )


def _ended(case: Case, what: str, ended_on: date) -> Verdict:
    waits = _waiting(case)
    step, by = _renewal(case)
    return verdict(
        Answer.NOT_MET,
        "CERTIFICATE_EXPIRED",
        f"{what} ended, for entering training, on {in_words(ended_on)}."
        + (f" {_sent(waits)} and is not accepted yet." if waits else ""),
        ("E-EXP-1", "E-EXP-4"),
        decided_on=ended_on,
        next_step=step,
        next_date=by,
    )


def _renewal(case: Case) -> tuple[str, date | None]:
    """What to do about a Pathway that ends, and by which day for the Match aimed at."""
    if _is_revalidated(case):
        return "Ask ECFMG for the new last day of your certificate, and enter it.", None
    if _waiting(case) is not None:
        return SEND_MISSING, None
    season = case.record.person.season
    if season is None or _end_of(case, season).is_over:
        return "Apply for Pathways Revalidation in the coming season.", None
    deadline = case.reference.pathways_deadline(season)
    by = None if deadline is None or deadline.on < case.eastern else deadline.on
    return f"Apply for Pathways Revalidation in the {season} season.", by


def _is_revalidated(case: Case) -> bool:
    """Was a Pathway accepted after the certificate that ends was issued?"""
    certificate, application = case.certificate, accepted(case)
    if certificate is None or application is None or application.accepted_on is None:
        return False
    lasts = application.valid_to is None or (
        certificate.expires_on is not None
        and application.valid_to > certificate.expires_on
    )
    return lasts and application.accepted_on > certificate.issued_on


# --- The route ----------------------------------------------------------------------


def _route(case: Case, table: PathwayRoute, skills: Verdict) -> Verdict:
    season = case.record.person.season
    row = None if season is None else case.reference.season(season)
    used = weakest_cut_off(table.fits)
    look = _other_route(case, table)
    if table.route == Route.NONE_NEEDED:
        return verdict(
            Answer.MET,
            table.route,
            "Your Step 2 CS pass counts, so you need no Pathway.",
            ("E-PATH-1",),
            needs_look=look,
        )
    pathway = PATHWAY_OF.get(table.route)
    if pathway is None:
        return verdict(
            Answer.MET if skills.answer == Answer.MET else Answer.NOT_KNOWN,
            table.route,
            "Your clinical skills are met, so there is no Pathway to choose any more."
            if skills.answer == Answer.MET
            else _why_open(table, season),
            ("E-PATH-3", "E-PATH-5"),
            settles=table.settles,
        )
    failed = table.fits[0].why == FitReason.CS_FAILED
    if failed:
        reason = "After a failed Step 2 CS, Pathway 6 is the only way."
    elif pathway == Pathway.ENCOUNTERS:
        reason = f"No other Pathway fits for the {season} season, so it is Pathway 6."
    else:
        reason = f"{SHORT[pathway]} fits for the {season} season."
    if used == Confidence.UNCONFIRMED:
        reason += " That rests on days which are not confirmed yet."
    return verdict(
        Answer.MET if skills.answer == Answer.MET else Answer.NOT_MET,
        table.route,
        reason,
        ("E-PATH-2",) if failed else RULES_OF[pathway],
        confidences=[] if used is None else [used],
        sources=row.sources if row is not None and used is not None else (),
        next_step="" if skills.answer == Answer.MET else f"Apply by {SHORT[pathway]}.",
        needs_look=look,
    )


def _why_open(table: PathwayRoute, season: int | None) -> str:
    why = {fit.why for fit in table.fits}
    if FitReason.CS_UNKNOWN in why:
        return "Whether your Step 2 CS counts for ECFMG cannot be told here."
    if FitReason.SEASON_UNKNOWN in why:
        return "We do not know yet: the season you aim at is missing."
    if FitReason.CUT_OFF_UNKNOWN in why and not table.settles:
        return f"Not all days that decide in the {season} season were found."
    likely = _likely(table)
    if likely is None:
        return f"We do not know yet which Pathway is yours.{_hangs_on(table.settles)}"
    before = [
        fit
        for fit in table.fits
        if fit.pathway < likely and fit.answer == Answer.NOT_KNOWN
    ]
    names = listed([SHORT[fit.pathway] for fit in before], "or")
    questions = dict.fromkeys(name for fit in before for name in fit.settles)
    return (
        f"By what you entered {SHORT[likely]} fits, unless {names} does, which goes "
        f"first.{_hangs_on(questions)}"
    )


def _hangs_on(names: Iterable[str]) -> str:
    """The questions that would decide it; empty: there is none to ask."""
    questions = [OPEN_QUESTIONS[name] for name in names]
    return f" That hangs on {shortened(questions)}." if questions else ""


def _likely(table: PathwayRoute) -> Pathway | None:
    """The first Pathway that only an open one before it keeps from being the member's."""
    return next(
        (
            fit.pathway
            for fit in table.fits
            if fit.why == FitReason.EARLIER_UNKNOWN
            and fit.pathway != Pathway.ENCOUNTERS
        ),
        None,
    )


def _other_route(case: Case, table: PathwayRoute) -> str:
    """An accepted Pathway that the rules would not have given; empty: none."""
    application = accepted(case)
    if application is None or application.number is None:
        return ""
    if table.route == Route.NONE_NEEDED:
        return (
            f"{SHORT[application.number]} is reported as accepted, although a Step 2 CS "
            "pass that counts leaves no place for a Pathway."
        )
    only_sixth = table.fits[0].why == FitReason.CS_FAILED
    if only_sixth and application.number != Pathway.ENCOUNTERS:
        return (
            f"{SHORT[application.number]} is reported as accepted, although a failed "
            "Step 2 CS leaves only Pathway 6."
        )
    return ""


def _fit_verdict(case: Case, fit: Fit, so_far: tuple[Fit, ...]) -> Verdict:
    """Why one Pathway is the member's or is not, in a sentence.

    One that fits rests on the days by which those before it do not.
    """
    season = case.record.person.season
    row = None if season is None else case.reference.season(season)
    cut_off = fit.cut_off
    day = "" if cut_off is None else in_words(cut_off.value)
    earlier = "" if fit.earlier is None else SHORT[fit.earlier]
    person = case.record.person
    licence = (
        in_words(person.licence_valid_on) if person.licence_valid_on else "no day known"
    )
    graduation = in_words(person.graduation) if person.graduation else "no day known"
    reason = {
        FitReason.FITS: "Nothing that goes before it is open to you."
        if fit.pathway == Pathway.ENCOUNTERS
        else "What it asks for is in your record.",
        FitReason.VALID_CS: "A Step 2 CS pass that counts leaves no place for a Pathway.",
        FitReason.CS_FAILED: "After a failed Step 2 CS only Pathway 6 is open.",
        FitReason.CS_UNKNOWN: "It depends on your Step 2 CS.",
        FitReason.NO_LICENCE: "You have had no licence to practise without supervision.",
        FitReason.LICENCE_TOO_OLD: f"Your licence was last valid on {licence}; the season asks "
        f"for {day} or later.",
        FitReason.DISCIPLINED: "Your licence was disciplined.",
        FitReason.LICENCE_UNKNOWN: "Whether you have had a licence to practise without "
        "supervision, and until when, is not entered.",
        FitReason.DISCIPLINE_UNKNOWN: "Whether your licence was ever disciplined is not "
        "entered.",
        FitReason.CUT_OFF_UNKNOWN: "The day that decides in this season was not found.",
        FitReason.SEASON_UNKNOWN: "The season you aim at is not entered.",
        FitReason.GRADUATED_TOO_EARLY: f"You graduated on {graduation}; the season asks for "
        f"{day} or later.",
        FitReason.GRADUATION_UNKNOWN: "Your graduation date is not entered.",
        FitReason.SCHOOL_DOES_NOT: "By what you entered, your school does not meet its condition.",
        FitReason.SCHOOL_UNKNOWN: "Whether your school meets its condition is not entered.",
        FitReason.EARLIER_FITS: f"{earlier} fits and goes first.",
        FitReason.EARLIER_UNKNOWN: f"It depends on {earlier}, which goes first.",
    }[fit.why]
    rests = fit.why in {
        FitReason.FITS,
        FitReason.LICENCE_TOO_OLD,
        FitReason.GRADUATED_TOO_EARLY,
    }
    used = weakest_cut_off(so_far if fit.why == FitReason.FITS else (fit,))
    confidences = [used] if rests and used is not None else []
    rules: tuple[str, ...] = RULES_OF[fit.pathway]
    if fit.why == FitReason.VALID_CS:
        rules = ("E-PATH-1",)
    elif fit.why in {FitReason.CS_FAILED, FitReason.CS_UNKNOWN}:
        rules = ("E-PATH-2",)
    return verdict(
        fit.answer,
        "FITS" if fit.answer == Answer.MET else fit.why.upper(),
        reason,
        rules,
        confidences=confidences,
        sources=row.sources if row is not None and confidences else (),
        decided_on=cut_off.value if rests and cut_off is not None else None,
        settles=fit.settles,
    )


# --- The season's deadline ------------------------------------------------------------


def pathways_season(case: Case) -> Verdict:
    """Table T11 for the season aimed at."""
    season = case.record.person.season
    if season is None:
        return verdict(
            Answer.NOT_KNOWN,
            SeasonStatus.NEEDS_CHECK,
            "We do not know yet: the season you aim at is missing.",
            ("E-PATH-6",),
            settles=("person.season",),
        )
    state = season_state(season, reference=case.reference, today=case.eastern)
    submitted_on = next(
        (
            application.submitted_on
            for application in case.pathways
            if application.season == season
            and application.submitted_on
            and application.refused_on is None
        ),
        None,
    )
    if state.deadline is None:
        return verdict(
            Answer.NOT_KNOWN,
            state.status,
            f"The last day to apply to a Pathway for the {season} Match was not found.",
            ("E-PATH-6",),
            next_step="Look it up on the official site.",
        )
    deadline = state.deadline.in_words
    on_time = submitted_on is not None and submitted_on <= state.deadline.on
    if submitted_on is not None and on_time:
        return verdict(
            Answer.MET,
            state.status,
            f"Your Pathway application was submitted on {in_words(submitted_on)}; the last day "
            f"for the {season} Match is {deadline}.",
            ("E-PATH-6",),
            dated=[state.deadline],
            decided_on=state.deadline.on,
        )
    if state.status == SeasonStatus.CLOSED_FOR_MATCH:
        return verdict(
            Answer.NOT_MET,
            state.status,
            f"The last day to apply to a Pathway for the {season} Match was {deadline}. "
            "A later application still counts for certification.",
            ("E-PATH-6",),
            dated=[state.deadline],
            decided_on=state.deadline.on,
        )
    return verdict(
        Answer.NOT_MET,
        state.status,
        f"To take part in the {season} Match by a Pathway, apply by {deadline}.",
        ("E-PATH-6",),
        dated=[state.deadline],
        may_block=False,
        decided_on=state.deadline.on,
        next_step="Apply to your Pathway.",
        next_date=state.deadline.on,
    )
