from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from stats.choices import ApplicantType
from stats.models import ApplicantResult
from tests.factories import publish, stored_draft, stored_result

pytestmark = pytest.mark.django_db


def test_founding_figures_agree() -> None:
    said = StringIO()

    call_command("check_figures", stdout=said)

    assert "PROBLEM" not in said.getvalue()
    assert "373 rows in 31 versions of 30 Match years agree." in said.getvalue()


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

    with pytest.raises(CommandError, match="2 problems in 375 rows") as failure:
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
