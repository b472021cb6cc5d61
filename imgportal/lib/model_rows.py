"""Rows of the files that come with the site as rows of a model, not stored yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from imgportal.lib.content_files import FileRow

StoredRow = TypeVar("StoredRow", bound=models.Model)


def build_row(
    row: FileRow, model: type[StoredRow], columns: Mapping[str, str], **values: Any
) -> StoredRow:
    """A row of the model, its fields checked. Raises ContentError.

    `columns` maps fields of the model to columns of the file. `values` replace cells
    that the file writes in another way than the model.
    """
    values = {name: row.cells[column] for name, column in columns.items()} | values
    for name, value in values.items():
        if value == "" and getattr(model._meta.get_field(name), "null", False):
            values[name] = None
    stored = model(**values)
    absent = {field.name for field in model._meta.fields} - values.keys()
    try:
        stored.clean_fields(exclude=absent)
    except ValidationError as error:
        name, reasons = next(iter(error.message_dict.items()))
        row.refuse(columns[name], reasons[0])
    return stored


def check_constraints(row: FileRow, stored: models.Model) -> None:
    """Raise ContentError for what the database would refuse of this row alone."""
    for constraint in stored._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            try:
                constraint.validate(type(stored), stored)
            except ValidationError as error:
                row.refuse("", error.messages[0])
