"""What an e-mail address must be beside what Django asks of it."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError

# Control characters, marks that nobody sees, halves of characters, separators of lines
# and paragraphs, spaces. Some of them end a header, wherever they stand.
UNWRITABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})


def refuse_unwritable(address: str) -> None:
    """A validator: raises ValidationError for an address that no message can bear."""
    domain = address.rpartition("@")[2]
    try:
        domain.encode("idna")
    except UnicodeError:
        is_name = False
    else:
        is_name = True
    if not is_name or any(unicodedata.category(sign) in UNWRITABLE for sign in address):
        # In the words of Django's own, which stands before it.
        raise ValidationError("Enter a valid email address.", code="invalid")
