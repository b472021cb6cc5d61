from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from stats.staff_groups import EDITED, EDITORS, PERMISSIONS, PUBLISHERS

pytestmark = pytest.mark.django_db


def held(name: str) -> set[str]:
    permissions = Group.objects.get(name=name).permissions.exclude(
        # Tables of the rules are granted in profiles/staff_groups.py.
        content_type__app_label="profiles"
    )
    return set(permissions.values_list("codename", flat=True))


def test_only_publishers_publish() -> None:
    assert held(PUBLISHERS) - held(EDITORS) == {"publish_release"}


def test_groups_hold_what_is_written() -> None:
    for name, wanted in PERMISSIONS.items():
        assert held(name) == wanted
    # Reports of readers are read and put away, never written.
    assert len(held(EDITORS)) == 3 * len(EDITED) + 2


def test_no_group_may_delete_or_touch_accounts() -> None:
    for name in PERMISSIONS:
        assert not [code for code in held(name) if code.startswith("delete")]
        assert not [code for code in held(name) if code.endswith("_user")]


def test_migrate_mends_a_group_and_leaves_what_others_granted() -> None:
    editors = Group.objects.get(name=EDITORS)
    theirs = Permission.objects.get(codename="view_session")
    editors.permissions.add(theirs, Permission.objects.get(codename="publish_release"))
    editors.permissions.remove(Permission.objects.get(codename="add_source"))
    Group.objects.get(name=PUBLISHERS).delete()

    call_command("migrate", verbosity=0)

    assert held(EDITORS) == PERMISSIONS[EDITORS] | {"view_session"}
    assert held(PUBLISHERS) == PERMISSIONS[PUBLISHERS]
