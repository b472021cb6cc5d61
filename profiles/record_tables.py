"""The registry of a member's record: each kind of entry, and each of its values, once.

What a member takes away and brings back (profiles/portable), what a form asks and when it
refuses (profiles/forms), how an entry is printed, counted, limited and removed, and the
tables of docs/record-format.md follow from here. To add a value, name it in its model and
in profiles/data/record.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from django.db import models

from imgportal.lib import content_files
from profiles.choices import Item, SubTest
from profiles.models import (
    Certificate,
    CertificationItem,
    EnglishSitting,
    ExamAttempt,
    FeePayment,
    PathwayApplication,
    Profile,
    ReminderChoice,
    SeasonRecord,
)
from profiles.models.owned import Owned
from profiles.rules.days import in_words
from profiles.rules.tables import validation
from profiles.rules.tables.validation import EntryFinding

FORMAT = "imgportal-record"
FIELDS = Path(__file__).resolve().parent / "data" / "record.toml"

MODELS: Mapping[str, type[Owned]] = {
    "profile": Profile,
    "exam_attempts": ExamAttempt,
    "oet_sittings": EnglishSitting,
    "pathway_applications": PathwayApplication,
    "certification_items": CertificationItem,
    "certificate": Certificate,
    "seasons": SeasonRecord,
    "fee_payments": FeePayment,
    "reminders": ReminderChoice,
}


class FieldKind(StrEnum):
    """The words by which docs/record-format.md calls them."""

    DAY = "day"
    NUMBER = "whole number"
    YES_NO = "true or false"
    WORD = "word"
    TEXT = "text"
    SLUGS = "list of words"


KIND_OF_COLUMN = {
    "DateField": FieldKind.DAY,
    "PositiveSmallIntegerField": FieldKind.NUMBER,
    "BooleanField": FieldKind.YES_NO,
    "CharField": FieldKind.TEXT,
    "TextField": FieldKind.TEXT,
    "JSONField": FieldKind.SLUGS,
}


@dataclass(frozen=True, kw_only=True)
class RecordField:
    """One value of an entry; profiles/data/record.toml says what each attribute is."""

    table: str
    name: str
    about: str
    needed: bool = False
    least: int = 0
    most: int = 0
    step: int = 1
    since: int = 1
    label: str = ""
    hint: str = ""
    unsaid_label: str = "Not said"
    in_address: bool = False
    refusal: str = ""
    rule: str = ""
    told: str = ""

    @cached_property
    def column(self) -> models.Field[Any, Any]:
        column = MODELS[self.table]._meta.get_field(self.name)
        return cast("models.Field[Any, Any]", column)

    @cached_property
    def choices(self) -> dict[Any, str]:
        """The words that a value may be, as the model has them; empty: any."""
        return {value: str(label) for value, label in self.column.flatchoices}

    @cached_property
    def kind(self) -> FieldKind:
        kind = KIND_OF_COLUMN[self.column.get_internal_type()]
        return FieldKind.WORD if kind == FieldKind.TEXT and self.choices else kind

    @property
    def holds(self) -> str:
        """What kind of value it is, in the words of docs/record-format.md."""
        match self.kind:
            case FieldKind.WORD:
                return ", ".join(f"`{word}`" for word in self.choices)
            case FieldKind.NUMBER:
                return f"{self.kind}, {self.least} to {self.most}"
            case FieldKind.TEXT:
                return f"{self.kind}, at most {self.most:,} characters"
            case FieldKind.SLUGS:
                return f"{self.kind}, at most {self.most}"
        return self.kind.value

    @property
    def unsaid(self) -> Any:
        """What the database holds where the document says null, or is too old to say."""
        if self.needed:
            return self.column.get_default()
        return "" if self.kind in (FieldKind.WORD, FieldKind.TEXT) else None

    def plain(self, value: Any) -> Any:
        """A stored value as JSON knows it; None: not said."""
        if isinstance(value, date):
            return value.isoformat()
        return None if value == self.unsaid and not self.needed else value


ALL_FIELDS = content_files.read_toml(FIELDS, "field", RecordField)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormBlock:
    """Fields of a form that stand together, side by side where there is room."""

    fields: tuple[str, ...]
    heading: str = ""
    width: str = "half"  # "half", "quarter", or "full": each on a line of its own


@dataclass(frozen=True, kw_only=True)
class RecordTable:
    """One kind of entry. `key`: what no two entries of a member have in common."""

    name: str
    words: tuple[str, str]  # one, several
    about: str
    heading: str  # of its part of the printed record
    title: str  # of one entry, with values in words: "{exam}, {on}"
    key: tuple[str, ...] = ()  # empty: a member has one row, or none
    # The most entries of one member: far above what anybody needs, so that nobody
    # can fill a disk.
    most: int = 1
    since: int = 1  # the first version of the format that has it
    # How the site is used. It stays when the record is deleted and the account kept.
    is_setting: bool = False
    # No rule asks for it: its own page reads it, and what shows everything.
    is_apart: bool = False

    # The blocks of its form; fields in none of them follow together at the end.
    # Empty: the form class has a layout of its own.
    layout: tuple[FormBlock, ...] = ()
    # What cannot be true of the values of one entry on a day.
    check: Callable[[Mapping[str, Any], date], Iterable[EntryFinding]] | None = None
    # What a form says when another entry has the same key.
    taken: EntryFinding | None = None

    @property
    def model(self) -> type[Owned]:
        return MODELS[self.name]

    @cached_property
    def fields(self) -> tuple[RecordField, ...]:
        """In the order of the document."""
        return tuple(field for field in ALL_FIELDS if field.table == self.name)

    @property
    def has_many(self) -> bool:
        return bool(self.key)

    def field(self, name: str) -> RecordField:
        return next(field for field in self.fields if field.name == name)

    def values(self, row: Owned) -> dict[str, Any]:
        return {field.name: getattr(row, field.name) for field in self.fields}

    def key_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """What makes it this entry and no other of the same member."""
        return tuple(values[name] for name in self.key)

    def sentences(self, row: Owned) -> list[str]:
        """What a list of entries tells of one: "Sent 1 September 2026."."""
        return [
            field.told.format(in_words(day))
            for field in self.fields
            if field.told and (day := getattr(row, field.name)) is not None
        ]


PROFILE = RecordTable(
    name="profile",
    words=("profile", "profiles"),
    about="What the rules need to know of the member. One, or null.",
    heading="Profile",
    title="Profile",
    check=validation.profile_findings,
)
ATTEMPTS = RecordTable(
    name="exam_attempts",
    words=("exam attempt", "exam attempts"),
    about="Sittings of a Step, had or planned. Not two of one exam on one day.",
    heading="Exams",
    title="{exam}, {on}",
    key=("on", "exam"),
    most=300,
)
SITTINGS = RecordTable(
    name="oet_sittings",
    words=("sitting of OET", "sittings of OET"),
    about="Sittings of OET Medicine. Not two on one day.",
    heading="OET Medicine",
    title="OET Medicine, {on}",
    key=("on",),
    most=100,
    layout=(
        FormBlock(fields=("on",)),
        FormBlock(
            heading="Scores, as far as you have them",
            fields=tuple(SubTest.values),
            width="quarter",
        ),
        FormBlock(fields=("released",)),
    ),
    check=validation.sitting_findings,
    taken=EntryFinding(
        code=validation.Code.SAME_DAY,
        rule="E-OET-2",
        field="on",
        message="You have a sitting of OET on this day already. All four parts belong "
        "to one sitting: change that one, or check the date.",
    ),
)
PATHWAYS = RecordTable(
    name="pathway_applications",
    words=("Pathway application", "Pathway applications"),
    about="Applications for a Pathway. One a season.",
    heading="Pathway applications",
    title="Pathway application, {season} Match",
    key=("season",),
    most=30,
    layout=(FormBlock(fields=("season", "number")),),
    check=validation.pathway_findings,
    taken=EntryFinding(
        code=validation.Code.SAME_SEASON,
        rule="",
        field="season",
        message="You have an application in this season already: change that one, or "
        "choose another season.",
    ),
)
ITEMS = RecordTable(
    name="certification_items",
    words=("item of certification", "items of certification"),
    about="What the member reports of an item of certification. One for each item.",
    heading="Certification",
    title="{item}",
    key=("item",),
    most=len(Item),
    layout=(
        FormBlock(fields=("state", "since")),
        FormBlock(fields=("note",), width="full"),
    ),
    check=validation.item_findings,
)
CERTIFICATE = RecordTable(
    name="certificate",
    words=("certificate", "certificates"),
    about="The certificate, once it is issued. One, or null.",
    heading="Certificate",
    title="Certificate",
    layout=(
        FormBlock(fields=("issued_on", "basis")),
        FormBlock(fields=("expires_on",)),
        FormBlock(
            heading="Making it permanent",
            fields=("training_months", "us_licence", "validated_on"),
        ),
    ),
    check=validation.certificate_findings,
)
SEASONS = RecordTable(
    name="seasons",
    words=("season", "seasons"),
    about="What the member did in a Match, and when. One a Match.",
    heading="Seasons",
    title="{season} Match",
    key=("season",),
    most=30,
    since=4,
    check=validation.season_findings,
    taken=EntryFinding(
        code=validation.Code.SAME_SEASON,
        rule="",
        field="season",
        message="You have a record of this season already: change that one, or choose "
        "another season.",
    ),
)
FEE_PAYMENTS = RecordTable(
    name="fee_payments",
    words=("fee paid", "fees paid"),
    about="Fees that the member has paid. One for each fee and Match, or time.",
    heading="Fees paid",
    title="{fee} ({turn})",
    key=("fee", "turn"),
    most=300,
    since=4,
    is_apart=True,
    check=validation.fee_findings,
)
REMINDERS = RecordTable(
    name="reminders",
    words=("choice of reminders", "choices of reminders"),
    about="When the member wants to be reminded. One, or null: at the usual times.",
    heading="Reminders",
    title="Reminders",
    since=2,
    is_setting=True,
)
# In the order of the document.
TABLES = (
    *(PROFILE, ATTEMPTS, SITTINGS, PATHWAYS, ITEMS, CERTIFICATE, SEASONS),
    *(FEE_PAYMENTS, REMINDERS),
)
TABLE_OF: Mapping[type[Owned], RecordTable] = {table.model: table for table in TABLES}
# Of the format: it rises with every table or field that an older reader does not know.
VERSION = max(
    since
    for table in TABLES
    for since in (table.since, *(field.since for field in table.fields))
)
VERSIONS = tuple(range(1, VERSION + 1))
