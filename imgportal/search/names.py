"""What else a page is called: abbreviations, old names, the words people type. Data.

By address. A test sees to it that each one exists. What is written in several ways
anyway (accents, US and UK spelling, hyphens) is the business of `analysis`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SPECIALTIES: Mapping[str, str] = MappingProxyType(
    {
        "anesthesiology": "anesthesia, anes, gas",
        "child-neurology": "pediatric neurology, peds neuro",
        "dermatology": "derm, skin",
        "diagnostic-radiology": "DR, rads, radiology",
        "emergency-medicine": "EM, ER, emergency",
        "family-medicine": "FM, family practice, general practice, GP",
        "general-surgery": "GS, gen surg, surgery",
        "internal-medicine": "IM, internal med, medicine, internist",
        "interventional-radiology": "IR",
        "medicine-pediatrics": "med peds, medpeds",
        "medicine-preliminary": "prelim medicine, preliminary medicine",
        "neurological-surgery": "neurosurgery, NSGY, brain surgery",
        "neurology": "neuro",
        "obgyn-preliminary": "prelim obgyn",
        "obstetrics-gynecology": "OB/GYN, OBG, obstetrics, gynecology, obstetrician",
        "orthopedic-surgery": "ortho, orthopedics",
        "otolaryngology": "ENT, ear nose throat, head and neck surgery",
        "pathology": "path, AP/CP",
        "pediatrics": "peds, paeds, children",
        "pediatrics-preliminary": "prelim pediatrics",
        "physical-medicine-rehabilitation": "PM&R, physiatry, rehab, rehabilitation",
        "plastic-surgery": "plastics, PRS",
        "psychiatry": "psych, mental health",
        "public-health-preventive-medicine": "preventive medicine, public health, MPH",
        "radiation-oncology": "rad onc, radonc, radiotherapy",
        "surgery-preliminary": "prelim surgery, preliminary surgery",
        "thoracic-surgery": "CT surgery, cardiothoracic surgery, cardiac surgery",
        "transitional-year": "TY, transitional",
        "vascular-surgery": "vascular",
    }
)

COUNTRIES: Mapping[str, str] = MappingProxyType(
    {
        "bangladesh": "Bangladeshi",
        "canada": "Canadian, CMG",
        "caribbean-schools": "Grenada, SGU, Ross, AUC, Saba, Caribbean",
        "china": "Chinese, PRC",
        "egypt": "Egyptian",
        "india": "Indian, NMC, MCI",
        "iran": "Iranian",
        "jordan": "Jordanian",
        "lebanon": "Lebanese",
        "mexico": "Mexican",
        "nepal": "Nepali, Nepalese",
        "nigeria": "Nigerian, MDCN",
        "pakistan": "Pakistani, PMDC",
        "philippines": "Filipino, Philippine",
        "saudi-arabia": "Saudi, KSA",
        "sudan": "Sudanese",
        "united-kingdom": "UK, British, Britain, England, Scotland, GMC",
    }
)

# By the address of a page or of a part of it.
PLACES: Mapping[str, str] = MappingProxyType(
    {
        "/match/": "match rate, match rates, trend, statistics, all years, history",
        "/scores/": "score, step 2 ck score, step 2 score, average score, my score, "
        "percentile, charting outcomes",
        "/specialties/": "specialty, list of specialties, most IMG friendly, "
        "easiest specialty, most competitive",
        "/specialties/compare/": "compare, comparison, side by side",
        "/changes/": "corrections, errata, what is new, updates, feed",
        "/sources/": "references, documents, NRMP data, bibliography",
        "/about/": "API, CSV, JSON, download, downloads, data, cite, citation",
        "/about/measures/": "definitions, dictionary, how it is counted",
        "/about/privacy/": "cookies, GDPR, data protection",
        "/report/": "wrong figure, error, contact, feedback, mistake",
        "/me/": "dashboard, account, my account, deadlines",
        "/accounts/signup/": "register, create an account, join",
        "/accounts/login/": "log in, login",
        "/guide/": "start, how to, begin, overview",
        "/guide/certification/": "ECFMG certification, certificate, EPIC, requirements",
        "/guide/certification/#costs": "cost, costs, fee, fees, price, how much",
        "/guide/certification/#two-exams": "seven year rule, 7 year rule, time limit",
        "/guide/exams/": "USMLE, exam, exams",
        "/guide/exams/#register": "registration, USMLE registration, apply for USMLE",
        "/guide/exams/#oet-medicine": "OET, OET minimum score, OET score, IELTS, "
        "TOEFL, English test",
        "/guide/exams/#results": "score report, how long results take, result delay",
        "/guide/scoring/#attempts": "attempt limit, how many attempts, attempts step 1, "
        "attempts step 2 ck, attempts step 3, number of attempts",
        "/guide/scoring/#waiting": "retake, waiting period, how soon again",
        "/guide/scoring/#passing": "passing score, minimum passing score, "
        "pass mark, step 1 passing score, step 2 ck passing score, "
        "step 3 passing score",
        "/guide/scoring/#transcript": "failed attempt, red flag, transcript",
        "/guide/match/": "calendar, dates, timeline, deadlines, ERAS deadline, "
        "rank order list deadline, ROL, match day",
        "/guide/visas/#j1-visa": "J1, J1 waiver, waiver, home residency, 212(e), "
        "two year rule, Conrad 30",
        "/guide/visas/#h1b-visa": "H1B, work visa",
        "/guide/visas/#need": "statement of need, no objection, SON, NORI",
        "/guide/visas/#who-may-enter": "travel ban, entry ban",
        "/guide/pathways/#the-six": "pathway 1, pathway 2, pathway 3, pathway 4, "
        "pathway 5, pathway 6",
        "/guide/questions/#certificate-end": "certificate expiry, certificate validity",
        "/guide/questions/#failed-attempt": "failed step 1, failed step 2, failed USMLE",
        "/guide/questions/#old-graduate": "old graduate, year of graduation, YOG",
        "/guide/questions/#my-chances": "chances, probability, calculator, predictor",
        "/guide/countries/": "my country, country list",
        "/guide/print/": "PDF, print",
        "/guide/glossary/#cvs": "status report",
        "/guide/glossary/#match": "NRMP Match",
        "/guide/glossary/#mspe": "dean's letter",
        "/guide/glossary/#rank-order-list": "ROL",
        "/guide/glossary/#soap": "scramble, unfilled positions",
        "/guide/glossary/#world-directory": "WDOMS, IMED",
        "/rules/#passingstandard": "minimum scores, passing standards",
        "/rules/#seasondeadline": "deadlines, dates",
        "/rules/#pathwayseason": "pathways dates, pathway deadline",
    }
)


def split(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())
