"""What each page of the guide shows beside its prose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from imgportal.guide import dated_tables, passing_standards, season
from imgportal.guide.fees import EXAM_DAYS, FEES
from imgportal.guide.glossary import TERMS
from imgportal.guide.page_inputs import Shelf
from imgportal.guide.pages import Page
from imgportal.guide.questions import QUESTIONS
from profiles.choices import Event
from profiles.rules.days import add_days
from profiles.rules.numbers import RESULT_DAYS
from stats import measures, year_summary
from stats.choices import ApplicantType
from stats.figures import ALL_SPECIALTIES, ScoreRow

NAMED = 3  # specialties named at each end of the order


def contents(page: Page, shelf: Shelf) -> dict[str, Any]:
    """Everything that the template of the page needs, but what a reader answered."""
    found = (shelf.source(key) for key in page.rests_on(shelf))
    return {
        "page": page,
        "shelf": shelf,
        "documents": [source for source in found if source is not None],
        "is_past_due": page.is_past_due(shelf.today),
        **MORE.get(page.slug, _nothing)(shelf),
    }


def _nothing(shelf: Shelf) -> dict[str, Any]:
    return {}


def _certification(shelf: Shelf) -> dict[str, Any]:
    return {"fees": FEES, "pathways": shelf.tables.season(shelf.season)}


def _exams(shelf: Shelf) -> dict[str, Any]:
    return {
        "formats": [day for day in EXAM_DAYS if day.is_current],
        "formats_before": [day for day in EXAM_DAYS if not day.is_current],
        "oet": dated_tables.oet_minimums(shelf.tables, today=shelf.today),
        "pathways": shelf.tables.season(shelf.season),
    }


def _pathways(shelf: Shelf) -> dict[str, Any]:
    return {"seasons": dated_tables.seasons(shelf.tables)}


def _scoring(shelf: Shelf) -> dict[str, Any]:
    edition, overall = _overall_scores(shelf)
    return {
        "standard_lines": passing_standards.lines(shelf.tables),
        "standards_chart": passing_standards.drawn(shelf.tables, today=shelf.today),
        "edition": edition,
        "overall": overall,
    }


def _overall_scores(shelf: Shelf) -> tuple[int | None, tuple[ScoreRow, ...]]:
    """The newest edition that tells about all specialties together, and its rows."""
    for edition in shelf.figures.editions:
        rows = tuple(
            row
            for row in shelf.figures.years[edition].scores
            if row.specialty == ALL_SPECIALTIES
        )
        if rows:
            return edition, rows
    return None, ()


def _match(shelf: Shelf) -> dict[str, Any]:
    rank_list = shelf.tables.deadline(shelf.season, Event.RANK_LIST)
    calendars = {
        year: season.calendar(shelf.tables, year, today=shelf.today)
        for year in season.years(shelf.tables)
    }
    return {
        "this_season": calendars.get(shelf.season),
        "next_season": calendars.get(shelf.season + 1),
        "next_year": shelf.season + 1,
        "past_seasons": [
            found for year, found in calendars.items() if year < shelf.season
        ],
        "rank_list": rank_list,
        "last_exam": add_days(rank_list.on, -RESULT_DAYS) if rank_list else None,
    }


def _questions(shelf: Shelf) -> dict[str, Any]:
    figures, newest = shelf.figures, shelf.newest
    open_year = figures.best_covered_year
    by_share = (
        year_summary.most_open(figures.years[open_year].specialties)
        if open_year
        else ()
    )
    return {
        **_match(shelf),
        "questions": QUESTIONS,
        "answers": {},
        "story": year_summary.year_story(newest, None, followed=figures.followed)
        if newest
        else None,
        "md_seniors": newest.of_type(ApplicantType.US_MD_SENIOR) if newest else None,
        "earlier": figures.years.get(newest.match_year - 10) if newest else None,
        "open_year": open_year,
        "most_open": by_share[:NAMED],
        "least_open": by_share[NAMED:][-NAMED:][::-1],
        "pathways": shelf.tables.season(shelf.season),
    }


def _why_figures_differ(shelf: Shelf) -> dict[str, Any]:
    totals = shelf.newest.totals if shelf.newest else None
    return {
        "totals": totals,
        "of_registered": measures.rate(
            totals.matched_to_pgy1, totals.registered_applicants
        )
        if totals
        else None,
        "restated": [
            year for year in shelf.figures.years.values() if year.release.version > 1
        ],
    }


def _glossary(shelf: Shelf) -> dict[str, Any]:
    return {"terms": TERMS.values()}


MORE: Mapping[str, Callable[[Shelf], dict[str, Any]]] = {
    "certification": _certification,
    "pathways": _pathways,
    "exams": _exams,
    "scoring": _scoring,
    "match": _match,
    "questions": _questions,
    "glossary": _glossary,
    "why-figures-differ": _why_figures_differ,
}
