"""For a site that a test starts: a mail server may keep it waiting for long, so that
whoever waits for the mail server is told from whoever is only slow.
"""

from __future__ import annotations

from imgportal.settings import *  # noqa: F403

EMAIL_TIMEOUT = 600
