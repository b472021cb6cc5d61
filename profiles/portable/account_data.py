"""What the account itself holds about its owner, as plain data; also what was concluded
from the record and is kept, because it is not the member's to bring back.

Taken away with the record, to be read. It is never brought back: a file must not be
able to add a passkey or an address.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from imgportal.models import MessageKind, MessageState, OutgoingMessage, SecurityEvent
from profiles.models import AdviserSheet, AnswerChange

if TYPE_CHECKING:
    from imgportal.models import User

# The columns of each list, in the order of the file.
LISTS = {
    "addresses": ("address", "confirmed", "primary"),
    "second_factors": ("kind", "name", "added_at", "last_used_at"),
    "devices": ("browser", "network_address", "signed_in_at", "last_seen_at"),
    "security_events": ("at", "event", "device"),
    "adviser_sheets": (
        *("title", "shows", "made_at", "ends_at", "opened_count", "last_opened_at"),
    ),
    "changed_answers": ("found_at", "answer", "before", "after", "because", "read_at"),
}


def read_account(user: User) -> dict[str, Any]:
    """Without what must not leave: the password, and secrets of second factors."""
    warnings = OutgoingMessage.objects.filter(owner=user, kind=MessageKind.INACTIVITY)
    warning = warnings.filter(state=MessageState.SENT).first()
    return {
        "address": user.email,
        "joined_at": _moment(user.date_joined),
        "last_signed_in_at": _moment(user.last_login),
        "has_password": user.has_usable_password(),
        "warned_as_idle_at": _moment(warning.finished_at if warning else None),
        "addresses": [
            {
                "address": row.email,
                "confirmed": row.verified,
                "primary": row.primary,
            }
            for row in EmailAddress.objects.filter(user=user).order_by("pk")
        ],
        "second_factors": [
            {
                "kind": row.type,
                "name": str(row.data.get("name", "")),
                "added_at": _moment(row.created_at),
                "last_used_at": _moment(row.last_used_at),
            }
            for row in Authenticator.objects.filter(user=user).order_by("pk")
        ],
        "devices": [
            {
                "browser": row.user_agent,
                "network_address": row.ip,
                "signed_in_at": _moment(row.created_at),
                "last_seen_at": _moment(row.last_seen_at),
            }
            for row in UserSession.objects.filter(user=user).order_by("pk")
        ],
        "security_events": [
            {
                "at": _moment(row.at),
                "event": row.get_kind_display(),
                "device": row.device,
            }
            for row in SecurityEvent.objects.filter(user=user)
        ],
        # Without the address, which is stored nowhere.
        "adviser_sheets": [
            {
                "title": row.title,
                "shows": " ".join(row.parts_shown),
                "made_at": _moment(row.made_at),
                "ends_at": _moment(row.ends_at),
                "opened_count": row.opened_count,
                "last_opened_at": _moment(row.last_opened_at),
            }
            for row in AdviserSheet.objects.owned_by(user)
        ],
        "changed_answers": [
            {
                "found_at": _moment(row.found_at),
                "answer": row.title,
                "before": row.get_before_answer_display(),
                "after": row.get_after_answer_display(),
                "because": "; ".join(dict.fromkeys(why["row"] for why in row.why)),
                "read_at": _moment(row.dismissed_at),
            }
            for row in AnswerChange.objects.owned_by(user)
        ],
    }


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat(timespec="seconds")
