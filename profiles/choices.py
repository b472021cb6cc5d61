"""The words that a record is stored in. A stored value never changes its meaning."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices


class Exam(TextChoices):
    """The Steps of USMLE. Step 2 CS ended in January 2021 and still counts."""

    STEP1 = "step1", "Step 1"
    STEP2CK = "step2ck", "Step 2 CK"
    STEP2CS = "step2cs", "Step 2 CS"
    STEP3 = "step3", "Step 3"


class AttemptState(TextChoices):
    """What became of a sitting. A result that came in belongs to `TAKEN`."""

    PLANNED = "planned", "Planned"
    TAKEN = "taken", "Taken"
    INCOMPLETE = "incomplete", "Started, not finished"
    CANCELLED = "cancelled", "Cancelled before the day"
    NOT_ATTENDED = "not_attended", "Not attended"
    INVALIDATED = "invalidated", "Score invalidated"
    WITHHELD = "withheld", "Score withheld"


class ReportedOutcome(TextChoices):
    """The outcome on the score report. Empty: none yet, or not entered."""

    PASS = "pass", "Pass"
    FAIL = "fail", "Fail"


class SubTest(TextChoices):
    """The four parts of OET Medicine, in the order of its report."""

    LISTENING = "listening", "Listening"
    READING = "reading", "Reading"
    WRITING = "writing", "Writing"
    SPEAKING = "speaking", "Speaking"


class Pathway(IntegerChoices):
    """ECFMG's Pathways to clinical skills, by their numbers (rules E-PATH-3 to 7)."""

    LICENCE = 1, "Pathway 1: licensed to practise without supervision"
    OSCE = 2, "Pathway 2: the school's clinical exam required by the regulator"
    WFME = 3, "Pathway 3: school accredited by a WFME-recognised agency"
    NCFMEA = 4, "Pathway 4: school accredited by an agency NCFMEA found comparable"
    JOINT = 5, "Pathway 5: degree issued jointly with an LCME-accredited school"
    ENCOUNTERS = 6, "Pathway 6: six observed encounters with patients"


class Item(TextChoices):
    """What certification takes, in its order (rule E-CERT-1)."""

    ACCOUNT = "account", "MyIntealth account"
    IDENTITY = "identity", "Identity confirmed"
    APPLICATION = "application_accepted", "Application for certification accepted"
    SCHOOL = "school_eligible", "School with a Sponsor Note for the graduation year"
    CREDIT_YEARS = "credit_years_4", "Four credit years"
    STEP1 = "step1", "Step 1"
    STEP2CK = "step2ck", "Step 2 CK"
    SEVEN_YEARS = "seven_year", "Both Steps within seven years"
    CLINICAL = "clinical_skills", "Clinical skills"
    COMMUNICATION = "communication_skills", "Communication skills"
    DIPLOMA = "diploma_verified", "Diploma verified with the school"
    TRANSCRIPT = "transcript_verified", "Transcript verified with the school"
    FEES = "fees_clear", "Nothing owed to ECFMG"
    CERTIFICATE = "certificate", "Certificate"


class ItemState(TextChoices):
    """What the member reports of one item. Without a row they have not reported it."""

    NOT_STARTED = "not_started", "Not started"
    UNDER_WAY = "under_way", "Under way"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused or not eligible"


class Basis(TextChoices):
    """What the clinical skills on an issued certificate rest on (rules E-EXP-1, 3)."""

    PATHWAY = "pathway", "A Pathway"
    STEP2CS = "step2cs", "Step 2 CS"


class SeasonOutcome(TextChoices):
    """How a Match ended for the member, as they report it. Empty: not said."""

    MATCHED = "matched", "Matched"
    SOAP = "soap", "Matched in SOAP"
    NOT_MATCHED = "not_matched", "Not matched"
    WITHDREW = "withdrew", "Withdrew or did not take part"


class DocumentState(TextChoices):
    """How far a document of an application is. Empty: not said. Nothing is uploaded."""

    NOT_BEGUN = "not_begun", "Not begun"
    ASKED_FOR = "asked_for", "Asked for"
    READY = "ready", "Ready"
    SENT = "sent", "Sent"


class FeeKind(TextChoices):
    """What a fee is paid for, in the order of the way."""

    APPLICATION = "application", "Account and application for certification"
    STEP1 = "step1", "Step 1"
    STEP2CK = "step2ck", "Step 2 CK"
    EXAM_ABROAD = "exam_abroad", "Exam outside the United States and Canada"
    OET = "oet", "OET Medicine"
    PATHWAY = "pathway", "Application for a Pathway"
    DOCUMENTS = "documents", "Verification of diploma and transcript"
    STEP3 = "step3", "Step 3"
    ERAS_TOKEN = "eras_token", "ERAS token"
    ERAS = "eras", "Applications in ERAS"
    EXAM_TRANSCRIPT = "exam_transcript", "USMLE transcript in ERAS"
    RESIDENCYCAS = "residencycas", "Applications in ResidencyCAS"
    PSCA = "psca", "Applications in PSCA"
    NRMP = "nrmp", "NRMP registration"
    NRMP_LATE = "nrmp_late", "NRMP, registering late"
    NRMP_RANKS = "nrmp_ranks", "NRMP, ranks after the first 20"
    VISA = "visa", "Sponsorship of a J-1 visa by ECFMG"


# Paid anew for each Match.
FEES_OF_SEASON = frozenset(
    {
        *(FeeKind.PATHWAY, FeeKind.ERAS_TOKEN, FeeKind.ERAS, FeeKind.EXAM_TRANSCRIPT),
        *(FeeKind.RESIDENCYCAS, FeeKind.PSCA, FeeKind.NRMP, FeeKind.NRMP_LATE),
        *(FeeKind.NRMP_RANKS, FeeKind.VISA),
    }
)


class Confidence(TextChoices):
    """How far a rule or a date can be trusted. Only the first two may block anybody."""

    CONFIRMED = "confirmed", "confirmed in an official text"
    REPORTED = "reported", "reported by secondary sources"
    UNCONFIRMED = "unconfirmed", "unconfirmed: check the official site"


class Answer(TextChoices):
    """Three answers. Not known is never "not met"."""

    MET = "met", "Done"
    NOT_MET = "not_met", "Not yet"
    NOT_KNOWN = "not_known", "Not known"


class Measured(TextChoices):
    """What has a minimum passing score. The labels are those of the founding table."""

    STEP1 = "step1", "USMLE Step 1"
    STEP2CK = "step2ck", "USMLE Step 2 CK"
    STEP3 = "step3", "USMLE Step 3"
    OET_LISTENING = "oet_listening", "OET Medicine Listening"
    OET_READING = "oet_reading", "OET Medicine Reading"
    OET_WRITING = "oet_writing", "OET Medicine Writing"
    OET_SPEAKING = "oet_speaking", "OET Medicine Speaking"


class Quantity(TextChoices):
    """A number of the rules that a body can change: counted from an exam day on."""

    RESULT_TYPICAL = "result_typical", "Days after which a result is typically there"
    RESULT_ALLOWED = "result_allowed", "Days to allow for a result"


class Service(TextChoices):
    """Through which applications to programs are sent, the usual one first."""

    ERAS = "eras", "ERAS"
    RESIDENCYCAS = "residencycas", "ResidencyCAS"
    PSCA = "psca", "PSCA"


class Event(TextChoices):
    """What happens on a dated day of a Match season, in the order of a season."""

    ERAS_OPENS = "eras_season_opens", "ERAS season opens"
    PATHWAYS_OPEN = "ecfmg_pathways_season_opens", "Pathways season opens"
    ERAS_SUBMISSION = "eras_submission_opens", "Applications can be submitted in ERAS"
    NRMP_REGISTRATION = "nrmp_registration_opens", "NRMP registration opens"
    ERAS_REVIEW = (
        "eras_programs_begin_review",
        "Programs begin to read applications in ERAS",
    )
    CAS_OPENS = "residencycas_season_opens", "ResidencyCAS season opens"
    CAS_SUBMISSION = (
        "residencycas_submission_opens",
        "Applications can be submitted in ResidencyCAS",
    )
    CAS_DEADLINE = (
        "residencycas_application_deadline",
        "Applications in ResidencyCAS are due",
    )
    CAS_REVIEW = (
        "residencycas_programs_begin_review",
        "Programs begin to read applications in ResidencyCAS",
    )
    MSPE = "mspe_release", "Performance evaluations (MSPE) are released"
    NRMP_STANDARD_END = (
        "nrmp_standard_registration_deadline",
        "Standard NRMP registration ends",
    )
    PATHWAYS_DEADLINE = (
        "ecfmg_pathways_application_deadline",
        "Pathways application for this Match",
    )
    PATHWAY2_OSCE = (
        "ecfmg_pathway2_osce_attestation_deadline",
        "Pathway 2: the school confirms its exam",
    )
    PATHWAYS_EXTENDED = (
        "ecfmg_pathways_application_deadline_extended",
        "Pathways application for this Match, extended",
    )
    ATTESTATION = (
        "ecfmg_electronic_attestation_deadline",
        "Pathways 3 to 5: schools confirm by the portal",
    )
    RANKING_OPENS = "nrmp_ranking_opens", "Ranking opens"
    RANK_LIST = (
        "nrmp_rol_certification_deadline",
        "Rank order list must be certified",
    )
    MATCH_WEEK = "nrmp_match_week_begins", "Match Week: matched or not is known"
    SOAP_OPENS = "nrmp_soap_applications_open", "SOAP applications open"
    SOAP_REVIEW = "nrmp_soap_programs_begin_review", "Programs begin SOAP review"
    SOAP_ROUNDS = "nrmp_soap_offer_rounds", "SOAP offer rounds"
    SOAP_1 = "nrmp_soap_round_1", "SOAP, first round of offers"
    SOAP_2 = "nrmp_soap_round_2", "SOAP, second round of offers"
    SOAP_3 = "nrmp_soap_round_3", "SOAP, third round of offers"
    SOAP_4 = "nrmp_soap_round_4", "SOAP, fourth round of offers"
    SOAP_ENDS = "nrmp_soap_ends", "SOAP ends"
    MATCH_DAY = "nrmp_match_day", "Match Day"
    PATHWAYS_CLOSE = "ecfmg_pathways_season_closes", "Pathways season closes"
    ERAS_ENDS = "eras_season_ends", "ERAS season ends"


class ReminderState(TextChoices):
    """What became of a reminder."""

    WAITING = "waiting", "To be sent"
    COMPOSED = "composed", "In a message of the outbox"
    NOT_NEEDED = "not_needed", "No longer needed"


# Days before a date on which a member may be reminded of it, and when nothing is chosen.
LEADS = (90, 60, 30, 14, 7, 3, 1)
USUAL_LEADS = "60,14,3"


class ProposalAct(TextChoices):
    """What a proposed change does with a row of the dated tables."""

    ADD = "add", "New row"
    CHANGE = "change", "Change"
    WITHDRAW = "withdraw", "Withdrawal"
    RESTORE = "restore", "Restoring"


class ProposalState(TextChoices):
    OPEN = "open", "Waits for approval"
    RETURNED = "returned", "Returned"
    APPROVED = "approved", "Approved"
    DISCARDED = "discarded", "Discarded"
