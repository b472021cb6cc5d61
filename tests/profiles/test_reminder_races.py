"""Several processes that send reminders, killed while they do."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection

from imgportal import outbox
from imgportal.management.commands import send_messages
from imgportal.models import MessageState, OutgoingMessage
from profiles import reference_tables
from profiles.choices import Event
from profiles.models import SeasonDeadline
from tests import factories
from tests.profiles import records
from tests.profiles.test_reminders import FOURTEEN, noon

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parent.parent.parent
MEMBERS = 40
PATIENCE = 60  # seconds, for a machine that does much else
KILLS = 12
# What a process runs that may be killed; the moment is an argument.
PROGRAM = """
import sys
from datetime import datetime
import django
django.setup()
from imgportal.management.commands import send_messages
from profiles import reference_tables
moment = datetime.fromisoformat(sys.argv[1])
tables = reference_tables.reference()
print("ready", flush=True)
send_messages.run(tables, clock=lambda: moment)
"""


@pytest.fixture(autouse=True)
def _members() -> None:
    SeasonDeadline.objects.filter(match_year=2027).exclude(
        event=Event.RANK_LIST
    ).delete()
    for number in range(MEMBERS):
        who = factories.person(f"member{number}")
        records.profile(who)
        records.pathway(who, accepted_on=noon(FOURTEEN).date())


def test_two_at_once_send_each_reminder_once() -> None:
    tables = reference_tables.reference()

    def run_once() -> send_messages.SendingRun:
        try:
            return send_messages.run(tables, clock=lambda: noon(FOURTEEN))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(run_once) for _ in range(2)]
        sent = [future.result(timeout=60) for future in both]

    assert sum(one.messages for one in sent) == MEMBERS
    assert Counter(message.to[0] for message in mail.outbox) == {
        f"member{number}@example.org": 1 for number in range(MEMBERS)
    }


def process(moment: str, folder: Path, program: str = PROGRAM) -> subprocess.Popen[str]:
    # The same server, and the database that the tests made there.
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = os.environ | {
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "tests.profiles.slow_mail_settings",
        "MAIL_FOLDER": str(folder),
    }
    return subprocess.Popen(
        [sys.executable, "-c", program, moment],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for(count: int, folder: Path) -> None:
    """Until so many messages are there."""
    deadline = time.monotonic() + PATIENCE
    while len(list(folder.iterdir())) < count:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_killed_at_any_point_it_loses_none_and_repeats_one_at_most_once(
    tmp_path: Path,
) -> None:
    chance = random.Random(20261122)  # noqa: S311 - the same moments every time
    moment = noon(FOURTEEN)
    for turn in range(KILLS // 2):
        pair = [process(moment.isoformat(), tmp_path) for _ in range(2)]
        for one in pair:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        # Once while they plan, then after some messages more.
        wait_for(len(list(tmp_path.iterdir())) + turn % 4, tmp_path)
        for one in pair:
            time.sleep(chance.uniform(0.0, 0.04))
            one.send_signal(signal.SIGKILL)
        for one in pair:
            one.communicate(timeout=30)
        moment += outbox.LEASE + timedelta(minutes=1)
    before = len(list(tmp_path.iterdir()))
    last = process(moment.isoformat(), tmp_path)
    last.communicate(timeout=120)

    sent = Counter(path.name.split("-")[0] for path in tmp_path.iterdir())
    states = Counter(OutgoingMessage.objects.values_list("state", flat=True))
    assert last.returncode == 0
    # They were killed while they worked, and not before or after it.
    assert before in range(1, MEMBERS)
    assert len(sent) == MEMBERS
    assert max(sent.values()) <= 2
    assert sum(count - 1 for count in sent.values()) <= KILLS
    assert states[MessageState.SENT] + states[MessageState.UNCLEAR] == MEMBERS
