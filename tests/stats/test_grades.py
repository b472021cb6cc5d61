"""The rule of grades, and that no founding row claims another one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from stats import drafts, public
from stats.actions import open_version
from stats.choices import (
    ApplicantType,
    FigureConfidence,
    FigureTable,
    Missing,
    ReleaseStep,
    SourceKind,
)
from stats.figures import Row, SourceFacts, YearFigures, with_ancestry
from stats.grades import computed_grade
from stats.models import ReleaseEvent
from stats.readiness import GRADE, problems
from tests.factories import (
    NOW,
    REPORT,
    applicant_row,
    person,
    placement_row,
    provenance,
    publish,
    rows_of,
    specialty_row,
    stored_draft,
    stored_result,
    stored_source,
    totals_row,
    year_figures,
)
from tests.reading import csv_of, text_of

A, B, C = FigureConfidence


def source(key: str, kind: SourceKind, **changes: Any) -> SourceFacts:
    return replace(REPORT, key=key, kind=kind, **changes)


def catalogue(*sources: SourceFacts) -> tuple[SourceFacts, ...]:
    return tuple(with_ancestry(sources).values())


OFFICIAL = source("official", SourceKind.OFFICIAL)
UNREAD = source("unread", SourceKind.OFFICIAL, accessed_on=None)
REPOST = source("repost", SourceKind.REPOST)
ONE, OTHER, THIRD = catalogue(
    source("one", SourceKind.TRANSCRIPTION, rests_on=("nrmp-report",)),
    source("other", SourceKind.TRANSCRIPTION, rests_on=("nrmp-report",)),
    source("third", SourceKind.REPORT, rests_on=("nrmp-release",)),
)
CALCULATOR = source("calculator", SourceKind.CALCULATION)


def grade(*sources: SourceFacts, by_value: str = "", **values: Any) -> FigureConfidence:
    """Of a row whose arithmetic closes nowhere, unless it has a printed rate."""
    row = applicant_row(
        **values, provenance=provenance(sources=sources, by_value=by_value)
    )
    return computed_grade(row, year_figures(row))


def test_official_text_that_was_read_confirms() -> None:
    assert grade(OFFICIAL) == A


def test_official_text_that_nobody_read_confirms_nothing() -> None:
    assert grade(UNREAD) == C


def test_repost_confirms_when_its_arithmetic_closes() -> None:
    assert grade(REPOST) == C
    assert grade(REPOST, published_match_rate=Decimal("50.0")) == A
    assert grade(replace(REPOST, sums="All rows add up.")) == A


@pytest.mark.parametrize("printed", ["50", "50.1", "49.9"])
def test_rate_that_proves_nothing_closes_nothing(printed: str) -> None:
    # In whole percent it fits too many counts; else it does not fit.
    assert grade(REPOST, published_match_rate=Decimal(printed)) == C


def test_three_transcriptions_of_one_report_are_one_reading() -> None:
    assert grade(ONE) == C
    assert grade(ONE, OTHER, replace(OTHER, key="another")) == C


def test_copy_of_a_reading_is_no_second_one() -> None:
    first, copy = catalogue(
        source("first", SourceKind.REPORT),
        source("copy", SourceKind.REPORT, rests_on=("first",)),
    )

    assert grade(first, copy) == C


def test_readings_of_two_documents_are_good() -> None:
    assert grade(ONE, THIRD) == B


def test_one_reading_whose_arithmetic_closes_is_good() -> None:
    assert grade(ONE, published_match_rate=Decimal("50.0")) == B
    assert grade(replace(ONE, sums="All rows add up.")) == B


def test_calculator_is_no_reading() -> None:
    assert grade(CALCULATOR, published_match_rate=Decimal("50.0")) == C
    assert grade(CALCULATOR, ONE) == C


def test_derived_value_is_to_be_used_with_care_even_from_official_texts() -> None:
    assert grade(OFFICIAL, by_value="active_applicants: derived 150 + 50") == C


def test_derived_twice_from_texts_that_have_none_in_common_is_good() -> None:
    twice = "active_applicants: derived 150 + 50 or 250 - 50; from "

    assert grade(OFFICIAL, ONE, THIRD, by_value=f"{twice}one third") == B
    assert grade(OFFICIAL, ONE, OTHER, by_value=f"{twice}one other") == C


def test_row_is_as_certain_as_its_least_certain_value() -> None:
    assert grade(OFFICIAL, ONE, by_value="active_applicants: from one") == C
    assert grade(OFFICIAL, ONE, by_value="published_match_rate: from one") == A


def test_circle_of_documents_is_no_two_readings() -> None:
    first, second = catalogue(
        source("first", SourceKind.REPORT, rests_on=("second",)),
        source("second", SourceKind.REPORT, rests_on=("first",)),
    )

    assert grade(first, second) == C


def test_parts_of_a_specialty_close_when_they_add_up() -> None:
    parts = {
        "programs": None,
        "positions_offered": None,
        "positions_filled": 100,
        "filled_us_md_senior": 50,
        "filled_us_do": 20,
        "filled_us_img": 10,
        "filled_non_us_img": 15,
        "filled_img_total": 25,
        "filled_other": 5,
        "published_img_share": None,
    }
    origin = provenance(sources=(ONE,))
    row = specialty_row(**parts, provenance=origin)
    off = specialty_row(**parts | {"filled_us_do": 21}, provenance=origin)

    assert computed_grade(row, year_figures(row)) == B
    assert computed_grade(off, year_figures(off)) == C


def test_both_groups_that_add_up_to_a_published_total_close() -> None:
    origin = provenance(sources=(ONE,), missing=Missing.NOT_FOUND)
    rows = [
        applicant_row(kind, None, matched, provenance=origin)
        for kind, matched in (
            (ApplicantType.US_IMG, 100),
            (ApplicantType.NON_US_IMG, 150),
            (ApplicantType.IMG_TOTAL, 250),
        )
    ]
    year = year_figures(*rows)
    wrong = year_figures(*rows[:2], replace(rows[2], matched_to_pgy1=251))

    assert {computed_grade(row, year) for row in year.applicants} == {B}
    assert {computed_grade(row, wrong) for row in wrong.applicants} == {C}


def test_better_grade_than_the_rule_gives_blocks_and_a_lower_one_asks_why() -> None:
    claimed = applicant_row(provenance=provenance(sources=(ONE,), confidence=A))
    lower = applicant_row(provenance=provenance(sources=(OFFICIAL,), confidence=C))

    (problem,) = problems(year_figures(claimed))

    assert problem.column == GRADE
    assert "“Confirmed” is more than the rule gives: “Use with care”" in problem.text
    assert problems(year_figures(lower)) == ()


KINDS = st.sampled_from(SourceKind)
KEYS = ("a", "b", "c", "d", "e")


@st.composite
def documents(draw: st.DrawFn) -> tuple[SourceFacts, ...]:
    return catalogue(
        *(
            source(
                key,
                draw(KINDS),
                rests_on=tuple(draw(st.sets(st.sampled_from(KEYS), max_size=2))),
                accessed_on=draw(st.sampled_from([None, date(2026, 11, 22)])),
                sums=draw(st.sampled_from(["", "They add up."])),
            )
            for key in KEYS
        )
    )


@given(documents(), st.sampled_from([None, "50.0", "50.3"]), st.data())
def test_no_further_document_makes_a_grade_worse(
    known: tuple[SourceFacts, ...], printed: str | None, data: st.DataObject
) -> None:
    few = data.draw(st.lists(st.sampled_from(known), unique_by=lambda it: it.key))
    rate = None if printed is None else Decimal(printed)

    alone = grade(*few, published_match_rate=rate)
    with_more = grade(*known, published_match_rate=rate)

    assert with_more.value <= alone.value


@given(documents(), st.sampled_from(FigureConfidence))
def test_what_may_be_published_is_never_better_than_the_rule(
    known: tuple[SourceFacts, ...], claimed: FigureConfidence
) -> None:
    row = applicant_row(provenance=provenance(sources=known, confidence=claimed))
    year = year_figures(row)

    blocked = any(found.column == GRADE for found in problems(year))

    assert blocked == (claimed.value < computed_grade(row, year).value)


def every_founding_row() -> list[tuple[YearFigures, Row]]:
    return [
        (year, row)
        for year in public.everything().versions.values()
        for row in year.rows()
    ]


@pytest.mark.django_db
def test_every_grade_equals_what_the_rule_computes() -> None:
    rows = every_founding_row()

    assert len(rows) == 458
    assert [
        f"{year.match_year} {row.table} {row.label}"
        for year, row in rows
        if row.provenance.stated_grade != computed_grade(row, year)
    ] == []


@pytest.mark.django_db
def test_confirmed_rows_have_an_official_text_behind_each_value() -> None:
    confirmed = [
        (row, column)
        for _, row in every_founding_row()
        if row.provenance.confidence == A
        for column in (*row.counts, *row.printed)
        if getattr(row, column) is not None
    ]

    assert len(confirmed) > 150
    for row, column in confirmed:
        kinds = {
            document.kind
            for document in row.provenance.sources_of(column)
            if document.was_read
        }
        assert kinds & {SourceKind.OFFICIAL, SourceKind.REPOST}, (row.label, column)


@pytest.mark.django_db
def test_sums_of_the_copied_tables_after_soap_are_as_its_source_says() -> None:
    """What `nrmp-rd2025-t4` is trusted for: 4A and 4B leave the same few people."""
    for match_year, left in ((2024, 9), (2025, 11)):
        year = public.everything().years[match_year]
        for column in ("placed_pgy1_all", "placed_pgy1_active"):
            *types, everybody = (
                getattr(row, column) for row in year.rows(FigureTable.PLACEMENTS)
            )
            assert everybody - sum(types) == left


def test_placement_and_totals_close_by_their_printed_rates() -> None:
    origin = provenance(sources=(REPOST,), missing=Missing.NOT_FOUND)
    result = applicant_row(active=200, matched=100, provenance=origin)
    row = placement_row(
        placed_all=None,
        placed_active=120,
        published_placed_rate_active=Decimal("60.0"),
        provenance=origin,
    )
    year = year_figures(result, row)
    whole = totals_row(
        pgy1_positions_offered=None,
        pgy1_positions_filled=None,
        all_positions_offered=None,
        all_positions_filled=None,
        registered_applicants=None,
        published_match_rate=Decimal("56.3"),
        provenance=origin,
    )

    assert computed_grade(row, year) == A
    assert computed_grade(whole, year_figures(whole)) == A


@pytest.mark.django_db
def test_grade_from_before_the_rule_is_shown_as_the_rule_gives_it(
    client: Client,
) -> None:
    report = stored_source(kind=SourceKind.REPORT)
    first = stored_draft()
    stored_result(first, source=report)
    publish(first)

    (shown,) = public.everything().years[2060].applicants
    page = text_of(client.get("/match/2060/"))
    (download,) = csv_of(client.get("/match/2060/applicants.csv"))

    assert (shown.provenance.confidence, shown.provenance.stated_grade) == (C, A)
    assert "Published as “Confirmed”, which is more than the rule of today" in page
    assert download["confidence"] == "C"


@pytest.mark.django_db
def test_amendment_begins_with_the_grades_of_today(client: Client) -> None:
    report = stored_source(kind=SourceKind.REPORT)
    first = stored_draft()
    stored_result(first, source=report)
    publish(first)

    second = open_version.open_amendment(match_year=2060, by=person(), now=NOW)

    assert [row.confidence for row in rows_of(second, FigureTable.APPLICANTS)] == [C]
    assert problems(drafts.figures_of(second)) == ()
    event = ReleaseEvent.objects.get(match_year=2060, step=ReleaseStep.AMENDED)
    assert event.detail == (
        "A copy of version 1. 1 graded lower, by the rule of today."
    )
