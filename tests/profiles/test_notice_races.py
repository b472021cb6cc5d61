"""Several processes that find changed answers, killed while they do."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection

from imgportal import outbox
from imgportal.management.commands import send_messages
from imgportal.models import MessageState, OutgoingMessage
from profiles import reference_tables
from profiles.choices import Event
from profiles.models import AnswerChange, Compared, SeasonDeadline
from profiles.rule_changes import notify
from tests import factories
from tests.profiles import records
from tests.profiles.test_notices import NOW, here_before, move_rank_list
from tests.profiles.test_reminder_races import PROGRAM, process

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

MEMBERS = 40
KILLS = 12
# The same, with many small batches.
IN_BATCHES = PROGRAM.replace(
    "moment =", "from profiles.rule_changes import notify\nnotify.BATCH = 3\nmoment ="
)


@pytest.fixture(autouse=True)
def _members() -> None:
    SeasonDeadline.objects.filter(match_year=2027).exclude(
        event=Event.RANK_LIST
    ).delete()
    for number in range(MEMBERS):
        who = here_before(factories.person(f"member{number}"))
        records.profile(who)
        records.pathway(who, accepted_on=date(2026, 10, 1))
    notify.catch_up(clock=lambda: NOW)
    move_rank_list()


def test_two_at_once_find_each_answer_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "BATCH", 3)
    tables = reference_tables.reference()

    def run() -> send_messages.SendingRun:
        try:
            return send_messages.run(tables, clock=lambda: NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(run) for _ in range(2)]
        sent = [future.result(timeout=60) for future in both]

    assert sum(one.changed for one in sent) == MEMBERS
    assert AnswerChange.objects.count() == MEMBERS
    assert Counter(message.to[0] for message in mail.outbox) == {
        f"member{number}@example.org": 1 for number in range(MEMBERS)
    }
    assert Compared.objects.count() == 1


def test_a_first_comparison_that_two_begin_is_one() -> None:
    Compared.objects.all().delete()

    def run() -> int:
        try:
            return notify.catch_up(clock=lambda: NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = [future.result(60) for future in [pool.submit(run) for _ in range(4)]]

    assert found == [0] * 4
    assert Compared.objects.count() == 1


def test_killed_at_any_point_it_loses_none_and_finds_none_twice(
    tmp_path: Path,
) -> None:
    chance = random.Random(20261126)  # noqa: S311 - the same moments every time
    moment = NOW
    seen = set()
    for _ in range(KILLS // 2):
        pair = [process(moment.isoformat(), tmp_path, IN_BATCHES) for _ in range(2)]
        for one in pair:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        for one in pair:
            time.sleep(chance.uniform(0.0, 0.15))
            one.send_signal(signal.SIGKILL)
        for one in pair:
            one.communicate(timeout=30)
        seen.add(AnswerChange.objects.count())
        moment += outbox.LEASE + timedelta(minutes=1)
    last = process(moment.isoformat(), tmp_path, IN_BATCHES)
    last.communicate(timeout=120)

    sent = Counter(path.name.split("-")[0] for path in tmp_path.iterdir())
    assert last.returncode == 0
    # They were killed while they compared, too.
    assert any(0 < count < MEMBERS for count in seen)
    owners = AnswerChange.objects.values_list("owner", flat=True)
    assert sorted(owners) == sorted(set(owners))
    assert len(owners) == len(sent) == MEMBERS
    assert max(sent.values()) <= 2
    states = Counter(OutgoingMessage.objects.values_list("state", flat=True))
    assert states[MessageState.SENT] + states[MessageState.UNCLEAR] == MEMBERS
    assert Compared.objects.count() == 1
