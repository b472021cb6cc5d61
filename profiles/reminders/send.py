"""Empties the outbox of reminders: one message a member, with all that waits.

A notice of changed rules goes into the same message as the reminders of that run, so
that one claim and one note cover both, and nobody gets two messages at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING, Any

from django.core.mail import get_connection

from profiles.choices import ReminderState
from profiles.exceptions import MailAway
from profiles.member_record import zone_of
from profiles.models import Profile, Reminder, ReminderChoice
from profiles.models.reminders import NOTICE
from profiles.reminders import letters, outbox
from profiles.reminders.occasions import kind_of, reminded_of
from profiles.rule_changes import notify
from profiles.rules.reference import Reference, eastern_day

if TYPE_CHECKING:
    from imgportal.models import User

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
BATCH = 200
# The others are about something ahead: afterwards nobody needs them.
AFTERWARDS = ("planned:", "result:", NOTICE)


@dataclass(kw_only=True)
class Sent:
    """What became of one run."""

    changed: int = 0  # answers that are others since the rules changed
    planned: int = 0
    messages: int = 0
    failures: int = 0
    unclear: int = 0  # may have been sent, and are not sent again


def run(reference: Reference, *, clock: Clock) -> Sent:
    """Find what changed rules have changed, plan what is due, and send what waits.

    Raises MailAway when the mail server cannot be reached: then everything waits for
    the next run. `clock` is asked for every message, because a run may take hours.
    """
    now = clock()
    sent = Sent(unclear=outbox.settle(now=now))
    sent.changed = notify.catch_up(clock=clock)
    sent.planned = outbox.plan(reference, now=now)
    outbox.forget(today=eastern_day(now))
    notify.forget(now=now)
    days = {kind_of(row): row.on for row in reminded_of(reference)}
    connection = get_connection()
    try:
        # What a process was killed at comes last: were it the first again, the next
        # kill would find it again, and there is no third time.
        for begun in (False, True):
            last = 0
            while owners := outbox.owners(
                begun=begun, after=last, most=BATCH, now=clock()
            ):
                last = owners[-1]
                for owner_id in owners:
                    _open(connection)
                    mark, rows = outbox.claim(owner_id, begun=begun, now=clock())
                    if rows:  # or another process was quicker
                        _serve(mark, rows, connection, days, clock, sent)
    finally:
        connection.close()
    return sent


def _open(connection: Any) -> None:
    try:
        connection.open()
    except OSError as error:
        raise MailAway(str(error)) from error


def _serve(
    mark: outbox.Claim,
    rows: list[Reminder],
    connection: Any,
    days: dict[str, Any],
    clock: Clock,
    sent: Sent,
) -> None:
    owner_id = mark.owner_id
    choice = (
        ReminderChoice.objects.filter(owner_id=owner_id).first() or ReminderChoice()
    )
    profile = Profile.objects.filter(owner_id=owner_id).first()
    owner: User = rows[0].owner
    today = eastern_day(clock())
    wants = choice.is_on and owner.is_active and choice.bounced != owner.email
    over = [
        row
        for row in rows
        if not wants
        or (row.on < today and not row.kind.startswith(AFTERWARDS))
        # A deadline that was moved since has a reminder of its own.
        or (row.kind.startswith("deadline:") and days.get(row.kind) != row.on)
    ]
    numbers = [row.comparison for row in rows if row.comparison is not None]
    changes = notify.to_tell(owner_id, numbers) if numbers else []
    if not changes:
        over += [row for row in rows if row.comparison is not None]
    if over:
        outbox.drop(mark, over, ReminderState.NOT_NEEDED)
    rows = [row for row in rows if row not in over]
    if not rows:
        return
    message = letters.reminder(
        rows,
        changes,
        owner_id=owner_id,
        address=owner.email,
        zone=zone_of(profile.time_zone) if profile else None,
        today=today,
    )
    # From here to the note below nobody can tell whether it went out.
    if not outbox.begin(mark, now=clock()):
        return
    try:
        if not connection.send_messages([message]):
            raise OSError("The mail server took no message.")
    except Exception as error:  # one odd address must not stop everybody else's
        _failed(mark, rows, owner, error, clock())
        sent.failures += 1
        connection.close()
    else:
        outbox.note_sent(mark, now=clock())
        sent.messages += 1


def _failed(
    mark: outbox.Claim,
    rows: list[Reminder],
    owner: User,
    error: Exception,
    now: datetime,
) -> None:
    # No address in the log, and no text of the server: it may repeat the address.
    logger.warning("A reminder was not sent: %s", type(error).__name__)
    if isinstance(error, SMTPRecipientsRefused) and all(
        500 <= code < 600 for code, _ in error.recipients.values()
    ):
        outbox.note_bounce(owner.pk, owner.email)
        outbox.drop(mark, rows, ReminderState.GIVEN_UP)
    else:
        outbox.note_failure(mark, rows, now=now)
