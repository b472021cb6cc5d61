from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory, override_settings

from imgportal.lib import clock, rate_limits
from imgportal.models import User

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, 10, tzinfo=UTC)


def allow(
    address: str = "192.0.2.1", now: datetime = NOON, what: str = "test", **meta: Any
) -> bool:
    request: HttpRequest = RequestFactory().get("/", REMOTE_ADDR=address, **meta)
    return rate_limits.allow(request, what, most=2, seconds=3600, now=now)


def test_limit_holds_until_the_window_ends() -> None:
    answers = [allow() for _ in range(4)]

    assert answers == [True, True, False, False]
    assert rate_limits.seconds_left(seconds=3600, now=NOON) == 50 * 60
    assert not allow(now=NOON + timedelta(minutes=49, seconds=59))
    assert allow(now=NOON + timedelta(minutes=50))


def test_window_may_end_while_a_request_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    # For the lock on the table, for example; here for two hours at every step.
    hours = count(2, 2)
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(hours=next(hours)))

    assert allow()


def test_each_client_and_each_purpose_is_counted_for_itself() -> None:
    for _ in range(3):
        allow()

    assert not allow()
    assert allow("192.0.2.2")
    assert allow(what="other")


def test_one_network_of_ipv6_is_one_client() -> None:
    allow("2001:db8:1:2::1")
    allow("2001:db8:1:2:ffff::2")

    assert not allow("2001:db8:1:2::3")
    assert allow("2001:db8:1:3::1")


@pytest.mark.parametrize("address", ["", "unix:", "not an address", "fe80::1%eth0"])
def test_client_without_a_sound_address_is_counted_too(address: str) -> None:
    assert [allow(address) for _ in range(3)] == [True, True, False]


def test_claimed_address_counts_only_behind_a_proxy() -> None:
    claims = [allow(HTTP_X_REAL_IP=f"198.51.100.{number}") for number in range(3)]
    with override_settings(BEHIND_PROXY=True):
        behind = [allow(HTTP_X_REAL_IP=f"198.51.100.{number}") for number in range(3)]

    assert claims == [True, True, False]
    assert behind == [True, True, True]


def test_each_member_is_counted_wherever_they_are() -> None:
    ana = User.objects.create_user("ana@example.org")
    ben = User.objects.create_user("ben@example.org")

    def allow_member(user: User, address: str) -> bool:
        request: HttpRequest = RequestFactory().get("/", REMOTE_ADDR=address)
        request.user = user
        return rate_limits.allow(
            request, "test", most=2, seconds=3600, now=NOON, per_member=True
        )

    allow_member(ana, "192.0.2.1")
    allow_member(ana, "192.0.2.2")

    assert not allow_member(ana, "192.0.2.3")
    assert allow_member(ben, "192.0.2.1")
