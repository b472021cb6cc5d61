"""What the groups of the staff may do with the tables of the rules.

The groups themselves are made by the application of the figures. Nobody may delete:
a row that is wrong is changed, and the change is public.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions

from profiles.reference_tables import STAMPED

# By the names that stats/staff_groups.py gives them.
GROUPS = ("Editors", "Publishers")
MAY = frozenset(
    f"{verb}_{model._meta.model_name}"
    for model in STAMPED
    for verb in ("view", "add", "change")
)


def install_permissions(
    app_config: AppConfig, *, using: str, apps: Apps = installed, **_: Any
) -> None:
    """Give both groups exactly these permissions on what this application stores.

    Nothing about members' records is ever among them. Safe to run again; runs after
    every `migrate`.
    """
    try:
        group_model = apps.get_model("auth", "Group")
        permission_model = apps.get_model("auth", "Permission")
        apps.get_model("profiles", "PassingStandard")
    except LookupError:
        # On the way to or from an empty database.
        return
    create_permissions(app_config, verbosity=0, using=using, apps=apps)
    ours = permission_model.objects.using(using).filter(
        content_type__app_label="profiles"
    )
    for name in GROUPS:
        group, _created = group_model.objects.using(using).get_or_create(name=name)
        held = group.permissions.filter(content_type__app_label="profiles")
        group.permissions.remove(*held.exclude(codename__in=MAY))
        group.permissions.add(*ours.filter(codename__in=MAY))
