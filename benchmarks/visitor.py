"""A process of the site on one database, asked by benchmarks/members.py.

A line of JSON comes in, `[name, argument]`, and a line goes out: what the function of
that name answers. It works through Django's test client: every middleware, view and
template of the site, and no network.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django

django.setup()

from allauth.account.internal.flows import login  # noqa: E402
from allauth.mfa.totp.internal import auth  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from imgportal.accounts import addresses, deletion, inactivity  # noqa: E402
from imgportal.lib import clock  # noqa: E402
from imgportal.models import User  # noqa: E402
from profiles import reference_tables  # noqa: E402
from profiles.reminders import schedule  # noqa: E402

PASSWORD = "long-enough-words-for-benchmarks"  # noqa: S105 - of nobody
SIGN_IN, EXPORT, CALENDAR = "sign in", "/me/data/record.json", "/calendar/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of nobody

clients: dict[int, Client] = {}


def _signed_in(number: int) -> Client:
    if number not in clients:
        client = Client()
        user = User.objects.get(pk=number)
        client.force_login(user)
        if user.is_staff:
            _record(client, user, {"method": "mfa", "type": "totp"})
        else:
            # An export asks for the password, unless that was minutes ago.
            _record(client, user, {"method": "password", "reauthenticated": True})
        clients[number] = client
    return clients[number]


def _record(client: Client, user: User, authentication: dict[str, Any]) -> None:
    """As if somebody had just shown in this way who they are."""
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"at": clock.now().timestamp()} | authentication
    ]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()


def _way_to(page: str, number: int) -> Callable[[], HttpResponse]:
    """What asks for the page; the clients and forms that it needs are there before."""
    if page == SIGN_IN:
        cache.clear()  # or the limits of one network address would answer
        form = {"login": f"member{number}@example.org", "password": PASSWORD}
        client = Client()
        return lambda: client.post("/accounts/login/", form)
    if page == CALENDAR:
        client = Client()
        return lambda: client.get(f"/calendar/token{number}.ics")
    client = _signed_in(number)
    if page == EXPORT:
        return lambda: client.post(page)
    return lambda: client.get(page)


def ask(page: str, number: int) -> tuple[float, float]:
    """Milliseconds until a member has the page, by the clock and of the processor."""
    way = _way_to(page, number)
    start, start_of_work = time.perf_counter(), time.process_time()
    answer = way()
    taken = time.perf_counter() - start, time.process_time() - start_of_work
    if answer.status_code != (302 if page == SIGN_IN else 200):
        raise SystemExit(f"{page} of {number} answered {answer.status_code}.")
    return taken[0] * 1000, taken[1] * 1000


def count(page: str, number: int) -> int:
    """How many queries the page takes."""
    way = _way_to(page, number)
    with CaptureQueriesContext(connection) as queries:
        way()
    return len(queries)


def owner() -> int:
    """An account that manages the staff; its number."""
    user = User.objects.create_superuser("owner@example.org", PASSWORD)
    addresses.vouch_for_address(user)
    auth.TOTP.activate(user, SECRET)
    return int(user.pk)


def delete(number: int) -> tuple[float, float]:
    """Milliseconds until an account with everything in it is gone."""
    user = User.objects.get(pk=number)
    user.is_active = True
    start, start_of_work = time.perf_counter(), time.process_time()
    gone = deletion.delete_account(
        user, message="account/email/deleted_message.txt", now=clock.now()
    )
    taken = time.perf_counter() - start, time.process_time() - start_of_work
    if not gone:
        raise SystemExit("An account was not deleted.")
    return taken[0] * 1000, taken[1] * 1000


def tidy() -> dict[str, Any]:
    """The nightly warning and removing of unused accounts."""
    start = time.perf_counter()
    done = inactivity.run(now=clock.now(), months=24, days=60)
    return {
        "seconds": time.perf_counter() - start,
        "warned": done.warned,
        "removed": done.removed,
    }


def plan(moment: str) -> dict[str, Any]:
    """What is due on that day is planned."""
    tables = reference_tables.reference()
    start = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        planned = schedule.plan(tables, now=datetime.fromisoformat(moment))
    return {
        "seconds": time.perf_counter() - start,
        "planned": planned,
        "queries": len(queries),
        "megabytes": resident(),
    }


def resident() -> float:
    """Memory of this process, in megabytes."""
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def run_sql(statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements)


def main() -> None:
    known: dict[str, Callable[..., Any]] = {
        act.__name__: act for act in (ask, count, owner, delete, tidy, plan, run_sql)
    }
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        print(json.dumps(known[name](*arguments)), flush=True)


if __name__ == "__main__":
    main()
