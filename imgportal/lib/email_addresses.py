"""E-mail addresses: the one form in which they are stored and looked up, how people read
them, and what they must be beside what Django asks of them.
"""

from __future__ import annotations

import unicodedata

import idna
from django.core.exceptions import ValidationError

# Control characters, marks that nobody sees, halves of characters, separators of lines
# and paragraphs, spaces. Some of them end a header, wherever they stand.
UNWRITABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
# Of a domain, by RFC 1035: nothing longer is looked at.
LONGEST_DOMAIN = 253


def one_form(address: str) -> str:
    """The same mailbox is the same text: lower case, and the domain as its A-label.

    Some browsers send `münchen.example` as `xn--mnchen-3ya.example` (UTS 46), others as
    it was typed. What is no domain comes back in lower case, for a validator to refuse.
    """
    local, at, domain = address.strip().rpartition("@")
    return f"{local.lower()}{at}{_a_label(domain) or domain.lower()}"


def for_reading(address: str) -> str:
    """The same address with its domain as people write it."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{idna.decode(domain[:LONGEST_DOMAIN])}"
    except idna.IDNAError:
        return address


def refuse_unwritable(address: str) -> None:
    """A validator: raises ValidationError for an address that no message can bear."""
    domain = address.rpartition("@")[2]
    if not _a_label(domain) or any(
        unicodedata.category(sign) in UNWRITABLE for sign in address
    ):
        # In the words of Django's own, which stands before it.
        raise ValidationError("Enter a valid email address.", code="invalid")


def _a_label(domain: str) -> str:
    """Empty: no domain is called so."""
    if len(domain) > LONGEST_DOMAIN:
        return ""
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return ""
