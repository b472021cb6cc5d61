"""What a proposed change of the dated tables does: to the table that readers see, to the
worked examples, and to the answers of how many members.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from profiles import member_record, reference_tables
from profiles.choices import ProposalAct
from profiles.models import (
    PassingStandard,
    PathwaySeason,
    RuleNumber,
    RuleProposal,
    SeasonDeadline,
    SpecialtyService,
)
from profiles.models.notices import EVERYBODY
from profiles.models.reference import ReferenceRow
from profiles.rule_changes.compare import Comparison, Snapshot
from profiles.rules import doubts
from profiles.rules.reference import Reference
from profiles.rules.text import worked_examples
from profiles.rules.text.worked_examples import BadExample, Example

EXAMPLES = Path(__file__).resolve().parent.parent / "data" / "worked_examples.csv"
BATCH = 50
# Members who are judged twice while somebody waits for a page: about a second.
WHILE_SOMEBODY_WAITS = 200
# Below it a number could tell of somebody.
FEWEST_TOLD = 10
# What stands on the staff pages only.
OF_STAFF = frozenset({"next_review"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedCell:
    """One value of a table as it is and as it would be, in words."""

    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow:
    cells: tuple[ComparedCell, ...]
    is_new: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedTable:
    """The rows among which a reader sees the proposed one, before and after."""

    columns: tuple[str, ...]
    rows: tuple[ComparedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedExample:
    """A worked example whose answer becomes another one."""

    example: Example
    differences: tuple[str, ...]


def rows_after(
    rows: Sequence[ReferenceRow], proposal: RuleProposal, stored: ReferenceRow | None
) -> list[ReferenceRow]:
    """All rows that hold, as they would be."""
    kept = [
        row
        for row in rows
        if stored is None or (type(row), row.pk) != (type(stored), stored.pk)
    ]
    if proposal.act != ProposalAct.WITHDRAW:
        kept.append(proposal.proposed_row(stored))
    return kept


def comparison(proposal: RuleProposal) -> Comparison:
    """The tables as they are, and as they would be."""
    before = Snapshot.taken()
    stored = proposal.stored_row()
    after = rows_after(before.rows, proposal, stored)
    return Comparison(before=before, after=Snapshot(rows=tuple(after)))


def compare_table(proposal: RuleProposal) -> ComparedTable:
    stored = proposal.stored_row()
    proposed = proposal.proposed_row(stored)
    names = [name for name in proposed.columns if name not in OF_STAFF]
    group = proposal.model._default_manager.filter(withdrawn_at__isnull=True)
    rows = [row for row in group.filter(**proposed.group) if row.pk != proposed.pk]
    sides: list[tuple[ReferenceRow | None, ReferenceRow | None]] = [
        (row, row) for row in rows
    ]
    match proposal.act:
        case ProposalAct.WITHDRAW:
            sides.append((stored, None))
        case ProposalAct.CHANGE:
            sides.append((stored, proposed))
        case _:
            sides.append((None, proposed))
    sides.sort(key=lambda side: _place(side[1] or side[0]))
    # A column of which no row says anything only takes room.
    shown = [
        name
        for name in names
        if any(row is not None and row.in_words(name) for side in sides for row in side)
    ]
    return ComparedTable(
        columns=tuple(proposed.label_of(name) for name in shown),
        rows=tuple(
            ComparedRow(
                cells=tuple(
                    ComparedCell(
                        before=before.in_words(name) if before else "",
                        after=after.in_words(name) if after else "",
                    )
                    for name in shown
                ),
                is_new=before is None,
                is_gone=after is None,
            )
            for before, after in sides
        ),
    )


def _place(row: ReferenceRow | None) -> tuple[Any, ...]:
    return tuple(
        str(getattr(row, name)) for name in (row.identity_columns if row else ())
    )


# --- Worked examples ----------------------------------------------------------------------


@cache
def _examples() -> Sequence[Example]:
    examples, _ = worked_examples.read(EXAMPLES.read_text(encoding="utf-8"))
    return tuple(examples)


def changed_examples(compared: Comparison) -> list[ChangedExample]:
    """The worked examples that come with the site and whose answer would be another."""
    changed = []
    for example in _examples():
        before = _answer(example, compared.before.reference)
        after = _answer(example, compared.after.reference)
        if before != after:
            changed.append(
                ChangedExample(
                    example=example,
                    differences=tuple(_differences(before, after)),
                )
            )
    return changed


def _answer(example: Example, tables: Reference) -> dict[str, Any]:
    try:
        return dict(worked_examples.answer(example, tables))
    except BadExample as bad:
        return {"status": str(bad)}


def _differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for key in dict.fromkeys([*before, *after]):
        was, becomes = before.get(key, "nothing"), after.get(key, "nothing")
        if was != becomes:
            yield f"{key}: is {was}, would be {becomes}"


# --- Members ------------------------------------------------------------------------------


def digest(compared: Comparison) -> str:
    """What tells one comparison from another: both states of the tables."""
    described = f"{compared.before.text}\0{compared.after.text}"
    return hashlib.blake2s(described.encode(), digest_size=16).hexdigest()


def count_members(
    compared: Comparison, *, now: datetime, most: int | None = None
) -> int | None:
    """Of how many members an answer changes. None: more than `most` would have to be
    judged to know.
    """
    if not compared.moved:
        return 0
    if most is not None:
        concerned = compared.owners(after=0, until=EVERYBODY - 1, most=most + 1)
        if len(concerned) > most:
            return None
    count, last = 0, 0
    while owner_ids := compared.owners(after=last, until=EVERYBODY - 1, most=BATCH):
        count += sum(
            bool(compared.of_member(stored, now=now))
            for stored in member_record.read_many(owner_ids).values()
        )
        last = owner_ids[-1]
    return count


def members_in_words(count: int) -> str:
    """Never a number that could tell of somebody."""
    if count < FEWEST_TOLD:
        return f"fewer than {FEWEST_TOLD} members"
    return f"{count:,} members"


# --- Doubts -------------------------------------------------------------------------------


def doubts_about(
    row: ReferenceRow, rows: Sequence[ReferenceRow], *, today: date
) -> list[str]:
    """What history does not know about a row beside all rows that hold."""
    return list(_doubts_about(row, rows, today))


def _doubts_about(
    row: ReferenceRow, rows: Sequence[ReferenceRow], today: date
) -> Iterator[str]:
    others = [
        other
        for other in rows
        if type(other) is type(row) and (row.pk is None or other.pk != row.pk)
    ]
    tables = reference_tables.reference_of(others)
    match row:
        case PassingStandard():
            standard = reference_tables.standard(row)
            of_exam = [x for x in tables.standards if x.measured == standard.measured]
            yield from doubts.of_standard(standard, of_exam, today=today)
        case RuleNumber():
            number = reference_tables.number(row)
            of_kind = [x for x in tables.numbers if x.quantity == number.quantity]
            yield from doubts.of_number(number, of_kind, today=today)
        case SeasonDeadline():
            deadline = reference_tables.deadline(row)
            yield from doubts.of_deadline(deadline, tables.deadlines, today=today)
        case PathwaySeason():
            season = reference_tables.season(row)
            yield from doubts.of_season(season, tables.seasons)
        case SpecialtyService():
            service = reference_tables.service(row)
            of_specialty = [
                x for x in tables.services if x.specialty == service.specialty
            ]
            yield from doubts.of_service(service, of_specialty, today=today)
