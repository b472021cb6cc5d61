from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from stats.choices import ApplicantType, FigureTable, Missing
from stats.columns import APPLICANT_TYPES
from stats.imports.import_plan import Plan, plan
from stats.imports.parse_rows import read
from stats.imports.spellings import SPECIALTIES, simplified
from stats.models import ApplicantResult, Release, Specialty, SpecialtyResult
from tests.stats.imports.files import as_csv, as_xlsx, cells_of, csv_file, good

pytestmark = pytest.mark.django_db

TYPES, SCORES = FigureTable.APPLICANTS, FigureTable.SCORES


def planned(
    release: Release,
    table: FigureTable,
    *rows: dict[str, Any],
    missing: Missing | None = None,
) -> Plan:
    return plan(release, read("file.csv", csv_file(table, *rows), table, missing))


def counts(found: Plan) -> tuple[int, int, int, int]:
    return found.new, found.changed, found.unchanged, found.refused


def test_rows_are_counted_as_new_changed_unchanged_and_refused(draft: Release) -> None:
    ApplicantResult.objects.filter(
        release=draft, applicant_type=ApplicantType.US_MD_GRAD
    ).delete()

    found = planned(
        draft,
        TYPES,
        good(TYPES, applicant_type="us_img"),
        good(TYPES, applicant_type="us_md_grad"),
        good(TYPES, applicant_type="non_us_img", active_applicants="x"),
        good(
            TYPES,
            applicant_type="us_do_grad",
            active_applicants="",
            matched_to_pgy1="",
            published_match_rate="",
            missing="not_entered",
            confidence="C",
            sources="",
        ),
    )

    assert counts(found) == (1, 1, 1, 1)
    assert found.left_alone == ("US MD seniors", "US DO seniors")
    assert found.refusals


def test_difference_is_shown_cell_by_cell(amendment: Release) -> None:
    row = ApplicantResult.objects.get(release=amendment, applicant_type="us_img")
    assert row.active_applicants is not None
    found = planned(
        amendment,
        TYPES,
        good(
            TYPES,
            match_year=2025,
            active_applicants=row.active_applicants,
            matched_to_pgy1=3000,
            published_match_rate=row.published_match_rate or "",
            confidence=row.confidence,
            sources=";".join(
                row.sources.through.objects.filter(applicantresult=row)
                .order_by("pk")
                .values_list("source__key", flat=True)
            ),
            note=row.note,
        ),
    )

    (cell,) = found.cells

    assert counts(found) == (0, 1, 0, 0)
    assert (cell.row_label, cell.column) == ("US IMGs", "matched_to_pgy1")
    assert cell.column_name == "Matched to PGY-1"
    assert (cell.was, cell.becomes) == (row.matched_to_pgy1, 3000)
    assert not found.refusals


def test_digits_are_a_difference_where_the_file_keeps_them(draft: Release) -> None:
    ApplicantResult.objects.filter(release=draft, applicant_type="us_img").update(
        published_match_rate=Decimal("95")
    )
    head, row = cells_of(TYPES, [good(TYPES, published_match_rate=95.0)])

    by_text = planned(draft, TYPES, good(TYPES, published_match_rate="95.0"))
    by_number = plan(draft, read("file.xlsx", as_xlsx([head, row]), TYPES))

    assert "published_match_rate" in {cell.column for cell in by_text.cells}
    assert "published_match_rate" not in {cell.column for cell in by_number.cells}


def test_columns_that_a_file_leaves_out_stay_as_they_are(draft: Release) -> None:
    ApplicantResult.objects.filter(release=draft, applicant_type="us_img").update(
        note="Kept.", locator="p. 1"
    )
    columns = tuple(good(TYPES))[:5]
    content = as_csv(cells_of(TYPES, [good(TYPES)], columns))

    found = plan(draft, read("file.csv", content, TYPES))

    assert {cell.column for cell in found.cells} == {
        *("active_applicants", "matched_to_pgy1", "published_match_rate", "missing")
    }


@pytest.mark.parametrize(
    ("table", "changes", "column", "reason"),
    [
        (TYPES, {"match_year": 2059}, "match_year", "The draft is of 2060."),
        (SCORES, {"edition": 2059}, "edition", "The draft is of 2060."),
        (TYPES, {"sources": "saieesh-co2026;nobody"}, "sources", "No source has"),
        (SCORES, {"specialty": "Alchemy"}, "specialty", "No specialty has this name"),
        (
            FigureTable.SPECIALTIES,
            {"specialty": "All specialties"},
            "specialty",
            "No spec",
        ),
        (
            FigureTable.SPECIALTIES,
            {"specialty": "Surgery"},
            "specialty",
            "No specialty",
        ),
    ],
)
def test_what_only_the_database_can_refuse(
    draft: Release,
    table: FigureTable,
    changes: dict[str, Any],
    column: str,
    reason: str,
) -> None:
    found = planned(draft, table, good(table, **changes))

    (refusal,) = found.refusals
    assert (refusal.line, refusal.column, found.refused) == (2, column, 1)
    assert reason in refusal.reason


@pytest.mark.parametrize("table", FigureTable)
def test_same_row_twice_is_refused(draft: Release, table: FigureTable) -> None:
    found = planned(draft, table, good(table), good(table))

    (refusal,) = found.refusals
    assert refusal.line == 3
    assert refusal.reason == "Line 2 is about the same row."


def test_same_row_in_another_spelling_is_refused(draft: Release) -> None:
    found = planned(
        draft,
        SCORES,
        good(SCORES, specialty="Orthopedic Surgery"),
        good(SCORES, specialty="Orthopaedic surgery", applicants="x"),
    )

    assert [refusal.line for refusal in found.refusals] == [3, 3]
    assert found.refused == 1


def test_all_specialties_together_have_scores(draft: Release) -> None:
    found = planned(draft, SCORES, good(SCORES, specialty="all specialties"))

    assert [change.label for change in found.changes] == [
        "All specialties, Non-US IMGs, matched"
    ]


def test_name_of_two_specialties_is_refused(draft: Release) -> None:
    Specialty.objects.create(slug="x", name="Psychiatry!", short_name="Mind")

    in_full = planned(draft, SCORES, good(SCORES, specialty="Psychiatry!"))
    (refusal,) = planned(draft, SCORES, good(SCORES, specialty="psychiatry")).refusals

    assert [change.label for change in in_full.changes] == [
        "Mind, Non-US IMGs, matched"
    ]
    assert "Mind, Psychiatry" in refusal.reason


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("Internal Medicine", "internal-medicine"),
        ("Internal Medicine (Categorical)", "internal-medicine"),
        ("internal-medicine", "internal-medicine"),
        ("Med-Peds", "medicine-pediatrics"),
        ("Medicine/Pediatrics", "medicine-pediatrics"),
        ("OB-GYN", "obstetrics-gynecology"),
        ("Ob/Gyn", "obstetrics-gynecology"),
        ("Obstetrics & Gynecology", "obstetrics-gynecology"),
        ("PM&R", "physical-medicine-rehabilitation"),
        ("Orthopaedic Surgery", "orthopedic-surgery"),
        ("General Surgery", "general-surgery"),
        ("Surgery - General", "general-surgery"),
        ("SURGERY (CATEGORICAL)", "general-surgery"),
        ("Radiology - Diagnostic", "diagnostic-radiology"),
        ("Paediatrics", "pediatrics"),
        ("Preliminary Surgery", "surgery-preliminary"),
    ],
)
def test_common_spellings(draft: Release, written: str, slug: str) -> None:
    found = planned(
        draft, FigureTable.SPECIALTIES, good(FigureTable.SPECIALTIES, specialty=written)
    )

    assert found.refusals == ()
    (changed,) = found.changes
    row = SpecialtyResult.objects.get(release=draft, specialty__slug=slug)
    assert changed.row_id == row.pk


def test_every_spelling_names_one_specialty_that_there_is() -> None:
    stored = {row.slug: row for row in Specialty.objects.all()}
    owner: dict[str, str] = {}
    for slug, row in stored.items():
        for spelling in (slug, row.name, row.short_name, *SPECIALTIES.get(slug, ())):
            assert owner.setdefault(simplified(spelling), slug) == slug, spelling

    assert set(SPECIALTIES) <= set(stored)


def test_fingerprint_changes_with_the_draft_and_with_the_file(draft: Release) -> None:
    before = planned(draft, TYPES, good(TYPES)).fingerprint
    other_file = planned(draft, TYPES, good(TYPES, note="More.")).fingerprint
    same = planned(draft, TYPES, good(TYPES)).fingerprint
    ApplicantResult.objects.filter(release=draft, applicant_type="us_img").update(
        active_applicants=7
    )
    other_draft = planned(draft, TYPES, good(TYPES)).fingerprint

    assert before == same
    assert len({before, other_file, other_draft}) == 3


def test_number_of_queries_does_not_grow(draft: Release) -> None:
    from django.db import connection

    scores = [
        good(SCORES, applicant_type=kind, specialty=specialty)
        for kind in APPLICANT_TYPES[SCORES]
        for specialty in ("Psychiatry", "Neurology", "Pediatrics")
    ]
    taken = []
    for rows in (scores[:1], scores):
        with CaptureQueriesContext(connection) as captured:
            planned(draft, SCORES, *rows)
        taken.append(len(captured))

    assert taken[0] == taken[1] <= 5


STAYS = "1 row leaves values out that are empty in the draft for a reason already"


def withhold(release: Release, *columns: str) -> None:
    """In the row of US IMGs, with a reason."""
    values = {"active_applicants": 5000, "matched_to_pgy1": 4751}
    ApplicantResult.objects.filter(release=release, applicant_type="us_img").update(
        **(values | dict.fromkeys(columns)), missing=Missing.SUPPRESSED
    )


@pytest.mark.parametrize("answer", [None, Missing.NOT_PUBLISHED])
@pytest.mark.parametrize("mark", ["", "*"])
def test_value_that_is_empty_in_the_draft_for_a_reason_keeps_it(
    draft: Release, mark: str, answer: Missing | None
) -> None:
    withhold(draft, "active_applicants")
    row = good(TYPES, active_applicants=mark, matched_to_pgy1="4,800")

    found = planned(draft, TYPES, row, missing=answer)

    assert found.refusals == ()
    (change,) = found.changes
    assert change.becomes["matched_to_pgy1"] == 4800
    assert "missing" not in change.becomes
    assert found.remarks[0].startswith(STAYS)


def test_value_that_the_draft_has_and_the_file_does_not_is_asked_about(
    draft: Release,
) -> None:
    withhold(draft, "active_applicants")

    found = planned(draft, TYPES, good(TYPES, active_applicants="", matched_to_pgy1=""))

    assert found.only_asks
    assert found.asks_why
    assert found.refused == 1
    assert found.remarks == ()


def test_reason_of_a_row_that_the_file_completes_goes(draft: Release) -> None:
    withhold(draft, "active_applicants")

    (change,) = planned(draft, TYPES, good(TYPES)).changes

    assert change.becomes["missing"] == ""


def test_other_mistakes_of_such_a_row_are_refused(draft: Release) -> None:
    withhold(draft, "active_applicants", "matched_to_pgy1")

    found = planned(
        draft,
        TYPES,
        good(TYPES, active_applicants="", matched_to_pgy1="x"),
    )

    assert [refusal.column for refusal in found.refusals] == ["matched_to_pgy1"]
    assert found.refused == 1
