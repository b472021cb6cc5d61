from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class PortalConfig(AppConfig):
    name = "imgportal"
    verbose_name = "Staff"
    default = True

    def ready(self) -> None:
        # Models are needed for these, which exist from here on.
        from allauth.account.signals import email_confirmed

        from imgportal import accounts, checks  # noqa: F401

        email_confirmed.connect(accounts.drop_a_password_nobody_vouched_for)


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our own doors; see imgportal/staff.py."""

    default = False  # of this package, whose own configuration stands above

    default_site = "imgportal.staff.StaffSite"
