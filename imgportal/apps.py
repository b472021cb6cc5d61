from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class PortalConfig(AppConfig):
    name = "imgportal"
    verbose_name = "Staff"
    default = True


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our own doors; see imgportal/staff.py."""

    default = False  # of this package, whose own configuration stands above

    default_site = "imgportal.staff.StaffSite"
