"""Keeps secret addresses out of every log of the program.

Whoever knows one of these addresses needs no session, so a log must not tell it. The
text is looked at when the line is finished, so that it does not matter whether an
address came in the message, in one of its arguments or in a traceback.
"""

from __future__ import annotations

import logging
import re

# What stands before the secret, as in profiles/secret_urls.py and accounts/urls.py; a
# test holds them and deploy/nginx.conf together.
SECRET_PREFIXES = ("calendar", "reminders/off", "sheets", "invitations")
_SECRET = re.compile(
    rf"(/(?:{'|'.join(SECRET_PREFIXES)})/)[^\s?#'\"<>]+", re.IGNORECASE
)


def redact(text: str) -> str:
    """The text with an ellipsis in place of each secret in an address."""
    return _SECRET.sub(r"\1…", text)


class RedactingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
