from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class StatsConfig(AppConfig):
    name = "stats"
    verbose_name = "Match figures"

    def ready(self) -> None:
        from stats.guards import install_guards, lift_guards
        from stats.staff_groups import install_groups

        pre_migrate.connect(lift_guards, sender=self)
        # Not a migration: SQLite rebuilds a table to change it and loses the
        # table's triggers, so they are put back after every `migrate`.
        post_migrate.connect(install_guards, sender=self)
        # Nor this: permissions exist only when `migrate` has finished.
        post_migrate.connect(install_groups, sender=self)
