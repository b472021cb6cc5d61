from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class PortalConfig(AppConfig):
    name = "imgportal"
    verbose_name = "Staff"
    default = True

    def ready(self) -> None:
        # Models are needed for these, which exist from here on.
        from allauth.account import signals as account
        from allauth.mfa import signals as mfa
        from django.db.models.signals import post_save

        from imgportal import checks, outbox  # noqa: F401
        from imgportal.accounts import allauth_seams, security_events
        from imgportal.models import OutgoingMessage
        from imgportal.search import index
        from profiles import signals as record
        from stats import signals as figures

        account.email_confirmed.connect(
            allauth_seams.drop_a_password_nobody_vouched_for
        )
        for signal, receiver in (
            (account.user_signed_up, security_events.signed_up),
            (account.user_logged_in, security_events.signed_in),
            (account.password_changed, security_events.password_changed),
            (account.password_set, security_events.password_changed),
            (account.password_reset, security_events.password_changed),
            (account.email_changed, security_events.address_changed),
            (mfa.authenticator_added, security_events.factor_added),
            (mfa.authenticator_reset, security_events.factor_added),
            (mfa.authenticator_removed, security_events.factor_removed),
            (record.record_exported, security_events.exported),
            (record.record_imported, security_events.imported),
            (record.record_emptied, security_events.emptied),
            (record.tables_changed, index.follow),
            (figures.public_figures_changed, index.follow),
        ):
            signal.connect(receiver)
        post_save.connect(outbox.wake_after_commit, sender=OutgoingMessage)


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our own doors; see imgportal/accounts/staff_site.py."""

    default = False  # of this package, whose own configuration stands above

    default_site = "imgportal.accounts.staff_site.StaffSite"
