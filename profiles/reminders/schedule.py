"""The reminders that are planned, each once: `(owner, kind, due_on)` is unique.

How many messages they become is decided in `compose_messages`, and how often one of them
may be handed to the mail server in `imgportal.outbox`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, QuerySet

from profiles.choices import ReminderState
from profiles.models import OccasionCheck, RecordChange, Reminder, ReminderChoice
from profiles.models.reminders import NOTICE
from profiles.reminders import due_members
from profiles.reminders.due_members import DueMembers
from profiles.rules.days import add_days
from profiles.rules.reference import Reference, eastern_day

if TYPE_CHECKING:
    from imgportal.models import User

# A reminder that is over stays so long, because its row keeps the same one from being
# planned again.
KEPT_DAYS = 180
# Changes of records that one transaction plans: SQLite lets nobody else write meanwhile.
MOST_CHANGES = 50


def plan(reference: Reference, *, now: datetime) -> int:
    """Plan what is due, and say how much it was.

    What was planned on an earlier day and is in no message yet is planned anew: the
    record or a deadline may have changed since. Not so a notice of changed rules: it is
    found once.
    """
    today = eastern_day(now)
    left = waiting().filter(planned_on__lt=today).exclude(kind__startswith=NOTICE)
    with transaction.atomic():
        if left.delete()[0]:
            OccasionCheck.objects.all().delete()
    return _plan_changed(reference, now=now) + sum(
        _add(due, today=today)
        for due in due_members.among_everybody(reference, now=now)
    )


def _plan_changed(reference: Reference, *, now: datetime) -> int:
    """For members who changed their record since they were planned last: what they did
    not need may concern them now.
    """
    changes = RecordChange.objects.order_by("-pk").values_list("pk", "owner_id")
    # Whoever changes theirs meanwhile is a matter of the next run.
    newest, _ = changes.first() or (0, 0)
    count = 0
    while True:
        with transaction.atomic():
            # What another process has in hand is passed over.
            batch = dict(
                changes.select_for_update(skip_locked=True).filter(pk__lte=newest)[
                    :MOST_CHANGES
                ]
            )
            if not batch:
                return count
            owner_ids = set(batch.values())
            Reminder.objects.of_members(owner_ids).filter(
                state=ReminderState.NOT_NEEDED
            ).delete()
            count += sum(
                _add(due, today=eastern_day(now))
                for due in due_members.among_some(owner_ids, reference, now=now)
            )
            RecordChange.objects.filter(pk__in=batch).delete()


def ask_everybody_again(*, now: datetime) -> None:
    """After a change of the rules a reminder may be needed that was not, for anybody."""
    OccasionCheck.objects.all().delete()
    Reminder.objects.filter(
        state=ReminderState.NOT_NEEDED, on__gte=eastern_day(now)
    ).delete()


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


def _add(due: DueMembers, *, today: date) -> int:
    """A reminder for each of these members and days, made by the database itself: a
    million of them would pass through here one by one otherwise. How many are new and
    needed.

    Those that are there, or that another process was quicker to make, are left alone. One
    that was not needed gives way when a plan says that it is, or when it is of another day
    and due on the same.
    """
    occasion = due.occasion
    like = Reminder(
        kind=occasion.kind,
        title=occasion.title,
        on=occasion.on,
        at=occasion.at,
        is_firm=occasion.is_firm,
        planned_on=today,
        state=ReminderState.WAITING if due.is_needed else ReminderState.NOT_NEEDED,
    )
    quoted = connection.ops.quote_name
    fields = [
        field
        for field in Reminder._meta.concrete_fields
        if field.name not in {"id", "owner", "due_on"}
    ]
    columns = [quoted(str(field.column)) for field in fields]
    members, of_members = due.rows.distinct().query.sql_with_params()
    # Names of our own columns; every value is a parameter. In one order, so that two
    # processes that plan at once do not wait for each other crosswise.
    statement = f"""
        INSERT INTO {quoted(Reminder._meta.db_table)} AS kept
            ({", ".join(columns)}, owner_id, due_on)
        SELECT {", ".join("%s" for _ in fields)}, due.owner_id, due.due_on
        FROM ({members}) AS due
        WHERE due.due_on <= %s
        ORDER BY due.owner_id, due.due_on
        ON CONFLICT (owner_id, kind, due_on) DO UPDATE
        SET {", ".join(f"{column} = excluded.{column}" for column in columns)}
        WHERE kept.state = %s AND (kept.{quoted("on")} <> excluded.{quoted("on")} OR %s)
    """  # noqa: S608
    values = [
        field.get_db_prep_save(getattr(like, field.attname), connection)
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            [
                *(*values, *of_members, today, ReminderState.NOT_NEEDED),
                occasion.check is not None and due.is_needed,
            ],
        )
        return int(cursor.rowcount) if due.is_needed else 0


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
