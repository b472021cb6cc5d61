"""Every constraint refuses the row that it is there for, in the database itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.forms import modelform_factory

from stats.choices import ApplicantType, FigureConfidence, ScoreOutcome, SourceKind
from stats.models import (
    ApplicantResult,
    Edition,
    PlacementResult,
    ProblemReport,
    Release,
    ReviewNote,
    ScoreSummary,
    SecondLook,
    Source,
    Specialty,
    SpecialtyResult,
    Withdrawal,
    YearTotals,
)
from tests.factories import NOW, person, stored_draft

pytestmark = pytest.mark.django_db

Changes = dict[str, Any]


def release(**changes: Any) -> Release:
    values: Changes = {
        "match_year": 2070,
        "version": 1,
        "kind": "first",
        "opened_at": NOW,
        "founding": True,
    }
    return Release(**values | changes)


PUBLISHED: Changes = {"status": "published", "published_at": NOW, "edition": 2}
TOTALS: Changes = {
    "pgy1_positions_offered": 1000,
    "pgy1_positions_filled": 900,
    "all_positions_offered": 1100,
    "all_positions_filled": 1000,
    "registered_applicants": 2000,
    "active_applicants": 1600,
    "matched_to_pgy1": 900,
}
APPLICANT: Changes = {
    "applicant_type": ApplicantType.US_IMG,
    "active_applicants": 200,
    "matched_to_pgy1": 100,
}
PLACEMENT: Changes = {
    "applicant_type": ApplicantType.US_IMG,
    "placed_pgy1_all": 130,
    "placed_pgy1_active": 120,
}
SPECIALTY: Changes = {
    "programs": 10,
    "positions_offered": 120,
    "positions_filled": 100,
    "filled_us_md_senior": 40,
    "filled_us_do": 20,
    "filled_us_img": 10,
    "filled_non_us_img": 20,
    "filled_img_total": 30,
    "filled_other": 5,
}
SCORE: Changes = {
    "applicant_type": ApplicantType.US_IMG,
    "outcome": ScoreOutcome.MATCHED,
    "applicants": 50,
    "applicants_with_score": 40,
    "step2_ck_q1": Decimal("238"),
    "step2_ck_median": Decimal("246"),
    "step2_ck_q3": Decimal("253"),
}
NO_SCORE: Changes = {
    "step2_ck_q1": None,
    "step2_ck_median": None,
    "step2_ck_q3": None,
}


def row(model: type[models.Model], **changes: Any) -> Any:
    """A sound row of a new draft, with changes."""
    values: Changes = {"release": stored_draft(), "confidence": FigureConfidence.A}
    if model is YearTotals:
        values |= TOTALS
    elif model is ApplicantResult:
        values |= APPLICANT
    elif model is PlacementResult:
        values |= PLACEMENT
    elif model is SpecialtyResult:
        values |= SPECIALTY
        values["specialty"] = Specialty.objects.get(slug="dermatology")
    elif model is ScoreSummary:
        values |= SCORE
        values["specialty"] = Specialty.objects.get(slug="dermatology")
    return model(**values | changes)


def twice(model: type[models.Model], **changes: Any) -> Any:
    """A second row with the key of one that is stored."""
    first = row(model, **changes)
    first.save()
    first.pk = None
    return first


def second_release(first: Changes, second: Changes) -> Callable[[], models.Model]:
    def make() -> models.Model:
        release(**first).save()
        return release(**second)

    return make


def withdrawal(**changes: Any) -> Withdrawal:
    """A proposal to withdraw a version, with changes."""
    values: Changes = {"reason": "The source was wrong.", "proposed_at": NOW}
    if "release" not in changes:
        values["release"] = stored_draft(2070)
    if "proposed_by" not in changes:
        values["proposed_by"] = person("proposer")
    return Withdrawal(**values | changes)


def second_proposal() -> Withdrawal:
    first = withdrawal()
    first.save()
    return withdrawal(release=first.release, proposed_by=first.proposed_by)


def rows_of(model: type[models.Model], **changes: Any) -> Callable[[], models.Model]:
    return lambda: row(model, **changes)


NOTED: Changes = {"version": 2, "kind": "correction", "public_note": "A slip."}

# Name of a constraint, and rows that it alone has to refuse.
BAD_ROWS: dict[str, list[Callable[[], models.Model]]] = {
    "stats_release_one_per_version": [
        second_release(PUBLISHED, PUBLISHED | {"is_current": True})
    ],
    "stats_release_one_current_per_year": [
        second_release(
            PUBLISHED | {"is_current": True},
            PUBLISHED | NOTED | {"is_current": True},
        )
    ],
    "stats_release_one_open_per_year": [second_release({}, NOTED)],
    "stats_release_year_in_range": [
        lambda: release(match_year=1951),
        lambda: release(match_year=2101),
    ],
    "stats_release_versions_count_from_one": [
        lambda: release(version=0, kind="correction")
    ],
    "stats_release_only_version_one_is_first": [
        lambda: release(kind="correction"),
        lambda: release(version=2),
    ],
    "stats_release_published_says_when_and_by_whom": [
        lambda: release(status="published", edition=2),
        lambda: release(**PUBLISHED | {"founding": False}),
        lambda: release(published_at=NOW),
    ],
    "stats_release_edition_when_published": [
        lambda: release(**PUBLISHED | {"edition": None}),
        lambda: release(**PUBLISHED | {"edition": 0}),
        lambda: release(edition=2),
    ],
    "stats_release_current_is_published": [lambda: release(is_current=True)],
    "stats_release_change_has_a_public_note": [
        lambda: release(**PUBLISHED | {"version": 2, "kind": "revision"})
    ],
    "stats_release_published_after_opened": [
        lambda: release(**PUBLISHED | {"published_at": NOW - timedelta(seconds=1)})
    ],
    "stats_yeartotals_one_per_release": [lambda: twice(YearTotals)],
    "stats_yeartotals_missing_has_a_reason": [
        rows_of(YearTotals, **{column: None}) for column in TOTALS
    ],
    "stats_yeartotals_parts_within_wholes": [
        rows_of(YearTotals, pgy1_positions_filled=1001, all_positions_filled=1100),
        rows_of(YearTotals, all_positions_filled=1101),
        rows_of(YearTotals, pgy1_positions_offered=1101),
        rows_of(YearTotals, all_positions_filled=899),
        rows_of(YearTotals, active_applicants=2001),
        rows_of(YearTotals, matched_to_pgy1=1601),
    ],
    "stats_yeartotals_rate_is_a_percentage": [
        rows_of(YearTotals, published_match_rate=Decimal("100.1"))
    ],
    "stats_applicantresult_one_per_type": [lambda: twice(ApplicantResult)],
    "stats_applicantresult_missing_has_a_reason": [
        rows_of(ApplicantResult, active_applicants=None),
        rows_of(ApplicantResult, matched_to_pgy1=None),
    ],
    "stats_applicantresult_matched_within_active": [
        rows_of(ApplicantResult, matched_to_pgy1=201)
    ],
    "stats_applicantresult_rate_is_a_percentage": [
        rows_of(ApplicantResult, published_match_rate=Decimal("101"))
    ],
    "stats_placementresult_one_per_type": [lambda: twice(PlacementResult)],
    "stats_placementresult_missing_has_a_reason": [
        rows_of(PlacementResult, placed_pgy1_all=None),
        rows_of(PlacementResult, placed_pgy1_active=None),
    ],
    "stats_placementresult_active_within_all": [
        rows_of(PlacementResult, placed_pgy1_active=131)
    ],
    "stats_placementresult_rate_of_all_is_a_percentage": [
        rows_of(PlacementResult, published_placed_rate_all=Decimal("100.1"))
    ],
    "stats_placementresult_rate_of_active_is_a_percentage": [
        rows_of(PlacementResult, published_placed_rate_active=Decimal("101"))
    ],
    "stats_specialtyresult_one_per_specialty": [lambda: twice(SpecialtyResult)],
    "stats_specialtyresult_missing_has_a_reason": [
        rows_of(SpecialtyResult, **{column: None}) for column in SPECIALTY
    ],
    "stats_specialtyresult_parts_within_wholes": [
        rows_of(SpecialtyResult, positions_filled=121),
        rows_of(SpecialtyResult, filled_us_md_senior=101),
        rows_of(SpecialtyResult, filled_us_do=101),
        rows_of(SpecialtyResult, filled_other=101),
        rows_of(SpecialtyResult, filled_img_total=101),
        rows_of(SpecialtyResult, filled_us_img=31),
        rows_of(SpecialtyResult, filled_non_us_img=31),
        rows_of(
            SpecialtyResult,
            filled_us_img=101,
            filled_img_total=None,
            missing="not_found",
        ),
    ],
    "stats_specialtyresult_share_is_a_percentage": [
        rows_of(SpecialtyResult, published_img_share=Decimal("100.01"))
    ],
    "stats_scoresummary_one_per_group": [lambda: twice(ScoreSummary)],
    "stats_scoresummary_one_overall_per_group": [
        lambda: twice(ScoreSummary, specialty=None)
    ],
    "stats_scoresummary_score_xor_reason": [
        rows_of(ScoreSummary, **NO_SCORE),
        rows_of(ScoreSummary, missing="suppressed"),
        rows_of(ScoreSummary, **NO_SCORE | {"step2_ck_q1": Decimal("238")}),
        rows_of(
            ScoreSummary,
            **NO_SCORE | {"step2_ck_q1": Decimal("238"), "missing": "suppressed"},
        ),
    ],
    "stats_scoresummary_scored_within_applicants": [
        rows_of(ScoreSummary, applicants_with_score=51)
    ],
    "stats_scoresummary_scores_on_the_scale": [
        rows_of(ScoreSummary, step2_ck_q3=Decimal("301")),
        rows_of(ScoreSummary, step2_ck_q1=Decimal("0")),
        rows_of(ScoreSummary, step2_ck_mean=Decimal("0.5")),
    ],
    "stats_scoresummary_quartiles_in_order": [
        rows_of(ScoreSummary, step2_ck_q1=Decimal("247")),
        rows_of(ScoreSummary, step2_ck_median=Decimal("254")),
        # As numbers: as texts, 99 would come after 246.
        rows_of(ScoreSummary, step2_ck_q3=Decimal("99")),
        rows_of(
            ScoreSummary,
            step2_ck_mean=Decimal("246"),
            step2_ck_median=None,
            step2_ck_q1=Decimal("254"),
        ),
    ],
}


def reports(**changes: Any) -> Callable[[], models.Model]:
    """A sound report with changes."""
    values: Changes = {"text": "The rate is wrong.", "received_at": NOW}
    return lambda: ProblemReport(**values | changes)


def second_note() -> models.Model:
    first = ReviewNote(
        release=stored_draft(2070), mark="a", is_ticked=True, at=NOW, by=person()
    )
    first.save()
    return ReviewNote(
        release=first.release, mark="a", is_ticked=True, at=NOW, by=first.by
    )


def empty_note() -> models.Model:
    return ReviewNote(
        release=stored_draft(2070), mark="a", is_ticked=False, at=NOW, by=person()
    )


def its_own_successor() -> models.Model:
    specialty = Specialty(pk=90, slug="a", name="A", short_name="A")
    specialty.successor = specialty
    return specialty


BAD_ROWS |= {
    "stats_specialty_not_its_own_successor": [its_own_successor],
    "stats_source_repost_has_an_address": [
        lambda: Source(
            key="copy",
            title="Copy",
            publisher="Somebody",
            published="2060",
            kind=SourceKind.REPOST,
        )
    ],
    "stats_reviewnote_one_a_person": [second_note],
    "stats_reviewnote_says_something": [empty_note],
    "stats_secondlook_by_somebody_at_some_time": [
        lambda: SecondLook(
            release=stored_draft(2070), reason="Nobody else.", looked_at=NOW
        )
    ],
    "stats_edition_counts_from_one": [
        lambda: Edition(number=0, published_at=NOW, made_at=NOW, archive=b"", size=0)
    ],
    "stats_withdrawal_one_proposal_a_version": [second_proposal],
    "stats_withdrawal_by_somebody_at_some_time": [
        lambda: withdrawal(confirmed_at=NOW),
        lambda: withdrawal(confirmed_by=person("confirmer")),
    ],
    "stats_withdrawal_says_why": [lambda: withdrawal(reason="")],
    "stats_problemreport_text_has_a_length": [
        reports(text="Too short"),
        reports(text="x" * 4001),
        # Characters, not bytes.
        reports(text="🙂" * 4001),
    ],
    "stats_problemreport_figure_has_a_version": [
        reports(match_year=2024),
        reports(version=1),
        reports(table="applicants"),
        reports(row="us_img"),
    ],
    "stats_problemreport_handled_says_when_and_by_whom": [
        reports(status="answered"),
        reports(status="closed", handled_at=NOW),
        reports(handled_at=NOW),
    ],
    "stats_problemreport_handled_keeps_no_address": [
        lambda: reports(
            status="answered",
            email="reader@example.org",
            handled_at=NOW,
            handled_by=person("alice"),
        )(),
    ],
}


def test_every_constraint_has_a_row_that_it_refuses() -> None:
    names = {
        constraint.name
        for model in apps.get_app_config("stats").get_models()
        for constraint in model._meta.constraints
    }

    assert set(BAD_ROWS) == names


@pytest.mark.parametrize(
    ("name", "make"), [(name, make) for name, rows in BAD_ROWS.items() for make in rows]
)
def test_database_refuses_a_bad_row(
    name: str, make: Callable[[], models.Model]
) -> None:
    bad = make()

    with pytest.raises(IntegrityError), transaction.atomic():
        bad.save(force_insert=True)

    # And the constraint that it is named for is the one that says so.
    (constraint,) = [item for item in bad._meta.constraints if item.name == name]
    with pytest.raises(ValidationError):
        constraint.validate(type(bad), bad)


@pytest.mark.parametrize(
    "make",
    [
        lambda: release(),
        lambda: release(**PUBLISHED | {"is_current": True}),
        lambda: release(**PUBLISHED | NOTED),
        rows_of(YearTotals),
        rows_of(YearTotals, published_match_rate=Decimal("56.3")),
        rows_of(YearTotals, **dict.fromkeys(TOTALS), missing="not_found"),
        rows_of(ApplicantResult, matched_to_pgy1=0),
        rows_of(ApplicantResult, published_match_rate=Decimal("100")),
        rows_of(SpecialtyResult),
        rows_of(ScoreSummary),
        rows_of(ScoreSummary, specialty=None),
        rows_of(ScoreSummary, **NO_SCORE | {"step2_ck_mean": Decimal("245")}),
        rows_of(ScoreSummary, **NO_SCORE | {"missing": "suppressed"}),
    ],
)
def test_sound_row_is_accepted(make: Callable[[], models.Model]) -> None:
    sound = make()

    sound.full_clean(exclude=["sources"])
    sound.save()

    assert sound.pk


def test_source_keeps_its_key_to_itself() -> None:
    known = Source.objects.get(key="ecfmg-2014")
    known.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        known.save(force_insert=True)


@pytest.mark.parametrize("printed", ["41", "41.0", "41.00", "0", "100", "99.99"])
def test_printed_number_keeps_its_digits(printed: str) -> None:
    result = row(ApplicantResult, published_match_rate=Decimal(printed))
    result.save()

    stored = ApplicantResult.objects.get(pk=result.pk)

    assert str(stored.published_match_rate) == printed


@pytest.mark.parametrize(
    "written", ["61.2%", "-1", "1e1", "61,2", "61.234", "NaN", "sixty", Decimal("NaN")]
)
def test_what_is_no_printed_number_cannot_be_stored(written: object) -> None:
    result = row(ApplicantResult, published_match_rate=written)

    with pytest.raises(ValidationError):
        result.full_clean(exclude=["sources"])
    with pytest.raises(ValidationError):
        result.save()


def test_empty_cell_of_a_form_is_a_number_that_was_not_printed() -> None:
    form_class = modelform_factory(ApplicantResult, fields=["published_match_rate"])
    form = form_class({"published_match_rate": ""}, instance=row(ApplicantResult))

    assert form.is_valid()

    assert form.instance.published_match_rate is None


def test_nobody_needs_to_remember_a_default_manager_that_hides_drafts() -> None:
    draft = stored_draft()

    assert draft in Release.objects.all()
    assert draft not in Release.objects.published()
