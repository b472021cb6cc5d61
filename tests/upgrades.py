"""The databases of released versions, in tests/fixtures: `<version>.sql.gz`.

Each holds the founding figures and rules, a figure amended by two people, and a member
with an entry of every kind; `<version>.json` is that member's record as the version
itself exported it. Written once, when the version is released, and never again:

    .venv/bin/python -m tests.upgrades
"""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "fixtures"
MEMBER = "member@localhost"

FILL = """
from datetime import date
from imgportal.models import User
from tests import factories
from tests.profiles import records
from tests.upgrades import MEMBER, prepare, state_of

prepare()
factories.published_by(factories.person("ana"), factories.person("ben"))
member = User.objects.create_user(MEMBER, "long-enough-words")
records.profile(member)
records.attempt(member, "step1", on=date(2024, 5, 2))
records.attempt(member, on=date(2025, 3, 10), score=251)
records.sitting(member)
records.pathway(member)
records.item(member, note="Sent by courier.")
records.certificate(member)
print(state_of(MEMBER))
"""
UPGRADE = """
from tests.upgrades import MEMBER, prepare, state_of

prepare()
print(state_of(MEMBER))
"""


def prepare() -> None:
    """What an upgrade does to a database."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_figures", verbosity=0)
    call_command("load_rules", verbosity=0)
    call_command("check_figures", verbosity=0)


def state_of(address: str) -> str:
    """That member's record as an export holds it, and the published versions, as JSON
    in one line.
    """
    from imgportal.lib import clock
    from imgportal.models import User
    from profiles import member_record
    from profiles.portable import json_document
    from stats import public

    member = User.objects.get(email=address)
    exported = json_document.export_record(
        member, member_record.read_all(member), now=clock.now()
    )
    published = sorted(public.everything().versions)
    return json.dumps({"record": exported["record"], "published": published})


def run_code(database: Path, code: str) -> str:
    """The last line that this code prints, run by the site on that database."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "--no-imports", "-c", code],
        cwd=ROOT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": f"sqlite:///{database}",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def restore(fixture: Path, database: Path) -> None:
    """Make the database of a released version again."""
    script = gzip.decompress(fixture.read_bytes()).decode()
    connection = sqlite3.connect(database)
    connection.executescript(script)
    connection.close()


def write_fixture(version: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "site.sqlite3"
        state = run_code(database, FILL)
        connection = sqlite3.connect(database)
        script = "\n".join(connection.iterdump())
        connection.close()
    # Without a time stamp: the same database is the same file.
    dump = gzip.compress(script.encode(), mtime=0)
    FIXTURES.mkdir(exist_ok=True)
    (FIXTURES / f"{version}.sql.gz").write_bytes(dump)
    text = json.dumps(json.loads(state), indent=1, sort_keys=True, ensure_ascii=False)
    (FIXTURES / f"{version}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    write_fixture(project["project"]["version"])
