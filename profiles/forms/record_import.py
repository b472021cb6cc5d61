"""What a file would add or change, each entry validated by the form it belongs to.

An entry is what a member could have typed. So it goes through the same form, and what
the form refuses cannot be taken over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.html import format_html

from profiles.actions.import_record import Change
from profiles.choices import Exam, Item
from profiles.forms.certification import CertificateForm, ItemForm, PathwayForm
from profiles.forms.english import EnglishForm
from profiles.forms.exams import AttemptForm
from profiles.forms.profile import PathwayFactsForm, ProfileForm
from profiles.forms.record_form import RecordForm
from profiles.forms.reminders import ReminderForm
from profiles.member_record import Stored
from profiles.models import ExamAttempt, Profile
from profiles.models.owned import Owned
from profiles.portable import json_document
from profiles.portable.parse_document import Rows
from profiles.record_tables import (
    ATTEMPTS,
    CERTIFICATE,
    ITEMS,
    PATHWAYS,
    PROFILE,
    REMINDERS,
    SITTINGS,
    TABLES,
    Table,
)
from profiles.rules.reference import Reference


class Standing(StrEnum):
    """How an entry of the file stands to the record."""

    NEW = "new"
    SAME = "same"
    DIFFERENT = "different"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the file."""

    name: str  # what a form calls it: table and number
    table: Table
    standing: Standing
    values: dict[str, Any]  # as they would be stored
    twin: Owned | None  # what stands in its place now
    differing: tuple[str, ...] = ()  # names of fields
    reasons: tuple[str, ...] = ()  # why it is refused

    @property
    def change(self) -> Change:
        return Change(table=self.table, values=self.values, twin=self.twin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything in a file, beside what is stored now."""

    entries: tuple[Entry, ...]
    only_here: int  # entries of the record that the file does not have

    def of(self, standing: Standing) -> list[Entry]:
        return [entry for entry in self.entries if entry.standing == standing]

    @property
    def token(self) -> str:
        """Two plans have the same one when they would do the same to the same rows."""
        told = [
            (entry.name, entry.standing.value, _state(entry.twin), entry.values)
            for entry in self.entries
        ]
        return hashlib.blake2s(repr(told).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the forms need to know beside an entry.

    `today` is the latest date anywhere on Earth: the file may come from a zone that
    is ahead of where the member says to be now.
    """

    stored: Stored
    specialties: tuple[tuple[str, str], ...]
    reference: Reference
    today: date


def plan(rows: Rows, context: Context) -> Plan:
    """Compare the rows of a file with the record. Writes nothing."""
    entries: list[Entry] = []
    only_here = 0
    for table in TABLES:
        here = {
            table.place(table.values(row)): row
            for row in json_document.rows_in(table, context.stored)
        }
        for number, values in enumerate(rows[table.name], start=1):
            twin = here.pop(table.place(values), None)
            entries.append(
                _entry(f"{table.name}-{number}", table, values, twin, context)
            )
        only_here += len(here)
    return Plan(entries=tuple(entries), only_here=only_here)


def _state(row: Owned | None) -> tuple[int, int] | None:
    return None if row is None else (row.pk, row.version)


def _entry(
    name: str,
    table: Table,
    values: dict[str, Any],
    twin: Owned | None,
    context: Context,
) -> Entry:
    here = None if twin is None else table.values(twin)
    if values == here:
        return Entry(
            name=name, table=table, standing=Standing.SAME, values=values, twin=twin
        )
    reasons: list[str] = []
    cleaned: dict[str, Any] = {}
    for form in _forms(table, values, twin, context):
        if form.is_valid():
            cleaned |= form.values
        reasons += _reasons(form)
    # What the form does not ask about is the place of the entry.
    stored = values | {name: cleaned[name] for name in cleaned if name in values}
    if reasons:
        standing = Standing.REFUSED
    elif here is None:
        standing = Standing.NEW
    elif stored == here:
        standing = Standing.SAME
    else:
        standing = Standing.DIFFERENT
    return Entry(
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


def _forms(
    table: Table, values: Mapping[str, Any], twin: Owned | None, context: Context
) -> list[RecordForm]:
    """The forms of an entry, filled in as if they had been typed into."""
    typed: Any = {name: _typed(value) for name, value in values.items()}
    if table is ATTEMPTS:
        # A box to tick, not a question with three answers.
        typed["for_time_limit"] = values["for_time_limit"]
    today = context.today
    match table.name:
        case ATTEMPTS.name:
            # Others of the file are not looked at: a record that was entered from the
            # last sitting to the first may hold what is refused the other way round,
            # and it must come back as it was.
            others = [
                other
                for other in context.stored.facts.attempts
                if twin is None or other.key != twin.pk
            ]
            return [
                AttemptForm(
                    typed,
                    row=twin if isinstance(twin, ExamAttempt) else None,
                    exam=Exam(values["exam"]),
                    scored=True,
                    others=others,
                    reference=context.reference,
                    today=today,
                )
            ]
        case SITTINGS.name:
            return [EnglishForm(typed, row=None, today=today)]
        case PATHWAYS.name:
            return [PathwayForm(typed, row=None, today=today)]
        case ITEMS.name:
            item = Item(values["item"])
            return [ItemForm(typed, row=None, item=item, today=today)]
        case CERTIFICATE.name:
            return [CertificateForm(typed, row=None, today=today)]
        case REMINDERS.name:
            # Boxes to tick, too.
            typed |= {"is_on": values["is_on"], "leads": values["leads"].split(",")}
            return [ReminderForm(typed, row=None)]
        case PROFILE.name:
            # What somebody chose stays chosen, where this site does not know it too.
            offered = dict(context.specialties)
            chosen = {slug: offered.get(slug, slug) for slug in values["specialties"]}
            return [
                ProfileForm(
                    typed,
                    row=Profile(time_zone=values["time_zone"], season=None),
                    specialties=(offered | chosen).items(),
                    today=today,
                ),
                PathwayFactsForm(typed, row=None),
            ]
    raise AssertionError(f"No form for {table.name}.")


def _typed(value: Any) -> Any:
    """A value as a browser would send it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, list) else str(value)
