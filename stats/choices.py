"""The words that figures are stored in. A stored value never changes its meaning."""

from __future__ import annotations

from django.db.models import TextChoices


class ApplicantType(TextChoices):
    """Who applied, as NRMP divides applicants. The order is the order of its tables."""

    US_MD_SENIOR = "us_md_senior", "US MD seniors"
    US_MD_GRAD = "us_md_grad", "US MD graduates"
    # Seniors only, from 2019. A part of US_DO_ALL, so never on one line with it.
    US_DO_SENIOR = "us_do_senior", "US DO seniors"
    US_DO_GRAD = "us_do_grad", "US DO graduates"
    # Students and graduates together, 2008-2019.
    US_DO_ALL = "us_do_all", "US DO students and graduates"
    US_IMG = "us_img", "US IMGs"
    NON_US_IMG = "non_us_img", "Non-US IMGs"
    # Graduates of foreign schools who added a supervised year in the US; to 2017.
    FIFTH_PATHWAY = "fifth_pathway", "Fifth Pathway"
    # Stored only where a part lacks a count; elsewhere the sum is computed.
    IMG_TOTAL = "img_total", "All IMGs, as published"
    # A row only of the table after SOAP; elsewhere they are the totals of the year.
    ALL = "all", "All applicants"


# Types that NRMP reports today; the others belong to earlier years.
CURRENT_TYPES = (
    ApplicantType.US_MD_SENIOR,
    ApplicantType.US_MD_GRAD,
    ApplicantType.US_DO_SENIOR,
    ApplicantType.US_DO_GRAD,
    ApplicantType.US_IMG,
    ApplicantType.NON_US_IMG,
)
# In the order of NRMP's tables; pages about scores name them the other way round.
IMG_GROUPS = (ApplicantType.US_IMG, ApplicantType.NON_US_IMG)


class ScoreOutcome(TextChoices):
    MATCHED = "matched", "Matched"
    # In the 2026 edition: not matched to the preferred specialty.
    NOT_MATCHED = "not_matched", "Not matched"


class FigureConfidence(TextChoices):
    """How far a figure can be trusted; always shown in words."""

    A = (
        "A",
        "Confirmed: the official text was read, or a verbatim copy of it whose sums "
        "close.",
    )
    B = (
        "B",
        "Good: two readings that rest on no common document, or one whose arithmetic "
        "closes.",
    )
    C = "C", "Use with care: calculated here, or from a single secondary source."


class Missing(TextChoices):
    """Why a value is not there. A missing value is never a zero."""

    SUPPRESSED = "suppressed", "withheld by the publisher: fewer than five people"
    NOT_PUBLISHED = "not_published", "not published"
    NOT_FOUND = "not_found", "not in the sources we hold"
    # A restated rate came without the count that belongs to it.
    RESTATED = "restated", "restated since, and the new count was not published"
    # A row of a draft that waits for its values. Never published (`stats.readiness`).
    NOT_ENTERED = "not_entered", "not entered yet"


class SourceKind(TextChoices):
    """What a document is. A grade follows from it (`stats.grades`)."""

    OFFICIAL = "official", "Official publication"
    # The official text word for word, at another address than its own.
    REPOST = "repost", "Official text reposted"
    # Numbers typed or extracted from an official document, without its text.
    TRANSCRIPTION = "transcription", "Transcription"
    # An account in somebody's own words: the press, societies, advisers, forums.
    REPORT = "report", "Report"
    # Numbers that a program or a person calculated, or built into a calculator.
    CALCULATION = "calculation", "Calculation"


# One sentence for readers about each kind.
KINDS_IN_WORDS = {
    SourceKind.OFFICIAL: "By the body whose figures or rules they are.",
    SourceKind.REPOST: "Somebody else's copy of an official text, word for word.",
    SourceKind.TRANSCRIPTION: "Numbers that somebody typed or extracted from an "
    "official document.",
    SourceKind.REPORT: "An account in somebody's own words: the press, societies, "
    "advisers, forums.",
    SourceKind.CALCULATION: "Numbers that somebody calculated, or built into a "
    "calculator.",
}


class Status(TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    PUBLISHED = "published", "Published"


class ReleaseStep(TextChoices):
    """What somebody did to a version, in the words of its history."""

    STARTED = "started", "Started the year"
    AMENDED = "amended", "Opened an amendment"
    CHANGED = "changed", "Changed values"
    IMPORTED = "imported", "Imported a file"
    SUBMITTED = "submitted", "Submitted for review"
    RETURNED = "returned", "Returned with a comment"
    SCHEDULED = "scheduled", "Scheduled publication"
    CALLED_OFF = "called_off", "Called the scheduled publication off"
    TAKEN_OVER = "taken_over", "Answers for what a publisher had changed"
    LOOKED = "looked", "Compared with its sources after publication"
    PUBLISHED = "published", "Published"
    PROPOSED = "proposed", "Proposed"
    DROPPED = "dropped", "Took the proposal back"
    WITHDRAWN = "withdrawn", "Withdrew"
    REINSTATED = "reinstated", "Lifted the withdrawal"
    DISCARDED = "discarded", "Discarded the draft"


class ReportStatus(TextChoices):
    """What became of a reported problem."""

    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    # Nothing to answer: no address, no fault, or no report at all.
    CLOSED = "closed", "Closed without an answer"


class ReleaseKind(TextChoices):
    FIRST = "first", "First publication"
    # The source changed its figure.
    REVISION = "revision", "Revision"
    # The figure here was wrong.
    CORRECTION = "correction", "Correction"
    # More is known, and nothing that was published has changed.
    COMPLETION = "completion", "Completion"


# What an amendment may be.
AMENDMENT_KINDS = (
    ReleaseKind.CORRECTION,
    ReleaseKind.REVISION,
    ReleaseKind.COMPLETION,
)


class RateOf(TextChoices):
    """Whom a match rate counts as having tried."""

    RANKED = "ranked", "Of those who ranked programs"
    REGISTERED = "registered", "Of all who registered"


class FigureTable(TextChoices):
    """The figure tables of a release, in the order in which they are shown."""

    TOTALS = "totals", "All applicants and positions"
    APPLICANTS = "applicants", "Results by applicant type"
    PLACEMENTS = "placements", "Placed after SOAP"
    SPECIALTIES = "specialties", "First-year positions by specialty"
    SCORES = "scores", "Step 2 CK scores"


# Programs run the Match for the academic year; NRMP's first was 1952.
FIRST_MATCH_YEAR = 1952
LAST_MATCH_YEAR = 2100

# The first Charting Outcomes for IMGs came out in January 2014 about the Match of
# 2013; every later edition names the Match that it describes.
EDITION_DESCRIBES = {2014: 2013}


def match_year_of_edition(edition: int) -> int:
    """The Match year whose applicants a Charting Outcomes edition describes."""
    return EDITION_DESCRIBES.get(edition, edition)
