from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class PortalConfig(AppConfig):
    name = "imgportal"
    verbose_name = "Staff"
    default = True

    def ready(self) -> None:
        # These import models, which Django has loaded only now.
        from allauth.account.signals import email_confirmed
        from django.db.models.signals import post_save

        from imgportal import checks, outbox, staff_messages  # noqa: F401
        from imgportal.accounts import addresses, security_events
        from imgportal.models import OutgoingMessage

        security_events.connect_signals()
        staff_messages.connect_signals()
        email_confirmed.connect(addresses.drop_unconfirmed_password)
        post_save.connect(outbox.wake_after_commit, sender=OutgoingMessage)


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with the site for staff of imgportal/accounts/staff_site.py."""

    default = False  # of this package, whose own configuration stands above

    default_site = "imgportal.accounts.staff_site.StaffSite"
