"""Reads the environment; no other module of the site does.

A value that cannot be understood raises ImproperlyConfigured, which stops the start with
a sentence that names the variable and says what to write instead, because django-environ
takes `DEBUG=Flase` for false. No default is unsafe in public.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


def text(name: str, default: str | None = None) -> str:
    """The text of a variable. Without a default the variable is required."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(
            f"{name} is not set. Put a line {name}=… into the environment; "
            "see .env.example for what it means."
        )
    return default


def _split_list(name: str) -> list[str]:
    """What stands between commas; none when the variable is empty."""
    parts = (part.strip() for part in text(name, "").split(","))
    return [part for part in parts if part]


def flag(name: str, *, default: bool) -> bool:
    """Yes or no, in any of the words of TRUE and FALSE; empty means the default."""
    word = text(name, "")
    if not word:
        return default
    if word.lower() not in TRUE | FALSE:
        raise ImproperlyConfigured(
            f"{name}={word!r} is not a yes/no value. Write {name}=true or {name}=false."
        )
    return word.lower() in TRUE


def integer(name: str, *, default: int, least: int, most: int) -> int:
    """A whole number from `least` to `most`; empty means the default."""
    digits = text(name, str(default))
    # isdecimal alone accepts digits of every script; int() would follow it.
    is_number = digits.isascii() and digits.isdecimal()
    if not is_number or not least <= int(digits) <= most:
        raise ImproperlyConfigured(
            f"{name}={digits!r} is not a whole number from {least} to {most}."
        )
    return int(digits)


def secret_key(name: str) -> str:
    """The signing key. Required: a default would be known to everybody."""
    return _check_strength(name, text(name))


def former_keys(name: str) -> list[str]:
    """Keys that were replaced and still decrypt what they encrypted, newest first."""
    return [_check_strength(name, key) for key in _split_list(name)]


def _check_strength(name: str, key: str) -> str:
    if len(key) < 50 or len(set(key)) < 5:
        raise ImproperlyConfigured(
            f"{name} is too short to protect anything: it needs at least 50 characters. "
            'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    return key


def hosts(name: str) -> list[str]:
    """Host names separated by commas; none when the variable is empty."""
    names = _split_list(name)
    for host in names:
        if "/" in host or " " in host or host == "*":
            raise ImproperlyConfigured(
                f"{name} contains {host!r}. Give bare host names separated by commas, "
                "for example figures.example.org,www.figures.example.org."
            )
    return names


def database(name: str, default: str) -> dict[str, Any]:
    """A database address: sqlite:///path or postgresql://user:password@host/name."""
    address = text(name, default)
    scheme = urlsplit(address).scheme
    if scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"{name} starts with {scheme + ':' if scheme else address[:20]!r}. "
            "Use sqlite:///path/to/file or postgresql://user:password@host/name."
        )
    options: dict[str, Any] = environ.Env.db_url_config(address)
    if not options.get("NAME"):
        raise ImproperlyConfigured(
            f"{name} names no database. Use sqlite:///path/to/file or "
            "postgresql://user:password@host/name."
        )
    if scheme == "sqlite":
        # Opening the file costs more than asking it what is published.
        options["CONN_MAX_AGE"] = 60
        options["OPTIONS"] = {
            # Take the write lock at BEGIN: with WAL alone, concurrent writers
            # fail with "database is locked" when a read turns into a write.
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            # FULL, not NORMAL: nothing that was acknowledged may be lost.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    else:
        # The pool replaces persistent connections; Django refuses both at once.
        options["CONN_MAX_AGE"] = 0
        options["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 8, "timeout": 5}}
    return options


def cache(name: str, store: str) -> dict[str, Any]:
    """One store of the shared cache, apart from the others.

    Empty means one in this process, right for one process.
    """
    address = text(name, "")
    if not address:
        return {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": store,
        }
    if urlsplit(address).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(
            f"{name}={address!r} is not a Redis address. Use redis://host:6379/0, or "
            "leave it empty when one process serves the site."
        )
    # django-environ would choose django-redis, which is not installed.
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": address,
        "KEY_PREFIX": store,
    }


EMAIL_ADDRESSES = (
    "Use smtp://host:25, smtp+tls://user:password@host:587, "
    "smtps://user:password@host:465 or file:///folder."
)


def email(name: str, folder: Path) -> dict[str, Any]:
    """Django's settings for sending mail. Empty means: write messages to the folder."""
    address = text(name, f"file://{folder}")
    # The address may hold a password, so no refusal repeats it.
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} cannot be read as an address. {EMAIL_ADDRESSES}"
        ) from None
    if parts.scheme == "file":
        if parts.netloc or not parts.path.startswith("/") or parts.path == "/":
            raise ImproperlyConfigured(f"{name} names no folder. {EMAIL_ADDRESSES}")
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": parts.path,
        }
    if parts.scheme not in {"smtp", "smtp+tls", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} names no mail server. {EMAIL_ADDRESSES}")
    if parts.password and parts.scheme == "smtp":
        raise ImproperlyConfigured(
            f"{name} would send a password unencrypted: write smtp+tls:// or smtps://."
        )
    # django-environ takes smtps:// for STARTTLS; mail programs take it for TLS from
    # the first byte, and so do we.
    parsed = environ.Env.email_url_config(address)
    return {
        "EMAIL_BACKEND": parsed["EMAIL_BACKEND"],
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "EMAIL_HOST_USER": parsed["EMAIL_HOST_USER"] or "",
        "EMAIL_HOST_PASSWORD": parsed["EMAIL_HOST_PASSWORD"] or "",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        # A mail server that hangs must not keep the next message waiting for long.
        "EMAIL_TIMEOUT": 10,
    }


def email_address(name: str) -> str:
    """An e-mail address that readers may write to; none when the variable is empty."""
    address = text(name, "")
    if address:
        try:
            validate_email(address)
        except ValidationError:
            raise ImproperlyConfigured(
                f"{name}={address!r} is not an e-mail address. Write it as "
                "figures@example.org"
            ) from None
    return address


def web_address(name: str) -> str:
    """The address of a page elsewhere; none when the variable is empty."""
    address = text(name, "")
    parts = urlsplit(address)
    if address and (parts.scheme not in {"http", "https"} or not parts.netloc):
        raise ImproperlyConfigured(
            f"{name}={address!r} is not the address of a page. Write it as "
            "https://code.example.org/imgportal"
        )
    return address


def site_address(name: str, allowed: list[str], *, https: bool) -> str:
    """Where the site is, without a slash at the end. Empty: at the first host."""
    host = next((host.lstrip(".") for host in allowed if host != "*"), "localhost")
    address = text(name, f"{'https' if https else 'http'}://{host}")
    parts = urlsplit(address)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.netloc
        or parts.path.strip("/")
    ):
        raise ImproperlyConfigured(
            f"{name}={address!r} is not the address of a site. Write it as "
            "https://figures.example.org"
        )
    return address.rstrip("/")
