"""What every test stands on: a database with the founding figures, empty caches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

from imgportal.lib import clock
from imgportal.search import library
from profiles import reference_tables
from stats import public
from tests.factories import NOW

# The same examples on every run, and no limit that a busy machine would miss.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")

BROWSER_TESTS = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    for item in items:
        if item.path.is_relative_to(BROWSER_TESTS):
            item.add_marker(pytest.mark.browser)
    # Only PostgreSQL lets several connections write to the test database. SQLite
    # knows no such races: there the first transaction locks out every other. So
    # these tests are left out there, as `-m` would, instead of being called skipped.
    if connection.vendor != "postgresql":
        left_out = [item for item in items if item.get_closest_marker("postgresql")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("postgresql")]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests measured and recorded, as one table under its name."""
    measured: dict[str, list[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                for name, value in report.user_properties:
                    measured.setdefault(name, []).append(str(value))
    for name, lines in measured.items():
        terminalreporter.section(name)
        for line in sorted(lines, reverse=True):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database, with the founding figures in it.

    They are loaded once and every test rolls back to them. Published figures
    cannot be changed anyway, so no test has to protect them from another.
    """
    with django_db_blocker.unblock():
        found()
        public.everything()
        _as_founded.append(public._last_seen)


def found() -> None:
    """Load what every installation begins with, as of the day before `factories.NOW`:
    loaded today, it would be newer than what a test publishes on that day.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOW - timedelta(days=1))
        call_command("load_figures", verbosity=0)
        call_command("load_rules", verbosity=0)


_as_founded: list[tuple[public.Stamp, public.Figures] | None] = []


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    # The counters are in the database, and undone with it.
    for store in ("pages", "drafts"):
        caches[store].clear()
    # What a test published is undone, and the next one may publish something else
    # under the same numbers and at the same time.
    public._last_seen = _as_founded[0] if _as_founded else None
    reference_tables.forget()
    library.forget()


@pytest.fixture(autouse=True)
def _real_transactions(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lets tests with `django_db(transaction=True)` empty the database behind them.

    SQLite empties tables with DELETE, which the guards of published figures refuse.
    They are lifted for the flush, which puts them back as every `migrate` does; the
    figures themselves are loaded again for the next such test.
    """
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        yield
        return
    request.getfixturevalue("transactional_db")
    found()
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
