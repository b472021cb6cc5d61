"""For somebody who has lost the phone or passkey, and the recovery codes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imgportal.accounts import second_factor
from imgportal.models import User


class Command(BaseCommand):
    help = (
        "Takes away a lost second factor: authenticator app, passkeys and recovery "
        "codes. Make sure first that the person who asks is the person the account "
        "belongs to: from then on the password, or a code by e-mail, is enough."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address the person signs in with")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.of_address(email)
        if user is None:
            raise CommandError(f"Nobody signs in with {email}.")
        if not second_factor.reset_second_factor(user):
            self.stdout.write(
                f"{user.email} has no second factor. Nothing was changed."
            )
            return
        next_time = (
            "The next visit to the staff pages asks to set up new ones."
            if user.is_staff
            else "The password, or a code by e-mail, signs in."
        )
        self.stdout.write(
            "The second factor, the passkeys and the recovery codes of "
            f"{user.email} are gone. {next_time}"
        )
