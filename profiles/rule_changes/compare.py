"""What a change of the dated tables means for members: whom it may concern, and which
of their answers have changed.

A snapshot holds every row as it was. The same record is judged with both states of the
tables on the same day, so only the tables can make a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Self

from django.core import serializers
from django.db.models import Q, QuerySet

from profiles import reference_tables
from profiles.choices import Exam
from profiles.member_record import StoredRecord
from profiles.models import (
    Country,
    EnglishSitting,
    ExamAttempt,
    PassingStandard,
    PathwayApplication,
    PathwaySeason,
    Profile,
    RuleChange,
    RuleNumber,
    SeasonDeadline,
    SpecialtyService,
)
from profiles.models.reference import OF_EVERY_ROW, ReferenceRow
from profiles.rules.answers import AnswerDifference, differences, worth_telling
from profiles.rules.judge_record import judge
from profiles.rules.judgement import Judgement
from profiles.rules.reference import (
    JUDGED_EVENTS,
    MEASURED_STEPS,
    Reference,
    eastern_day,
)

# Columns that no answer hangs on.
UNJUDGED = OF_EVERY_ROW
STEPS = {measured.value: exam for exam, measured in MEASURED_STEPS.items()}
OET = "oet"
# The program's own number before there was a table of them, for both margins.
FORMER_RESULT_DAYS = 28


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Every row of the dated tables at one moment."""

    rows: tuple[ReferenceRow, ...]

    @classmethod
    def taken(cls) -> Self:
        """As they are stored now. One query a table."""
        return cls(rows=tuple(reference_tables.stored_rows()))

    @classmethod
    def read(cls, text: str) -> Self:
        """As they were. A column that is gone since is passed over."""
        deserialized = serializers.deserialize("json", text, ignorenonexistent=True)
        rows = (entry.object for entry in deserialized)
        return cls(rows=tuple(row for row in rows if isinstance(row, ReferenceRow)))

    @cached_property
    def text(self) -> str:
        return str(serializers.serialize("json", self.rows))

    @cached_property
    def by_place(self) -> dict[tuple[type[ReferenceRow], Any], ReferenceRow]:
        return {(type(row), row.pk): row for row in self.rows}

    @cached_property
    def reference(self) -> Reference:
        return reference_tables.reference_of(self.rows)


@dataclass(frozen=True, kw_only=True)
class MovedRow:
    """One row that the rules read, and that says something else now."""

    before: ReferenceRow | None  # None: it was not there
    after: ReferenceRow | None  # None: it is there no more
    columns: tuple[str, ...]

    @property
    def row(self) -> ReferenceRow:
        """As it is, or was last."""
        row = self.after or self.before
        if row is None:
            raise AssertionError("A row that moved was there before or is there now.")
        return row

    @property
    def sides(self) -> list[ReferenceRow]:
        return [row for row in (self.before, self.after) if row is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedAnswer:
    """One answer of a member that has changed, and the rows that changed it."""

    difference: AnswerDifference
    because: tuple[MovedRow, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two states of the tables."""

    before: Snapshot
    after: Snapshot

    @classmethod
    def between(cls, before: Snapshot, after: Snapshot) -> Self:
        """A table that was empty was loaded for the first time: it counts as if it had
        been there, as the program held it until then.
        """
        filled = {type(row) for row in before.rows}
        first = tuple(
            _as_program_held(row) for row in after.rows if type(row) not in filled
        )
        return cls(before=Snapshot(rows=before.rows + first), after=after)

    @cached_property
    def moved(self) -> tuple[MovedRow, ...]:
        """The rows that may change an answer."""
        were, are = self.before.by_place, self.after.by_place
        return tuple(
            MovedRow(before=were.get(place), after=are.get(place), columns=columns)
            for place in dict.fromkeys([*were, *are])
            if (columns := _columns(were.get(place), are.get(place)))
        )

    @cached_property
    def moved_at(self) -> datetime | None:
        """When the last of them was written. None: that cannot be told."""
        return max(
            (row.after.stored_at for row in self.moved if row.after), default=None
        )

    # --- Whom it may concern ----------------------------------------------------------

    def owners(self, *, after: int, until: int, most: int) -> list[int]:
        """The next members, by their numbers, for whom an answer may differ."""
        first_ids: set[int] = set()
        for rows in self._rows():
            owner_ids = (
                rows.filter(owner_id__gt=after, owner_id__lte=until)
                .order_by("owner_id")
                .values_list("owner_id", flat=True)
                .distinct()
            )
            # The first members of all kinds of rows are among the first of each kind.
            first_ids.update(owner_ids[:most])
        return sorted(first_ids)[:most]

    def _rows(self) -> Iterator[QuerySet[Any]]:
        """The rows of records that the rows which moved are about."""
        if seasons := self._seasons(PathwaySeason) | self._seasons(SeasonDeadline):
            yield Profile.objects.filter(season__in=seasons)
            yield PathwayApplication.objects.filter(season__in=seasons)
        since = self._standards_since
        sittings = Q()
        for exam in Exam:
            if exam.value in since:
                sittings |= Q(exam=exam, on__gte=since[exam.value])
        if sittings:
            yield ExamAttempt.objects.filter(sittings)
        if any(isinstance(row.row, RuleNumber) for row in self.moved):
            # It counts for whoever aims at a Match, with an exam planned or not.
            yield Profile.objects.filter(season__isnull=False)
            yield ExamAttempt.objects.all()
        if OET in since:
            yield EnglishSitting.objects.filter(on__gte=since[OET])

    def _seasons(self, model: type[PathwaySeason | SeasonDeadline]) -> set[int]:
        return {
            side.match_year
            for row in self.moved
            for side in row.sides
            if isinstance(side, model)
        }

    @cached_property
    def _standards_since(self) -> dict[str, date]:
        """The first exam day on which a minimum score differs, by exam."""
        since: dict[str, date] = {}
        for row in self.moved:
            days = [
                side.effective_from
                for side in row.sides
                if isinstance(side, PassingStandard)
            ]
            for side in row.sides:
                if isinstance(side, PassingStandard):
                    step = STEPS.get(side.measured)
                    name = OET if step is None else step.value
                    since[name] = min(since.get(name, date.max), *days)
        return since

    # --- What it changes --------------------------------------------------------------

    def of_member(self, stored: StoredRecord, *, now: datetime) -> list[MovedAnswer]:
        """The answers of one member that have changed, each with its reasons."""

        def judged(reference: Reference) -> Judgement:
            return judge(
                stored.facts,
                reference,
                stored.today(now),
                eastern_today=eastern_day(now),
            )

        before, after = judged(self.before.reference), judged(self.after.reference)
        changes = worth_telling(differences(before, after))
        if not changes:
            return []
        if len(self.moved) == 1:
            return [
                MovedAnswer(difference=change, because=self.moved) for change in changes
            ]
        alone = [_abouts(before, judged(tables)) for tables in self._with_one_row]
        needed = [_abouts(after, judged(tables)) for tables in self._without_one_row]
        return [
            MovedAnswer(difference=change, because=self._because(change, alone, needed))
            for change in changes
        ]

    def _because(
        self,
        difference: AnswerDifference,
        alone: list[set[str]],
        needed: list[set[str]],
    ) -> tuple[MovedRow, ...]:
        """The moved rows that explain this difference.

        Those that make it alone; if none does, those without which it would not be
        there; if there are none either, all.
        """
        for abouts in (alone, needed):
            rows = tuple(
                row
                for row, changes in zip(self.moved, abouts, strict=True)
                if difference.after.about in changes
            )
            if rows:
                return rows
        return self.moved

    @cached_property
    def _with_one_row(self) -> list[Reference]:
        """For each moved row: the old tables with only that row as it is now."""
        return [_replaced(self.before, row.before, row.after) for row in self.moved]

    @cached_property
    def _without_one_row(self) -> list[Reference]:
        return [_replaced(self.after, row.after, row.before) for row in self.moved]

    # --- In words ---------------------------------------------------------------------

    @cached_property
    def notes(self) -> dict[tuple[str, str], str]:
        """The public note of the last change of each row that moved. One query."""
        identities = {side.identity for row in self.moved for side in row.sides}
        changes = RuleChange.objects.filter(row_identity__in=identities)
        return {
            (change.table, change.row_identity): change.note
            for change in changes.order_by("changed_at", "pk")
        }

    def in_words(self, rows: Iterable[MovedRow]) -> list[dict[str, str]]:
        """Everything public about these rows, value by value."""
        return [
            {
                "table": row.row._meta.model_name or "",
                "row": str(row.row),
                "column": row.row.label_of(name),
                "before": row.before.in_words(name) if row.before else "",
                "after": row.after.in_words(name) if row.after else "",
                "note": self.notes.get(
                    (row.row._meta.model_name or "", row.row.identity), ""
                ),
            }
            for row in rows
            for name in row.columns
        ]


def _columns(
    before: ReferenceRow | None, after: ReferenceRow | None
) -> tuple[str, ...]:
    """The columns by which a row may change an answer; none: by no column."""
    row = after or before
    if row is None or isinstance(row, Country | SpecialtyService):
        return ()
    if isinstance(row, SeasonDeadline) and not any(
        side.event in JUDGED_EVENTS
        for side in (before, after)
        if isinstance(side, SeasonDeadline)
    ):
        return ()
    if before is None or after is None:
        # These columns are in the title of the row already.
        named = {"match_year", "event", "measured", "quantity", "effective_from"}
        return tuple(
            name
            for name in row.columns
            if name not in UNJUDGED | named and row.in_words(name)
        )
    return tuple(name for name in before.differing(after) if name not in UNJUDGED)


def _as_program_held(row: ReferenceRow) -> ReferenceRow:
    """A row of a table that is there for the first time, as answers were made before.

    How long a result takes was a number of the program until it became a table.
    """
    if not isinstance(row, RuleNumber):
        return row
    former = copy(row)
    former.value = FORMER_RESULT_DAYS
    return former


def _abouts(before: Judgement, after: Judgement) -> set[str]:
    return {difference.after.about for difference in differences(before, after)}


def _replaced(
    snapshot: Snapshot, row: ReferenceRow | None, by: ReferenceRow | None
) -> Reference:
    rows = [kept for kept in snapshot.rows if kept is not row]
    return reference_tables.reference_of([*rows, *([] if by is None else [by])])
