"""What the groups of the staff may do with the tables of the rules.

The groups themselves are made by the application of the figures. Both propose, and
publishers approve. Nobody may delete: a row that is wrong is changed or withdrawn, and
that is public.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps

from imgportal.lib.group_permissions import grant_exactly
from profiles.reference_tables import STAMPED

# By the names that stats/staff_groups.py gives them.
EDITORS, PUBLISHERS = "Editors", "Publishers"
MAY_PROPOSE = frozenset(
    f"{verb}_{model._meta.model_name}"
    for model in STAMPED
    for verb in ("view", "add", "change")
) | {"view_ruleproposal", "change_ruleproposal"}
PERMISSIONS = {
    EDITORS: MAY_PROPOSE,
    PUBLISHERS: MAY_PROPOSE | {"approve_ruleproposal"},
}


def install_permissions(
    app_config: AppConfig, *, using: str, apps: Apps = installed, **_: Any
) -> None:
    """Give each group exactly its permissions on what this application stores.

    Nothing about members' records is ever among them. Runs after every `migrate`.
    """
    grant_exactly(
        app_config,
        PERMISSIONS,
        model="PassingStandard",
        using=using,
        apps=apps,
    )
