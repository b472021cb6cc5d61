"""Everything known about one member, read in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from profiles import models
from profiles.choices import Item, SubTest
from profiles.models.owned import Owned
from profiles.record_tables import (
    ATTEMPTS,
    CERTIFICATE,
    ITEMS,
    PATHWAYS,
    PROFILE,
    SEASONS,
    SITTINGS,
    TABLES,
    RecordTable,
)
from profiles.rules import facts
from profiles.rules.judge_record import judge
from profiles.rules.plan import make_plan
from profiles.rules.plan.needs import TrainingPlan
from profiles.rules.reference import Reference
from profiles.rules.tables import outcomes

if TYPE_CHECKING:
    from imgportal.models import User

Facts = TypeVar("Facts")
Row = TypeVar("Row", bound=Owned)


@dataclass(frozen=True, kw_only=True)
class StoredRecord:
    """The rows of one member, as pages edit them, by the names of their tables."""

    owner_id: int
    # What no rule asks for comes from `read_record`, `read_all` and `read_settings` only.
    rows: Mapping[str, tuple[Any, ...]]

    def rows_of(self, table: RecordTable) -> list[Any]:
        """In the order of the key, which does not depend on when each was entered."""
        return sorted(
            self.rows.get(table.name, ()),
            key=lambda row: table.key_of(table.values(row)),
        )

    @cached_property
    def profile(self) -> models.Profile:
        """Not saved yet when the member has said nothing."""
        stored = self.rows.get(PROFILE.name, ())
        return next(iter(stored), models.Profile(owner_id=self.owner_id, version=0))

    @property
    def attempts(self) -> tuple[models.ExamAttempt, ...]:
        """By date."""
        return self.rows[ATTEMPTS.name]

    @property
    def sittings(self) -> tuple[models.EnglishSitting, ...]:
        """By date."""
        return self.rows[SITTINGS.name]

    @property
    def pathways(self) -> tuple[models.PathwayApplication, ...]:
        """By season."""
        return self.rows[PATHWAYS.name]

    @cached_property
    def items(self) -> Mapping[Item, models.CertificationItem]:
        return {Item(row.item): row for row in self.rows[ITEMS.name]}

    @property
    def certificate(self) -> models.Certificate | None:
        return next(iter(self.rows[CERTIFICATE.name]), None)

    @cached_property
    def facts(self) -> facts.Record:
        """The same as plain data, for the rules."""
        return facts.Record(
            person=_facts(
                facts.Person,
                self.profile,
                graduation=self.profile.graduated_on,
                specialties=tuple(self.profile.specialties),
            ),
            attempts=tuple(map(attempt_facts, self.attempts)),
            sittings=tuple(
                _facts(
                    facts.EnglishSittingFacts,
                    row,
                    scores={part: getattr(row, part.value) for part in SubTest},
                )
                for row in self.sittings
            ),
            pathways=tuple(
                _facts(facts.PathwayApplicationFacts, row) for row in self.pathways
            ),
            items={
                item: _facts(facts.ReportedItem, row, on=row.since)
                for item, row in self.items.items()
                if row.state
            },
            seasons=tuple(
                _facts(
                    facts.SeasonFacts,
                    row,
                    eras_specialties=tuple(row.eras_specialties),
                    residencycas_specialties=tuple(row.residencycas_specialties),
                )
                for row in self.rows[SEASONS.name]
            ),
            certificate=_facts(facts.CertificateFacts, self.certificate)
            if self.certificate
            else None,
        )

    def for_reader(self, *, scores: bool, notes: bool) -> StoredRecord:
        """For somebody whom the member shows it to, with or without scores and notes.

        Without scores no row has one and no sentence tells one, while the facts decide
        as they did (facts.HiddenScore).
        """
        rows = dict(self.rows)
        if not notes:
            rows[ITEMS.name] = tuple(_copy(row, note="") for row in rows[ITEMS.name])
        if not scores:
            rows[ATTEMPTS.name] = tuple(
                _copy(row, score=None) for row in rows[ATTEMPTS.name]
            )
            rows[SITTINGS.name] = tuple(
                _copy(row, **dict.fromkeys(SubTest.values))
                for row in rows[SITTINGS.name]
            )
        shown = replace(self, rows=rows)
        # Where cached_property keeps it: the rows alone would give other answers.
        vars(shown)["facts"] = self.facts if scores else self.facts.without_scores()
        return shown

    @property
    def is_empty(self) -> bool:
        """Has the member entered nothing at all?"""
        return not any(
            self.rows.get(table.name) for table in TABLES if not table.is_setting
        )

    def today(self, now: datetime) -> date:
        """The date where the member is; in UTC when they have not said where."""
        return now.astimezone(self.zone or UTC).date()

    @property
    def zone(self) -> ZoneInfo | None:
        """Where the member is. None: not said, or unknown to this machine."""
        return zone_of(self.profile.time_zone)


def _copy(row: Row, **values: Any) -> Row:
    """The same row with other values, to be shown and never saved."""
    changed = copy(row)
    for name, value in values.items():
        setattr(changed, name, value)
    return changed


def zone_of(key: str) -> ZoneInfo | None:
    """The zone of that key; None when it is empty or unknown to this machine."""
    try:
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def latest_today(now: datetime) -> date:
    """The date where it is latest: fourteen hours ahead of UTC, on Kiritimati."""
    return (now.astimezone(UTC) + timedelta(hours=14)).date()


def read(user: User) -> StoredRecord:
    """The rows of a member. Seven queries, however long the record."""
    return read_many([user.pk])[user.pk]


def read_all(user: User) -> StoredRecord:
    """With what the member chose beside the record. Nine queries."""
    return _read([user.pk], TABLES)[user.pk]


def read_record(user: User) -> StoredRecord:
    """With what no rule asks for. Eight queries."""
    return _read([user.pk], [table for table in TABLES if not table.is_setting])[
        user.pk
    ]


def read_settings(user: User) -> StoredRecord:
    """Only what the member chose beside the record. One query."""
    return _read([user.pk], [table for table in TABLES if table.is_setting])[user.pk]


def read_many(owner_ids: Collection[int]) -> dict[int, StoredRecord]:
    """The rows of a batch of members. Seven queries, however many they are."""
    asked = [table for table in TABLES if not (table.is_setting or table.is_apart)]
    return _read(owner_ids, asked)


def _read(
    owner_ids: Collection[int], tables: Iterable[RecordTable]
) -> dict[int, StoredRecord]:
    rows: dict[str, defaultdict[int, list[Owned]]] = {}
    for table in tables:
        rows[table.name] = defaultdict(list)
        # Each member's in the order of the table.
        for row in table.model.objects.of_members(owner_ids):
            rows[table.name][row.owner_id].append(row)
    return {
        owner_id: StoredRecord(
            owner_id=owner_id,
            rows={name: tuple(owned[owner_id]) for name, owned in rows.items()},
        )
        for owner_id in owner_ids
    }


def plans(
    owner_ids: Collection[int], reference: Reference, *, today: date
) -> dict[int, TrainingPlan]:
    """The plan of each of these members. `today` is the day in New York."""
    planned = {}
    for owner_id, stored in read_many(owner_ids).items():
        judgement = judge(stored.facts, reference, today)
        planned[owner_id] = make_plan(stored.facts, reference, judgement, eastern=today)
    return planned


def load(user: User) -> facts.Record:
    """Everything known about a member as plain data. Seven queries."""
    return read(user).facts


def attempt_has_number(row: models.ExamAttempt) -> bool:
    """Was an exam of that day reported with a number?"""
    return outcomes.has_number(attempt_facts(row))


def attempt_facts(row: models.ExamAttempt) -> facts.Attempt:
    return _facts(facts.Attempt, row)


def _choices_in(kind: type[Any]) -> dict[str, type[Enum] | None]:
    """The fields of a class of plain data, with the choices that each is one of."""
    hints = get_type_hints(kind)
    return {
        field.name: next(
            (
                hint
                for hint in (hints[field.name], *get_args(hints[field.name]))
                if isinstance(hint, type) and issubclass(hint, Enum)
            ),
            None,
        )
        for field in fields(kind)
    }


FIELDS_OF: Mapping[type[Any], Mapping[str, type[Enum] | None]] = {
    kind: _choices_in(kind)
    for kind in (
        facts.Person,
        facts.Attempt,
        facts.EnglishSittingFacts,
        facts.PathwayApplicationFacts,
        facts.SeasonFacts,
        facts.ReportedItem,
        facts.CertificateFacts,
    )
}


def _facts(kind: type[Facts], row: Owned, **values: Any) -> Facts:
    """Plain data from a row, by the names of its fields; `values` are those that have
    another name there.
    """
    for name, choices in FIELDS_OF[kind].items():
        if name in values:
            continue
        value = getattr(row, "pk" if name == "key" else name)
        if choices is not None:
            value = None if value in (None, "") else choices(value)
        values[name] = value
    return kind(**values)
