"""What a file would add or change, each entry validated by the form it belongs to.

An entry is what a member could have typed. So it goes through the same form, and what
the form refuses cannot be taken over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.html import format_html

from profiles.actions.import_record import ImportChange
from profiles.forms.certification import (
    CertificateForm,
    ItemForm,
    PathwayApplicationForm,
)
from profiles.forms.english import EnglishForm
from profiles.forms.exams import AttemptForm
from profiles.forms.fees import FeePaymentForm
from profiles.forms.profile import PathwayFactsForm, ProfileForm, VisaDaysForm
from profiles.forms.record_form import RecordForm
from profiles.forms.reminders import ReminderForm
from profiles.forms.season_record import SeasonRecordForm
from profiles.member_record import StoredRecord
from profiles.models.owned import Owned
from profiles.portable import parse_sheet
from profiles.portable.parse_document import Rows
from profiles.record_tables import TABLES, RecordTable

# Those of one table ask together for everything in it.
FORMS: tuple[type[RecordForm], ...] = (
    *(ProfileForm, PathwayFactsForm, AttemptForm, EnglishForm),
    *(PathwayApplicationForm, ItemForm, CertificateForm, ReminderForm),
    *(SeasonRecordForm, FeePaymentForm, VisaDaysForm),
)


class ImportStanding(StrEnum):
    """How an entry of the file stands to the record."""

    NEW = "new"
    SAME = "same"
    DIFFERENT = "different"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportEntry:
    """One entry of the file."""

    name: str  # what a form calls it: table and number
    table: RecordTable
    standing: ImportStanding
    values: dict[str, Any]  # as they would be stored
    twin: Owned | None  # what stands in its place now
    differing: tuple[str, ...] = ()  # names of fields
    reasons: tuple[str, ...] = ()  # why it is refused

    @property
    def change(self) -> ImportChange:
        return ImportChange(table=self.table, values=self.values, twin=self.twin)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """Everything in a file, beside what is stored now."""

    entries: tuple[ImportEntry, ...]
    only_here: int  # entries of the record that the file does not have

    def entries_that_are(self, standing: ImportStanding) -> list[ImportEntry]:
        return [entry for entry in self.entries if entry.standing == standing]

    @property
    def token(self) -> str:
        """Two plans have the same one when they would do the same to the same rows."""
        told = [
            (entry.name, entry.standing.value, _state(entry.twin), entry.values)
            for entry in self.entries
        ]
        return hashlib.blake2s(repr(told).encode(), digest_size=16).hexdigest()


def plan_import(rows: Rows, stored: StoredRecord, *, today: date) -> ImportPlan:
    """Compare the rows of a file with the record. Writes nothing.

    Tables that the file knows nothing of are left out, and values that a row does not
    hold stay as they are.
    """
    entries: list[ImportEntry] = []
    only_here = 0
    for table in TABLES:
        if table.name not in rows:
            continue
        here = {table.key_of(table.values(row)): row for row in stored.rows_of(table)}
        for number, row in enumerate(rows[table.name], start=1):
            twin = here.pop(table.key_of(row), None)
            values = parse_sheet.complete(
                table, row, None if twin is None else table.values(twin), today=today
            )
            forms = [
                form.from_entry(values, twin=twin, stored=stored, today=today)
                for form in FORMS
                if form.table is table
            ]
            entries.append(_entry(f"{table.name}-{number}", table, values, twin, forms))
        only_here += len(here)
    return ImportPlan(entries=tuple(entries), only_here=only_here)


def _entry(
    name: str,
    table: RecordTable,
    values: dict[str, Any],
    twin: Owned | None,
    forms: Sequence[RecordForm],
) -> ImportEntry:
    here = None if twin is None else table.values(twin)
    reasons: list[str] = []
    stored = dict(values)
    if values != here:
        for form in forms:
            if form.is_valid():
                # A form may also store what is no part of an entry.
                stored |= {
                    name: value for name, value in form.values.items() if name in values
                }
            reasons += _reasons(form)
    if reasons:
        standing = ImportStanding.REFUSED
    elif here is None:
        standing = ImportStanding.NEW
    elif stored == here:
        standing = ImportStanding.SAME
    else:
        standing = ImportStanding.DIFFERENT
    return ImportEntry(
        name=name,
        table=table,
        standing=standing,
        values=stored,
        twin=twin,
        differing=tuple(it for it in stored if here and stored[it] != here[it]),
        reasons=tuple(reasons),
    )


def _reasons(form: RecordForm) -> Iterator[str]:
    for name, errors in form.errors.items():
        field = form.fields.get(name)
        label = f"{field.label}: " if field is not None and field.label else ""
        for error in errors:
            # An error may hold a link to its rule.
            yield format_html("{}{}", label, error)


def _state(row: Owned | None) -> tuple[int, int] | None:
    return None if row is None else (row.pk, row.version)
