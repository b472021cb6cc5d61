"""The site in a process of its own, for what cannot be tried on the tests' database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

VISIT = """
import json, sys, django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
for path in json.loads(sys.argv[1]):
    answer = client.get(path)
    print(json.dumps([answer.status_code, dict(answer.headers), answer.content.decode()]))
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, in the shape that tests.reading reads."""

    status_code: int
    headers: dict[str, str]
    content: bytes


def _environment(database_url: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url,
    }


def prepare(database_url: str) -> None:
    """Tables, and nothing in them."""
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env=_environment(database_url),
        check=True,
    )


def visit(paths: Sequence[str], database_url: str) -> list[Answer]:
    """Ask a site on this database for each page in turn."""
    done = subprocess.run(
        [sys.executable, "-c", VISIT, json.dumps(paths)],
        cwd=ROOT,
        env=_environment(database_url),
        check=True,
        capture_output=True,
        text=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        Answer(status_code=status, headers=headers, content=text.encode())
        for status, headers, text in answers
    ]
