"""The site for staff: Django's admin, entered and left by the site's own pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

OURS = frozenset({"imgportal", "stats", "profiles"})


class StaffSite(AdminSite):
    """Not imported by imgportal/admin.py: Django makes the one instance of it."""

    site_title = "IMG portal"
    site_header = "IMG portal"
    index_title = "Staff pages"
    enable_nav_sidebar = False
    empty_value_display = "–"

    def get_urls(self) -> list[Any]:
        # Django's way from a staff page to any row's own page asks for no permission.
        return [
            url
            for url in super().get_urls()
            if getattr(url, "name", "") != "view_on_site"
        ]

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Only tables of ours.

        Packages register theirs by themselves: groups (which are as stats/groups.py
        writes them), other people's addresses, second factors and sessions.
        """
        models = (
            [model_or_iterable]
            if isinstance(model_or_iterable, type)
            else list(model_or_iterable)
        )
        ours = [model for model in models if model._meta.app_label in OURS]
        super().register(ours, admin_class, **options)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # Never Django's own form: it knows passwords only, and no limits.
        if request.user.is_authenticated:
            return redirect("admin:index")
        answer: HttpResponse = secure_admin_login(super().login)(request)
        return answer

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")
