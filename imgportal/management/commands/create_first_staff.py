"""The two accounts that a new installation starts with.

Two, because a published figure has two people behind it: one who enters it and
one who checks and publishes.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand
from django.db import IntegrityError, transaction

from imgportal.accounts import addresses
from imgportal.models import User
from stats.staff_groups import EDITORS, PUBLISHERS

FIRST_STAFF = {
    "editor@localhost": EDITORS,
    "publisher@localhost": PUBLISHERS,
}


class Command(BaseCommand):
    help = (
        "Creates an editor and a publisher with random passwords and prints them "
        "once. Does nothing where somebody can already sign in to the staff pages."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            created = create_first_staff()
        except IntegrityError:
            # Another run was quicker between our look and our write.
            created = {}
        if not created:
            self._say_who_is_there()
            return
        self.stdout.write("Two staff accounts for /admin/, shown this once:")
        for email, password in created.items():
            self.stdout.write(f"  {email}  {password}")
        self.stdout.write(
            "The first sign-in asks each of them to set up a second factor: have an "
            "authenticator app at hand."
        )

    def _say_who_is_there(self) -> None:
        emails = User.objects.filter(is_staff=True).order_by("date_joined", "pk")
        first = emails.values_list("email", flat=True).first()
        self.stdout.write(
            "Staff accounts exist. Forgotten password? "
            f"script/manage changepassword {first}"
        )


@transaction.atomic
def create_first_staff() -> dict[str, str]:
    """Address and password of what was created; empty when there was staff already.

    Raises IntegrityError, having changed nothing, when two runs meet.
    """
    if User.objects.filter(is_staff=True).exists():
        return {}
    passwords: dict[str, str] = {}
    for email, group_name in FIRST_STAFF.items():
        passwords[email] = secrets.token_urlsafe(18)
        user = User.objects.create_user(email, passwords[email], is_staff=True)
        user.groups.add(Group.objects.get(name=group_name))
        # Nobody reads mail at localhost, so no message can be confirmed.
        addresses.vouch_for_address(user)
    return passwords
