"""Limits on guessing and used codes: nothing that anybody reads or makes wipes them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from imgportal.lib import clock
from imgportal.models import SecurityCounter
from tests import members, staff

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"
CODE = "/accounts/2fa/authenticate/"


def read_pages(number: int) -> None:
    """So many different pages, each of them one that is kept."""
    reader = Client()
    for port in range(number):
        page = reader.get("/about/", headers={"host": f"testserver:{8000 + port}"})
        assert page.status_code == 200


def test_reading_does_not_give_back_guesses(client: Client) -> None:
    user = staff.member()
    guess = {"login": user.email, "password": "not the password of anybody"}
    for _ in range(5):
        client.post(SIGN_IN, guess)

    read_pages(400)
    sixth = client.post(SIGN_IN, {"login": user.email, "password": staff.PASSWORD})

    assert "Too many attempts" in sixth.content.decode()
    assert "_auth_user_id" not in client.session


def test_reading_does_not_make_a_used_code_good_again(client: Client) -> None:
    user = staff.editor()
    staff.give_second_factor(user)
    password = {"login": user.email, "password": staff.PASSWORD}
    code = {"code": staff.code()}
    client.post(SIGN_IN, password)
    client.post(CODE, code)
    assert client.session["_auth_user_id"] == str(user.pk)

    read_pages(400)
    thief = Client()
    thief.post(SIGN_IN, password)
    page = thief.post(CODE, code)

    assert "was used already" in page.content.decode()
    assert "_auth_user_id" not in thief.session


def test_many_counters_push_none_out() -> None:
    cache.set("first", 5, timeout=600)

    for number in range(1000):
        cache.set(f"another {number}", 1, timeout=600)

    assert cache.get("first") == 5


def test_entry_ends_and_leaves_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    cache.set("short", 1, timeout=30)
    cache.set("long", [now.timestamp()], timeout=600)

    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=60))

    assert cache.get("short") is None
    with pytest.raises(ValueError, match="Nothing is counted"):
        cache.incr("short")
    assert not cache.touch("short")
    assert cache.add("short", 7, timeout=30)
    assert (cache.get("short"), cache.get("long")) == (7, [now.timestamp()])
    assert SecurityCounter.objects.count() == 2


def test_each_step_answers_as_every_cache_does() -> None:
    assert cache.add("key", 1, timeout=30)
    assert not cache.add("key", 2, timeout=30)
    assert cache.incr("key") == 2
    cache.set("key", 9, timeout=30)
    assert cache.get("key") == 9
    assert cache.touch("key", timeout=60)
    assert cache.delete("key")
    assert not cache.delete("key")
    assert cache.get("key", "nothing") == "nothing"
    with pytest.raises(ValueError, match="without an end"):
        cache.set("key", 1, timeout=None)


def test_table_names_nobody(client: Client) -> None:
    client.post(SIGN_IN, {"login": "ana@example.org", "password": members.ADDRESS})

    entries = list(SecurityCounter.objects.values_list("key", "value"))

    assert entries
    assert "127.0.0.1" not in str(entries)
    assert "ana" not in str(entries)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_is_counted_twice_or_not_at_all_at_once() -> None:
    cache.set("number", 0, timeout=60)

    def count(number: int) -> bool:
        try:
            cache.incr("number")
            return cache.add("used code", "y", timeout=60)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as threads:
        first = list(threads.map(count, range(40)))

    assert cache.get("number") == 40
    assert first.count(True) == 1
