"""A hook for the mail server: messages to an address came back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imgportal.models import User
from profiles.actions import outbox


class Command(BaseCommand):
    help = (
        "Send no more reminders to an address whose messages come back. It is written "
        "to again when its owner says so, or changes the address."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address that messages come back from")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError("No account has this address. Nothing was changed.")
        outbox.note_bounce(user.pk, user.email)
        self.stdout.write("Marked: no more reminders go there.")
