"""Secrets in addresses: how they are made, and what of them is stored."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32


def make_token() -> str:
    """256 random bits, as part of an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def fingerprint(token: str) -> str:
    """What is stored of a token: SHA-256 in hex.

    Looked up by it, an address takes the same time whatever part of it is right.
    """
    return hashlib.sha256(token.encode()).hexdigest()
