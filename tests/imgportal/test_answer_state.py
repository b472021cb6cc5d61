"""Kept answers and the database, with real processes."""

from __future__ import annotations

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from imgportal.answer_state import OLDEST, AnswerState, next_midnight
from tests.factories import stored_source

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 60
RENAME = """
from django.utils import timezone
from stats.models import Source
Source.objects.filter(key="nrmp-2021-rd").update(
    title="{title}", changed_at=timezone.now()
)
"""
PUBLISH = """
from tests.factories import publish, stored_draft, stored_result
draft = stored_draft(2060)
stored_result(draft)
publish(draft)
"""


class RunningSite:
    """Two processes of the site on one SQLite file."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "imgportal.settings",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "127.0.0.1",
            "HTTPS": "false",
            "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
            "STATIC_ROOT": str(folder / "static"),
        }
        self.run("manage.py", "prepare_site")
        self.ports = [free_port(), free_port()]
        self.processes = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "granian", "--interface", "wsgi"),
                    *("--port", str(port), "--blocking-threads", "4", "--no-ws"),
                    *("--log-level", "error", "imgportal.wsgi:application"),
                ],
                cwd=ROOT,
                env=self.environment,
            )
            for port in self.ports
        ]
        for port in self.ports:
            wait_for(port)

    def run(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def write(self, program: str) -> None:
        """Commit something in a process of its own."""
        self.run("manage.py", "shell", "-v", "0", "-c", program)

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(DEADLINE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        try:
            if get(port, "/readyz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("The site did not start.")


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    connection.request("GET", path)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    running = RunningSite(tmp_path_factory.mktemp("site"))
    yield running
    running.stop()


def test_every_process_shows_what_was_committed_at_once(site: RunningSite) -> None:
    for turn in range(3):
        title = f"The title number {turn}"
        before = [get(port, "/sources/nrmp-2021-rd/")[1] for port in site.ports]
        kept = [get(port, "/sources/nrmp-2021-rd/")[1] for port in site.ports]

        site.write(RENAME.format(title=title))
        after = [get(port, "/sources/nrmp-2021-rd/")[1] for port in site.ports]

        assert before == kept
        assert all(title not in text for text in before)
        assert all(title in text for text in after)


def test_publication_is_old_until_the_commit_and_new_after_it(
    site: RunningSite,
) -> None:
    assert [get(port, "/match/2060/")[0] for port in site.ports] == [404, 404]
    assert all("/match/2060/" not in get(port, "/match/")[1] for port in site.ports)

    site.write(PUBLISH)

    with ThreadPoolExecutor(40) as readers:
        answers = list(
            readers.map(
                lambda number: get(site.ports[number % 2], "/match/"), range(200)
            )
        )
    assert {status for status, _ in answers} == {200}
    assert all("/match/2060/" in text for _, text in answers)
    assert [get(port, "/match/2060/")[0] for port in site.ports] == [200, 200]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_state_on_postgresql_is_a_second_old_at_most() -> None:
    state = AnswerState()
    before = state()

    def write() -> None:
        stored_source("another-report")
        connection.close()

    with ThreadPoolExecutor(1) as writer:
        writer.submit(write).result(DEADLINE)
    written_at = time.monotonic()
    while state() == before and time.monotonic() < written_at + DEADLINE:
        time.sleep(0.02)

    assert before is not None
    assert state() != before
    # A second, and what a busy machine adds to it.
    assert time.monotonic() - written_at < OLDEST + 5


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_state_on_postgresql_is_asked_once_a_second(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    state = AnswerState()
    state()

    with django_assert_max_num_queries(4):
        for _ in range(1000):
            state()


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2026-11-28T04:59:59+00:00", "2026-11-28T05:00:00+00:00"),
        ("2026-11-28T05:00:00+00:00", "2026-11-29T05:00:00+00:00"),
        ("2027-03-14T12:00:00+00:00", "2027-03-15T04:00:00+00:00"),
        ("2026-11-01T04:30:00+00:00", "2026-11-02T05:00:00+00:00"),
    ],
)
def test_midnight_is_that_of_new_york(now: str, midnight: str) -> None:
    moment = next_midnight(datetime.fromisoformat(now))

    assert moment.astimezone(UTC) == datetime.fromisoformat(midnight)
