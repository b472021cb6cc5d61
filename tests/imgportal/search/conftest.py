"""The founding site on one day, with its index filled."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from imgportal.guide import page_inputs
from imgportal.lib import clock
from imgportal.search import index, library
from imgportal.search.library import Library

TODAY = datetime(2026, 11, 22, 17, tzinfo=UTC)


@pytest.fixture
def founded(db: None, monkeypatch: pytest.MonkeyPatch) -> Library:
    """What there is to find, in the index as well."""
    monkeypatch.setattr(clock, "now", lambda: TODAY)
    index.build(now=TODAY)
    return library.of(page_inputs.read(now=TODAY))
