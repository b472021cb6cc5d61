"""The sessions in which an account is signed in."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from imgportal.accounts.allauth_seams import Visitor


def list_sessions(user: Visitor) -> list[UserSession]:
    """Where somebody is signed in now, the last seen first.

    allauth keeps a row until the next sign-in, even when its session has ended or a
    new password has closed it. Such rows are left out here, and not removed.
    """
    rows = UserSession.objects.filter(user_id=user.pk)
    return [
        session
        for session in rows.order_by("-last_seen_at", "-pk")
        if _is_signed_in(session.session_key, user)
    ]


def delete_sessions(user: Visitor) -> None:
    """Sign somebody out everywhere; the rows about it go with the account."""
    for key in UserSession.objects.filter(user_id=user.pk).values_list(
        "session_key", flat=True
    ):
        _open_session(key).delete()


def _is_signed_in(session_key: str, user: Visitor) -> bool:
    request = HttpRequest()
    request.session = _open_session(session_key)
    return get_user(request) == user


def _open_session(session_key: str) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(session_key)
