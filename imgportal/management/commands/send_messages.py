from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from imgportal import outbox
from imgportal.lib import clock
from profiles import reference_tables
from profiles.reminders import compose_messages, schedule
from profiles.rule_changes import count_proposals, notify
from profiles.rules.reference import Reference, eastern_day
from stats.actions import schedule_publication


@dataclass(frozen=True, kw_only=True)
class SendingRun:
    """What became of one run."""

    changed: int  # answers that are others since the rules changed
    planned: int
    messages: int
    failures: int
    unclear: int  # may have been sent, and are not sent again


def run(reference: Reference, *, clock: Callable[[], datetime]) -> SendingRun:
    """Find what changed rules have changed, plan what is due, and send what waits.

    Raises outbox.MailAway when the mail server cannot be reached: then everything waits
    for the next run. `clock` is asked for every message, because a run may take hours.
    """
    now = clock()
    schedule_publication.publish_due(now=now)
    changed = notify.catch_up(clock=clock)
    count_proposals.count_waiting(now=now)
    planned = schedule.plan(reference, now=now)
    schedule.forget(today=eastern_day(now))
    notify.forget(now=now)
    outbox.forget(now=now)
    with outbox.Delivery(clock=clock) as delivery:
        delivery.send_due()
        # By the batch, and only while the mail server is there: a message that waits
        # does not follow when a deadline is moved, and a reminder does.
        while owner_ids := schedule.waiting_owners(most=compose_messages.BATCH):
            delivery.open()
            compose_messages.put_into_outbox(owner_ids, reference, now=clock())
            delivery.send_due()
    return SendingRun(
        changed=changed,
        planned=planned,
        messages=delivery.sent,
        failures=delivery.failed,
        unclear=delivery.unclear,
    )


class Command(BaseCommand):
    help = (
        "Send the reminders that are due, tell members when changed rules have "
        "changed an answer of theirs, and send every other message that waits. Let "
        "cron run it every hour: it may run twice at once, after days of downtime, and "
        "be stopped at any point."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sent = run(reference_tables.reference(), clock=clock.now)
        except outbox.MailAway as away:
            raise CommandError(str(away)) from None
        if sent.changed:
            self.stdout.write(
                f"The dated tables changed, and with them {sent.changed} answers."
            )
        self.stdout.write(
            f"Planned {sent.planned} reminders; sent {sent.messages} messages."
        )
        if sent.failures:
            self.stdout.write(f"{sent.failures} failed and are tried again later.")
        if sent.unclear:
            self.stdout.write(
                f"{sent.unclear} messages may or may not have been sent: twice the "
                "program was stopped while it sent them, or the mail server did not "
                "answer. They are not sent a third time."
            )
