"""The list of what happened to an account, filled by signals of allauth and ours."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from allauth.account import signals as account_signals
from allauth.account.models import EmailAddress
from allauth.mfa import signals as factor_signals
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from imgportal.accounts import device_names
from imgportal.lib import clock
from imgportal.models import SecurityEvent, User
from profiles import signals as record_signals

Kind = SecurityEvent.Kind

# Of each account the newest are kept. Signing in adds one for each new device only.
MOST_KEPT = 100
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


def add_event(
    user: User, kind: SecurityEvent.Kind, *, device: str, now: datetime
) -> None:
    """Add to the list, and drop what is too old to be kept."""
    SecurityEvent.objects.create(user=user, kind=kind, device=device, at=now)
    events = SecurityEvent.objects.filter(user=user)
    too_old = list(events.values_list("pk", flat=True)[MOST_KEPT : 2 * MOST_KEPT])
    if too_old:
        SecurityEvent.objects.filter(pk__in=too_old).delete()


def connect_signals() -> None:
    """Called once, when the site starts (imgportal/apps.py)."""
    for signal, kind in (
        (account_signals.user_signed_up, Kind.SIGNED_UP),
        (account_signals.password_changed, Kind.PASSWORD_CHANGED),
        (account_signals.password_set, Kind.PASSWORD_CHANGED),
        (account_signals.password_reset, Kind.PASSWORD_CHANGED),
        (record_signals.record_exported, Kind.EXPORTED),
        (record_signals.record_imported, Kind.IMPORTED),
        (record_signals.record_emptied, Kind.EMPTIED),
    ):
        # Nothing else refers to the partial, so a weak reference would lose it.
        signal.connect(partial(_add_event, kind=kind), weak=False)
    account_signals.user_logged_in.connect(_add_new_device)
    account_signals.email_changed.connect(_add_address_change)
    for signal, kinds in (
        (factor_signals.authenticator_added, ADDED),
        (factor_signals.authenticator_reset, ADDED),
        (factor_signals.authenticator_removed, REMOVED),
    ):
        signal.connect(partial(_add_factor_change, kinds=kinds), weak=False)


def _add_event(
    sender: Any,
    *,
    request: HttpRequest,
    user: User,
    kind: SecurityEvent.Kind,
    **kwargs: Any,
) -> None:
    add_event(user, kind, device=_describe_device(request), now=clock.now())


def _describe_device(request: HttpRequest) -> str:
    return device_names.describe_device(request.headers.get("User-Agent", ""))


def _add_new_device(
    sender: Any, *, request: HttpRequest, user: User, **kwargs: Any
) -> None:
    """Only of a kind of device that is not in the list yet."""
    earlier_sign_ins = SecurityEvent.objects.filter(
        user=user,
        kind__in=(Kind.SIGNED_UP, Kind.NEW_DEVICE),
        device=_describe_device(request),
    )
    if not earlier_sign_ins.exists():
        _add_event(sender, request=request, user=user, kind=Kind.NEW_DEVICE)


def _add_address_change(
    sender: Any,
    *,
    request: HttpRequest,
    user: User,
    from_email_address: EmailAddress | None,
    to_email_address: EmailAddress,
    **kwargs: Any,
) -> None:
    # Confirming the first address of an account is not a change of address.
    if from_email_address and from_email_address.email != to_email_address.email:
        _add_event(sender, request=request, user=user, kind=Kind.ADDRESS_CHANGED)


def _add_factor_change(
    sender: Any,
    *,
    request: HttpRequest,
    user: User,
    authenticator: Authenticator,
    kinds: dict[str, SecurityEvent.Kind],
    **kwargs: Any,
) -> None:
    _add_event(sender, request=request, user=user, kind=kinds[authenticator.type])
