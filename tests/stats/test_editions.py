"""The state of all figures after each publication."""

from __future__ import annotations

from datetime import timedelta

import pytest

from imgportal.lib.eastern_time import eastern_day
from stats import public
from stats.editions import (
    NoSuchEdition,
    at_edition,
    edition_of_day,
    published_at,
)
from stats.models import Release
from tests.factories import publish, stored_draft, stored_result

pytestmark = pytest.mark.django_db


def test_founding_figures_are_the_first_edition() -> None:
    figures = public.everything()

    assert figures.edition == 1
    assert set(Release.objects.values_list("edition", flat=True)) == {1}
    assert at_edition(figures, 1) is figures


def test_former_edition_has_the_former_value() -> None:
    draft = stored_draft(2024, version=2)
    stored_result(draft)
    publish(draft)
    figures = public.everything()

    former = at_edition(figures, 1)

    assert (former.edition, figures.edition) == (1, 2)
    assert former.years[2024].release.version == 1
    assert figures.years[2024].release.version == 2
    assert former.years[2024].release.is_current
    assert former.years[2013].release.version == 2
    assert (2024, 2) not in former.versions
    assert list(published_at(figures)) == [1, 2]


@pytest.mark.parametrize("number", [0, 3, -1])
def test_no_such_edition(number: int) -> None:
    with pytest.raises(NoSuchEdition):
        at_edition(public.everything(), number)


def test_edition_of_a_day() -> None:
    figures = public.everything()
    first = eastern_day(published_at(figures)[1])

    assert edition_of_day(figures, first) == 1
    assert edition_of_day(figures, first + timedelta(days=400)) == 1
    with pytest.raises(NoSuchEdition):
        edition_of_day(figures, first - timedelta(days=1))
