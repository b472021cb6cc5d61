"""Finds whose answers a change of the dated tables has changed, and keeps it for them.

`Compared` says with which tables each member was compared last. A run goes through the
members by their numbers, a batch a transaction, and writes down how far it came:

- Two processes take turns, by the lock on one row; none does the other's batch again.
- A batch is there as a whole or not at all, with its messages and with how far it came.
  So a process that is killed loses nobody and tells nobody twice.
- When the tables change while a run is under way, or while none is, each member is
  compared with what they were compared with last. What was undone is no change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from imgportal.models import User
from profiles import member_record
from profiles.models import AnswerChange, Compared
from profiles.models.notices import EVERYBODY
from profiles.reminders import schedule
from profiles.rule_changes.compare import Comparison, MovedAnswer, Snapshot
from profiles.rules.answers import ShortAnswer

if TYPE_CHECKING:
    from profiles.rule_changes.compare import MovedRow

# A batch is small, because SQLite lets nobody else write until it is done.
BATCH = 50
# How long a member can read a change again.
KEPT = timedelta(days=365)


def catch_up(*, clock: Callable[[], datetime]) -> int:
    """Compare everybody with the tables as they are; how many answers changed.

    The first time there is nothing to compare with, so nobody is told anything.
    """
    count = 0
    while (changed := _step(clock())) is not None:
        count += changed
    return count


@transaction.atomic
def _step(now: datetime) -> int | None:
    """One batch of members. None: everybody is compared."""
    all_done = Compared.objects.select_for_update().filter(up_to=EVERYBODY).first()
    # Read under the lock, so that no process compares with older tables than another.
    tables = Snapshot.taken()
    if all_done is None:
        begun = Compared(up_to=EVERYBODY, comparison=0, tables=tables.text)
        Compared.objects.bulk_create([begun], ignore_conflicts=True)
        return None
    done, *rest = _segments(tables, now=now)
    if not rest:
        return None
    comparison = Comparison.between(Snapshot.read(rest[0].tables), tables)
    owner_ids = comparison.owners(after=done.up_to, until=rest[0].up_to, most=BATCH)
    count = _keep(comparison, owner_ids, done.comparison, now=now)
    if owner_ids and owner_ids[-1] < rest[0].up_to:
        done.up_to = owner_ids[-1]
        done.save(update_fields=["up_to"])
    else:
        _join(done, rest[0])
    return count


def _segments(tables: Snapshot, *, now: datetime) -> list[Compared]:
    """Who was compared with which tables. The first segment is that of the tables as
    they are now; it is empty when a run begins.
    """
    segments = list(Compared.objects.all())
    if segments[0].tables == tables.text:
        return segments
    number = 1 + max(segment.comparison for segment in segments)
    begun = Compared.objects.create(up_to=0, comparison=number, tables=tables.text)
    schedule.ask_everybody_again(now=now)
    return [begun, *segments]


def _join(done: Compared, nobody_left: Compared) -> None:
    """Everybody of the next segment is compared: it takes the place of the first."""
    # The last row is not replaced, because it is the one that is locked.
    nobody_left.comparison, nobody_left.tables = done.comparison, done.tables
    nobody_left.save(update_fields=["comparison", "tables"])
    done.delete()


def _keep(
    comparison: Comparison, owner_ids: list[int], number: int, *, now: datetime
) -> int:
    if not owner_ids:
        return 0
    changes = {
        owner_id: changed
        for owner_id, stored in member_record.read_many(owner_ids).items()
        if (changed := comparison.of_member(stored, now=now))
    }
    rows = [
        _row(owner_id, change, comparison, number, now)
        for owner_id in _with_account(changes, comparison.moved_at)
        for change in changes[owner_id]
    ]
    AnswerChange.objects.bulk_create(rows)
    schedule.put_notices(
        list(dict.fromkeys(row.owner_id for row in rows)), number, now=now
    )
    return len(rows)


def _with_account(owner_ids: Iterable[int], moved_at: datetime | None) -> list[int]:
    """Which of these members had an account when the tables changed, and still have it.

    The lock keeps them from leaving before their rows are there.
    """
    users = User.objects.select_for_update(no_key=True).filter(pk__in=list(owner_ids))
    if moved_at is not None:
        users = users.filter(date_joined__lte=moved_at)
    return list(users.order_by("pk").values_list("pk", flat=True))


def _row(
    owner_id: int,
    changed: MovedAnswer,
    comparison: Comparison,
    number: int,
    now: datetime,
) -> AnswerChange:
    before, after = changed.difference.before, changed.difference.after
    return AnswerChange(
        owner_id=owner_id,
        comparison=number,
        about=after.about,
        title=after.title,
        **_side("before", before),
        **_side("after", after),
        why=comparison.in_words(changed.because),
        changed_at=_moved_at(changed.because) or now,
        found_at=now,
    )


def _side(side: str, answer: ShortAnswer) -> dict[str, Any]:
    return {
        f"{side}_answer": answer.answer,
        f"{side}_status": answer.status,
        f"{side}_decided_on": answer.decided_on,
        f"{side}_next_date": answer.next_date,
    }


def _moved_at(rows: Iterable[MovedRow]) -> datetime | None:
    return max((row.after.stored_at for row in rows if row.after), default=None)


# --- Afterwards -------------------------------------------------------------------------


def to_tell(owner_id: int, comparisons: Collection[int]) -> list[AnswerChange]:
    """The changes of these comparisons, without those that the member has read, and
    without answers that a later comparison has changed back.
    """
    by_answer: dict[str, list[AnswerChange]] = {}
    for row in AnswerChange.objects.filter(
        owner_id=owner_id, comparison__in=comparisons, dismissed_at__isnull=True
    ).order_by("pk"):
        by_answer.setdefault(row.about, []).append(row)
    return [
        row
        for rows in by_answer.values()
        if rows[0].before != rows[-1].after
        for row in rows
    ]


def dismiss(owner: User, *, up_to: int, now: datetime) -> None:
    """Mark the changes up to this one as read."""
    AnswerChange.objects.owned_by(owner).filter(
        pk__lte=up_to, dismissed_at__isnull=True
    ).update(dismissed_at=now, version=F("version") + 1)


def forget(*, now: datetime) -> None:
    """Delete the changes that are older than a year."""
    AnswerChange.objects.filter(found_at__lt=now - KEPT).delete()
