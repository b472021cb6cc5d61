from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProfilesConfig(AppConfig):
    name = "profiles"
    verbose_name = "The rules"

    def ready(self) -> None:
        from profiles.staff_groups import install_permissions

        # Permissions exist only when `migrate` has finished.
        post_migrate.connect(install_permissions, sender=self)
