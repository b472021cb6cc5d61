"""What `check --deploy` says about a server that is not ready for members."""

from __future__ import annotations

import pytest
from django.core import checks
from django.db import connection
from pytest_django import Settings

REDIS = {"drafts": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
LOCAL = {"drafts": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def ours() -> list[str]:
    found = checks.run_checks(
        tags=[checks.Tags.security], include_deployment_checks=True
    )
    return [str(it.id) for it in found if str(it.id).startswith("imgportal.")]


@pytest.mark.parametrize(
    ("backend", "complaints"),
    [("filebased", ["imgportal.W001"]), ("smtp", [])],
)
def test_messages_must_leave_the_machine(
    settings: Settings, backend: str, complaints: list[str]
) -> None:
    settings.CACHES = REDIS
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"

    assert ours() == complaints


def test_drafts_must_be_kept_together(settings: Settings) -> None:
    settings.CACHES = LOCAL
    # One process serves a SQLite file, so it keeps all there is.
    assert ours() == ([] if connection.vendor == "sqlite" else ["imgportal.W002"])

    settings.CACHES = REDIS
    assert ours() == []
