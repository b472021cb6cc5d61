"""Whether somebody has shown lately that they are who is signed in."""

from __future__ import annotations

from datetime import datetime

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.http import HttpRequest


def can_only_sign_in_anew(request: HttpRequest, *, now: datetime) -> bool:
    """Has this account nothing to ask for, and was the sign-in minutes ago?

    Who has neither password nor second factor signs in by codes from messages.
    allauth's re-authentication lets them pass, because it has nothing to ask for.
    """
    if get_reauthentication_flows(request.user):
        return False
    records = get_authentication_records(request, request.user)
    newest = max((record["at"] for record in records), default=0.0)
    age = now.timestamp() - newest
    return bool(age >= app_settings.REAUTHENTICATION_TIMEOUT)
