"""For a process that a test starts: mail that takes its time, into a folder."""

from __future__ import annotations

from tests.settings import *

EMAIL_BACKEND = "tests.profiles.mailing.SlowFolder"
