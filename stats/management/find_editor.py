"""Whoever writes figures from the command line is somebody of the staff who may."""

from __future__ import annotations

from django.core.management.base import CommandError

from imgportal.models import User


def find_editor(email: str | None) -> User:
    """The editor with this address. Raises CommandError, which says what to do."""
    if not email:
        raise CommandError("Say who writes this: --by EMAIL.")
    person = User.objects.of_address(email)
    if person is None or not (person.is_active and person.is_staff):
        raise CommandError(f"{email} is not the address of somebody of the staff.")
    if not person.has_perm("stats.change_release"):
        raise CommandError(
            f"{email} may not change figures. An owner puts them into the group "
            "Editors, on the staff pages under Accounts."
        )
    return person
