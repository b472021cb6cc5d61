"""What holds for the repository as a whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"imgportal", "stats", "profiles"}
LOCKS = ("requirements", "requirements-dev")
# What the quick form tries on PostgreSQL, and what it has no use for there.
ON_POSTGRESQL = ("stats/test_races.py", "stats/test_guards.py")
NOT_ON_POSTGRESQL = ("stats/test_charts.py", "test_links.py")
REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)")


def test_quick_form_leaves_out_on_postgresql_what_it_says_and_no_more() -> None:
    """Whatever touches the database is tried there, unless it is marked."""
    modules = [f"tests/{name}" for name in (*ON_POSTGRESQL, *NOT_ON_POSTGRESQL)]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--quick", "--collect-only", "-q"),
            *("-p", "no:cacheprovider", *modules),
        ],
        cwd=ROOT,
        # Nobody answers there: which tests are wanted is decided without a server.
        env=os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"},
        capture_output=True,
        text=True,
        check=True,
    )

    chosen = {line.partition("::")[0] for line in done.stdout.splitlines()}
    assert {name for name in modules if name in chosen} == {
        f"tests/{name}" for name in ON_POSTGRESQL
    }


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_top_level_holds_the_two_applications_and_no_other() -> None:
    packages = {
        path.parent.name
        for path in ROOT.glob("*/__init__.py")
        if path.parent.name[0] != "."
    }

    assert packages == PACKAGES | {"tests"}
    assert [path.name for path in ROOT.glob("*.py")] == ["manage.py"]


def test_static_files_point_at_no_source_map() -> None:
    # The hashed names of production fail on a map that is not there.
    pointing = [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).glob("static/**/*")
        if path.suffix in {".css", ".js", ".mjs"}
        and "sourceMappingURL" in path.read_text(encoding="utf-8")
    ]

    assert pointing == []


def requirements(name: str) -> list[str]:
    lines = (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_has_its_reason(name: str) -> None:
    silent = [line for line in requirements(name) if not re.search(r"\s# \S", line)]

    assert silent == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_locked_with_a_hash(name: str) -> None:
    lock = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    locked = set(
        re.findall(r"^([a-z0-9-]+)(?:\[.+\])?==\S+.*\\\n\s+--hash=", lock, re.MULTILINE)
    )
    wanted = {
        re.sub(r"[._-]+", "-", found.group(1)).lower()
        for line in requirements(name)
        if (found := REQUIREMENT.match(line))
    }

    assert wanted <= locked


def test_both_locks_hold_the_same_versions() -> None:
    # They are installed together; two versions of one package would not install.
    pins = [
        dict(
            re.findall(
                r"^([a-z0-9-]+)(?:\[.+\])?==(\S+)",
                (ROOT / f"{name}.txt").read_text(encoding="utf-8"),
                re.MULTILINE,
            )
        )
        for name in LOCKS
    ]
    shared = pins[0].keys() & pins[1].keys()

    assert {name: pins[0][name] for name in shared} == {
        name: pins[1][name] for name in shared
    }
