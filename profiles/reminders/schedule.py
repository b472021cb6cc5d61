"""The reminders that are planned, each once: `(owner, kind, due_on)` is unique.

How many messages they become is decided in `compose_messages`, and how often one of them
may be handed to the mail server in `imgportal.outbox`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import F, QuerySet

from profiles.choices import ReminderState
from profiles.models import Reminder, ReminderChoice
from profiles.models.reminders import NOTICE
from profiles.reminders import occasions
from profiles.rules.days import add_days
from profiles.rules.reference import Reference, eastern_day

if TYPE_CHECKING:
    from imgportal.models import User

# A reminder that is over stays so long, because its row keeps the same one from being
# planned again.
KEPT_DAYS = 180


def plan(reference: Reference, *, now: datetime) -> int:
    """Plan what is due, and say how much it was.

    What was planned on an earlier day and is in no message yet is planned anew: the
    record or a deadline may have changed since. Not so a notice of changed rules: it is
    found once.
    """
    today = eastern_day(now)
    waiting().filter(planned_on__lt=today).exclude(kind__startswith=NOTICE).delete()
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
            ),
        )
        for occasion, rows in occasions.due(reference, now=now)
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


def waiting() -> QuerySet[Reminder]:
    return Reminder.objects.filter(state=ReminderState.WAITING)


def waiting_owners(*, most: int) -> list[int]:
    """Some of the members for whom something waits."""
    owners = waiting().order_by("owner_id").values_list("owner_id", flat=True)
    return list(owners.distinct()[:most])


def forget(*, today: date) -> None:
    """Delete what is long over."""
    long_ago = add_days(today, -KEPT_DAYS)
    Reminder.objects.filter(on__lt=long_ago, due_on__lt=long_ago).delete()


# --- What members choose ----------------------------------------------------------------


def allows(choice: ReminderChoice | None, owner: User) -> bool:
    """May a message be sent to this member? `choice` None: nothing was chosen."""
    if choice is not None and (not choice.is_on or choice.bounced == owner.email):
        return False
    return owner.is_active


def wants(owner: User) -> bool:
    return allows(ReminderChoice.objects.filter(owner=owner).first(), owner)


def switch_off(owner_id: int) -> None:
    """No more reminders, however often it is said."""
    ReminderChoice.objects.update_or_create(
        owner_id=owner_id, defaults={"is_on": False}
    )
    ReminderChoice.objects.filter(owner_id=owner_id).update(version=F("version") + 1)
    waiting().filter(owner_id=owner_id).delete()


def note_bounce(owner_id: int, address: str) -> None:
    """Messages to this address come back: write there no more."""
    ReminderChoice.objects.update_or_create(
        owner_id=owner_id, defaults={"bounced": address}
    )
