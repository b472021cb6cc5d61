"""Django's own command, and the owner it made can sign in at once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from imgportal.accounts import addresses
from imgportal.models import User


class Command(createsuperuser.Command):
    help = (
        "Creates an owner: somebody who may do everything and manages the staff. The "
        "first sign-in asks to set up a second factor."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        # Who types on the server's own command line is believed about the address.
        for owner in User.objects.filter(is_superuser=True, emailaddress=None):
            addresses.vouch_for_address(owner)
