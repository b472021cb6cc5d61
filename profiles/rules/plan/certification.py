"""The needs of certification: its items, clinical skills, the certificate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from profiles.choices import Answer, Item
from profiles.rules.days import shortened
from profiles.rules.judge_record.clinical_skills import ENDS_TOO_SOON, LOST
from profiles.rules.judge_record.match_season import ITEM_OF_STEP
from profiles.rules.parts import RecordPart
from profiles.rules.plan.needs import (
    NEED_OF_ITEM,
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
from profiles.rules.plan.situation import GATES, REFUSED, Situation, of_verdict, risk
from profiles.rules.tables.certificate import CertificateStatus
from profiles.rules.tables.pathways import SeasonStatus
from profiles.rules.tables.season import MatchStatus
from profiles.rules.text.rulebook import weakest
from profiles.rules.verdicts import Verdict

# The Steps, the seven years and the two skills have needs of their own.
OF_EXAMS = frozenset({*ITEM_OF_STEP.values(), Item.SEVEN_YEARS, Item.COMMUNICATION})
ACTORS = {
    Item.DIPLOMA: Actor.SCHOOL,
    Item.TRANSCRIPT: Actor.SCHOOL,
    Item.SCHOOL: Actor.SCHOOL,
}
# What counts as having ended, or as ending before it has served.
ENDED = {"CERTIFICATE_EXPIRED": "Ended", ENDS_TOO_SOON: "Ends before training begins"}
PATHWAYS = "pathways"


def item_needs(member: Situation) -> Iterator[TrainingNeed]:
    """Every item of certification that no exam speaks for, in its order."""
    for item, judged in member.judgement.items.items():
        if item in OF_EXAMS:
            continue
        if item == Item.CLINICAL:
            yield clinical_need(member)
        elif item == Item.CERTIFICATE:
            yield certificate_need(member)
        else:
            yield _item(member, item, judged)


def _item(member: Situation, item: Item, judged: Verdict) -> TrainingNeed:
    is_gate = NEED_OF_ITEM[item] == member.gate
    waits = member.gate is not None and not is_gate and judged.answer != Answer.MET
    state = STATE_OF[judged.answer]
    if waits or judged.status in {"REPORTED_UNDER_WAY", "REPORTED_AHEAD"}:
        state = NeedState.WAITS
    return TrainingNeed(
        kind=NEED_OF_ITEM[item],
        state=state,
        verdict=judged,
        actor=ACTORS.get(item, Actor.MEMBER),
        waits_for=(member.gate,) if waits and member.gate else (),
        steps=tuple(_of_item(member, item, judged)),
        risks=tuple(_item_risks(member, item, judged)),
    )


def _of_item(member: Situation, item: Item, judged: Verdict) -> Iterator[Action]:
    if not member.is_img:
        return
    place = (item.label, RecordPart.CERTIFICATION, item.value)
    if judged.needs_look:
        yield Action(
            what=f"Check what you entered about “{item.label}”.",
            why=judged.needs_look,
            about=item.label,
            part=RecordPart.CERTIFICATION,
            anchor=item.value,
            is_overdue=True,
        )
        return
    is_gate = NEED_OF_ITEM[item] == member.gate
    if member.closing is not None or not (is_gate or member.may_go_on):
        return
    if not judged.next_step:
        return
    # Two items may ask for the same action: the reason says for which it is.
    action = of_verdict(judged, *place, is_gate=is_gate)
    yield replace(action, why=f"{item.label}: {action.why}")


def _item_risks(member: Situation, item: Item, judged: Verdict) -> Iterator[Risk]:
    """A refusal stops everything that needs the item."""
    if judged.status == REFUSED and member.is_img and member.closing is None:
        word = "Refused: it stops the rest" if item in GATES else "Refused"
        yield risk(
            item.label,
            word,
            judged,
            RecordPart.CERTIFICATION,
            item.value,
            judged.decided_on,
        )


def beginning_need(member: Situation) -> TrainingNeed:
    """What nearly every other answer waits for: the Match aimed at, the exams, the items."""
    steps = tuple(_of_beginning(member))
    return TrainingNeed(
        kind=NeedKind.BEGINNING,
        state=NeedState.NOT_KNOWN if steps else NeedState.DONE,
        steps=steps,
    )


def _of_beginning(member: Situation) -> Iterator[Action]:
    record = member.record
    if member.closing is not None:
        return
    if member.season is None:
        yield Action(
            what="Choose the Match that you aim at.",
            why="Its deadlines and cut-off days decide what comes next, and by when.",
            about="Profile",
            part=RecordPart.PROFILE,
            anchor="id_season",
        )
    if not (
        record.attempts
        or record.sittings
        or record.certificate
        or (member.is_img and member.is_certified)
    ):
        yield Action(
            what="Enter the exams that you have sat or planned.",
            why="Most answers begin with them: what is passed, what runs out, what is "
            "next.",
            about="Exams",
            part=RecordPart.EXAMS,
        )
    unsaid = [
        item.label
        for item, judged in member.judgement.items.items()
        if judged.status == "NOT_SAID"
    ]
    # Who has the certificate has had all of them.
    if unsaid and member.is_img and not member.is_certified and member.gate is None:
        yield Action(
            what="Say where you stand with certification.",
            why=f"Nothing is entered yet about {shortened(unsaid)}.",
            about="Certification",
            part=RecordPart.CERTIFICATION,
            rules=("E-CERT-1",),
        )


# --- Clinical skills ----------------------------------------------------------------------


def clinical_need(member: Situation) -> TrainingNeed:
    skills = member.judgement.items[Item.CLINICAL]
    season = member.judgement.pathways_season
    is_sent = skills.status == "SUBMITTED"
    ends = _pathway_ends(member)
    state = STATE_OF[skills.answer]
    if is_sent:
        state = NeedState.WAITS
    elif member.judgement.match.status == MatchStatus.PATHWAY_TOO_LATE:
        state = NeedState.LOST
    return TrainingNeed(
        kind=NeedKind.CLINICAL_SKILLS,
        state=state,
        verdict=skills,
        actor=Actor.ECFMG if is_sent else Actor.MEMBER,
        waits_for=(member.gate,) if member.gate else (),
        needed_by=season.decided_on,
        # One that ends too soon can be renewed: it is not lost by ending.
        lost_on=None if skills.status in ENDED else ends,
        is_only_way=member.judgement.route.status == "PATHWAY_6",
        steps=tuple(_of_clinical(member, skills)),
        risks=tuple(_clinical_risks(member, skills)),
        days=tuple(_pathway_days(member, ends)),
    )


def needs_pathway(member: Situation) -> bool:
    """Is an application for a Pathway still to be sent for the Match aimed at?"""
    skills = member.judgement.items[Item.CLINICAL]
    renews = skills.status in {"CERTIFICATE_EXPIRED", ENDS_TOO_SOON}
    # One was sent for this Match; a day to apply by says that it served for nothing.
    is_sent = member.judgement.pathways_season.answer == Answer.MET
    return (
        member.is_img
        and member.may_go_on
        and skills.answer != Answer.MET
        and skills.status != "SUBMITTED"
        and (not is_sent or skills.next_date is not None)
        and (renews or not member.is_certified)
        and not member.match_is_lost
    )


def awaits_pathway(member: Situation) -> bool:
    skills = member.judgement.items[Item.CLINICAL]
    return (
        member.is_img
        and member.closing is None
        and skills.answer != Answer.MET
        and member.judgement.pathways_season.answer == Answer.MET
    )


def _of_clinical(member: Situation, skills: Verdict) -> Iterator[Action]:
    """The season of the Pathways gives the day to apply by."""
    if not member.is_img:
        return
    item, season = Item.CLINICAL, member.judgement.pathways_season
    looks = [skills.needs_look, member.judgement.route.needs_look]
    if look := " ".join(filter(None, looks)):
        yield Action(
            what="Check what you entered about your Pathway.",
            why=look,
            about=item.label,
            part=RecordPart.CERTIFICATION,
            anchor=item.value,
            is_overdue=True,
        )
        return
    if not member.may_go_on:
        return
    is_lost = member.judgement.match.status == MatchStatus.PATHWAY_TOO_LATE
    applies = needs_pathway(member)
    awaits = awaits_pathway(member) and skills.next_date is None
    if skills.next_step and (applies or awaits or skills.answer == Answer.MET):
        action = of_verdict(skills, item.label, RecordPart.CERTIFICATION, item.value)
        action = replace(action, why=f"{item.label}: {action.why}")
        if applies and action.on is None and season.next_date:
            action = replace(
                action,
                on=season.next_date,
                confidence=weakest([action.confidence, season.confidence]),
            )
        elif awaits:
            action = member.by_rank_list(action, is_sent=True)
        elif skills.answer == Answer.MET:
            # The day until which it holds is no day by which something is to be done.
            action = replace(action, on=None)
        if not is_lost:
            yield action
    elif applies and season.next_step and not is_lost:
        action = of_verdict(season, item.label, RecordPart.CERTIFICATION, PATHWAYS)
        yield replace(
            action, what=_which_pathway(member), why=_why_pathway(member, action.why)
        )


def _which_pathway(member: Situation) -> str:
    route = member.judgement.route
    if route.next_step:
        return route.next_step
    return "Apply to your Pathway."


def _why_pathway(member: Situation, why: str) -> str:
    """Which one it is, or what would decide that."""
    route = member.judgement.route
    return f"{why} {route.reason}" if route.reason not in why else why


def _clinical_risks(member: Situation, skills: Verdict) -> Iterator[Risk]:
    if not member.is_img or member.closing is not None:
        return
    place = (RecordPart.CERTIFICATION, Item.CLINICAL.value)
    if skills.status in ENDED:
        about = "The certificate" if member.is_certified else "Your Pathway"
        yield risk(about, ENDED[skills.status], skills, *place, skills.decided_on)
    elif member.is_certified:
        # From then on the day on the certificate counts (E-EXP-1).
        return
    elif skills.status in LOST:
        yield risk(
            "Your Pathway", LOST[skills.status], skills, *place, skills.decided_on
        )
    elif (ends := _pathway_ends(member)) is not None:
        yield risk(
            "Your Pathway", "Ends", skills, *place, ends, is_near=member.is_soon(ends)
        )
    season = member.judgement.pathways_season
    words = {
        SeasonStatus.CLOSING_SOON: "Closing soon",
        SeasonStatus.CLOSED_FOR_MATCH: "Closed",
    }
    if (
        season.status in words
        and season.answer != Answer.MET
        and skills.answer != Answer.MET
        and not member.match_is_lost
        and member.gate is None
    ):
        yield risk(
            "The Pathways season",
            words[SeasonStatus(season.status)],
            season,
            RecordPart.CERTIFICATION,
            PATHWAYS,
            season.decided_on,
        )


def _pathway_ends(member: Situation) -> date | None:
    """The last day of an accepted Pathway that holds; None: none, or it has no end."""
    if member.is_certified or not member.is_img or member.closing is not None:
        return None
    skills = member.judgement.items[Item.CLINICAL]
    if skills.status == ENDS_TOO_SOON:
        return skills.decided_on
    return skills.next_date if skills.status == "PATHWAY_ACCEPTED" else None


def _pathway_days(member: Situation, ends: date | None) -> Iterator[OwnDay]:
    if ends is not None and ends >= member.today:
        yield OwnDay(
            kind=OwnDayKind.PATHWAY, on=ends, title="Your accepted Pathway ends"
        )


# --- The certificate ----------------------------------------------------------------------


def certificate_need(member: Situation) -> TrainingNeed:
    judged = member.judgement.certificate
    ends = _certificate_ends(member)
    return TrainingNeed(
        kind=NeedKind.CERTIFICATE,
        state=NeedState.WAITS
        if judged.answer == Answer.NOT_MET
        else STATE_OF[judged.answer],
        verdict=judged,
        actor=Actor.ECFMG if judged.status == CertificateStatus.READY else Actor.MEMBER,
        waits_for=tuple(
            NEED_OF_ITEM[item]
            for item, verdict in member.judgement.items.items()
            if item != Item.CERTIFICATE and verdict.answer != Answer.MET
        )
        if judged.answer != Answer.MET
        else (),
        needed_by=member.training_begins,
        lost_on=ends,
        steps=tuple(_of_certificate(member, judged)),
        risks=tuple(_certificate_risks(member, judged)),
        days=tuple(_certificate_days(member, ends)),
    )


def _certificate_ends(member: Situation) -> date | None:
    """The printed last day of a certificate that is not permanent; None: there is none."""
    certificate = member.record.certificate
    judged = member.judgement.certificate
    if certificate is None or judged.status == CertificateStatus.PERMANENT:
        return None
    return certificate.expires_on if member.record_certificate_is_there else None


def _of_certificate(member: Situation, judged: Verdict) -> Iterator[Action]:
    if not member.is_img:
        return
    item = Item.CERTIFICATE
    place = (item.label, RecordPart.CERTIFICATION, item.value)
    if judged.needs_look:
        yield Action(
            what="Check what you entered of the certificate.",
            why=judged.needs_look,
            about=item.label,
            part=RecordPart.CERTIFICATION,
            anchor=item.value,
            is_overdue=True,
        )
        return
    # Its renewal is asked for by clinical skills, for the season that it needs.
    is_renewed = member.judgement.items[Item.CLINICAL].status in ENDED
    if not judged.next_step or is_renewed or not member.may_go_on:
        return
    action = of_verdict(judged, *place)
    ends = _certificate_ends(member)
    if judged.status == CertificateStatus.PERMANENT_ELIGIBLE and ends is not None:
        # The validation should be there before the printed day comes.
        action = replace(action, on=ends if ends >= member.today else None)
    yield replace(action, why=f"{item.label}: {action.why}")


def _certificate_risks(member: Situation, judged: Verdict) -> Iterator[Risk]:
    words = {
        CertificateStatus.EXPIRING: "Ends soon",
        CertificateStatus.ISSUED_TEMPORARY: "Ends",
        CertificateStatus.PERMANENT_ELIGIBLE: "Ends unless it is validated",
        CertificateStatus.EXPIRED: "Ended",
    }
    if judged.status not in words or not member.is_img:
        return
    if member.judgement.items[Item.CLINICAL].status in ENDED:
        return
    ends = _certificate_ends(member)
    if ends is None:
        # Without a printed day there is nothing that could end.
        return
    is_near = judged.status != CertificateStatus.ISSUED_TEMPORARY
    if judged.status == CertificateStatus.PERMANENT_ELIGIBLE:
        is_near = member.is_soon(ends)
    yield risk(
        "The certificate",
        words[CertificateStatus(judged.status)],
        judged,
        RecordPart.CERTIFICATION,
        Item.CERTIFICATE.value,
        ends,
        is_near=is_near,
    )


def _certificate_days(member: Situation, ends: date | None) -> Iterator[OwnDay]:
    if ends is not None and ends >= member.today and member.is_img:
        yield OwnDay(
            kind=OwnDayKind.CERTIFICATE,
            on=ends,
            title="Your ECFMG Certificate expires, unless it was validated",
        )
