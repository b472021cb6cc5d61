"""Mail servers that go wrong, as real backends of Django's mail."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import ClassVar

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as MemoryBackend


class Killed(BaseException):
    """The program ends here, and notes nothing any more."""


class DiesAfterSending(MemoryBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        super().send_messages(email_messages)
        raise Killed


class DiesBeforeSending(MemoryBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise Killed


class HangsUp(MemoryBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise SMTPServerDisconnected("Connection unexpectedly closed")


class TakesNothing(MemoryBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return 0


class RefusesAna(MemoryBackend):
    code: ClassVar[int] = 550

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if "ana@example.org" in message.to:
                raise SMTPRecipientsRefused(
                    {message.to[0]: (self.code, b"No such user")}
                )
        return super().send_messages(email_messages)


class RefusesAnaForNow(RefusesAna):
    code = 450


class Away(MemoryBackend):
    def open(self) -> None:
        raise ConnectionRefusedError(111, "Connection refused")


class SlowFolder(BaseEmailBackend):
    """Each message becomes a file, and each takes a moment before and after."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            time.sleep(0.01)
            name = f"{message.to[0]}-{os.getpid()}-{time.monotonic_ns()}"
            (Path(os.environ["MAIL_FOLDER"]) / name).write_bytes(
                message.message().as_bytes()
            )
            time.sleep(0.01)
        return len(email_messages)
