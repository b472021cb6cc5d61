"""A hook for the mail server: messages to an address came back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imgportal.models import User
from profiles.reminders import schedule


class Command(BaseCommand):
    help = (
        "Send no more reminders to addresses whose messages come back. An address is "
        "written to again when its owner says so, or changes it. Addresses that no "
        "account has are passed over."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "emails",
            nargs="+",
            metavar="email",
            help="an address that messages come back from",
        )

    def handle(self, *args: Any, emails: list[str], **options: Any) -> None:
        marked = 0
        for email in emails:
            user = User.objects.of_address(email)
            if user is not None:
                schedule.note_bounce(user.pk, user.email)
                marked += 1
        if not marked:
            raise CommandError(
                "No account has "
                f"{'this address' if len(emails) == 1 else 'one of these addresses'}. "
                "Nothing was changed."
            )
        self.stdout.write(
            f"Marked {marked} of {len(emails)}: no more reminders go there."
        )
