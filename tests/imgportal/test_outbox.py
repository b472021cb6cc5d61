"""Messages wait in the database, never in a request, and each is sent once."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import connection, transaction

from imgportal import outbox
from imgportal.models import MessageKind, MessageState, OutgoingMessage, User
from tests import factories, mail_server, members, staff
from tests.browser.conftest import ROOT, environment_in, served

NOW = factories.NOW
IN_AN_HOUR = NOW + timedelta(hours=1)
CODE = "ABCD-EFGH"
PATIENCE = 60  # seconds, for a machine that does much else


def put(
    address: str = members.ADDRESS,
    *,
    kind: MessageKind = MessageKind.ACCOUNT,
    owner: User | None = None,
    expires_at: Any = IN_AN_HOUR,
) -> OutgoingMessage:
    return OutgoingMessage.objects.put(
        EmailMessage("Your code", f"It is {CODE}.", to=[address]),
        kind=kind,
        owner=owner,
        now=NOW,
        expires_at=expires_at,
    )


def everything_stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM imgportal_outgoingmessage")
        return repr(cursor.fetchall())


# --- What is stored ---------------------------------------------------------------------


@pytest.mark.django_db
def test_neither_code_nor_address_can_be_read_in_the_database() -> None:
    put()
    assert CODE not in everything_stored()
    assert members.ADDRESS not in everything_stored()

    (message,) = members.delivered(NOW)

    assert CODE in str(message.body)
    assert message.to == [members.ADDRESS]
    row = OutgoingMessage.objects.get()
    assert (row.state, row.sealed) == (MessageState.SENT, "")


@pytest.mark.django_db
def test_a_message_comes_out_as_it_was_put_in() -> None:
    message = EmailMultiAlternatives(
        "Überschrift", "Text: ☎", to=["ana@example.org"], headers={"X-What": "this"}
    )
    message.attach_alternative("<p>☎</p>", "text/html")
    OutgoingMessage.objects.put(
        message,
        kind=MessageKind.ACCOUNT,
        owner=None,
        now=NOW,
        expires_at=IN_AN_HOUR,
    )

    (sent,) = members.delivered(NOW)

    assert isinstance(sent, EmailMultiAlternatives)
    assert (sent.subject, sent.body) == (message.subject, message.body)
    assert sent.extra_headers["X-What"] == "this"
    assert sent.alternatives[0][0] == "<p>☎</p>"
    assert sent.message()["Message-ID"].endswith("@testserver>")


@pytest.mark.django_db(transaction=True)
def test_it_is_undone_with_what_it_is_about() -> None:
    with transaction.atomic():
        put()
        transaction.set_rollback(True)

    assert not OutgoingMessage.objects.exists()


@pytest.mark.django_db
def test_the_thread_is_woken_after_the_commit(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks() as waiting:
        put()

    assert waiting == [outbox.thread.wake]


@pytest.mark.django_db
def test_it_goes_with_the_account() -> None:
    ana = factories.person("ana")
    put(owner=ana)
    ana.delete()

    assert members.delivered(NOW) == []


# --- What is sent -----------------------------------------------------------------------


@pytest.mark.django_db
def test_a_code_that_is_good_no_more_is_not_sent() -> None:
    put()

    assert members.delivered(IN_AN_HOUR) == []
    row = OutgoingMessage.objects.get()
    assert (row.state, row.sealed) == (MessageState.EXPIRED, "")


@pytest.mark.django_db
def test_a_code_does_not_wait_for_reminders() -> None:
    put("warned@example.org", kind=MessageKind.INACTIVITY)
    put("reminded@example.org", kind=MessageKind.REMINDER, owner=factories.person("b"))
    put("code@example.org")

    assert [message.to[0] for message in members.delivered(NOW)] == [
        "code@example.org",
        "warned@example.org",
        "reminded@example.org",
    ]


@pytest.mark.django_db
def test_what_another_process_is_at_is_left_to_it_until_its_claim_runs_out() -> None:
    row = put()
    assert outbox._claim(row, NOW) is not None

    # The other one saw it free a moment ago.
    assert outbox._claim(row, NOW) is None
    assert members.delivered(NOW) == []
    assert len(members.delivered(NOW + outbox.LEASE)) == 1


@pytest.mark.django_db
def test_what_the_mail_server_took_without_a_word_comes_twice_at_most(
    settings: Any,
) -> None:
    row = put()
    with mail_server.listening() as server:
        server.answers_texts = False
        server.speaks.set()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 0.2
        for minutes in range(0, 55, 5):
            members.delivered(NOW + timedelta(minutes=minutes))

        assert server.taken.qsize() == outbox.MOST_UNCLEAR
    row.refresh_from_db()
    assert row.state == MessageState.UNCLEAR


@pytest.mark.django_db
def test_who_comes_back_too_late_notes_nothing_about_the_claim_of_another() -> None:
    row = put()
    late = outbox._claim(row, NOW)
    row.refresh_from_db()
    assert outbox._claim(row, NOW + outbox.LEASE) is not None

    assert late is not None
    assert outbox._finish(late, MessageState.SENT, now=NOW + outbox.LEASE) == 0


@pytest.mark.django_db
def test_what_is_over_is_forgotten_but_for_warnings() -> None:
    put()
    put(kind=MessageKind.INACTIVITY, owner=factories.person("ana"))
    members.delivered(NOW)

    outbox.forget(now=NOW + outbox.KEPT)
    assert OutgoingMessage.objects.count() == 2
    outbox.forget(now=NOW + outbox.KEPT + timedelta(seconds=1))
    assert OutgoingMessage.objects.get().kind == MessageKind.INACTIVITY


# --- The thread -------------------------------------------------------------------------

# In a process of its own, because the thread ends with the process only.
COUNT_THREADS = """
import os
import threading
import django
django.setup()
from imgportal import outbox

def count():
    return sum(thread.name == "outbox" for thread in threading.enumerate())

def wake_from_many():
    many = [threading.Thread(target=outbox.thread.wake) for _ in range(20)]
    for one in many:
        one.start()
    for one in many:
        one.join()

outbox.thread.wake()
print("command", count(), flush=True)
outbox.thread.serve()
wake_from_many()
print("site", count(), flush=True)
if os.fork() == 0:
    print("copy", count(), flush=True)
    wake_from_many()
    print("copy that was woken", count(), flush=True)
    os._exit(0)
os.wait()
"""


def test_a_process_that_serves_has_one_thread_and_a_command_has_none(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNT_THREADS],
        cwd=ROOT,
        env=environment_in(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )

    assert done.stdout.splitlines() == [
        "command 0",
        "site 1",
        "copy 0",
        "copy that was woken 1",
    ]


# What the thread does while others hold the database, or while a password is refused.
COUNT_LOOKS = """
import time
import django
django.setup()
from django.conf import settings
from imgportal import outbox

settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "ana", "wrong"
outbox.RETRY = 0.1
outbox.thread.serve()
time.sleep(1)
"""


def test_thread_looks_soon_again_when_the_database_was_away(tmp_path: Path) -> None:
    # There is no table yet: nobody has prepared the site.
    done = subprocess.run(
        [sys.executable, "-c", COUNT_LOOKS],
        cwd=ROOT,
        env=environment_in(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )

    # Twice at the start: the thread is begun, and woken.
    assert done.stderr.count("The outbox cannot be read") > 2


def test_thread_does_not_try_a_refused_password_again_at_once(tmp_path: Path) -> None:
    with mail_server.listening() as server:
        server.speaks.set()
        server.refuses_passwords = True
        environment = environment_in(tmp_path) | {
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}"
        }
        run(environment, "prepare_site")
        run(environment, "shell", "--no-imports", "-c", STORE)
        subprocess.run(
            [sys.executable, "-c", COUNT_LOOKS],
            cwd=ROOT,
            env=environment,
            timeout=PATIENCE,
            check=True,
        )

    # Twice at the start: the thread is begun, and woken.
    assert 1 <= server.refused <= 2


# --- A running site ---------------------------------------------------------------------


def run(environment: dict[str, str], *command: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True
    )


class Browser:
    """Keeps cookies, follows redirects, and fails when no answer comes for long."""

    def __init__(self, site: str) -> None:
        self.site = site
        self._opener = build_opener(HTTPCookieProcessor())

    def get(self, path: str) -> str:
        return self._opened(path)

    def send(self, path: str, **values: str) -> str:
        """Fill in the form on a page; where that leads."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))
        assert found is not None
        values["csrfmiddlewaretoken"] = found.group(1)
        return self._opened(path, urlencode(values).encode())

    def _opened(self, path: str, data: bytes | None = None) -> str:
        with self._opener.open(f"{self.site}{path}", data, timeout=PATIENCE) as answer:
            self.path = answer.url.removeprefix(self.site)
            return str(answer.read().decode())


def sign_up(site: str, address: str) -> Browser:
    browser = Browser(site)
    browser.send(members.SIGN_UP, email=address, password1=staff.PASSWORD)
    assert browser.path == members.CONFIRM
    return browser


def test_nobody_waits_for_a_mail_server_that_says_nothing(tmp_path: Path) -> None:
    addresses = [f"member{number}@example.org" for number in range(6)]
    with mail_server.listening() as server:
        environment = environment_in(tmp_path) | {
            "DJANGO_SETTINGS_MODULE": "tests.imgportal.patient_mail_settings",
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        }
        run(environment, "prepare_site")
        with served(environment) as site, ThreadPoolExecutor(3) as pool:
            signed_up = list(
                pool.map(lambda address: sign_up(site, address), addresses)
            )
            assert server.is_called.wait(PATIENCE)
            # It holds the site by a connection still, and has not said a word.
            assert "<h1" in Browser(site).get("/")
            assert server.taken.empty()

            server.speaks.set()
            codes = {}
            for _ in addresses:
                message = server.taken.get(timeout=PATIENCE)
                codes[message["To"]] = members.code_in(message.get_content())
            assert sorted(codes) == addresses
            signed_up[0].send(members.CONFIRM, code=codes[addresses[0]])
            signed_up[0].get("/me/")
            assert signed_up[0].path.startswith("/me/")


def texts_in(folder: Path, *, said: str) -> str:
    """What lies in the mailbox of a laptop, as soon as these words are there."""
    give_up_at = time.monotonic() + PATIENCE
    text = ""
    while said not in text and time.monotonic() < give_up_at:
        time.sleep(0.05)
        text = "".join(path.read_text() for path in folder.glob("*"))
    return text


STORE = """
from tests.imgportal.test_outbox import put
from imgportal.lib import clock
put("left@example.org", expires_at=clock.now().replace(year=clock.now().year + 1))
"""


def test_a_code_leaves_at_once_and_what_others_left_at_the_start(
    tmp_path: Path,
) -> None:
    environment = environment_in(tmp_path)
    run(environment, "prepare_site")
    run(environment, "shell", "--no-imports", "-c", STORE)
    mailbox = tmp_path / "mail"
    assert not mailbox.exists() or not list(mailbox.iterdir())
    with served(environment) as site:
        # The message of a process that ended. Nobody has asked for anything yet.
        assert CODE in texts_in(mailbox, said=CODE)
        sign_up(site, "ana@example.org")
        sent_at = time.monotonic()
        address = "To: ana@example.org"
        assert address in texts_in(mailbox, said=address)
        # Far sooner than the thread looks by itself.
        assert time.monotonic() - sent_at < outbox.LOOK / 2
