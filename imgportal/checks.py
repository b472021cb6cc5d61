"""What a public server may have forgotten: `script/manage check --deploy`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connection


@checks.register(checks.Tags.security, deploy=True)
def messages_leave_the_machine(**kwargs: Any) -> list[checks.CheckMessage]:
    if "filebased" not in settings.EMAIL_BACKEND:
        return []
    return [
        checks.Warning(
            "Messages are written to a folder, so nobody can sign up: the code to "
            "confirm an address never arrives.",
            hint="Set EMAIL_URL to a mail server; see .env.example.",
            id="imgportal.W001",
        )
    ]


@checks.register(checks.Tags.security, deploy=True)
def drafts_are_kept_together(**kwargs: Any) -> list[checks.CheckMessage]:
    # With SQLite one process serves the site; PostgreSQL is chosen for several.
    shared = "locmem" not in settings.CACHES["drafts"]["BACKEND"]
    if shared or connection.vendor == "sqlite":
        return []
    return [
        checks.Warning(
            "Each process keeps for itself what staff upload before it is "
            "confirmed, so a second process says that it is gone.",
            hint="Set CACHE_URL to a Redis that all processes share.",
            id="imgportal.W002",
        )
    ]
