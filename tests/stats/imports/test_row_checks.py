"""What importing says before it writes is what the database would say after."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from stats.choices import FigureTable
from stats.columns import IDENTITY
from stats.figures import ROW_TYPES
from stats.imports import row_checks
from stats.models import MODELS, Release, Specialty
from tests.effort import examples

pytestmark = pytest.mark.django_db

SMALL = st.none() | st.integers(min_value=1, max_value=4)


@st.composite
def any_values(draw: st.DrawFn) -> tuple[FigureTable, dict[str, Any]]:
    table = draw(st.sampled_from(list(FigureTable)))
    kind = ROW_TYPES[table]
    values: dict[str, Any] = {column: draw(SMALL) for column in kind.counts}
    for column in kind.printed:
        number = draw(SMALL)
        values[column] = None if number is None else Decimal(number)
    return table, values


@examples(
    200,
    # Every example is rolled back to the draft of the test.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=any_values())
def test_checks_refuse_exactly_what_the_constraints_refuse(
    draft: Release,
    drawn: tuple[FigureTable, dict[str, Any]],
) -> None:
    table, values = drawn
    complete = row_checks.is_complete(table, values)
    expected = not list(row_checks.contradictions(table, values))
    identity: dict[str, Any] = {}
    if "specialty" in IDENTITY[table]:
        identity["specialty"] = Specialty.objects.order_by("pk")[0]
    if "applicant_type" in IDENTITY[table]:
        identity["applicant_type"] = "us_img"
    if "outcome" in IDENTITY[table]:
        identity["outcome"] = "matched"

    with transaction.atomic():
        MODELS[table].objects.filter(release=draft).delete()
        try:
            with transaction.atomic():
                MODELS[table].objects.create(
                    release=draft,
                    confidence="A",
                    missing="" if complete else "not_found",
                    **identity,
                    **values,
                )
            accepted = True
        except IntegrityError:
            accepted = False
        transaction.set_rollback(True)

    assert accepted is expected
