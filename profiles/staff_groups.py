"""What the groups of the staff may do with the tables of the rules.

The groups themselves are made by the application of the figures. Nobody may delete:
a row that is wrong is changed, and the change is public.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps

from imgportal.lib.group_permissions import grant_exactly
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

    Nothing about members' records is ever among them. Runs after every `migrate`.
    """
    grant_exactly(
        app_config,
        dict.fromkeys(GROUPS, MAY),
        model="PassingStandard",
        using=using,
        apps=apps,
    )
