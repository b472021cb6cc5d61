"""Every rule by its id: what it says in our words, who says so, how far to trust it.

The wording is never a quotation. `confidence` is None for a convention of this site:
something that had to be decided and that no official text decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from profiles.choices import Confidence

CONFIRMED, REPORTED, UNCONFIRMED = (
    Confidence.CONFIRMED,
    Confidence.REPORTED,
    Confidence.UNCONFIRMED,
)
CONVENTION = None

# When the documents behind the rules were last read.
LAST_CHECKED = date(2026, 11, 22)


class Topic(StrEnum):
    """The parts of the rule book, in its order."""

    IMG = "Who is an IMG"
    CERTIFICATION = "ECFMG Certification, step by step"
    SCHOOL = "Medical education"
    TIME_LIMIT = "The exams and the seven years"
    ENGLISH = "Communication skills: OET Medicine"
    PATHWAYS = "Clinical skills: Step 2 CS or a Pathway"
    CERTIFICATE = "The certificate over time"
    SCORES = "USMLE scores and passing"
    ATTEMPTS = "USMLE attempts"
    USMLE = "Other USMLE rules"
    MATCH = "The Match"
    ENTRIES = "Entries of a record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. Sources are keys of documents, in the order of their weight."""

    id: str
    topic: Topic
    wording: str
    sources: tuple[str, ...]
    confidence: Confidence | None  # None: a convention of this site

    @property
    def in_words(self) -> str:
        """How far it can be trusted."""
        if self.confidence is None:
            return "a convention of this site"
        return str(self.confidence.label)

    @property
    def may_block(self) -> bool:
        """Only what official or secondary sources say may stand in somebody's way."""
        return self.confidence in {CONFIRMED, REPORTED}


def _rule(
    id: str, topic: Topic, wording: str, sources: str, confidence: Confidence | None
) -> Rule:
    return Rule(
        id=id,
        topic=topic,
        wording=wording,
        sources=tuple(sources.split()),
        confidence=confidence,
    )


_ALL = (
    # --- Who is an IMG -----------------------------------------------------------
    _rule(
        "IMG-1",
        Topic.IMG,
        "You are an international medical graduate when the school that gave you your "
        "first medical degree is outside the United States and Canada. Your citizenship "
        "does not matter for this. Territories whose people hold a US passport, such as "
        "Puerto Rico, count as the United States.",
        "s01 s02",
        CONFIRMED,
    ),
    _rule(
        "IMG-2",
        Topic.IMG,
        "An IMG with US citizenship is a US IMG. Everybody else is a non-US IMG, and "
        "that includes holders of a green card.",
        "s07",
        CONFIRMED,
    ),
    _rule(
        "IMG-3",
        Topic.IMG,
        "US accreditation of Canadian schools ended on 30 June 2025. Whoever graduates "
        "in Canada from 1 July 2025 on is treated as an IMG in the United States.",
        "s03 s04 s05",
        REPORTED,
    ),
    _rule(
        "IMG-3a",
        Topic.IMG,
        "The sources disagree about the exact start for Canadian graduates, and no new "
        "wording by ECFMG was found. Here a degree dated 1 July 2025 or later counts as "
        "that of an IMG, and is marked to be checked.",
        "s01 s03 s04",
        UNCONFIRMED,
    ),
    _rule(
        "IMG-3b",
        Topic.IMG,
        "The other way round, from 1 July 2025 graduates of US schools take part in the "
        "Canadian match with the international graduates.",
        "s06",
        CONFIRMED,
    ),
    _rule(
        "IMG-4",
        Topic.IMG,
        "Fifth Pathway certificates were given until the end of 2009, and opened Step 3 "
        "until the end of 2016. Since 2017 their holders need ECFMG Certification.",
        "s08",
        CONFIRMED,
    ),
    _rule(
        "IMG-5",
        Topic.IMG,
        "What counts is the country in which the school has its campus and its main "
        "work, not the country of your rotations.",
        "s02",
        CONFIRMED,
    ),
    # --- Certification, step by step ----------------------------------------------
    _rule(
        "E-SEQ-1",
        Topic.CERTIFICATION,
        "Your school must be in the World Directory of Medical Schools with a Sponsor "
        "Note of ECFMG that covers your graduation year.",
        "s12 s14",
        CONFIRMED,
    ),
    _rule(
        "E-SEQ-2",
        Topic.CERTIFICATION,
        "Everything begins with a MyIntealth account in the name that stands on a valid "
        "passport. An unfinished request is kept for 14 days.",
        "s09 s10",
        CONFIRMED,
    ),
    _rule(
        "E-SEQ-3",
        Topic.CERTIFICATION,
        "Your identity is confirmed once, with your passport, by an online notary.",
        "s151 s152 s63 s64",
        REPORTED,
    ),
    _rule(
        "E-SEQ-4",
        Topic.CERTIFICATION,
        "You get one MyIntealth ID for life. The USMLE ID is another number. Asking for "
        "a second number can be held against you.",
        "s09",
        CONFIRMED,
    ),
    _rule(
        "E-SEQ-5",
        Topic.CERTIFICATION,
        "ECFMG must accept your application for certification before you can register "
        "for a Step. Before August 2025 both could go on side by side.",
        "s40 s138",
        REPORTED,
    ),
    _rule(
        "E-SEQ-6",
        Topic.CERTIFICATION,
        "Step 1 and Step 2 CK can be taken in either order.",
        "s40 s42 s43",
        REPORTED,
    ),
    _rule(
        "E-SEQ-8",
        Topic.CERTIFICATION,
        "ECFMG asks your school itself whether your final diploma and your transcript "
        "are genuine.",
        "s12 s13 s64",
        CONFIRMED,
    ),
    _rule(
        "E-SEQ-9",
        Topic.CERTIFICATION,
        "The certificate is issued about two weeks after the last thing is complete and "
        "paid. You are certified from the day of issue.",
        "s72",
        CONFIRMED,
    ),
    # --- Medical education ---------------------------------------------------------
    _rule(
        "E-MED-1",
        Topic.SCHOOL,
        "You need at least four academic years that your medical school gives credit "
        "for. Credits taken over from another school are limited and need proof.",
        "s12 s02",
        CONFIRMED,
    ),
    _rule(
        "E-MED-2",
        Topic.SCHOOL,
        "ECFMG wants the final diploma as the school issued it, signed and dated, with "
        "an official translation if it is not in English. Evaluations by credential "
        "agencies do not replace it.",
        "s13",
        CONFIRMED,
    ),
    _rule(
        "E-MED-3",
        Topic.SCHOOL,
        "ECFMG lists the exact title of the degree for each school and year. Write "
        "yours as it is printed.",
        "s13 s14",
        CONFIRMED,
    ),
    _rule(
        "E-MED-4",
        Topic.SCHOOL,
        "If you have graduated and the diploma is not printed yet, a letter of the "
        "school with the month of issue helps for the time being.",
        "s14",
        CONFIRMED,
    ),
    _rule(
        "E-MED-5",
        Topic.SCHOOL,
        "Degrees in dentistry alone, in ayurvedic, homeopathic or traditional Chinese "
        "medicine, in hygiene or other non-clinical physician courses, and those of "
        "assistant practitioners do not qualify.",
        "s12",
        CONFIRMED,
    ),
    _rule(
        "E-MED-6",
        Topic.SCHOOL,
        "The name on your documents must be the name on your record, or papers must "
        "explain the difference.",
        "s13",
        CONFIRMED,
    ),
    _rule(
        "E-RAP-1",
        Topic.SCHOOL,
        "Whether your school is accredited by an agency that WFME recognises is only "
        "reported, in the World Directory and to programs. It does not decide whether "
        "you can be certified. Older pages that call it a condition are out of date.",
        "s12 s71",
        CONFIRMED,
    ),
    _rule(
        "E-RAP-2",
        Topic.SCHOOL,
        "An agency counts as recognised by WFME only in the countries for which WFME "
        "looked at it.",
        "s148",
        CONFIRMED,
    ),
    # --- The seven years -----------------------------------------------------------
    _rule(
        "E-EXAM-1",
        Topic.TIME_LIMIT,
        "The exams that certification asks for today are Step 1 and Step 2 CK.",
        "s58 s26",
        CONFIRMED,
    ),
    _rule(
        "E-7Y-1",
        Topic.TIME_LIMIT,
        "All required exams must be passed within seven years. The time runs from the "
        "exam day of the first pass, and the same day seven years later still counts. "
        "If it runs out, the oldest pass no longer counts for ECFMG.",
        "s25 s26",
        REPORTED,
    ),
    _rule(
        "E-7Y-2",
        Topic.TIME_LIMIT,
        "If a Step 2 CS pass is used for certification, the same seven years hold for "
        "it.",
        "s25",
        REPORTED,
    ),
    _rule(
        "E-7Y-3",
        Topic.TIME_LIMIT,
        "A pass that no longer counts can be earned again: after the time limit has "
        "run out, USMLE allows a passed Step to be repeated for it.",
        "s15 s18",
        CONFIRMED,
    ),
    _rule(
        "E-7Y-4",
        Topic.TIME_LIMIT,
        "The sources disagree on whether the Pathways belong to the seven years. Here "
        "they do not: they have an end of their own.",
        "s26 s27",
        UNCONFIRMED,
    ),
    _rule(
        "E-7Y-5",
        Topic.TIME_LIMIT,
        "ECFMG can make exceptions, one person at a time. This site knows none of them.",
        "",
        UNCONFIRMED,
    ),
    # --- OET -----------------------------------------------------------------------
    _rule(
        "E-OET-1",
        Topic.ENGLISH,
        "Each of the four parts of OET Medicine has a minimum score: 350, and since "
        "1 April 2022 300 in Writing. What was in force on the day of the test counts.",
        "s44 s45 s46 s47 s48 s63",
        REPORTED,
    ),
    _rule(
        "E-OET-2",
        Topic.ENGLISH,
        "All four parts must reach their minimum in one sitting. You may sit as often "
        "as you like. Your mother tongue makes no difference, and IELTS or TOEFL are no "
        "replacement.",
        "s45 s46 s48",
        CONFIRMED,
    ),
    _rule(
        "E-OET-3",
        Topic.ENGLISH,
        "Each Pathways season names the oldest test day that it accepts, about two "
        "years back. The table of seasons has the days and how sure each one is.",
        "s45 s68 s62 s63",
        REPORTED,
    ),
    _rule(
        "E-OET-4",
        Topic.ENGLISH,
        "OET scores go up to 500 in steps of ten, and OET must release the results to "
        "ECFMG.",
        "s136",
        REPORTED,
    ),
    _rule(
        "E-OET-5",
        Topic.ENGLISH,
        "A test at home is accepted only where there is no test center to go to.",
        "s158",
        REPORTED,
    ),
    _rule(
        "E-OET-6",
        Topic.ENGLISH,
        "With a Step 2 CS pass that counts for ECFMG, no OET is needed.",
        "s45 s46",
        CONFIRMED,
    ),
    # --- Pathways ------------------------------------------------------------------
    _rule(
        "E-PATH-1",
        Topic.PATHWAYS,
        "A Step 2 CS pass that counts for ECFMG covers clinical and communication "
        "skills, even after an earlier failure. Its holder cannot use a Pathway and "
        "needs none.",
        "s45 s46",
        CONFIRMED,
    ),
    _rule(
        "E-PATH-2",
        Topic.PATHWAYS,
        "After a failed Step 2 CS without a pass that counts, Pathway 6 is the only way.",
        "s50 s157",
        CONFIRMED,
    ),
    _rule(
        "E-PATH-3",
        Topic.PATHWAYS,
        "Pathway 1 is for physicians who were licensed somewhere to practise without "
        "supervision, on or after the season's first day for it, and never disciplined. "
        "The licence may have ended since; a training licence does not count. Whoever "
        "fits Pathway 1 must use it.",
        "s49 s50 s157",
        CONFIRMED,
    ),
    _rule(
        "E-PATH-4",
        Topic.PATHWAYS,
        "Pathway 2 rests on a clinical exam of your school that the country asks of "
        "everybody for a licence, where no agency recognised by WFME or found "
        "comparable by NCFMEA accredits.",
        "s52",
        CONFIRMED,
    ),
    _rule(
        "E-PATH-5",
        Topic.PATHWAYS,
        "Pathways 3, 4 and 5 are for students and recent graduates whose school "
        "confirms their clinical skills: 3 where a WFME-recognised agency accredits the "
        "school, 4 where NCFMEA found the agency comparable, 5 for a degree given "
        "together with a US school accredited by LCME.",
        "s50 s51",
        CONFIRMED,
    ),
    _rule(
        "E-PATH-6",
        Topic.PATHWAYS,
        "The last day to apply for a Match and the end of the Pathways season are two "
        "different days. After the first, an application still counts for "
        "certification, but not for that Match.",
        "s60 s65",
        CONFIRMED,
    ),
    _rule(
        "E-PATH-7",
        Topic.PATHWAYS,
        "Pathway 6 is for everybody else, and after a failed Step 2 CS. Physicians "
        "watch six meetings with patients and score each one.",
        "s53 s54 s55",
        REPORTED,
    ),
    _rule(
        "E-PATH-7a",
        Topic.PATHWAYS,
        "The sources disagree on whether those physicians may be licensed in any "
        "country. Most say any. Ask ECFMG before you arrange the first meeting.",
        "s53 s143 s62",
        UNCONFIRMED,
    ),
    _rule(
        "E-PATH-8",
        Topic.PATHWAYS,
        "No limit on Step attempts was found for the Pathways. That of USMLE holds.",
        "",
        UNCONFIRMED,
    ),
    _rule(
        "E-PATH-9",
        Topic.PATHWAYS,
        "An application that is not complete when its season ends is refused. The next "
        "one needs a new fee.",
        "s60",
        CONFIRMED,
    ),
    # --- The certificate -------------------------------------------------------------
    _rule(
        "E-CERT-1",
        Topic.CERTIFICATE,
        "The certificate is issued when the application is accepted, school and "
        "graduation year qualify, four credit years are there, diploma and transcript "
        "are verified, Step 1 and Step 2 CK are passed within seven years, clinical and "
        "communication skills are shown and nothing is owed.",
        "s12 s58 s72",
        CONFIRMED,
    ),
    _rule(
        "E-EXP-1",
        Topic.CERTIFICATE,
        "A certificate that rests on a Pathway ends, for entering training, on the day "
        "printed on it. That day is copied from the certificate, never worked out.",
        "s59 s66",
        CONFIRMED,
    ),
    _rule(
        "E-EXP-2",
        Topic.CERTIFICATE,
        "It becomes permanent after twelve months of clinical training in an accredited "
        "US program; later texts add an unrestricted US licence. Unless ECFMG sponsors "
        "your J-1 visa, you have to ask for it.",
        "s66 s67",
        REPORTED,
    ),
    _rule(
        "E-EXP-3",
        Topic.CERTIFICATE,
        "A certificate that rests on Step 2 CS has no such end.",
        "s66",
        CONFIRMED,
    ),
    _rule(
        "E-EXP-4",
        Topic.CERTIFICATE,
        "Once a Pathway has ended or is about to, it can be renewed in a later season "
        "(Pathways Revalidation).",
        "s60 s61",
        CONFIRMED,
    ),
    _rule(
        "E-EXP-5",
        Topic.CERTIFICATE,
        "Whoever is in training already and will outlast the certificate asks ECFMG for "
        "more time.",
        "s67",
        REPORTED,
    ),
    # --- Scores ----------------------------------------------------------------------
    _rule(
        "U-SCORE-1",
        Topic.SCORES,
        "Scores are whole numbers from 1 to 300.",
        "s32 s156",
        REPORTED,
    ),
    _rule(
        "U-SCORE-2",
        Topic.SCORES,
        "Step 1 has had no number since 26 January 2022, only Pass or Fail. Up to the "
        "day before, the number stays on every transcript.",
        "s19",
        CONFIRMED,
    ),
    _rule(
        "U-PASS-1",
        Topic.SCORES,
        "A score passes when it reaches the minimum that was in force on the day of the "
        "exam; for Step 3 on the first of its two days.",
        "s28 s37",
        REPORTED,
    ),
    _rule(
        "U-PASS-2",
        Topic.SCORES,
        "Since Step 1 has no number, only the reported Pass or Fail counts. The minimum "
        "of 196 is for the examiners.",
        "s19 s36",
        REPORTED,
    ),
    _rule(
        "U-PASS-3",
        Topic.SCORES,
        "For an exam older than our table of minimums nothing is worked out: the "
        "reported outcome counts.",
        "",
        CONVENTION,
    ),
    _rule(
        "U-PASS-4",
        Topic.SCORES,
        "Where the reported outcome and the score disagree, both stay, and a person has "
        "to look.",
        "",
        CONVENTION,
    ),
    # --- Attempts ----------------------------------------------------------------------
    _rule(
        "U-ATT-1",
        Topic.ATTEMPTS,
        "Each Step may be started four times at most, finished or not. This holds for "
        "every application since 1 July 2021, whenever the attempts were. Before that "
        "the limit was six.",
        "s15 s16 s23 s139",
        CONFIRMED,
    ),
    _rule(
        "U-ATT-2",
        Topic.ATTEMPTS,
        "Whoever has used up one Step without passing it, Step 2 CS included, can take "
        "none of the others either.",
        "s15 s16",
        CONFIRMED,
    ),
    _rule(
        "U-ATT-3",
        Topic.ATTEMPTS,
        "The same Step can be taken three times within twelve months. The next time "
        "must be at least twelve months after the first and six months after the last. "
        "The day on which these are full is allowed.",
        "s15 s24",
        CONFIRMED,
    ),
    _rule(
        "U-ATT-4",
        Topic.ATTEMPTS,
        "A passed Step is taken again only to meet a time limit of ECFMG or a licensing "
        "board, and only after that limit has run out.",
        "s15 s18",
        CONFIRMED,
    ),
    _rule(
        "U-ATT-5",
        Topic.ATTEMPTS,
        "Attempts are numbered by exam day among all sittings that were started. One "
        "that was not attended is none, but its application is used up.",
        "s15",
        UNCONFIRMED,
    ),
    _rule(
        "U-ATT-6",
        Topic.ATTEMPTS,
        "The licensing board of a state may allow fewer attempts.",
        "s15",
        CONFIRMED,
    ),
    _rule(
        "U-INV-1",
        Topic.ATTEMPTS,
        "A score that was declared invalid no longer counts for ECFMG, and a validation "
        "exam is asked for. Whether it uses up an attempt was not found: here it is "
        "counted, and marked.",
        "s121",
        REPORTED,
    ),
    # --- Other USMLE rules ---------------------------------------------------------------
    _rule(
        "U-EP-1",
        Topic.USMLE,
        "You choose three months in which to take the exam. Once approved they cannot "
        "be changed.",
        "s40 s41",
        CONFIRMED,
    ),
    _rule(
        "U-S3-1",
        Topic.USMLE,
        "Step 3 asks for Step 1 and Step 2 CK passed, a medical degree and, from an "
        "IMG, the ECFMG Certificate: the application comes after its day of issue.",
        "s17 s40 s41",
        CONFIRMED,
    ),
    _rule(
        "U-RPT-1",
        Topic.USMLE,
        "Most results are there within four weeks. To be safe, an exam should be at "
        "least 28 days before the day on which its result is needed.",
        "s140",
        CONFIRMED,
    ),
    _rule(
        "U-TRANS-1",
        Topic.USMLE,
        "The transcript shows every attempt, also those broken off. A later pass takes "
        "no failure away.",
        "s141 s19",
        REPORTED,
    ),
    _rule(
        "U-TIME-1",
        Topic.USMLE,
        "Many state boards want Steps 1 to 3 passed within seven years. They decide "
        "themselves, and it is not the rule of ECFMG.",
        "s142",
        REPORTED,
    ),
    _rule(
        "U-ID-1",
        Topic.USMLE,
        "A USMLE ID is taken to have eight digits. The sources disagree, so another "
        "length is kept with a warning.",
        "s137",
        UNCONFIRMED,
    ),
    _rule(
        "U-CS-1",
        Topic.USMLE,
        "Step 2 CS was given up in January 2021. The last possible day is taken to be "
        "the 26th; no official text with the day was found.",
        "s17 s144 s163",
        UNCONFIRMED,
    ),
    _rule(
        "U-REG-1",
        Topic.USMLE,
        "Since 12 January 2026 IMGs register for every Step with FSMB. Before, ECFMG "
        "took the registrations for Step 1 and Step 2 CK.",
        "s42 s43",
        REPORTED,
    ),
    # --- The Match -------------------------------------------------------------------------
    _rule(
        "E-NRMP-1",
        Topic.MATCH,
        "By the rank list deadline ECFMG must be able to confirm passing results of "
        "Step 1 and Step 2 CK that count, and clinical and communication skills. "
        "Otherwise you are taken out of the Match and of SOAP.",
        "s58 s78 s79",
        CONFIRMED,
    ),
    _rule(
        "E-NRMP-2",
        Topic.MATCH,
        "The certificate itself is not needed for the Match but to begin training. "
        "A program may ask for it earlier.",
        "s80 s155",
        CONFIRMED,
    ),
    _rule(
        "E-NRMP-3",
        Topic.MATCH,
        "SOAP is for those registered by the rank list deadline, without a full match, "
        "with their exams confirmed and able to begin on 1 July.",
        "s97 s78",
        REPORTED,
    ),
    _rule(
        "E-NRMP-4",
        Topic.MATCH,
        "Whoever takes part must be able to begin training on 1 July of the Match year.",
        "s154",
        CONFIRMED,
    ),
    # --- Entries ---------------------------------------------------------------------------
    _rule(
        "F-DATE-1",
        Topic.ENTRIES,
        "An exam whose day has not come yet has no outcome and no score.",
        "",
        CONVENTION,
    ),
    _rule(
        "F-OET-1",
        Topic.ENTRIES,
        "Each OET score is at most 500, in steps of ten.",
        "s136",
        REPORTED,
    ),
    _rule(
        "F-MONTH-1",
        Topic.ENTRIES,
        "So many months after a day is the same day of the later month, or its last day "
        "where there is none: seven years after 29 February 2020 is 28 February 2027.",
        "",
        CONVENTION,
    ),
    _rule(
        "F-WARN-1",
        Topic.ENTRIES,
        "This site warns six months before something ends, and 30 days before a "
        "Pathways deadline.",
        "",
        CONVENTION,
    ),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in _ALL})


def of_topic(topic: Topic) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES.values() if rule.topic == topic)


WEAKNESS = {confidence: place for place, confidence in enumerate(Confidence)}


def weakest(confidences: Iterable[Confidence | None]) -> Confidence:
    """The weakest of those that an answer rests on.

    Conventions do not weaken it. What rests on conventions alone says nothing that an
    official text could contradict, so it is as sure as what was entered.
    """
    known = [confidence for confidence in confidences if confidence is not None]
    return max(known, key=lambda confidence: WEAKNESS[confidence], default=CONFIRMED)
