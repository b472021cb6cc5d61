"""The entry point for a WSGI server: `granian --interface wsgi imgportal.wsgi`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from imgportal.lib.http import ignore_claimed_encoding

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imgportal.settings")

django_application = ignore_claimed_encoding(get_wsgi_application())

# The models are there from here on.
from django.conf import settings  # noqa: E402

from imgportal import outbox  # noqa: E402
from imgportal.answer_state import AnswerState  # noqa: E402
from imgportal.lib.finished_answers import FinishedAnswers  # noqa: E402
from imgportal.middleware import UNLISTED  # noqa: E402
from imgportal.warm_up import warm_up  # noqa: E402

application = FinishedAnswers(
    django_application,
    state=AnswerState(),
    most_bytes=settings.ANSWERS_MEGABYTES * 1_000_000,
    never=(*UNLISTED, settings.STATIC_URL, "/healthz", "/readyz"),
)

warm_up(application)
outbox.thread.serve()
