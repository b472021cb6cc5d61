"""The list of what happened to an account, filled by allauth's signals and ours.

Connected in imgportal/apps.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from imgportal.accounts import device_names
from imgportal.lib import clock
from imgportal.models import SecurityEvent, User

Kind = SecurityEvent.Kind

# Of each account the newest are kept. Signing in adds one for each new device only.
MOST = 100
ADDED = {
    Authenticator.Type.TOTP: Kind.APP_ADDED,
    Authenticator.Type.WEBAUTHN: Kind.PASSKEY_ADDED,
    Authenticator.Type.RECOVERY_CODES: Kind.CODES_MADE,
}
REMOVED = {
    Authenticator.Type.TOTP: Kind.APP_REMOVED,
    Authenticator.Type.WEBAUTHN: Kind.PASSKEY_REMOVED,
    Authenticator.Type.RECOVERY_CODES: Kind.CODES_REMOVED,
}


def note(user: User, kind: SecurityEvent.Kind, *, device: str, now: datetime) -> None:
    """Add to the list, and drop what is too old to be kept."""
    SecurityEvent.objects.create(user=user, kind=kind, device=device, at=now)
    events = SecurityEvent.objects.filter(user=user)
    too_old = list(events.values_list("pk", flat=True)[MOST : 2 * MOST])
    if too_old:
        SecurityEvent.objects.filter(pk__in=too_old).delete()


def _note(request: HttpRequest, user: User, kind: SecurityEvent.Kind) -> None:
    note(user, kind, device=_device(request), now=clock.now())


def _device(request: HttpRequest) -> str:
    return device_names.in_words(request.headers.get("User-Agent", ""))


# --- What allauth tells ------------------------------------------------------------


def signed_up(sender: Any, *, request: HttpRequest, user: User, **more: Any) -> None:
    _note(request, user, Kind.SIGNED_UP)


def signed_in(sender: Any, *, request: HttpRequest, user: User, **more: Any) -> None:
    """From a kind of device that is not in the list yet."""
    known = SecurityEvent.objects.filter(
        user=user, kind__in=(Kind.SIGNED_UP, Kind.NEW_DEVICE), device=_device(request)
    )
    if not known.exists():
        _note(request, user, Kind.NEW_DEVICE)


def password_changed(
    sender: Any, *, request: HttpRequest, user: User, **more: Any
) -> None:
    _note(request, user, Kind.PASSWORD_CHANGED)


def address_changed(
    sender: Any,
    *,
    request: HttpRequest,
    user: User,
    from_email_address: EmailAddress | None,
    to_email_address: EmailAddress,
    **more: Any,
) -> None:
    # The first address of an account is no change.
    if from_email_address and from_email_address.email != to_email_address.email:
        _note(request, user, Kind.ADDRESS_CHANGED)


def factor_added(
    sender: Any,
    *,
    request: HttpRequest,
    user: User,
    authenticator: Authenticator,
    **more: Any,
) -> None:
    _note(request, user, ADDED[authenticator.type])


def factor_removed(
    sender: Any,
    *,
    request: HttpRequest,
    user: User,
    authenticator: Authenticator,
    **more: Any,
) -> None:
    _note(request, user, REMOVED[authenticator.type])


# --- What the record tells ---------------------------------------------------------


def exported(sender: Any, *, request: HttpRequest, user: User, **more: Any) -> None:
    _note(request, user, Kind.EXPORTED)


def imported(sender: Any, *, request: HttpRequest, user: User, **more: Any) -> None:
    _note(request, user, Kind.IMPORTED)


def emptied(sender: Any, *, request: HttpRequest, user: User, **more: Any) -> None:
    _note(request, user, Kind.EMPTIED)
