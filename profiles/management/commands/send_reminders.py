from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from imgportal.lib import clock
from profiles import reference_tables
from profiles.exceptions import MailAway
from profiles.reminders import send


class Command(BaseCommand):
    help = (
        "Send the reminders that are due, and tell members when changed rules have "
        "changed an answer of theirs. Let cron run it every hour: it may run "
        "twice at once, after days of downtime, and be stopped at any point."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sent = send.run(reference_tables.reference(), clock=clock.now)
        except MailAway as away:
            raise CommandError(
                f"The mail server cannot be reached: {away}. Nothing is lost: the next "
                "run sends what waits. Look at EMAIL_URL."
            ) from None
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
                f"{sent.unclear} reminders may or may not have been sent: the program "
                "was stopped twice while it sent them. They are not sent a third time."
            )
