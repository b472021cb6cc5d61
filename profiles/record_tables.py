"""What stands in an exported record: docs/record-format.md, as data.

The document, the CSV files, the reader of imported files and the description of the
format all follow these tables, so that none of them can forget a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from profiles.choices import (
    AttemptState,
    Basis,
    Exam,
    Item,
    ItemState,
    Pathway,
    Reported,
    SubTest,
)
from profiles.models import (
    Certificate,
    CertificationItem,
    EnglishSitting,
    ExamAttempt,
    PathwayApplication,
    Profile,
    ReminderChoice,
)
from profiles.models.attempts import HIGHEST_SCORE, LOWEST_SCORE, OET_SCORES
from profiles.models.certification import FIRST_PATHWAYS_SEASON
from profiles.models.owned import LONGEST_NOTE, Owned
from profiles.models.profile import FIRST_SEASON, LAST_SEASON
from profiles.models.reminders import LONGEST_LEADS

FORMAT, VERSION = "imgportal-record", 2
# Those that are still read. Version 1 had no choice of reminders.
VERSIONS = (1, 2)

MOST_SPECIALTIES = 10
LONGEST_SLUG = 80


class Kind(StrEnum):
    DAY = "day"
    NUMBER = "whole number"
    YES_NO = "true or false"
    WORD = "word"
    TEXT = "text"
    SLUGS = "list of words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value. `needed` ones are never null; null is "not said" for the others."""

    name: str
    kind: Kind
    about: str
    needed: bool = False
    words: tuple[str, ...] = ()  # of a word, when only some are known
    least: int = 0  # of a number
    most: int = 0  # of a number, of the characters of a text, of a list

    @property
    def unsaid(self) -> Any:
        """What the database holds where the document says null."""
        return "" if self.kind in (Kind.WORD, Kind.TEXT) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One kind of row. `key`: what no two rows of a member have in common."""

    name: str
    model: type[Owned]
    words: tuple[str, str]  # one, several
    about: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()  # empty: a member has one row, or none
    since: int = 1  # the first version of the format that has it
    # How the site is used. It stays when the record is deleted and the account kept.
    is_setting: bool = False

    @property
    def has_many(self) -> bool:
        return bool(self.key)

    def rows_of(self, rows: Iterable[Owned]) -> list[Owned]:
        """In an order that does not depend on when each was entered."""
        return sorted(
            rows, key=lambda row: tuple(getattr(row, name) for name in self.key)
        )

    def values(self, row: Owned) -> dict[str, Any]:
        return {field.name: getattr(row, field.name) for field in self.fields}

    def place(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """What makes it this row and no other of the same member."""
        return tuple(values[name] for name in self.key)


def _day(name: str, about: str, *, needed: bool = False) -> Field:
    return Field(name=name, kind=Kind.DAY, about=about, needed=needed)


def _word(
    name: str, about: str, words: Iterable[str], *, needed: bool = False
) -> Field:
    return Field(
        name=name, kind=Kind.WORD, about=about, words=tuple(words), needed=needed
    )


def _number(
    name: str, about: str, least: int, most: int, *, needed: bool = False
) -> Field:
    return Field(
        name=name,
        kind=Kind.NUMBER,
        about=about,
        least=least,
        most=most,
        needed=needed,
    )


def _yes_no(name: str, about: str, *, needed: bool = False) -> Field:
    return Field(name=name, kind=Kind.YES_NO, about=about, needed=needed)


PROFILE = Table(
    name="profile",
    model=Profile,
    words=("profile", "profiles"),
    about="What the rules need to know of the member. One, or null.",
    fields=(
        _yes_no("us_citizen", "US citizen"),
        Field(
            name="school_country",
            kind=Kind.TEXT,
            about="country of the medical school, ISO 3166-1, two letters",
            most=2,
        ),
        _day("graduated_on", "graduation, actual or expected"),
        _number("season", "Match aimed at", FIRST_SEASON, LAST_SEASON),
        Field(
            name="specialties",
            kind=Kind.SLUGS,
            about="as in the addresses of their pages",
            needed=True,
            most=MOST_SPECIALTIES,
        ),
        Field(
            name="time_zone",
            kind=Kind.TEXT,
            about="as the IANA names it, e.g. Asia/Kolkata",
            most=64,
        ),
        _yes_no("licence_held", "ever licensed to practise without supervision"),
        _day("licence_valid_on", "last day the licence was valid"),
        _yes_no("licence_disciplined", "a licence was subject to discipline"),
        _yes_no("school_osce", "the regulator requires the school's OSCE"),
        _yes_no("school_wfme", "accredited by an agency that WFME recognises"),
        _yes_no("school_ncfmea", "by an agency that NCFMEA found comparable"),
        _yes_no("school_joint_degree", "degree issued jointly with a US school"),
    ),
)
ATTEMPTS = Table(
    name="exam_attempts",
    model=ExamAttempt,
    words=("exam attempt", "exam attempts"),
    about="Sittings of a Step, had or planned. Not two of one exam on one day.",
    key=("on", "exam"),
    fields=(
        _word("exam", "which Step", Exam.values, needed=True),
        _day("on", "exam day; of Step 3 the first", needed=True),
        _day("second_day", "of Step 3"),
        _word("state", "what became of it", AttemptState.values, needed=True),
        _word("outcome", "result on the score report", Reported.values),
        _number("score", "three-digit score", LOWEST_SCORE, HIGHEST_SCORE),
        _day("result_on", "day of the result"),
        _day("applied_on", "day of the application"),
        _yes_no("for_time_limit", "taken again to meet a time limit", needed=True),
    ),
)
SITTINGS = Table(
    name="oet_sittings",
    model=EnglishSitting,
    words=("sitting of OET", "sittings of OET"),
    about="Sittings of OET Medicine. Not two on one day.",
    key=("on",),
    fields=(
        _day("on", "exam day", needed=True),
        *(
            _number(part.value, f"{part.label}, in tens", 0, max(OET_SCORES))
            for part in SubTest
        ),
        _yes_no("released", "results released to ECFMG"),
    ),
)
PATHWAYS = Table(
    name="pathway_applications",
    model=PathwayApplication,
    words=("Pathway application", "Pathway applications"),
    about="Applications for a Pathway. One a season.",
    key=("season",),
    fields=(
        _number(
            "season", "by its Match", FIRST_PATHWAYS_SEASON, LAST_SEASON, needed=True
        ),
        _number("number", "which Pathway", min(Pathway.values), max(Pathway.values)),
        _day("submitted_on", "sent"),
        _day("accepted_on", "accepted"),
        _day("valid_to", "valid to, as ECFMG states it"),
    ),
)
ITEMS = Table(
    name="certification_items",
    model=CertificationItem,
    words=("item of certification", "items of certification"),
    about="What the member reports of an item of certification. One for each item.",
    key=("item",),
    fields=(
        _word("item", "which item", Item.values, needed=True),
        _word("state", "null: there is only a note", ItemState.values),
        _day("since", "the day it came to that"),
        Field(
            name="note",
            kind=Kind.TEXT,
            about="private note; a new line is \\n",
            most=LONGEST_NOTE,
        ),
    ),
)
CERTIFICATE = Table(
    name="certificate",
    model=Certificate,
    words=("certificate", "certificates"),
    about="The certificate, once it is issued. One, or null.",
    fields=(
        _day("issued_on", "issued", needed=True),
        _word("basis", "what clinical skills rest on", Basis.values),
        _day("expires_on", "expires, as printed"),
        _day("validated_on", "permanently validated"),
        _number("training_months", "months of US clinical training", 0, 600),
        _yes_no("us_licence", "unrestricted US licence"),
    ),
)
REMINDERS = Table(
    name="reminders",
    model=ReminderChoice,
    words=("choice of reminders", "choices of reminders"),
    about="When the member wants to be reminded. One, or null: at the usual times.",
    since=2,
    is_setting=True,
    fields=(
        _yes_no("is_on", "reminders are sent", needed=True),
        Field(
            name="leads",
            kind=Kind.TEXT,
            about="days before a date, the most first, with commas: 60,14,3",
            needed=True,
            most=LONGEST_LEADS,
        ),
    ),
)
# In the order of the document.
TABLES = (PROFILE, ATTEMPTS, SITTINGS, PATHWAYS, ITEMS, CERTIFICATE, REMINDERS)


def as_markdown(table: Table) -> str:
    """The table as docs/record-format.md prints it."""
    lines = ["| field | holds | null | meaning |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{field.name}` | {_holds(field)} | {'no' if field.needed else 'yes'} | "
        f"{field.about} |"
        for field in table.fields
    ]
    return "\n".join(lines)


def _holds(field: Field) -> str:
    match field.kind:
        case Kind.WORD:
            return ", ".join(f"`{word}`" for word in field.words)
        case Kind.NUMBER:
            return f"{field.kind}, {field.least} to {field.most}"
        case Kind.TEXT:
            return f"{field.kind}, at most {field.most:,} characters"
        case Kind.SLUGS:
            return f"{field.kind}, at most {field.most}"
        case _:
            return field.kind.value
