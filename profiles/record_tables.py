"""The registry of a member's record: each kind of entry, and each of its values, once.

What a member takes away and brings back (profiles/portable), what a form asks and when it
refuses (profiles/forms), how an entry is printed, counted, limited and removed, and the
tables of docs/record-format.md follow from here. To add a value, name it in its model and
here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Choices

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
from profiles.models.certification import FIRST_PATHWAYS_SEASON
from profiles.models.owned import LONGEST_NOTE, Owned
from profiles.models.profile import FIRST_SEASON, LAST_SEASON
from profiles.models.reminders import LONGEST_LEADS
from profiles.rules.numbers import (
    HIGHEST_SCORE,
    LOWEST_SCORE,
    OET_HIGHEST,
    OET_STEP,
)
from profiles.rules.tables import validation
from profiles.rules.tables.validation import Finding

FORMAT = "imgportal-record"
MOST_SPECIALTIES = 10


class FieldKind(StrEnum):
    """The words by which docs/record-format.md calls them."""

    DAY = "day"
    NUMBER = "whole number"
    YES_NO = "true or false"
    WORD = "word"
    TEXT = "text"
    SLUGS = "list of words"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordField:
    """One value of an entry. `needed` ones are never null; for the others null means
    that the member has not said.
    """

    name: str
    kind: FieldKind
    about: str  # what docs/record-format.md says of it
    needed: bool = False
    choices: type[Choices] | None = None  # of a word; of a number that stands for one
    least: int = 0  # of a number
    most: int = 0  # of a number, of the characters of a text, of a list
    step: int = 1  # between two numbers
    since: int = 1  # the first version of the format that has it

    # How a form asks. One that is part of the form's address is not asked.
    label: str = ""
    hint: str = ""
    unsaid_label: str = "Not said"
    in_address: bool = False
    refusal: str = ""  # of what is no such number
    rule: str = ""  # that the refusal rests on; empty: none

    told: str = ""  # in a list of entries: "Sent {}."; empty: it is not told there

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.choices.values) if self.choices else ()

    @property
    def unsaid(self) -> Any:
        """What the database holds where the document says null."""
        return "" if self.kind in (FieldKind.WORD, FieldKind.TEXT) else None

    def plain(self, value: Any) -> Any:
        """A stored value as JSON knows it; None: not said."""
        if isinstance(value, date):
            return value.isoformat()
        return None if value == self.unsaid and not self.needed else value


@dataclass(frozen=True, slots=True, kw_only=True)
class FormBlock:
    """Fields of a form that stand together, side by side where there is room."""

    fields: tuple[str, ...]
    heading: str = ""
    width: str = "half"  # "half", "quarter", or "full": each on a line of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTable:
    """One kind of entry. `key`: what no two entries of a member have in common."""

    name: str
    model: type[Owned]
    words: tuple[str, str]  # one, several
    about: str
    heading: str  # of its part of the printed record
    title: str  # of one entry, with values in words: "{exam}, {on}"
    fields: tuple[RecordField, ...]
    key: tuple[str, ...] = ()  # empty: a member has one row, or none
    # Entries of one member. Nobody comes near; what has no end can fill a disk.
    most: int = 1
    since: int = 1  # the first version of the format that has it
    # How the site is used. It stays when the record is deleted and the account kept.
    is_setting: bool = False

    layout: tuple[FormBlock, ...] = ()  # of its form; empty: the forms have their own
    # What cannot be true of the values of one entry on a day.
    check: Callable[[Mapping[str, Any], date], Iterable[Finding]] | None = None
    # What a form says when another entry has the same key.
    taken: Finding | None = None

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

    def sentences(self, row: Owned) -> list[tuple[RecordField, date]]:
        """The days of an entry that a list of entries tells, in their order."""
        return [
            (field, day)
            for field in self.fields
            if field.told and (day := getattr(row, field.name)) is not None
        ]


def _day(name: str, about: str, **more: Any) -> RecordField:
    return RecordField(name=name, kind=FieldKind.DAY, about=about, **more)


def _word(name: str, about: str, choices: type[Choices], **more: Any) -> RecordField:
    return RecordField(
        name=name, kind=FieldKind.WORD, about=about, choices=choices, **more
    )


def _number(name: str, about: str, least: int, most: int, **more: Any) -> RecordField:
    return RecordField(
        name=name,
        kind=FieldKind.NUMBER,
        about=about,
        least=least,
        most=most,
        **more,
    )


def _text(name: str, about: str, most: int, **more: Any) -> RecordField:
    return RecordField(name=name, kind=FieldKind.TEXT, about=about, most=most, **more)


def _yes_no(name: str, about: str, **more: Any) -> RecordField:
    return RecordField(name=name, kind=FieldKind.YES_NO, about=about, **more)


PROFILE = RecordTable(
    name="profile",
    model=Profile,
    words=("profile", "profiles"),
    about="What the rules need to know of the member. One, or null.",
    heading="Profile",
    title="Profile",
    fields=(
        _yes_no(
            "us_citizen",
            "US citizen",
            label="Are you a US citizen?",
            unsaid_label="Rather not say",
            hint="Published figures count US IMGs and non-US IMGs apart. A green card "
            "is not citizenship (rule IMG-2).",
        ),
        _text(
            "school_country",
            "country of the medical school, ISO 3166-1, two letters",
            2,
            label="Country of your medical school",
            hint="The country of its campus decides who is an IMG, not where you are "
            "from (rules IMG-1 and IMG-5).",
        ),
        _day(
            "graduated_on",
            "graduation, actual or expected",
            label="Graduation, actual or expected",
            hint="Pathways 3 to 5 are for students and recent graduates, and the "
            "Sponsor Note of the school has to cover the year (rule E-PATH-5).",
        ),
        _number(
            "season",
            "Match aimed at",
            FIRST_SEASON,
            LAST_SEASON,
            label="Which Match are you aiming at?",
            hint="Deadlines and cut-off dates differ from season to season.",
        ),
        RecordField(
            name="specialties",
            kind=FieldKind.SLUGS,
            about="as in the addresses of their pages",
            needed=True,
            most=MOST_SPECIALTIES,
            label=f"Specialties, up to {MOST_SPECIALTIES}",
            hint="To show you the published figures of these first.",
        ),
        _text(
            "time_zone",
            "as the IANA names it, e.g. Asia/Kolkata",
            64,
            label="Time zone",
            hint="So that “today” is your today. Deadlines of the Match are in US "
            "Eastern Time.",
        ),
        _yes_no(
            "licence_held",
            "ever licensed to practise without supervision",
            label="Have you held a licence to practise without supervision?",
            hint="In any country. A training licence does not count (rule E-PATH-3).",
        ),
        _day(
            "licence_valid_on",
            "last day the licence was valid",
            label="Last day it was valid",
            hint="If it is valid now, the day it ends, or today.",
        ),
        _yes_no(
            "licence_disciplined",
            "a licence was subject to discipline",
            label="Was a licence of yours ever subject to discipline?",
            unsaid_label="Rather not say",
            hint="Pathway 1 asks for none (rule E-PATH-3).",
        ),
        _yes_no(
            "school_osce",
            "the regulator requires the school's OSCE",
            label="Your regulator requires your school's clinical exam (OSCE) of "
            "everybody",
            unsaid_label="Not known",
            hint="For Pathway 2 (rule E-PATH-4).",
        ),
        _yes_no(
            "school_wfme",
            "accredited by an agency that WFME recognises",
            label="School accredited by an agency that WFME recognises",
            unsaid_label="Not known",
            hint="For Pathway 3. The World Directory of Medical Schools notes it (rule "
            "E-PATH-5).",
        ),
        _yes_no(
            "school_ncfmea",
            "by an agency that NCFMEA found comparable",
            label="School accredited by an agency that NCFMEA found comparable",
            unsaid_label="Not known",
            hint="For Pathway 4 (rule E-PATH-5).",
        ),
        _yes_no(
            "school_joint_degree",
            "degree issued jointly with a US school",
            label="Degree issued jointly with a US school accredited by LCME",
            unsaid_label="Not known",
            hint="For Pathway 5 (rule E-PATH-5).",
        ),
    ),
    check=validation.profile_findings,
)
ATTEMPTS = RecordTable(
    name="exam_attempts",
    model=ExamAttempt,
    words=("exam attempt", "exam attempts"),
    about="Sittings of a Step, had or planned. Not two of one exam on one day.",
    heading="Exams",
    title="{exam}, {on}",
    key=("on", "exam"),
    most=300,
    fields=(
        _word("exam", "which Step", Exam, needed=True, in_address=True),
        _day("on", "exam day; of Step 3 the first", needed=True, label="Exam day"),
        _day("second_day", "of Step 3", label="Second day"),
        _word(
            "state",
            "what became of it",
            AttemptState,
            needed=True,
            label="What became of it",
        ),
        _word(
            "outcome",
            "result on the score report",
            Reported,
            label="Result on the score report",
            unsaid_label="None yet",
        ),
        _number(
            "score",
            "three-digit score",
            LOWEST_SCORE,
            HIGHEST_SCORE,
            label="Three-digit score",
            refusal=f"A score is a whole number from {LOWEST_SCORE} to "
            f"{HIGHEST_SCORE}: compare with your report.",
            rule="U-SCORE-1",
        ),
        _day(
            "result_on",
            "day of the result",
            label="Day of the result",
            hint="When the score report came, if you know.",
        ),
        _day(
            "applied_on",
            "day of the application",
            label="Day you applied for it",
            hint="Only if that was before 1 July 2021: six attempts were allowed then, "
            "four since (rule U-ATT-1).",
        ),
        _yes_no(
            "for_time_limit",
            "taken again to meet a time limit",
            needed=True,
            label="I had passed before, and sat again because a time limit had run out",
        ),
    ),
)
SITTINGS = RecordTable(
    name="oet_sittings",
    model=EnglishSitting,
    words=("sitting of OET", "sittings of OET"),
    about="Sittings of OET Medicine. Not two on one day.",
    heading="OET Medicine",
    title="OET Medicine, {on}",
    key=("on",),
    most=100,
    fields=(
        _day("on", "exam day", needed=True, label="Exam day"),
        *(
            _number(
                part.value,
                f"{part.label}, in tens",
                0,
                OET_HIGHEST,
                step=OET_STEP,
                label=part.label,
                refusal=f"OET scores run from 0 to {OET_HIGHEST} in tens, like 350.",
                rule="F-OET-1",
            )
            for part in SubTest
        ),
        _yes_no(
            "released",
            "results released to ECFMG",
            label="Results released to ECFMG",
            unsaid_label="Not yet, or not known",
            hint="You release them in your OET account.",
        ),
    ),
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
    taken=Finding(
        code=validation.Code.SAME_DAY,
        rule="E-OET-2",
        field="on",
        message="You have a sitting of OET on this day already. All four parts belong "
        "to one sitting: change that one, or check the date.",
    ),
)
PATHWAYS = RecordTable(
    name="pathway_applications",
    model=PathwayApplication,
    words=("Pathway application", "Pathway applications"),
    about="Applications for a Pathway. One a season.",
    heading="Pathway applications",
    title="Pathway application, {season} Match",
    key=("season",),
    most=30,
    fields=(
        _number(
            "season",
            "by its Match",
            FIRST_PATHWAYS_SEASON,
            LAST_SEASON,
            needed=True,
            label="Pathways season",
            hint="Seasons are named by their Match.",
            refusal="Choose the season.",
        ),
        _number(
            "number",
            "which Pathway",
            min(Pathway.values),
            max(Pathway.values),
            choices=Pathway,
            label="Which Pathway",
        ),
        _day("submitted_on", "sent", label="Sent", told="Sent {}."),
        _day(
            "accepted_on",
            "accepted",
            label="Accepted",
            hint="The day ECFMG told you that it is accepted.",
            told="Accepted {}.",
        ),
        _day(
            "valid_to",
            "valid to, as ECFMG states it",
            label="Valid to",
            hint="As ECFMG states it. We never compute it (rule E-EXP-1).",
            told="Valid to {}, as ECFMG states it.",
        ),
    ),
    layout=(
        FormBlock(fields=("season", "number")),
        FormBlock(fields=("submitted_on", "accepted_on", "valid_to")),
    ),
    check=validation.pathway_findings,
    taken=Finding(
        code=validation.Code.SAME_SEASON,
        rule="",
        field="season",
        message="You have an application in this season already: change that one, or "
        "choose another season.",
    ),
)
ITEMS = RecordTable(
    name="certification_items",
    model=CertificationItem,
    words=("item of certification", "items of certification"),
    about="What the member reports of an item of certification. One for each item.",
    heading="Certification",
    title="{item}",
    key=("item",),
    most=len(Item),
    fields=(
        _word("item", "which item", Item, needed=True, in_address=True),
        _word(
            "state",
            "null: there is only a note",
            ItemState,
            label="Where it stands",
            unsaid_label="Nothing reported",
        ),
        _day(
            "since",
            "the day it came to that",
            label="Since",
            hint="The day it came to that.",
        ),
        _text(
            "note",
            "private note; a new line is \\n",
            LONGEST_NOTE,
            label="Private note",
            hint=f"For yourself; nobody else reads it. At most {LONGEST_NOTE:,} "
            "characters. Please no passport, USMLE or other numbers.",
        ),
    ),
    layout=(
        FormBlock(fields=("state", "since")),
        FormBlock(fields=("note",), width="full"),
    ),
    check=validation.item_findings,
)
CERTIFICATE = RecordTable(
    name="certificate",
    model=Certificate,
    words=("certificate", "certificates"),
    about="The certificate, once it is issued. One, or null.",
    heading="Certificate",
    title="Certificate",
    fields=(
        _day(
            "issued_on",
            "issued",
            needed=True,
            label="Issued",
            hint="You are certified from this day on.",
        ),
        _word(
            "basis",
            "what clinical skills rest on",
            Basis,
            label="Clinical skills rest on",
            hint="Only certificates that rest on a Pathway expire (rule E-EXP-3).",
        ),
        _day(
            "expires_on",
            "expires, as printed",
            label="Expires, as printed on it",
            hint="Empty when none is printed. We never compute it (rule E-EXP-1).",
        ),
        _day(
            "validated_on",
            "permanently validated",
            label="Permanently validated",
            hint="The day ECFMG made it valid without an end (rule E-EXP-2).",
        ),
        _number(
            "training_months",
            "months of US clinical training",
            0,
            600,
            label="Months of US clinical training so far",
            hint="In a programme accredited by ACGME. Twelve make it permanent on "
            "request (rule E-EXP-2).",
            refusal="Enter whole months, from 0 to 600.",
        ),
        _yes_no(
            "us_licence", "unrestricted US licence", label="Unrestricted US licence"
        ),
    ),
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
REMINDERS = RecordTable(
    name="reminders",
    model=ReminderChoice,
    words=("choice of reminders", "choices of reminders"),
    about="When the member wants to be reminded. One, or null: at the usual times.",
    heading="Reminders",
    title="Reminders",
    since=2,
    is_setting=True,
    fields=(
        _yes_no("is_on", "reminders are sent", needed=True, label="Send me reminders"),
        _text(
            "leads",
            "days before a date, the most first, with commas: 60,14,3",
            LONGEST_LEADS,
            needed=True,
            label="How long before a date",
        ),
    ),
)
# In the order of the document.
TABLES = (PROFILE, ATTEMPTS, SITTINGS, PATHWAYS, ITEMS, CERTIFICATE, REMINDERS)
TABLE_OF: Mapping[type[Owned], RecordTable] = {table.model: table for table in TABLES}
# Of the format: it rises with every table or field that an older reader does not know.
VERSION = max(
    since
    for table in TABLES
    for since in (table.since, *(field.since for field in table.fields))
)
VERSIONS = tuple(range(1, VERSION + 1))


def as_markdown(table: RecordTable) -> str:
    """The table as docs/record-format.md prints it."""
    lines = ["| field | holds | null | meaning |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{field.name}` | {_holds(field)} | {'no' if field.needed else 'yes'} | "
        f"{field.about} |"
        for field in table.fields
    ]
    return "\n".join(lines)


def _holds(field: RecordField) -> str:
    match field.kind:
        case FieldKind.WORD:
            return ", ".join(f"`{word}`" for word in field.words)
        case FieldKind.NUMBER:
            return f"{field.kind}, {field.least} to {field.most}"
        case FieldKind.TEXT:
            return f"{field.kind}, at most {field.most:,} characters"
        case FieldKind.SLUGS:
            return f"{field.kind}, at most {field.most}"
        case _:
            return field.kind.value
