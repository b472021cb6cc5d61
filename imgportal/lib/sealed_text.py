"""Small secrets, encrypted with a key that is not in the database."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class CannotOpen(Exception):
    """None of the keys opens it: the key it was sealed with is gone."""


def site_keys() -> list[str]:
    """The key of this site, then those it had before: what opens with one may be older."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def seal(text: str, *, keys: Sequence[str], purpose: str) -> str:
    """The text encrypted with the first key."""
    return _box(keys, purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, keys: Sequence[str], purpose: str) -> str:
    """What was sealed with any of the keys for the same purpose. Raises CannotOpen."""
    try:
        return _box(keys, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen from None


def _box(keys: Sequence[str], purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key, purpose)) for key in keys])


def _derived(key: str, purpose: str) -> bytes:
    # The key is long and random already, so it needs no salt and no stretching; the
    # purpose keeps what is made of it apart from everything else it is used for.
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
