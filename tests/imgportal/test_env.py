from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import ConnectionHandler

from imgportal import env

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD_KEY = "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOP"


def _sqlite(name: str) -> dict[str, Any]:
    return env.database(name, "sqlite:///unused.sqlite3")


def _flag(name: str) -> bool:
    return env.flag(name, default=False)


def _email(name: str) -> dict[str, Any]:
    return env.email(name, Path("/srv/mail"))


def _cache(name: str) -> dict[str, Any]:
    return env.cache(name, "pages")


def _seconds(name: str) -> int:
    return env.integer(name, default=60, least=0, most=86400)


@pytest.mark.parametrize(
    ("read", "value", "way_out"),
    [
        (env.text, "", "Put a line SETTING="),
        (env.text, "   ", "Put a line SETTING="),
        (_flag, "Flase", "SETTING=true or SETTING=false"),
        (_flag, "2", "SETTING=true or SETTING=false"),
        (_seconds, "-1", "from 0 to 86400"),
        (_seconds, "86401", "from 0 to 86400"),
        (_seconds, "1.5", "from 0 to 86400"),
        (_seconds, "six", "from 0 to 86400"),
        # Digits to int(), but nobody means them.
        (_seconds, "٦٠", "from 0 to 86400"),
        (_seconds, "1_000", "from 0 to 86400"),
        (env.secret_key, "", "Put a line SETTING="),
        (env.secret_key, "secret", "at least 50 characters"),
        (env.secret_key, "a" * 60, "token_urlsafe"),
        (env.hosts, "*", "bare host names"),
        (env.hosts, "https://figures.example.org", "bare host names"),
        (env.hosts, "figures.example.org www.example.org", "bare host names"),
        (_sqlite, "mysql://localhost/figures", "postgresql://"),
        (_sqlite, "figures.sqlite3", "sqlite:///"),
        (_sqlite, "postgresql://localhost", "names no database"),
        (_sqlite, "postgresql://localhost/", "names no database"),
        (env.former_keys, "too-short", "at least 50 characters"),
        (env.former_keys, f"{GOOD_KEY},short", "at least 50 characters"),
        (_email, "localhost:25", "smtp://host:25"),
        (_email, "smtp://", "smtp://host:25"),
        (_email, "smtp://host:mail", "smtp://host:25"),
        (_email, "imap://host", "smtp://host:25"),
        (_email, "file://var/mail", "names no folder"),
        (_email, "file:///", "names no folder"),
        (_email, "smtp://ana:hunter2@host", "unencrypted"),
        (_cache, "memcached://localhost", "redis://"),
        (_cache, "localhost:6379", "redis://"),
    ],
)
def test_wrong_value_names_the_variable_and_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
    read: Callable[[str], object],
    value: str,
    way_out: str,
) -> None:
    monkeypatch.setenv("SETTING", value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        read("SETTING")

    assert "SETTING" in str(refusal.value)
    assert way_out in str(refusal.value)


@pytest.mark.parametrize(
    ("read", "value", "meaning"),
    [
        (env.text, " figures ", "figures"),
        (_flag, "", False),
        (_flag, "Yes", True),
        (_flag, " on ", True),
        (_flag, "0", False),
        (_seconds, "", 60),
        (_seconds, "0", 0),
        (_seconds, "86400", 86400),
        (env.secret_key, GOOD_KEY, GOOD_KEY),
        (env.former_keys, "", []),
        (env.former_keys, f" {GOOD_KEY}, {GOOD_KEY[::-1]}", [GOOD_KEY, GOOD_KEY[::-1]]),
        (env.hosts, "", []),
        (
            env.hosts,
            " a.example.org, b.example.org ,",
            ["a.example.org", "b.example.org"],
        ),
    ],
)
def test_value_is_understood(
    monkeypatch: pytest.MonkeyPatch,
    read: Callable[[str], object],
    value: str,
    meaning: object,
) -> None:
    monkeypatch.setenv("SETTING", value)

    assert read("SETTING") == meaning


def test_missing_variable_takes_the_safe_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SETTING", raising=False)

    assert env.flag("SETTING", default=True) is True
    assert env.hosts("SETTING") == []
    pages, drafts = env.cache("SETTING", "pages"), env.cache("SETTING", "drafts")
    assert pages["BACKEND"].endswith("LocMemCache")
    # Filling one of them must not empty the other.
    assert pages["LOCATION"] != drafts["LOCATION"]


def test_database_password_does_not_appear_in_a_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SETTING", "mysql://ana:hunter2@localhost/figures")

    with pytest.raises(ImproperlyConfigured) as refusal:
        _sqlite("SETTING")

    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("address", "port", "starttls", "tls"),
    [
        ("smtp://mail.example.org", 25, False, False),
        ("smtp://127.0.0.1:1025", 1025, False, False),
        ("smtp+tls://ana:p%40ss@mail.example.org", 587, True, False),
        ("smtps://ana:p%40ss@mail.example.org", 465, False, True),
    ],
)
def test_mail_goes_where_the_address_says(
    monkeypatch: pytest.MonkeyPatch, address: str, port: int, starttls: bool, tls: bool
) -> None:
    monkeypatch.setenv("SETTING", address)

    settings = _email("SETTING")

    assert settings["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert settings["EMAIL_PORT"] == port
    assert (settings["EMAIL_USE_TLS"], settings["EMAIL_USE_SSL"]) == (starttls, tls)
    credentials = (settings["EMAIL_HOST_USER"], settings["EMAIL_HOST_PASSWORD"])
    assert credentials == (("ana", "p@ss") if "ana" in address else ("", ""))


@pytest.mark.parametrize(
    ("address", "folder"), [("", "/srv/mail"), ("file:///srv/m", "/srv/m")]
)
def test_mail_without_a_server_is_written_to_a_folder(
    monkeypatch: pytest.MonkeyPatch, address: str, folder: str
) -> None:
    monkeypatch.setenv("SETTING", address)

    settings = _email("SETTING")

    assert settings["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    assert settings["EMAIL_FILE_PATH"] == folder


@pytest.mark.parametrize(
    "address", ["imap://ana:hunter2@host", "smtp://ana:hunter2@host:port"]
)
def test_mail_password_does_not_appear_in_a_refusal(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("SETTING", address)

    with pytest.raises(ImproperlyConfigured) as refusal:
        _email("SETTING")

    assert "hunter2" not in str(refusal.value)


@pytest.mark.django_db
def test_sqlite_file_is_opened_for_several_writers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SETTING", f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    options = _sqlite("SETTING")
    # A handler of its own: the tests' connections stay as they are.
    connection = ConnectionHandler({"default": options})["default"]

    with connection.cursor() as cursor:
        journal = cursor.execute("PRAGMA journal_mode").fetchone()
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()
    connection.close()

    assert journal == ("wal",)
    assert synchronous == (2,)  # FULL
    assert options["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgresql_gets_a_pool_and_no_second_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SETTING", "postgresql://ana:secret@db.example.org:5433/figures")

    options = _sqlite("SETTING")

    assert (options["HOST"], options["PORT"]) == ("db.example.org", 5433)
    assert options["CONN_MAX_AGE"] == 0
    assert "pool" in options["OPTIONS"]


def test_redis_address_uses_djangos_own_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", "redis://127.0.0.1:6379/0")

    assert env.cache("SETTING", "pages") == {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:6379/0",
        "KEY_PREFIX": "pages",
    }


def test_site_does_not_start_without_a_key() -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
    }

    run = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode != 0
    assert "SECRET_KEY is not set" in run.stderr


def test_the_site_is_at_the_first_host_unless_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def told(value: str, *hosts: str, https: bool = True) -> str:
        monkeypatch.setenv("SITE_ADDRESS", value)
        return env.site_address("SITE_ADDRESS", list(hosts), https=https)

    assert told("", "figures.example.org", "other") == "https://figures.example.org"
    assert told("", "*", ".example.org", https=False) == "http://example.org"
    assert told("", "*") == "https://localhost"
    assert told("http://localhost:8000/", "x") == "http://localhost:8000"
    for wrong in ("figures.example.org", "ftp://x", "https://", "https://x/y"):
        with pytest.raises(ImproperlyConfigured, match="SITE_ADDRESS"):
            told(wrong, "x")


def test_addresses_for_readers_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(name: str, value: str) -> str:
        monkeypatch.setenv(name, value)
        read = env.web_address if name == "SOURCE_CODE" else env.email_address
        return read(name)

    assert told("SOURCE_CODE", "") == told("OPERATOR_EMAIL", "") == ""
    assert told("SOURCE_CODE", "https://x.example/y") == "https://x.example/y"
    assert told("OPERATOR_EMAIL", "a@example.org") == "a@example.org"
    for name, wrong in (
        ("SOURCE_CODE", "x.example/y"),
        ("SOURCE_CODE", "javascript:alert(1)"),
        ("OPERATOR_EMAIL", "nobody"),
    ):
        with pytest.raises(ImproperlyConfigured, match=name):
            told(name, wrong)


@pytest.mark.parametrize(
    ("said", "header"),
    [
        ({}, "max-age=31536000; includeSubDomains"),
        ({"HSTS_PRELOAD": "true"}, "max-age=31536000; includeSubDomains; preload"),
        ({"HSTS_PRELOAD": "true", "HTTPS": "false"}, "None"),
    ],
)
def test_browsers_list_of_secure_sites_is_asked_for_only_when_said(
    said: dict[str, str], header: str
) -> None:
    ask = (
        "import django; django.setup(); from django.test import Client; "
        "print(Client().get('/healthz', secure=True, headers={'host': 'a.example'})"
        ".headers.get('Strict-Transport-Security'))"
    )
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    run = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=ROOT,
        env=kept
        | {
            "DJANGO_SETTINGS_MODULE": "imgportal.settings",
            "SECRET_KEY": GOOD_KEY,
            "ALLOWED_HOSTS": "a.example",
            "HTTPS": "true",
        }
        | said,
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.strip() == header
