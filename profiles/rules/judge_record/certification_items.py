"""The items of certification: what is reported and what the rules derive, together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from profiles.choices import Answer, Basis, Item, ItemState
from profiles.rules.days import in_words, listed, shortened
from profiles.rules.facts import CertificateFacts, ReportedItem
from profiles.rules.judge_record.case import Case, verdict
from profiles.rules.tables.certificate import (
    ELEMENTS,
    CertificateStatus,
    issued,
    not_issued,
)
from profiles.rules.tables.season import training_day
from profiles.rules.verdicts import Verdict

# The status of an item that only the certificate tells of.
CERTIFIED = "CERTIFIED"
RULES_OF: Mapping[Item, tuple[str, ...]] = {
    Item.ACCOUNT: ("E-SEQ-2",),
    Item.IDENTITY: ("E-SEQ-3",),
    Item.APPLICATION: ("E-SEQ-5", "E-CERT-1"),
    Item.SCHOOL: ("E-SEQ-1", "E-CERT-1"),
    Item.CREDIT_YEARS: ("E-MED-1", "E-CERT-1"),
    Item.STEP1: ("E-EXAM-1",),
    Item.STEP2CK: ("E-EXAM-1",),
    Item.SEVEN_YEARS: ("E-7Y-1",),
    Item.CLINICAL: ("E-CERT-1",),
    Item.COMMUNICATION: ("E-CERT-1",),
    Item.DIPLOMA: ("E-SEQ-8", "E-CERT-1"),
    Item.TRANSCRIPT: ("E-SEQ-8", "E-CERT-1"),
    Item.FEES: ("E-CERT-1",),
    Item.CERTIFICATE: ("E-CERT-1",),
}
NEXT_STEPS: Mapping[Item, str] = {
    Item.ACCOUNT: "Open a MyIntealth account in the name on your passport.",
    Item.IDENTITY: "Book the identity check with the online notary.",
    Item.APPLICATION: "Submit the application for ECFMG Certification.",
    Item.SCHOOL: "Look your school up in the World Directory of Medical Schools.",
    Item.CREDIT_YEARS: "Count the academic years that your school credits.",
    Item.DIPLOMA: "Ask your school to answer ECFMG's request.",
    Item.TRANSCRIPT: "Ask your school to answer ECFMG's request.",
    Item.FEES: "Look into MyIntealth for what is owed.",
}
# What only the school can confirm, and what ECFMG may take where it cannot (E-SEQ-8a).
OF_SCHOOL = frozenset({Item.DIPLOMA, Item.TRANSCRIPT})
IN_PLACE_OF_SCHOOL = "Ask ECFMG what it takes in place of an answer of your school."
SCHOOL_IS_CLOSED = (
    "If the school is closed and can confirm nobody's degree, ECFMG may take sworn "
    "statements of three US-licensed physicians who know at first hand that you graduated."
)


def combined(case: Case, item: Item, derived: Verdict | None) -> Verdict:
    """What is reported and what is derived of one item; where they contradict, the
    answer is "not known".
    """
    reported = case.record.items.get(item)
    if reported is None:
        answer = derived or _unsaid(item)
    else:
        answer = _together(item, reported, _reported(case, item, reported), derived)
    if case.certificate is not None and item in ELEMENTS:
        answer = _with_certificate(case.certificate, item, answer)
    return answer


def _together(
    item: Item, reported: ReportedItem, report: Verdict, derived: Verdict | None
) -> Verdict:
    if derived is None:
        return report
    # The record lacks an entry: there is nothing yet that contradicts the report.
    is_open = derived.answer == Answer.NOT_KNOWN or (
        derived.answer == Answer.NOT_MET and bool(derived.settles)
    )
    if is_open and report.answer == Answer.MET:
        return replace(report, needs_look=derived.needs_look)
    if derived.answer == Answer.NOT_KNOWN:
        # The member reports "not yet", which the open answer of the rules does not change.
        return replace(
            report,
            reason=f"{report.reason} {derived.reason}",
            next_step=derived.next_step or report.next_step,
            next_date=derived.next_date or report.next_date,
            settles=derived.settles,
            needs_look=derived.needs_look,
        )
    if derived.answer == report.answer:
        return derived
    return _contradiction(item, reported, derived)


def _unsaid(item: Item) -> Verdict:
    return verdict(
        Answer.NOT_KNOWN,
        "NOT_SAID",
        f"We do not know yet: nothing is entered about “{item.label}”.",
        RULES_OF[item],
        settles=(f"items.{item.value}",),
    )


def _reported(case: Case, item: Item, reported: ReportedItem) -> Verdict:
    ahead = reported.on is not None and reported.on > case.today
    since = f" since {in_words(reported.on)}" if reported.on else ""
    if reported.state == ItemState.DONE and not ahead:
        return verdict(
            Answer.MET,
            "REPORTED_DONE",
            f"You report this as done{since}.",
            RULES_OF[item],
            decided_on=reported.on,
        )
    if ahead and reported.on is not None:
        return verdict(
            Answer.NOT_MET,
            "REPORTED_AHEAD",
            f"You report “{reported.state.label}” for {in_words(reported.on)}, which "
            "has not come yet.",
            RULES_OF[item],
            decided_on=reported.on,
            next_date=reported.on,
        )
    reason = f"You report this as “{reported.state.label.lower()}”{since}."
    rules = RULES_OF[item]
    if reported.state == ItemState.REFUSED:
        step = f"Ask ECFMG why “{item.label}” was refused, and what would help."
    else:
        step = NEXT_STEPS.get(item, "")
    if item in OF_SCHOOL and _school_refused(case):
        # One school answers for both, or for neither.
        reason = f"{reason} {SCHOOL_IS_CLOSED}"
        step, rules = IN_PLACE_OF_SCHOOL, ("E-SEQ-8", "E-SEQ-8a", "E-CERT-1")
    elif item in OF_SCHOOL and reported.state == ItemState.UNDER_WAY:
        reason = f"{reason} {SCHOOL_IS_CLOSED}"
        rules = ("E-SEQ-8", "E-SEQ-8a", "E-CERT-1")
    return verdict(
        Answer.NOT_MET,
        f"REPORTED_{reported.state.name}",
        reason,
        rules,
        decided_on=reported.on,
        next_step=step,
    )


def _school_refused(case: Case) -> bool:
    """Is it reported that the school confirms the diploma or the transcript no more?"""
    return any(
        row.state == ItemState.REFUSED and (row.on is None or row.on <= case.today)
        for item, row in case.record.items.items()
        if item in OF_SCHOOL
    )


def _contradiction(item: Item, reported: ReportedItem, derived: Verdict) -> Verdict:
    look = (
        f"{item.label}: you report “{reported.state.label.lower()}”, but the rest of "
        f"your record says otherwise. {derived.reason}"
    )
    return replace(derived, answer=Answer.NOT_KNOWN, needs_look=look)


def _with_certificate(
    certificate: CertificateFacts, item: Item, answer: Verdict
) -> Verdict:
    """With a certificate everything was there on its day of issue (E-CERT-1)."""
    if answer.answer == Answer.MET or answer.needs_look:
        return answer
    outlived = item in {Item.CLINICAL, Item.COMMUNICATION, Item.FEES}
    if answer.answer == Answer.NOT_MET and not outlived and not answer.settles:
        look = (
            f"{item.label}: the certificate was issued on "
            f"{in_words(certificate.issued_on)}, which needs it. {answer.reason}"
        )
        return replace(answer, answer=Answer.NOT_KNOWN, needs_look=look)
    return verdict(
        Answer.MET,
        CERTIFIED,
        f"The certificate was issued on {in_words(certificate.issued_on)}, so ECFMG had "
        "this.",
        ("E-CERT-1",),
        decided_on=certificate.issued_on,
    )


# --- The certificate ----------------------------------------------------------------


def certificate(case: Case, items: Mapping[Item, Verdict]) -> Verdict:
    """Table T7 in a sentence."""
    if case.certificate is not None:
        return _issued(case, case.certificate)
    reported = case.record.items.get(Item.CERTIFICATE)
    derived = _not_issued(items)
    if reported is None:
        return derived
    report = _reported(case, Item.CERTIFICATE, reported)
    if report.answer == Answer.MET:
        if derived.answer == Answer.NOT_MET and derived.status == "NOT_READY":
            return _contradiction(Item.CERTIFICATE, reported, derived)
        return replace(
            report,
            settles=("certificate.issued_on", "certificate.basis"),
            next_step="Enter the day of issue and what the certificate rests on.",
        )
    return derived if derived.answer == Answer.NOT_MET else report


def _not_issued(items: Mapping[Item, Verdict]) -> Verdict:
    met = {item for item in ELEMENTS if items[item].answer == Answer.MET}
    lacking = [item for item in ELEMENTS if items[item].answer == Answer.NOT_MET]
    open_ = [item for item in ELEMENTS if items[item].answer == Answer.NOT_KNOWN]
    state = not_issued(met)
    settles = tuple(
        dict.fromkeys(name for item in open_ for name in items[item].settles)
    )
    unknown = (
        f" Not known: {shortened([item.label for item in open_])}." if open_ else ""
    )
    if lacking:
        return verdict(
            Answer.NOT_MET,
            state.status,
            f"Still missing: {listed([item.label for item in lacking])}.{unknown}",
            ("E-CERT-1",),
            settles=settles,
        )
    if open_:
        return verdict(
            Answer.NOT_KNOWN,
            state.status,
            f"Nothing is known to be missing.{unknown}",
            ("E-CERT-1",),
            settles=settles,
        )
    return verdict(
        Answer.NOT_MET,
        state.status,
        "Everything is there by what you entered. The certificate is issued about two "
        "weeks after ECFMG has it all.",
        ("E-CERT-1", "E-SEQ-9"),
        confidences=[items[item].confidence for item in ELEMENTS],
        may_block=False,
        next_step="Enter the certificate when it is issued.",
        settles=("certificate.issued_on",),
    )


def _issued(case: Case, certificate: CertificateFacts) -> Verdict:
    state = issued(certificate, today=case.today)
    on = f"The certificate was issued on {in_words(certificate.issued_on)}"
    until = in_words(certificate.expires_on) if certificate.expires_on else ""
    issued_on, expires_on = certificate.issued_on, certificate.expires_on
    look = _odd(certificate)
    if state.status == CertificateStatus.PERMANENT:
        rests_on_cs = certificate.basis == Basis.STEP2CS
        validated_on = None if rests_on_cs else certificate.validated_on
        how = (
            f" and permanently validated on {in_words(validated_on)}"
            if validated_on
            else ". It rests on Step 2 CS, so it does not expire"
        )
        return verdict(
            Answer.MET,
            state.status,
            f"{on}{how}.",
            ("E-EXP-2",) if validated_on else ("E-EXP-3",),
            decided_on=validated_on or issued_on,
            needs_look=look,
        )
    if state.status == CertificateStatus.PERMANENT_ELIGIBLE:
        why = (
            "an unrestricted US licence"
            if certificate.us_licence
            else f"{certificate.training_months} months of training"
        )
        return verdict(
            Answer.MET,
            state.status,
            f"{on}. With {why} it can be made permanent.",
            ("E-EXP-2",),
            decided_on=issued_on,
            next_step="Ask ECFMG for permanent validation, and enter its day.",
            settles=("certificate.validated_on",),
            needs_look=look,
        )
    if state.status == CertificateStatus.EXPIRED:
        return verdict(
            Answer.NOT_MET,
            state.status,
            f"{on} and ended, for entering training, on {until}.",
            ("E-EXP-1", "E-EXP-4"),
            decided_on=expires_on,
            next_step="Apply for Pathways Revalidation, or, if you are in training, ask "
            "ECFMG for permanent validation.",
            needs_look=look,
        )
    if state.status == CertificateStatus.EXPIRING:
        begins = training_day(case.record.person.season)
        is_in_time = (
            begins is None or expires_on is None or case.today < begins <= expires_on
        )
        return verdict(
            Answer.MET,
            state.status,
            f"{on} and ends, for entering training, on {until}.",
            ("E-EXP-1", "E-EXP-5"),
            decided_on=expires_on,
            next_step="Begin training before that day, renew the Pathway, or, if you are "
            "in training, ask ECFMG for more time."
            if is_in_time
            else "Renew the Pathway, or, if you are in training, ask ECFMG for more time.",
            next_date=expires_on,
            needs_look=look,
        )
    return verdict(
        Answer.MET,
        state.status,
        f"{on}. For entering training it is valid to {until}."
        if until
        else f"{on}. Whether it has a last day is not entered.",
        ("E-EXP-1",),
        decided_on=expires_on or issued_on,
        next_date=expires_on,
        next_step=""
        if until
        else "Copy the last day from the certificate, if it has one.",
        settles=() if until else ("certificate.expires_on", "certificate.basis"),
        needs_look=look,
    )


def _odd(certificate: CertificateFacts) -> str:
    issued_on, expires_on = certificate.issued_on, certificate.expires_on
    if expires_on is not None and expires_on < issued_on:
        return "The certificate ends before it was issued. Check both days."
    if certificate.validated_on is not None and certificate.validated_on < issued_on:
        return "The certificate was validated before it was issued. Check both days."
    if certificate.basis == Basis.STEP2CS and expires_on is not None:
        return (
            "The certificate is said to rest on Step 2 CS, and yet has a last day. "
            "Check what it says."
        )
    return ""
