"""Who of the staff may do what with figures: two groups, kept as written here.

Owners are superusers and need no group. Nobody's group may delete: a draft is
discarded by its own action, and what is published stays.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions

EDITORS = "Editors"
PUBLISHERS = "Publishers"

EDITED = (
    "release",
    "yeartotals",
    "applicantresult",
    "specialtyresult",
    "scoresummary",
    "footnote",
    "source",
    "specialty",
)
MAY_EDIT = frozenset(
    f"{verb}_{model}"
    for model in EDITED
    for verb in ("view", "add", "change")
    # Reports come from readers: they are read and put away, never written.
) | {"view_problemreport", "change_problemreport"}
PERMISSIONS: dict[str, frozenset[str]] = {
    EDITORS: MAY_EDIT,
    PUBLISHERS: MAY_EDIT | {"publish_release"},
}


def install_groups(
    app_config: AppConfig, *, using: str, apps: Apps = installed, **_: Any
) -> None:
    """Make both groups, with exactly these permissions on figures.

    What other applications grant to the same groups is theirs and stays. Safe to run
    again; runs after every `migrate`.
    """
    try:
        group_model = apps.get_model("auth", "Group")
        permission_model = apps.get_model("auth", "Permission")
        apps.get_model("stats", "Release")
    except LookupError:
        # On the way to or from an empty database.
        return
    # Django makes permissions only after this handler; making them twice is harmless.
    create_permissions(app_config, verbosity=0, using=using, apps=apps)
    ours = permission_model.objects.using(using).filter(content_type__app_label="stats")
    for name, codenames in PERMISSIONS.items():
        group, _created = group_model.objects.using(using).get_or_create(name=name)
        held = group.permissions.filter(content_type__app_label="stats")
        group.permissions.remove(*held.exclude(codename__in=codenames))
        group.permissions.add(*ours.filter(codename__in=codenames))
