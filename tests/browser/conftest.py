"""A real browser in front of the real server, as script/serve would start it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.own_site import OwnSite
from tests.browser.record_pages import SIGN_IN, Member

ROOT = Path(__file__).resolve().parent.parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS_TO_START = 30


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any],
) -> dict[str, Any]:
    """The system's own browser, which keeps to itself what it would like to fetch."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.fail("No Chromium on this machine: apt-get install chromium", False)
    flags = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-quic",
        # Nobody sees these pages: a drawn GPU would cost a core.
        "--disable-gpu",
    ]
    if os.geteuid() == 0:
        # Chromium's sandbox refuses root.
        flags.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": found, "args": flags}


def environment_in(directory: Path, *, copy_of: Path | None = None) -> dict[str, str]:
    """What a site is told that keeps everything in this directory.

    The directory is filled with a copy of a prepared site, or the site is still to be
    prepared.
    """
    if copy_of is not None:
        shutil.copytree(copy_of, directory, dirs_exist_ok=True)
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "imgportal.settings",
        "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
        # By name too: browsers accept no passkeys at an address in numbers.
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "HTTPS": "false",
        "DATABASE_URL": f"sqlite:///{directory / 'site.sqlite3'}",
        "STATIC_ROOT": str(directory / "static"),
        "EMAIL_URL": f"file://{directory / 'mail'}",
    }


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that was never started: every other is a copy, a second instead of ten."""
    directory = tmp_path_factory.mktemp("prepared")
    prepare(environment_in(directory))
    return directory


@pytest.fixture(scope="session")
def site_environment(
    tmp_path_factory: pytest.TempPathFactory, prepared: Path
) -> dict[str, str]:
    """What the running site is told: for commands beside it."""
    return environment_in(tmp_path_factory.mktemp("site"), copy_of=prepared)


@pytest.fixture(scope="session")
def site(site_environment: dict[str, str]) -> Iterator[str]:
    """The address of a running site with the founding figures, like production."""
    with served(site_environment) as address:
        yield address


def prepare(environment: dict[str, str]) -> None:
    """Bring the database and the static files of a site up to date."""
    subprocess.run(
        [sys.executable, "manage.py", "prepare_site"],
        cwd=ROOT,
        env=environment,
        check=True,
    )


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """Start a prepared site; the address stops answering when this ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = Path(environment["STATIC_ROOT"]).with_name("server.log")
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi"),
                *("--host", "127.0.0.1", "--port", str(port)),
                "imgportal.wsgi:application",
            ],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def stage(environment: dict[str, str]) -> dict[str, dict[str, str]]:
    """Every state of the staff pages on a running site; see tests/staging.py."""
    done = subprocess.run(
        [
            *(sys.executable, "manage.py", "shell", "-v0", "-c"),
            "from tests import staging; staging.main()",
        ],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    staged: dict[str, dict[str, str]] = json.loads(done.stdout)
    return staged


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up_at and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"The site did not start:\n{log.read_text()}", pytrace=False)


@pytest.fixture
def signs_in(
    page: Page, site: str, site_environment: dict[str, str]
) -> Callable[[str], Member]:
    def sign_in(name: str) -> Member:
        done = subprocess.run(
            [
                *(sys.executable, "manage.py", "shell", "--no-imports", "-c"),
                SIGN_IN.format(email=f"{name}@example.org"),
            ],
            cwd=ROOT,
            env=site_environment,
            check=True,
            capture_output=True,
            text=True,
        )
        key = done.stdout.rpartition("session:")[2].strip()
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": site}])
        return Member(page, site)

    return sign_in


@pytest.fixture
def own(tmp_path: Path, prepared: Path) -> Iterator[OwnSite]:
    environment = environment_in(tmp_path, copy_of=prepared)
    with served(environment) as site:
        yield OwnSite(site=site, environment=environment)


@pytest.fixture
def enters(browser: Browser, own: OwnSite) -> Iterator[Callable[[str], Page]]:
    contexts = []

    def enter(session: str) -> Page:
        context = browser.new_context()
        contexts.append(context)
        context.add_cookies([{"name": "sessionid", "value": session, "url": own.site}])
        return context.new_page()

    yield enter
    for context in contexts:
        context.close()
