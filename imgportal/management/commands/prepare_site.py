"""Everything between new code and a running site, in one go."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

# Any number will do that no other program on the same database takes.
ADVISORY_LOCK = 20_261_952


class Command(BaseCommand):
    help = (
        "Brings the database, the founding figures and rules, the first "
        "accounts and the static files up to date. Run after every upgrade; again changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        # One process for all six: each start of Django costs most of a second.
        with one_at_a_time():
            call_command("migrate", interactive=False, verbosity=0)
            call_command("load_figures", stdout=self.stdout, verbosity=0)
            call_command("archive_editions", stdout=self.stdout)
            call_command("load_rules", stdout=self.stdout)
            call_command("create_first_staff", stdout=self.stdout)
            call_command("collectstatic", interactive=False, verbosity=0)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Waits for another run on the same database: `migrate` itself does not."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
        return
    # SQLite lives on one machine, where a lock on a file reaches everybody. It goes
    # with the process, so nothing stale is left behind.
    lock = Path(f"{connection.settings_dict['NAME']}.lock")
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
