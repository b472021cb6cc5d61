"""A site of a test's own, with its commands and its mailbox."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from email import message_from_string
from email.policy import default
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Signs somebody of the staff in, with a second factor.
STAFF = """
import sys
from django.test import Client
from tests import staff
client = Client()
staff.sign_in(client, staff.{role}("{name}@example.org"))
sys.stdout.write("session:" + client.session.session_key)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSite:
    """A site of its own, because the calendar of the others must stay as it is."""

    site: str
    environment: dict[str, str]

    def runs(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def session_of(self, program: str) -> str:
        said = self.runs("shell", "--no-imports", "-c", program)
        return said.rpartition("session:")[2].strip()

    def messages_to(self, address: str) -> list[str]:
        """The texts that lie in the mailbox."""
        folder = Path(self.environment["EMAIL_URL"].removeprefix("file://"))
        texts = []
        for path in sorted(folder.glob("*")):
            # Several messages of one process are in one file, a line of dashes between.
            for raw in path.read_text().split("-" * 79 + "\n"):
                message = message_from_string(raw, policy=default)
                body = message.get_body(("plain",))
                if message["To"] == address and body is not None:
                    texts.append(str(body.get_content()))
        return texts
