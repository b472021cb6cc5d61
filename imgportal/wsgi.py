"""The entry point for a WSGI server: `granian --interface wsgi imgportal.wsgi`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from imgportal.lib.http import ignore_claimed_encoding

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imgportal.settings")

application = ignore_claimed_encoding(get_wsgi_application())

# The models are there from here on.
from imgportal import outbox  # noqa: E402

outbox.thread.serve()
