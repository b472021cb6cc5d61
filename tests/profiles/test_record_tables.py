"""What the registry of a record says agrees with the models that hold it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from profiles.models.owned import LONGEST_NOTE
from profiles.record_tables import (
    ALL_FIELDS,
    MODELS,
    TABLES,
    FieldKind,
    RecordField,
)


def of_kind(kind: FieldKind) -> list[RecordField]:
    return [field for field in ALL_FIELDS if field.kind == kind]


def name_of(field: RecordField) -> str:
    return f"{field.table}.{field.name}"


def columns_in(condition: models.Q) -> Iterator[str]:
    for part in condition.children:
        if isinstance(part, models.Q):
            yield from columns_in(part)
        elif isinstance(part, tuple):
            yield part[0].split("__")[0]


def constraints_on(field: RecordField) -> list[models.CheckConstraint]:
    """Those that look at this value and no other."""
    return [
        constraint
        for constraint in MODELS[field.table]._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
        and isinstance(constraint.condition, models.Q)
        and set(columns_in(constraint.condition)) == {field.name}
    ]


def validate(row: models.Model, constraints: list[models.CheckConstraint]) -> None:
    for constraint in constraints:
        constraint.validate(type(row), row)


def test_every_field_belongs_to_a_table() -> None:
    assert {field.table for field in ALL_FIELDS} == {table.name for table in TABLES}
    assert {table.name for table in TABLES} == set(MODELS)


@pytest.mark.parametrize("field", of_kind(FieldKind.TEXT), ids=name_of)
def test_a_text_is_as_long_as_its_column(field: RecordField) -> None:
    assert field.most == (field.column.max_length or LONGEST_NOTE)


@pytest.mark.django_db
@pytest.mark.parametrize("field", of_kind(FieldKind.NUMBER), ids=name_of)
def test_a_number_ends_where_the_database_ends_it(field: RecordField) -> None:
    model = MODELS[field.table]
    constraints = constraints_on(field)
    assert constraints
    for number in (field.least, field.most):
        validate(model(**{field.name: number}), constraints)
    beyond = model(**{field.name: field.most + field.step})
    with pytest.raises(ValidationError):
        validate(beyond, constraints)


@pytest.mark.parametrize("field", ALL_FIELDS, ids=name_of)
def test_what_is_never_null_has_no_null_to_hold(field: RecordField) -> None:
    if field.needed:
        assert not field.column.null
    elif field.kind not in (FieldKind.WORD, FieldKind.TEXT):
        assert field.column.null


@pytest.mark.parametrize("field", ALL_FIELDS, ids=name_of)
def test_a_form_can_ask_for_every_value(field: RecordField) -> None:
    assert bool(field.label) != field.in_address
