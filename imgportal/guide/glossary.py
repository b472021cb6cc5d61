"""The words of the field, in ours. No numbers: those come from the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    key: str  # its place on the page of all terms
    name: str
    meaning: str


def _term(key: str, name: str, meaning: str) -> Term:
    return Term(key=key, name=name, meaning=meaning)


_ALL = (
    _term(
        "aamc",
        "AAMC",
        "The Association of American Medical Colleges. It runs ERAS.",
    ),
    _term(
        "acgme",
        "ACGME",
        "The body that accredits residency and fellowship programs in the United "
        "States.",
    ),
    _term(
        "accrediting-agency",
        "Accrediting agency",
        "A body that checks medical schools, such as CACMS in Canada, ACCM and CAAM-HP "
        "in the Caribbean, COMAEM in Mexico, NAQAAE in Egypt and TEPDAD in Turkey.",
    ),
    _term(
        "active-applicant",
        "Active applicant",
        "Somebody who certified a rank order list by the deadline. Match rates on this "
        "site are shares of active applicants.",
    ),
    _term(
        "attempt",
        "Attempt",
        "Any sitting of a Step that was started, finished or not.",
    ),
    _term(
        "case-simulations",
        "Case simulations (CCS)",
        "Patients on the computer, whom you treat step by step. Part of the second day "
        "of Step 3.",
    ),
    _term(
        "certificate",
        "Certificate",
        "The Standard ECFMG Certificate. It is issued when every requirement is met, "
        "and you are certified from its day of issue.",
    ),
    _term(
        "credit-year",
        "Credit year",
        "An academic year that your medical school counts toward its course in "
        "medicine.",
    ),
    _term(
        "cvs",
        "CVS",
        "The service by which ECFMG tells programs and boards that somebody is "
        "certified.",
    ),
    _term(
        "ecfmg",
        "ECFMG",
        "The Educational Commission for Foreign Medical Graduates, a part of Intealth. "
        "It certifies international medical graduates.",
    ),
    _term(
        "eligibility-period",
        "Eligibility period",
        "The months that you choose for an exam when you register. You must take the "
        "exam within them.",
    ),
    _term(
        "epic",
        "EPIC",
        "The system by which ECFMG asks schools and boards whether a document is "
        "genuine.",
    ),
    _term(
        "eras",
        "ERAS",
        "The service through which you apply to residency programs. Your side of it is "
        "called MyERAS.",
    ),
    _term(
        "evsp",
        "EVSP",
        "The program of ECFMG that sponsors J-1 visas of physicians in training.",
    ),
    _term(
        "faimer",
        "FAIMER",
        "The foundation of Intealth for medical education around the world.",
    ),
    _term(
        "fifth-pathway",
        "Fifth Pathway",
        "A former clinical year in the United States. It stood in for the internship "
        "or social service abroad.",
    ),
    _term(
        "fsmb",
        "FSMB",
        "The Federation of State Medical Boards. It owns USMLE together with NBME, and "
        "IMGs register there for the Steps.",
    ),
    _term(
        "gme",
        "GME",
        "Graduate medical education: residency and fellowship.",
    ),
    _term(
        "green-card",
        "Green card",
        "The card of a permanent resident of the United States who is not a citizen.",
    ),
    _term(
        "h1b",
        "H-1B",
        "A visa for work that needs a special education.",
    ),
    _term(
        "img",
        "IMG",
        "International medical graduate: a physician whose medical school is outside "
        "the United States and Canada.",
    ),
    _term(
        "incomplete-attempt",
        "Incomplete attempt",
        "A sitting that was started and not finished. It counts as an attempt.",
    ),
    _term(
        "intealth",
        "Intealth",
        "The organisation that ECFMG and FAIMER belong to.",
    ),
    _term(
        "j1",
        "J-1",
        "A visa for exchange visitors. ECFMG sponsors it for physicians in clinical "
        "training.",
    ),
    _term(
        "lcme",
        "LCME",
        "The body that accredits schools in the United States that give the MD degree.",
    ),
    _term(
        "match",
        "Match",
        "The yearly placement of applicants in residency programs, run by NRMP.",
    ),
    _term(
        "match-day",
        "Match Day",
        "The day on which applicants learn where they matched. It ends Match Week.",
    ),
    _term(
        "match-rate",
        "Match rate",
        "Those who matched to a first-year position, as a share of active applicants.",
    ),
    _term(
        "match-year",
        "Match year",
        "The year in which Match Day falls. Training begins in the summer of that year.",
    ),
    _term(
        "mini-cex",
        "Mini-CEX",
        "A short exam in which a physician watches you with a patient. Used in "
        "Pathway 6.",
    ),
    _term(
        "mspe",
        "MSPE",
        "The medical student performance evaluation, also called the dean’s letter. "
        "Your school writes it.",
    ),
    _term(
        "myintealth",
        "MyIntealth",
        "The portal of Intealth, where you apply for certification.",
    ),
    _term(
        "myintealth-id",
        "MyIntealth ID",
        "Your number in MyIntealth, for life. It is not your USMLE ID.",
    ),
    _term(
        "nbme",
        "NBME",
        "The National Board of Medical Examiners. It owns USMLE together with FSMB.",
    ),
    _term(
        "ncfmea",
        "NCFMEA",
        "A committee of the United States that compares how other countries accredit "
        "medical schools.",
    ),
    _term(
        "non-us-img",
        "Non-US IMG",
        "An IMG who is not a citizen of the United States. Holders of a green card are "
        "non-US IMGs.",
    ),
    _term(
        "notarycam",
        "NotaryCam",
        "The online notary that checks your passport for ECFMG.",
    ),
    _term(
        "nrmp",
        "NRMP",
        "The National Resident Matching Program. It runs the Match.",
    ),
    _term(
        "oet",
        "OET Medicine",
        "The Occupational English Test for physicians, by which you show communication "
        "skills.",
    ),
    _term(
        "osce",
        "OSCE",
        "An exam of clinical skills with stations, mostly with acted patients.",
    ),
    _term(
        "pathway",
        "Pathway",
        "One of the six ways to show clinical skills to ECFMG since Step 2 CS ended.",
    ),
    _term(
        "permanent-validation",
        "Permanent validation",
        "What makes a certificate that rests on a Pathway valid without an end.",
    ),
    _term(
        "pgy1",
        "PGY-1",
        "The first postgraduate year: a first-year position in residency.",
    ),
    _term(
        "verification",
        "Primary-source verification",
        "A check that asks the issuing school itself whether a document is genuine.",
    ),
    _term(
        "r3",
        "R3",
        "The system of NRMP in which you register and rank.",
    ),
    _term(
        "rap",
        "Recognised Accreditation Policy",
        "A policy of ECFMG about the accreditation of schools. Today it only leads to "
        "a report, not to a condition.",
    ),
    _term(
        "residency",
        "Residency",
        "The training in a specialty that follows medical school.",
    ),
    _term(
        "revalidation",
        "Revalidation",
        "The renewal of a Pathway that has ended or is about to, in a later season.",
    ),
    _term(
        "rank-order-list",
        "Rank order list",
        "Your list of programs in the order in which you want them. Programs make one "
        "of applicants.",
    ),
    _term(
        "soap",
        "SOAP",
        "The Supplemental Offer and Acceptance Program. In Match Week it fills places "
        "that the Match left open.",
    ),
    _term(
        "sponsor-note",
        "Sponsor Note",
        "The note of ECFMG in a school’s entry in the World Directory. It says for "
        "which years of graduation ECFMG accepts the school.",
    ),
    _term(
        "statement-of-need",
        "Statement of Need",
        "A letter for a J-1 visa. The health ministry of your country writes it.",
    ),
    _term(
        "steps",
        "Steps",
        "The exams of USMLE: Step 1, Step 2 CK and Step 3. Step 2 CS has ended.",
    ),
    _term(
        "token",
        "Token",
        "The code that opens MyERAS to you.",
    ),
    _term(
        "us-img",
        "US IMG",
        "An IMG who is a citizen of the United States.",
    ),
    _term(
        "usmle",
        "USMLE",
        "The United States Medical Licensing Examination.",
    ),
    _term(
        "usmle-id",
        "USMLE ID",
        "Your number for the Steps. It used to be called the USMLE/ECFMG number.",
    ),
    _term(
        "wfme",
        "WFME",
        "The World Federation for Medical Education. It recognises agencies that "
        "accredit medical schools.",
    ),
    _term(
        "world-directory",
        "World Directory",
        "The World Directory of Medical Schools, a list of the world’s medical schools.",
    ),
)

TERMS: Mapping[str, Term] = MappingProxyType(
    {term.key: term for term in sorted(_ALL, key=lambda term: term.name.lower())}
)
