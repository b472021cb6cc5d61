"""Members for tests: how one signs up, and what arrives in the mailbox."""

from __future__ import annotations

import re
from datetime import datetime

from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client

from imgportal import outbox
from imgportal.lib import clock
from tests.staff import PASSWORD

ADDRESS = "ana@example.org"
SIGN_UP = "/accounts/signup/"
SIGN_IN = "/accounts/login/"
CONFIRM = "/accounts/confirm-email/"
CODE = re.compile(r"^[A-Z]{4}-[A-Z]{4}$", re.MULTILINE)


def delivered(now: datetime | None = None) -> list[EmailMessage]:
    """What the mail server was given up to now.

    Tests store messages in a transaction that never ends, so no thread could see them:
    this calls what the thread of a site calls.
    """
    with outbox.Delivery(clock=lambda: now or clock.now()) as delivery:
        delivery.send_due()
    return mail.outbox


def messages_to(address: str) -> list[EmailMessage]:
    return [message for message in delivered() if message.to == [address]]


def code_in(text: str) -> str:
    found = CODE.search(text)
    assert found is not None, text
    return found.group()


def code_sent_to(address: str) -> str:
    """The code of the newest message to an address."""
    return code_in(str(messages_to(address)[-1].body))


def sign_up(client: Client, address: str = ADDRESS, password: str = PASSWORD) -> None:
    """Through the forms, to the end."""
    client.post(SIGN_UP, {"email": address, "password1": password})
    client.post(CONFIRM, {"code": code_sent_to(address)})
    assert "_auth_user_id" in client.session
    # As if it had been some time ago: no limit remembers it.
    cache.clear()


def sign_in(client: Client, address: str = ADDRESS, password: str = PASSWORD) -> None:
    client.post(SIGN_IN, {"login": address, "password": password})
    assert "_auth_user_id" in client.session
