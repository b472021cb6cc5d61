from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "imgportal"
    verbose_name = "Portal"
