"""Sources and specialties are edited one at a time, and every edit is noticed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from stats.actions import edit_catalogue
from stats.fields import NEVER_EDITED
from stats.models import Source, Specialty
from tests.factories import NOW, stored_draft, stored_result, stored_source

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=400)


def specialty(slug: str) -> Specialty:
    return Specialty.objects.get(slug=slug)


def test_only_the_named_columns_are_stored() -> None:
    source = Source.objects.get(key="ecfmg-2014")
    before = source.publisher
    source.title, source.publisher = "Other", "Nobody"

    edit_catalogue.save(row=source, columns=["title"], now=LATER)

    source.refresh_from_db()
    assert (source.title, source.publisher) == ("Other", before)
    assert source.changed_at == LATER


def test_new_row_is_stored_whole() -> None:
    row = Specialty(slug="space", name="Space Medicine", short_name="Space")

    edit_catalogue.save(row=row, columns=[], now=LATER)

    assert specialty("space").changed_at == LATER


def test_each_edit_is_later_than_all_before_it() -> None:
    first, second = Source.objects.order_by("pk")[:2]

    edit_catalogue.save(row=first, columns=[], now=LATER)
    # The clock of another machine is behind.
    edit_catalogue.save(row=second, columns=[], now=LATER - timedelta(hours=1))

    assert second.changed_at > first.changed_at


def test_row_that_nobody_edited_has_a_time_all_the_same() -> None:
    assert stored_source().changed_at == NEVER_EDITED


def test_source_in_use_is_not_deleted() -> None:
    source = stored_source()
    stored_result(stored_draft()).sources.set([source])

    with pytest.raises(ProtectedError, match="new-report"):
        edit_catalogue.delete_source(source=source)

    assert [str(use) for use in source.uses()] == ["2060, version 1: 1 row"]


def test_specialty_cannot_be_merged_into_what_was_merged_into_it() -> None:
    a, b, c = map(specialty, ("neurology", "pathology", "dermatology"))
    Specialty.objects.filter(pk=a.pk).update(successor=b)
    Specialty.objects.filter(pk=b.pk).update(successor=c)
    c.successor = specialty("neurology")

    with pytest.raises(ValidationError, match="round in a circle"):
        c.full_clean()


def test_specialty_cannot_be_merged_into_itself() -> None:
    row = specialty("neurology")
    row.successor = row

    with pytest.raises(ValidationError):
        row.full_clean()


def test_specialties_may_be_merged_one_after_another() -> None:
    a, b, c = map(specialty, ("neurology", "pathology", "dermatology"))
    Specialty.objects.filter(pk=b.pk).update(successor=c)
    a.successor = specialty("pathology")

    a.full_clean()
