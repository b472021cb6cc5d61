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
def limits_are_counted_together(**kwargs: Any) -> list[checks.CheckMessage]:
    # With SQLite one process serves the site; PostgreSQL is chosen for several.
    shared = "locmem" not in settings.CACHES["default"]["BACKEND"]
    if shared or connection.vendor == "sqlite":
        return []
    return [
        checks.Warning(
            "Each process counts attempts to sign in for itself, so the limits on "
            "guessing are as many times too high as there are processes.",
            hint="Set CACHE_URL to a Redis that all processes share.",
            id="imgportal.W002",
        )
    ]
