from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate, post_save


class ProfilesConfig(AppConfig):
    name = "profiles"
    verbose_name = "The rules"

    def ready(self) -> None:
        from profiles.reminders.account_changes import note_account_change
        from profiles.staff_groups import install_permissions

        # Permissions exist only when `migrate` has finished.
        post_migrate.connect(install_permissions, sender=self)
        post_save.connect(note_account_change, sender=settings.AUTH_USER_MODEL)
