"""How names are recognised however a spreadsheet spells them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from stats.choices import ApplicantType, Confidence, Missing, Outcome

_DROPPED = re.compile(r"[.'’`\u0300-\u036f\u200b\u200c\u200d\ufeff]")
_BETWEEN_WORDS = re.compile(r"[^a-z0-9%]+")


# Characters. No name comes near, and to take marks from letters takes time by the square
# of their number.
LONGEST_NAME = 300


def simplified(text: str) -> str:
    """What is left of a name without case, accents and punctuation.

    "Obstetrics & Gynecology" and "obstetrics_and-gynecology" are the same, and so
    are "U.S. IMG" and "US img". What is too long for a name stays as it is.
    """
    return text if len(text) > LONGEST_NAME else _simplified(text)


@lru_cache(maxsize=4096)
def _simplified(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ")
    return _BETWEEN_WORDS.sub(" ", _DROPPED.sub("", folded)).strip()


# How NRMP's tables and the reports about them write a specialty, beside its stored
# name, short name and slug. Only what can mean nothing else: "Surgery" alone may be
# the preliminary year.
SPECIALTIES: dict[str, tuple[str, ...]] = {
    "anesthesiology": ("Anaesthesiology", "Anesthesia", "Anesthesiology (PGY-1)"),
    "child-neurology": ("Neurology-Child", "Pediatric Neurology", "Neurology, Child"),
    "dermatology": ("Dermatology (PGY-1)",),
    "diagnostic-radiology": (
        "Diagnostic Radiology",
        "Radiology, Diagnostic",
        "Radiology-Diagnostic (PGY-1)",
        "Diagnostic Radiology (PGY-1)",
    ),
    "emergency-medicine": ("EM", "Emergency Med"),
    "family-medicine": ("FM", "Family Practice", "Family Med"),
    "general-surgery": (
        "Surgery-General",
        "Surgery (Categorical)",
        "Surgery-Categorical",
        "General Surgery (Categorical)",
        "Categorical Surgery",
        "Categorical General Surgery",
    ),
    "internal-medicine": (
        "IM",
        "Internal Med",
        "Medicine (Categorical)",
        "Medicine-Categorical",
        "Categorical Internal Medicine",
        "Categorical Medicine",
    ),
    "interventional-radiology": (
        "Radiology-Interventional",
        "Radiology-Interventional (Integrated)",
        "Interventional Radiology-Integrated",
        "Integrated Interventional Radiology",
        "IR-Integrated",
    ),
    "medicine-pediatrics": (
        "Med-Peds",
        "MedPeds",
        "Medicine and Pediatrics",
        "Internal Medicine-Pediatrics",
        "Internal Medicine and Pediatrics",
        "IM-Peds",
    ),
    "medicine-preliminary": (
        "Medicine-Preliminary (PGY-1 Only)",
        "Preliminary Medicine",
        "Preliminary Internal Medicine",
        "Internal Medicine (Preliminary)",
        "Internal Medicine-Preliminary (PGY-1 Only)",
    ),
    "neurological-surgery": ("Neurosurgery", "Neuro Surgery", "Surgery-Neurological"),
    "neurology": ("Neurology (PGY-1)", "Neurology (Categorical)"),
    "obgyn-preliminary": (
        "Obstetrics-Gynecology-Preliminary",
        "Obstetrics-Gynecology (Preliminary)",
        "OB-GYN-Preliminary (PGY-1 Only)",
        "Preliminary OB-GYN",
    ),
    "obstetrics-gynecology": (
        "OB-GYN",
        "OBGYN",
        "Obstetrics and Gynaecology",
        "Obstetrics and Gynecology (Categorical)",
        "Obstetrics-Gynecology (Categorical)",
    ),
    "orthopedic-surgery": (
        "Orthopaedic Surgery",
        "Orthopedics",
        "Orthopaedics",
        "Surgery-Orthopedic",
    ),
    "otolaryngology": (
        "ENT",
        "Otolaryngology-Head and Neck Surgery",
        "Otorhinolaryngology",
    ),
    "pathology": (
        "Anatomic and Clinical Pathology",
        "Pathology (Anatomic and Clinical)",
        "Pathology-Anatomic/Clinical",
    ),
    "pediatrics": ("Paediatrics", "Peds", "Categorical Pediatrics"),
    "pediatrics-preliminary": (
        "Pediatrics-Preliminary (PGY-1 Only)",
        "Preliminary Pediatrics",
        "Paediatrics-Preliminary",
    ),
    "physical-medicine-rehabilitation": (
        "PM&R",
        "PMR",
        "Physical Medicine and Rehab",
        "Physical Med and Rehab",
        "Physical Medicine and Rehabilitation (PGY-1)",
    ),
    "plastic-surgery": (
        "Plastic Surgery-Integrated",
        "Integrated Plastic Surgery",
        "Surgery-Plastic (Integrated)",
    ),
    "psychiatry": ("Psychiatry (Categorical)", "Psych"),
    "public-health-preventive-medicine": (
        "Preventive Medicine",
        "Public Health and General Preventive Medicine",
        "General Preventive Medicine",
    ),
    "radiation-oncology": ("Radiation Oncology (PGY-1)", "Rad Onc"),
    "surgery-preliminary": (
        "Surgery-Preliminary (PGY-1 Only)",
        "Preliminary Surgery",
        "Preliminary General Surgery",
        "General Surgery (Preliminary)",
        "General Surgery-Preliminary",
    ),
    "thoracic-surgery": (
        "Thoracic Surgery (Integrated)",
        "Integrated Thoracic Surgery",
        "Cardiothoracic Surgery",
    ),
    "transitional-year": ("Transitional", "TY", "Transitional (PGY-1 Only)"),
    "vascular-surgery": (
        "Vascular Surgery (Integrated)",
        "Integrated Vascular Surgery",
        "Surgery-Vascular",
    ),
}

_APPLICANT_TYPES: dict[str, tuple[str, ...]] = {
    ApplicantType.US_MD_SENIOR: ("US MD senior", "US seniors", "MD seniors"),
    ApplicantType.US_MD_GRAD: ("US MD graduate", "US MD grads", "Prior US MD grads"),
    ApplicantType.US_DO_SENIOR: ("US DO senior", "DO seniors"),
    ApplicantType.US_DO_GRAD: ("US DO graduate", "US DO grads"),
    ApplicantType.US_DO_ALL: ("US DO", "US DO all", "Osteopathic"),
    ApplicantType.US_IMG: ("US IMG", "US citizen IMGs", "US citizen IMG", "USIMG"),
    ApplicantType.NON_US_IMG: (
        "Non-US IMG",
        "Non-US citizen IMGs",
        "Non-US citizen IMG",
    ),
    ApplicantType.FIFTH_PATHWAY: ("5th Pathway", "Fifth Pathway graduates"),
    ApplicantType.IMG_TOTAL: ("All IMGs", "IMG total", "Total IMGs", "All IMG"),
}
_OUTCOMES: dict[str, tuple[str, ...]] = {
    Outcome.MATCHED: (),
    Outcome.NOT_MATCHED: ("Unmatched", "Did not match"),
}


def _by_spelling(
    choices: Iterable[tuple[str, str]], more: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for value, label in choices:
        for spelling in (value, label, *more.get(value, ())):
            found[simplified(spelling)] = value
    return found


APPLICANT_TYPES = _by_spelling(ApplicantType.choices, _APPLICANT_TYPES)
OUTCOMES = _by_spelling(Outcome.choices, _OUTCOMES)
REASONS = _by_spelling(Missing.choices, {})
GRADES = _by_spelling(
    Confidence.choices,
    {"A": ("Confirmed",), "B": ("Good",), "C": ("Use with care",)},
)
