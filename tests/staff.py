"""People of the staff for tests, and their second factors.

`sign_in` is the short way to a staff page. It leaves behind what a real sign-in
leaves: an authenticator of the account, and a record in the session that it was used.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.flows import login
from allauth.mfa.totp.internal import auth
from django.contrib.auth.models import Group
from django.test import Client

from imgportal.accounts import addresses, second_factor
from imgportal.lib import clock
from imgportal.models import User

PASSWORD = "long-enough-words-for-tests"
# 160 bits, as an authenticator app would hold them.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def editor(email: str = "editor@example.org") -> User:
    return _person(email, "Editors")


def publisher(email: str = "publisher@example.org") -> User:
    return _person(email, "Publishers")


def owner(email: str = "owner@example.org") -> User:
    user = User.objects.create_superuser(email, PASSWORD)
    addresses.vouch_for_address(user)
    return user


def member(email: str = "member@example.org") -> User:
    """Somebody who can sign in and is not staff."""
    user = User.objects.create_user(email, PASSWORD)
    addresses.vouch_for_address(user)
    return user


def _person(email: str, group: str) -> User:
    user = User.objects.create_user(email, PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    addresses.vouch_for_address(user)
    return user


def give_second_factor(user: User, secret: str = SECRET) -> None:
    auth.TOTP.activate(user, secret)


def code(secret: str = SECRET) -> str:
    """The six digits of this moment, with time left to use them."""
    if clock.now().timestamp() % 30 > 27:
        time.sleep(3)
    step = int(clock.now().timestamp()) // 30
    return str(auth.format_hotp_value(auth.hotp_value(secret, step)))


def sign_in_member(client: Client, user: User) -> None:
    """As with a code by mail, just now: nothing asks once more for five minutes."""
    client.force_login(user)
    _record(client, user, {"method": "code", "at": clock.now().timestamp()})


def sign_in(client: Client, user: User, *, at: float | None = None) -> None:
    """As after password and second factor, without the forms; just now, or then."""
    if not second_factor.has_second_factor(user):
        give_second_factor(user)
    client.force_login(user)
    _record(
        client,
        user,
        {
            "method": "mfa",
            "type": "totp",
            "at": clock.now().timestamp() if at is None else at,
        },
    )


def _record(client: Client, user: User, authentication: dict[str, Any]) -> None:
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [authentication]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
