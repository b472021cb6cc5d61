"""What every test stands on: a database with the founding figures, empty caches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

from imgportal.lib import clock, memo
from imgportal.models import User
from imgportal.search import library
from profiles import reference_tables
from stats import public
from tests import effort, staff
from tests.factories import NOW

BROWSER_TESTS = Path(__file__).parent / "browser"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick",
        action="store_true",
        help="try less of the same kind, as `script/test` does; see CONTRIBUTING.md",
    )
    parser.addoption(
        "--write-stories",
        action="store_true",
        help="write tests/profiles/stories/ anew, to be read before it is kept",
    )


def pytest_configure(config: pytest.Config) -> None:
    effort.quick = config.getoption("quick")
    # The same examples on every run, and no limit that a busy machine would miss.
    hypothesis.settings.register_profile(
        "repeatable", effort.examples(100), derandomize=True, deadline=None
    )
    hypothesis.settings.load_profile("repeatable")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    for item in items:
        if item.path.is_relative_to(BROWSER_TESTS):
            item.add_marker(pytest.mark.browser)
    # As `-m` would, instead of being called skipped.
    left_out = [item for item in items if not _belongs_here(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _belongs_here(item)]


def _belongs_here(item: pytest.Item) -> bool:
    """Whether a test is run on the database of this run."""
    if connection.vendor != "postgresql":
        # Only PostgreSQL lets several connections write to the test database. SQLite
        # knows no such races: there the first transaction locks out every other.
        return item.get_closest_marker("postgresql") is None
    if not effort.quick:
        return True
    # SQLite has run all of them. Without one of these marks or fixtures pytest-django
    # lets no test touch a database.
    touches_database = item.get_closest_marker("django_db") or (
        {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    )
    return bool(touches_database) and item.get_closest_marker("either_database") is None


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
    _blocker.append(django_db_blocker)


def found() -> None:
    """Load what every installation begins with, as of the day before `factories.NOW`:
    loaded today, it would be newer than what a test publishes on that day.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOW - timedelta(days=1))
        call_command("load_figures", verbosity=0, stdout=StringIO())
        call_command("load_rules", verbosity=0, stdout=StringIO())
    public.memo.forget()
    public.everything()
    _as_founded[:] = [public.memo.last]


_as_founded: list[tuple[memo.State, public.Figures] | None] = []
_blocker: list[Any] = []


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    # The counters are in the database, and undone with it.
    caches["drafts"].clear()
    # What a test published is undone, and the next one may publish something else
    # under the same numbers and at the same time.
    public.memo.last = _as_founded[0] if _as_founded else None
    reference_tables.memo.forget()
    library.forget()


def _empties_the_database(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return marker is not None and bool(marker.kwargs.get("transaction"))


@pytest.fixture(autouse=True)
def _guards_are_lifted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lets tests with `django_db(transaction=True)` empty the database behind them.

    SQLite empties tables with DELETE, which the guards of published figures refuse.
    They are lifted for the flush, which puts them back as every `migrate` does.
    """
    yield
    if _empties_the_database(request.node) and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Iterator[None]:
    """Loads the founding figures again once such a test has emptied the database.

    Several workers share the tests, so that any other may come next.
    """
    yield
    if nextitem is not None and _empties_the_database(item):
        with _blocker[0].unblock():
            found()


@pytest.fixture
def alice(db: None) -> User:
    """An editor."""
    return staff.editor("alice@example.org")


@pytest.fixture
def bert(db: None) -> User:
    """A publisher, who has changed no value."""
    return staff.publisher("bert@example.org")
