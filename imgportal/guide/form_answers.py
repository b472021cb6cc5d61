"""The answers to the questions of the guide, in words."""

from __future__ import annotations

from dataclasses import dataclass

from profiles.choices import Confidence
from profiles.rules.days import in_words, listed
from profiles.rules.tables.img_status import ImgClass, ImgState
from profiles.rules.tables.pathways import (
    PATHWAY_OF,
    Fit,
    FitReason,
    PathwayRoute,
    Route,
    weakest_cut_off,
)

CLASS_WORDS = {
    ImgClass.NOT_IMG: "You are not an IMG.",
    ImgClass.US_IMG: "You are a US IMG.",
    ImgClass.NON_US_IMG: "You are a non-US IMG.",
    ImgClass.IMG: "You are an IMG.",
}
# What is missing, by the field that would settle it.
FIELD_WORDS = {
    "person.school_country": "where your medical school is",
    "person.graduation": "when you graduated",
    "person.us_citizen": "whether you are a citizen of the United States",
    "attempts.outcome": "whether you took Step 2 CS",
    "person.licence_held": "whether you had a licence",
    "person.licence_disciplined": "whether your licence was disciplined",
    "person.school_osce": "what is true of your school",
    "person.school_wfme": "what is true of your school",
    "person.school_ncfmea": "what is true of your school",
    "person.school_joint_degree": "what is true of your school",
}


def describe_class(answer: ImgState) -> str:
    """One sentence about table T10."""
    if answer.img_class is not None:
        return CLASS_WORDS[answer.img_class]
    return _ask_for(answer.settles)


def _ask_for(settles: tuple[str, ...]) -> str:
    facts = list(dict.fromkeys(FIELD_WORDS[field] for field in settles))
    if not facts:
        return "We cannot say."
    return f"We cannot say yet. Tell us {listed(facts)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class FitWords:
    """One Pathway, and why it fits or not."""

    name: str
    answer: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayVerdict:
    headline: str
    fits: tuple[FitWords, ...]
    # Rests on a day that no official or secondary text confirms.
    is_provisional: bool


WHY_WORDS = {
    FitReason.FITS: "fits.",
    FitReason.VALID_CS: "is not for you. Your pass in Step 2 CS counts.",
    FitReason.CS_FAILED: "is closed to you. You failed Step 2 CS and have no pass that counts.",
    FitReason.CS_UNKNOWN: "not known. Say whether you took Step 2 CS.",
    FitReason.NO_LICENCE: "does not fit. It needs a licence to practise without supervision.",
    FitReason.LICENCE_TOO_OLD: "does not fit. Your licence ended too early.",
    FitReason.DISCIPLINED: "does not fit. The licence must be free of discipline.",
    FitReason.LICENCE_UNKNOWN: "not known. Say whether you had a licence.",
    FitReason.DISCIPLINE_UNKNOWN: "not known. Say whether your licence was disciplined.",
    FitReason.CUT_OFF_UNKNOWN: "not known. We did not find the season’s first day for it.",
    FitReason.SEASON_UNKNOWN: "not known. We have no days for this season.",
    FitReason.GRADUATED_TOO_EARLY: "does not fit. You graduated too early for it.",
    FitReason.GRADUATION_UNKNOWN: "not known. Say when you graduated.",
    FitReason.SCHOOL_DOES_NOT: "does not fit your school.",
    FitReason.SCHOOL_UNKNOWN: "not known. Say what is true of your school.",
    FitReason.EARLIER_FITS: "is not needed. An earlier one fits, and we name the first.",
    FitReason.EARLIER_UNKNOWN: "not known. An earlier one is still open.",
}


def describe_pathways(answer: PathwayRoute) -> PathwayVerdict:
    """A headline about table T6, and a line for every Pathway."""
    match answer.route:
        case Route.NONE_NEEDED:
            headline = "You need no Pathway."
        case Route.NEEDS_CHECK:
            headline = _ask_for(answer.settles)
        case route:
            headline = f"Pathway {PATHWAY_OF[route].value} is yours."
    return PathwayVerdict(
        headline=headline,
        fits=tuple(_describe_fit(fit) for fit in answer.fits),
        is_provisional=weakest_cut_off(answer.fits) == Confidence.UNCONFIRMED,
    )


def _describe_fit(fit: Fit) -> FitWords:
    words = WHY_WORDS[fit.why]
    if fit.why == FitReason.GRADUATED_TOO_EARLY and fit.cut_off is not None:
        words = f"does not fit. It asks for {in_words(fit.cut_off.value)} or later."
    return FitWords(
        name=f"Pathway {fit.pathway.value}", answer=fit.answer.value, words=words
    )
