from __future__ import annotations

import pytest
from django.test import Client

from imgportal.lib import clock
from imgportal.models import User
from tests import factories, staff


@pytest.fixture(autouse=True)
def _same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test happens on the day of the founding tables."""
    monkeypatch.setattr(clock, "now", lambda: factories.NOW)


@pytest.fixture
def ana(db: None) -> User:
    return factories.person("ana")


@pytest.fixture
def ben(db: None) -> User:
    return factories.person("ben")


@pytest.fixture
def as_ana(client: Client, ana: User) -> Client:
    staff.sign_in_member(client, ana)
    return client
