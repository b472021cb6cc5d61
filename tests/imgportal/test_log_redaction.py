"""No log of the program names an address that is a secret itself."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.urls import URLPattern, reverse

from imgportal.accounts import invitations
from imgportal.lib.log_redaction import SECRET_PREFIXES, RedactingFormatter, redact
from profiles import secret_urls
from profiles.actions import adviser_sheet, calendar_address
from profiles.reminders import letters

SECRET = "aB3-_xyz0123456789secret"


def secret_paths() -> list[str]:
    """The addresses of profiles/secret_urls.py and of an invitation, with a secret."""
    patterns = [
        pattern
        for pattern in secret_urls.urlpatterns
        if isinstance(pattern, URLPattern)
    ]
    names = [str(pattern.name) for pattern in patterns]
    return [reverse(name, args=[SECRET]) for name in (*names, "invitation")]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Where the handler of the site writes, formatted as it is in production."""
    (handler,) = [
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, RedactingFormatter)
        and isinstance(handler, logging.StreamHandler)
    ]
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before or sys.stderr)


def test_every_secret_address_has_its_prefix() -> None:
    paths = secret_paths()

    assert len(paths) == len(SECRET_PREFIXES)
    for path in paths:
        assert any(path.startswith(f"/{prefix}/") for prefix in SECRET_PREFIXES), path


@pytest.mark.parametrize("path", secret_paths())
def test_whatever_is_logged_is_redacted(path: str, log: io.StringIO) -> None:
    for name in (
        "django.request",
        "django.security.csrf",
        "django.server",
        "imgportal",
    ):
        logger = logging.getLogger(name)
        logger.error("Service Unavailable: %s", path)
        logger.error("GET https://example.org%s?page=2 HTTP/1.1", path)
        try:
            raise ValueError(f"cannot open '{path}'")
        except ValueError:
            logger.exception("Internal Server Error")

    lines = log.getvalue()
    assert lines.count("Service Unavailable") == 4
    assert lines.count("ValueError: cannot open") == 4
    assert SECRET not in lines
    assert "/…" in lines


def test_every_handler_of_the_settings_redacts() -> None:
    logs: dict[str, Any] = settings.LOGGING
    formatters = logs["formatters"]

    for name, handler in logs["handlers"].items():
        formatter = formatters[handler["formatter"]]
        assert formatter["()"].endswith("RedactingFormatter"), name
    for logger in logs["loggers"].values():
        assert set(logger["handlers"]) <= set(logs["handlers"])


@pytest.mark.django_db
@pytest.mark.parametrize("path", secret_paths())
def test_an_outage_and_a_fault_name_no_secret(
    path: str, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    for error, status in (
        (OperationalError("the disk is full"), 503),
        (ZeroDivisionError("a fault of the program"), 500),
    ):

        def fail(*args: Any, error: Exception = error, **kwargs: Any) -> None:
            raise error

        monkeypatch.setattr(calendar_address, "owner_of", fail)
        monkeypatch.setattr(adviser_sheet, "open_at", fail)
        monkeypatch.setattr(letters, "owner_of", fail)
        monkeypatch.setattr(invitations, "find_invited", fail)
        assert client.get(path).status_code == status

    lines = log.getvalue()
    assert "The database is away: the disk is full" in lines
    assert "ZeroDivisionError" in lines
    assert SECRET not in lines


def test_other_addresses_stay_as_they_are() -> None:
    for text in (
        "/me/season/calendar.ics",
        "/sheets/",
        "/reminders/",
        "a calendar / sheets of paper",
    ):
        assert redact(text) == text
