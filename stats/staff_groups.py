"""Who of the staff may do what with figures: two groups, kept as written here.

Owners are superusers and need no group. Nobody's group may delete: a draft is
discarded by its own action, and what is published stays.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps

from imgportal.lib.group_permissions import grant_exactly
from stats.models import FIGURE_MODELS

EDITORS = "Editors"
PUBLISHERS = "Publishers"

EDITED = (
    "release",
    *(str(model._meta.model_name) for model in FIGURE_MODELS),
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
    """Make both groups, with exactly these permissions on figures. Runs after every
    `migrate`.
    """
    grant_exactly(app_config, PERMISSIONS, model="Release", using=using, apps=apps)
