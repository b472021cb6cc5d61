"""Keeps what the groups of the staff may do as an application has written it down."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.apps import AppConfig
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions


def grant_exactly(
    app_config: AppConfig,
    permissions: Mapping[str, Collection[str]],
    *,
    model: str,
    using: str,
    apps: Apps,
) -> None:
    """Make these groups (by name), each with exactly these permissions (by codename) on
    what the application stores.

    What other applications grant to the same groups is theirs and stays. Safe to run
    again; meant for `post_migrate`. Without the `model`, the application's tables are not
    there, and nothing happens.
    """
    try:
        group_model = apps.get_model("auth", "Group")
        permission_model = apps.get_model("auth", "Permission")
        apps.get_model(app_config.label, model)
    except LookupError:
        # On the way to or from an empty database.
        return
    # Django makes permissions only after this handler; making them twice is harmless.
    create_permissions(app_config, verbosity=0, using=using, apps=apps)
    ours = permission_model.objects.using(using).filter(
        content_type__app_label=app_config.label
    )
    for name, codenames in permissions.items():
        group, _created = group_model.objects.using(using).get_or_create(name=name)
        held = group.permissions.filter(content_type__app_label=app_config.label)
        group.permissions.remove(*held.exclude(codename__in=codenames))
        group.permissions.add(*ours.filter(codename__in=codenames))
