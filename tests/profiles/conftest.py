from __future__ import annotations

import pytest
from django.test import Client

from imgportal.models import User
from tests import factories


@pytest.fixture
def ana(db: None) -> User:
    return factories.person("ana")


@pytest.fixture
def ben(db: None) -> User:
    return factories.person("ben")


@pytest.fixture
def as_ana(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client
