"""The founding site on one day, and what there is to find in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from imgportal.guide import page_inputs
from imgportal.lib import clock
from imgportal.search import library
from imgportal.search.library import SearchLibrary

TODAY = datetime(2026, 11, 22, 17, tzinfo=UTC)


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: TODAY)


@pytest.fixture
def founded(db: None, today: None) -> SearchLibrary:
    return library.read(page_inputs.read(now=TODAY))
