"""The outbox of reminders: planned, claimed by one process, sent, noted.

Two processes may work at once and each may be killed at any point.

- A reminder is planned once: `(owner, kind, due_on)` is unique.
- A process claims all that waits for one member by one UPDATE, for some minutes.
  Whoever comes second finds nothing; when the first has died, the claim runs out.
- `begin` is noted before a message is handed over, and `sent` after it. Who finds a
  reminder that was begun twice and never noted does not send it a third time.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import F, Q, QuerySet

from profiles.choices import ReminderState
from profiles.models import Reminder, ReminderChoice
from profiles.models.reminders import NOTICE
from profiles.reminders import occasions
from profiles.rules.days import add_days
from profiles.rules.reference import Reference, eastern_day
from profiles.rules.reminders import back_off_minutes

# Longer than a message can take (EMAIL_TIMEOUT), several times over.
LEASE = timedelta(minutes=15)
MOST_UNCLEAR = 2
MOST_TRIES = 8
# What was sent is forgotten when it can no longer be sent again by mistake.
KEPT_DAYS = 180


class Claim(NamedTuple):
    """What one process holds of one member."""

    owner_id: int
    key: UUID


def plan(reference: Reference, *, now: datetime) -> int:
    """Put what is due into the outbox, and say how much it was.

    What was planned on an earlier day and never tried is planned anew: the record or a
    deadline may have changed since. Not so a notice of changed rules: it is found once.
    """
    today = eastern_day(now)
    waiting(now, begun=False).filter(planned_on__lt=today, tries=0).exclude(
        kind__startswith=NOTICE
    ).delete()
    return sum(
        _add(
            rows,
            like=Reminder(
                kind=occasion.kind,
                title=occasion.title,
                on=occasion.on,
                at=occasion.at,
                is_firm=occasion.is_firm,
                planned_on=today,
                next_try_at=now,
            ),
        )
        for occasion, rows in occasions.due(reference, today=today)
    )


def put_notices(owner_ids: Collection[int], comparison: int, *, now: datetime) -> None:
    """One notice a member, to be sent with whatever else waits for them."""
    today = eastern_day(now)
    Reminder.objects.bulk_create(
        [
            Reminder(
                owner_id=owner_id,
                kind=f"{NOTICE}{comparison}",
                due_on=today,
                planned_on=today,
                title="A changed rule",
                on=today,
                next_try_at=now,
            )
            for owner_id in owner_ids
        ],
        ignore_conflicts=True,
    )


def _add(rows: QuerySet[Any], *, like: Reminder) -> int:
    """A reminder like that for each of these members and days, made by the database
    itself: a million of them would pass through here one by one otherwise.

    Those that are there, or that another process was quicker to make, are left alone.
    """
    quoted = connection.ops.quote_name
    fields = [
        field
        for field in Reminder._meta.concrete_fields
        if field.name not in {"id", "owner", "due_on"}
    ]
    members, of_members = rows.query.sql_with_params()
    # Names of our own columns; every value is a parameter. In one order, so that two
    # processes that plan at once do not wait for each other crosswise.
    statement = f"""
        INSERT INTO {quoted(Reminder._meta.db_table)}
            ({", ".join(quoted(str(field.column)) for field in fields)}, owner_id, due_on)
        SELECT {", ".join("%s" for _ in fields)}, due.owner_id, due.due_on
        FROM ({members}) AS due
        WHERE due.due_on <= %s
        ORDER BY due.owner_id, due.due_on
        ON CONFLICT DO NOTHING
    """  # noqa: S608
    values = [
        field.get_db_prep_save(getattr(like, field.attname), connection)
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *of_members, like.planned_on])
        return int(cursor.rowcount)


def waiting(now: datetime, *, begun: bool) -> QuerySet[Reminder]:
    """What may be claimed. `begun`: what a process began to send and never noted."""
    return Reminder.objects.filter(
        Q(claimed_until__isnull=True) | Q(claimed_until__lte=now),
        Q(unclear__gt=0, unclear__lt=MOST_UNCLEAR) if begun else Q(unclear=0),
        state=ReminderState.WAITING,
        next_try_at__lte=now,
    )


def owners(*, begun: bool, after: int, most: int, now: datetime) -> list[int]:
    """Some of the members for whom something waits, in order, after that one."""
    found = waiting(now, begun=begun).filter(owner_id__gt=after).order_by("owner_id")
    return list(found.values_list("owner_id", flat=True).distinct()[:most])


def claim(owner_id: int, *, begun: bool, now: datetime) -> tuple[Claim, list[Reminder]]:
    """Everything that waits for one member, for nobody else until the claim runs out."""
    mark = Claim(owner_id, uuid4())
    waiting(now, begun=begun).filter(owner_id=owner_id).update(
        claim=mark.key, claimed_until=now + LEASE
    )
    return mark, list(_mine(mark))


def drop(mark: Claim, rows: Collection[Reminder], state: ReminderState) -> None:
    """These of a claim are not sent after all."""
    _mine(mark).filter(pk__in=[row.pk for row in rows]).update(state=state, claim=None)


def begin(mark: Claim, *, now: datetime) -> bool:
    """Note that a message is about to be handed over. False: the claim has run out."""
    return bool(
        _mine(mark)
        .filter(claimed_until__gt=now)
        .update(unclear=F("unclear") + 1, version=F("version") + 1)
    )


def note_sent(mark: Claim, *, now: datetime) -> None:
    _mine(mark).update(state=ReminderState.SENT, sent_at=now, claim=None)


def note_failure(mark: Claim, rows: Collection[Reminder], *, now: datetime) -> None:
    """The mail server said no, or nothing that we understood: try again, later."""
    for row in rows:
        tries = row.tries + 1
        _mine(mark).filter(pk=row.pk).update(
            tries=tries,
            unclear=F("unclear") - 1,
            claim=None,
            claimed_until=None,
            next_try_at=now + timedelta(minutes=back_off_minutes(tries)),
            state=ReminderState.GIVEN_UP
            if tries >= MOST_TRIES
            else ReminderState.WAITING,
        )


def settle(*, now: datetime) -> int:
    """Close what was begun too often, and say how much that was."""
    return Reminder.objects.filter(
        state=ReminderState.WAITING, unclear__gte=MOST_UNCLEAR, claimed_until__lte=now
    ).update(state=ReminderState.UNCLEAR, claim=None)


def forget(*, today: date) -> None:
    """Delete what is long over."""
    long_ago = add_days(today, -KEPT_DAYS)
    Reminder.objects.filter(on__lt=long_ago, due_on__lt=long_ago).delete()


def _mine(mark: Claim) -> QuerySet[Reminder]:
    # By the member first, for whom there is an index.
    return Reminder.objects.filter(
        owner_id=mark.owner_id, claim=mark.key, state=ReminderState.WAITING
    )


# --- What members choose ----------------------------------------------------------------


def switch_off(owner_id: int) -> None:
    """No more reminders, however often it is said."""
    ReminderChoice.objects.update_or_create(
        owner_id=owner_id, defaults={"is_on": False}
    )
    ReminderChoice.objects.filter(owner_id=owner_id).update(version=F("version") + 1)
    Reminder.objects.filter(owner_id=owner_id, state=ReminderState.WAITING).filter(
        claim__isnull=True
    ).delete()


def note_bounce(owner_id: int, address: str) -> None:
    """Messages to this address come back: write there no more."""
    ReminderChoice.objects.update_or_create(
        owner_id=owner_id, defaults={"bounced": address}
    )
