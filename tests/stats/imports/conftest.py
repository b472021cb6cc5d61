from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from imgportal.models import User
from stats.actions import open_version
from stats.models import Release
from stats.staff_groups import EDITORS
from tests.factories import NOW
from tests.stats.imports.files import YEAR


@pytest.fixture
def editor(db: None) -> User:
    person = User.objects.create_user("editor@example.org", is_staff=True)
    person.groups.add(Group.objects.get(name=EDITORS))
    return person


@pytest.fixture
def draft(editor: User) -> Release:
    """A year that was just started: a row for everything, and nothing entered."""
    return open_version.start_year(match_year=YEAR, by=editor, now=NOW)


@pytest.fixture
def amendment(editor: User) -> Release:
    """A copy of 2025, with all its figures."""
    return open_version.open_amendment(match_year=2025, by=editor, now=NOW)
