"""What each page of the guide shows beside its prose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from imgportal.guide import passing_standards, season
from imgportal.guide.exam_days import EXAM_DAYS
from imgportal.guide.glossary import TERMS
from imgportal.guide.page_inputs import PageInputs
from imgportal.guide.pages import GuidePage
from imgportal.guide.questions import QUESTIONS
from imgportal.guide.visas import VISA_ENTRIES
from profiles.choices import Event, Quantity
from profiles.rules.fee_table import FEES
from profiles.rules.reference import MEASURED_SUB_TESTS
from profiles.rules.tables.application_services import used_elsewhere
from profiles.rules.tables.season import closed_weeks, last_low_risk_exam
from stats import measures, year_summary
from stats.choices import IMG_GROUPS, ApplicantType
from stats.figures import ALL_SPECIALTIES, ScoreRow

CAS_DAYS = frozenset({Event.CAS_OPENS, Event.CAS_SUBMISSION, Event.CAS_DEADLINE})
NAMED = 3  # specialties named at each end of the order


def build_context(page: GuidePage, inputs: PageInputs) -> dict[str, Any]:
    """Everything that the template of the page needs, but what a reader answered."""
    build_own = OWN_CONTEXT.get(page.slug)
    return {
        "page": page,
        "inputs": inputs,
        "documents": inputs.list_sources(page.rests_on(inputs)),
        "is_past_due": page.is_past_due(inputs.today),
        **(build_own(inputs) if build_own else {}),
    }


def _certification(inputs: PageInputs) -> dict[str, Any]:
    return {"fees": FEES, "pathways": inputs.tables.season(inputs.season)}


def _exams(inputs: PageInputs) -> dict[str, Any]:
    standards = [
        (sub_test.label, inputs.tables.standard(measured, inputs.today))
        for sub_test, measured in MEASURED_SUB_TESTS.items()
    ]
    return {
        "formats": [day for day in EXAM_DAYS if day.is_current],
        "formats_before": [day for day in EXAM_DAYS if not day.is_current],
        "oet_standards": [(label, row) for label, row in standards if row],
        **_result_margins(inputs),
        "pathways": inputs.tables.season(inputs.season),
    }


def _pathways(inputs: PageInputs) -> dict[str, Any]:
    return {"seasons": sorted(inputs.tables.seasons, key=lambda row: -row.match_year)}


def _scoring(inputs: PageInputs) -> dict[str, Any]:
    return {
        "standard_lines": passing_standards.list_standards(inputs.tables),
        "standards_chart": passing_standards.draw_standards(
            inputs.tables, today=inputs.today
        ),
        "overall": _overall_scores(inputs),
    }


def _overall_scores(inputs: PageInputs) -> list[ScoreRow]:
    """What the newest edition that covers each IMG group tells about all specialties
    together.
    """
    overall: list[ScoreRow] = []
    for group in IMG_GROUPS[::-1]:
        rows = [
            row
            for row in inputs.figures.scores_of.get(ALL_SPECIALTIES.slug, ())
            if row.applicant_type == group
        ]
        # The newest edition stands first.
        overall += [row for row in rows if row.edition == rows[0].edition]
    return overall


def _result_margins(inputs: PageInputs) -> dict[str, Any]:
    """How long the result of an exam takes; None: nobody has found it."""
    return {
        "result_typical": inputs.tables.number(Quantity.RESULT_TYPICAL, inputs.today),
        "result_allowed": inputs.tables.number(Quantity.RESULT_ALLOWED, inputs.today),
    }


def _match(inputs: PageInputs) -> dict[str, Any]:
    rank_list = inputs.tables.deadline(inputs.season, Event.RANK_LIST)
    calendars = {
        year: season.build_calendar(inputs.tables, year, today=inputs.today)
        for year in season.list_years(inputs.tables)
    }
    return {
        "this_season": calendars.get(inputs.season),
        "next_season": calendars.get(inputs.season + 1),
        "next_year": inputs.season + 1,
        "past_seasons": [
            calendar for year, calendar in calendars.items() if year < inputs.season
        ],
        "rank_list": rank_list,
        "last_exam": last_low_risk_exam(inputs.season, inputs.tables),
        "closed_weeks": closed_weeks(inputs.season, inputs.tables),
        "elsewhere": used_elsewhere(inputs.season, inputs.tables),
        "has_cas_days": any(
            row.match_year == inputs.season and row.event in CAS_DAYS
            for row in inputs.tables.deadlines
        ),
        **_result_margins(inputs),
    }


def _visas(inputs: PageInputs) -> dict[str, Any]:
    return {
        "entries": [
            (entry, entry.is_past_due(inputs.today)) for entry in VISA_ENTRIES.values()
        ]
    }


def _questions(inputs: PageInputs) -> dict[str, Any]:
    figures, newest = inputs.figures, inputs.newest
    # A preliminary year is no specialty that somebody enters.
    by_share = year_summary.most_open(
        tuple(row for row in figures.newest_shares if not row.specialty.is_preliminary)
    )
    preferred = figures.preferred_in_newest(ApplicantType.NON_US_IMG)
    many = [item for item in preferred if not item.is_few]
    return {
        **_match(inputs),
        "questions": QUESTIONS,
        "answers": {},
        "story": year_summary.year_story(newest, None, followed=figures.followed)
        if newest
        else None,
        "md_seniors": newest.of_type(ApplicantType.US_MD_SENIOR) if newest else None,
        "earlier": figures.years.get(newest.match_year - 10) if newest else None,
        "preferred_most": many[:NAMED],
        "preferred_least": many[NAMED:][-NAMED:][::-1],
        "preferred_few": [item for item in preferred if item.is_few],
        "preferred_us": figures.preferred_in_newest(ApplicantType.US_IMG),
        "most_open": by_share[:NAMED],
        "least_open": by_share[NAMED:][-NAMED:][::-1],
        "pathways": inputs.tables.season(inputs.season),
        "match_day": inputs.tables.deadline(inputs.season, Event.MATCH_DAY),
    }


def _why_figures_differ(inputs: PageInputs) -> dict[str, Any]:
    totals = inputs.newest.totals if inputs.newest else None
    return {
        "totals": totals,
        "of_registered": measures.rate(
            totals.matched_to_pgy1, totals.registered_applicants
        )
        if totals
        else None,
        "restated": [
            year for year in inputs.figures.years.values() if year.release.version > 1
        ],
    }


OWN_CONTEXT: Mapping[str, Callable[[PageInputs], dict[str, Any]]] = {
    "certification": _certification,
    "pathways": _pathways,
    "exams": _exams,
    "scoring": _scoring,
    "match": _match,
    "visas": _visas,
    "questions": _questions,
    "glossary": lambda inputs: {"terms": TERMS.values()},
    "why-figures-differ": _why_figures_differ,
}
