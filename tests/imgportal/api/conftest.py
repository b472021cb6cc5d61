"""The site as a WSGI server calls it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections


@pytest.fixture
def _connection_stays() -> Iterator[None]:
    """A server ends the connection with a request, and with it would go the transaction
    of the test. Django's own client does the same.
    """
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)
