from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from stats.actions import edit_catalogue
from stats.choices import ApplicantType, SourceKind
from stats.models import ApplicantResult, Source
from tests.factories import NOW, publish, stored_draft, stored_result, stored_source

pytestmark = pytest.mark.django_db


def test_founding_figures_agree() -> None:
    said = StringIO()

    call_command("check_figures", stdout=said)

    assert "PROBLEM" not in said.getvalue()
    assert "458 rows in 31 versions of 30 Match years agree." in said.getvalue()


def test_published_figures_that_disagree_are_reported() -> None:
    release = stored_draft()
    stored_result(release, published_match_rate=Decimal("51.0"))
    ApplicantResult.objects.create(
        release=release,
        applicant_type=ApplicantType.NON_US_IMG,
        active_applicants=300,
        matched_to_pgy1=150,
        confidence="A",
    )
    publish(release)
    said = StringIO()

    with pytest.raises(CommandError, match="2 problems in 460 rows") as failure:
        call_command("check_figures", stdout=said)

    assert failure.value.returncode != 0
    assert (
        "PROBLEM: 2060 v1, Results by applicant type, US IMGs, published_match_rate: "
        "51.0 is printed, 50.00 is computed." in said.getvalue()
    )
    assert "Non-US IMGs, sources: No source is named." in said.getvalue()


def test_draft_is_not_checked_because_nobody_sees_it() -> None:
    stored_result(stored_draft(), published_match_rate=Decimal("51.0"))
    said = StringIO()

    call_command("check_figures", stdout=said)

    assert "2060" not in said.getvalue()


def test_grade_above_its_rule_is_a_problem_where_it_is_current() -> None:
    report = stored_source(kind=SourceKind.REPORT)
    first = stored_draft()
    stored_result(first, source=report)
    publish(first)
    said = StringIO()

    with pytest.raises(CommandError, match="1 problems"):
        call_command("check_figures", stdout=said)

    assert (
        "PROBLEM: 2060 v1, Results by applicant type, US IMGs, confidence: “Confirmed” "
        "is more than the rule gives: “Use with care”." in said.getvalue()
    )


def test_figures_that_became_public_before_their_match_are_doubted() -> None:
    release = stored_draft(2060)
    stored_result(release)
    publish(release)
    said = StringIO()

    call_command("check_figures", stdout=said)

    assert "doubt: 2060 v1" in said.getvalue()
    assert (
        "The Match of 2060 has not taken place by 22 November 2026." in said.getvalue()
    )


def test_grade_of_an_earlier_version_stays_as_it_was_published() -> None:
    report = stored_source(kind=SourceKind.REPORT)
    first = stored_draft()
    stored_result(first, source=report)
    publish(first)
    second = stored_draft(version=2)
    stored_result(second, source=report, confidence="C")
    publish(second)
    said = StringIO()

    call_command("check_figures", stdout=said)

    assert "explained: 2060 v1, Results by applicant type" in said.getvalue()
    assert "explained: 2060 v2" not in said.getvalue()
    assert "PROBLEM" not in said.getvalue()


def test_document_that_staff_correct_can_make_a_grade_too_good() -> None:
    source = Source.objects.get(key="ecfmg-2017")
    source.kind = SourceKind.REPORT
    edit_catalogue.save(row=source, columns=["kind"], now=NOW)
    said = StringIO()

    with pytest.raises(CommandError, match="problems"):
        call_command("check_figures", stdout=said)

    assert "PROBLEM: 2017 v1" in said.getvalue()
