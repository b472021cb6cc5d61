"""The site for staff: Django's admin, entered and left by the site's own pages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import wraps
from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode

from imgportal.lib import clock, rate_limits, typed_drafts
from imgportal.models import User

OUR_APPLICATIONS = frozenset({"imgportal", "stats", "profiles"})
# Forms kept in an hour for one network address whose sender was signed out.
MOST_HELD = 30


def keep_posted_form(request: HttpRequest) -> str:
    """Keep what was posted; returns the address that shows it again after signing in.

    Anybody can post here, so the number is limited: beyond it nothing is kept in the
    database, and the plain address is returned.
    """
    now = clock.now()
    if rate_limits.allow(request, "held", most=MOST_HELD, seconds=3600, now=now):
        return typed_drafts.hold(request, now=now)
    return request.path


def _lead_to(name: str) -> Any:
    """A view of the admin that leads to the site's own page of this name."""

    def redirect_from_admin(
        site: AdminSite,
        request: HttpRequest,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return redirect(name)

    return redirect_from_admin


class StaffSite(AdminSite):
    """Django makes the only instance of it (imgportal/apps.py, StaffAdminConfig)."""

    site_title = "IMG portal"
    site_header = "IMG portal"
    index_title = "Staff pages"
    index_template = "admin/index.html"
    enable_nav_sidebar = False
    empty_value_display = "–"

    def get_urls(self) -> list[Any]:
        # Django's redirect from a staff page to the public page of a row checks no
        # permission.
        # It imports what is not loaded yet when this site is made.
        from imgportal import staff_desk

        chosen = self.admin_view(staff_desk.choose_messages)
        return [
            path("messages/", chosen, name="staff_choice"),
            path("log/", self.admin_view(staff_desk.show_log), name="staff_log"),
            *(
                url
                for url in super().get_urls()
                if getattr(url, "name", "") != "view_on_site"
            ),
        ]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The desk: what waits for this person, and below it every list."""
        from imgportal import staff_desk

        context = {
            "desk": staff_desk.parts(cast(User, request.user)),
            **(extra_context or {}),
        }
        return super().index(request, context)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's; and keeps what a signed-out person posted until they are back.

        A view marked `shows_held` puts kept values into its form itself. For all
        others one page offers to send them again.
        """
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if self.has_permission(request):
                if request.method == "POST":
                    typed_drafts.forget(request)
                elif not hasattr(view, "shows_held"):
                    draft = typed_drafts.asked_for(request, now=clock.now())
                    if draft is not None:
                        return self.send_again(request, draft)
            elif request.method == "POST" and request.path != reverse("admin:logout"):
                return self.send_away(request)
            response: HttpResponse = inner(request, *args, **kwargs)
            return response

        return guarded

    def send_away(self, request: HttpRequest) -> HttpResponse:
        back = keep_posted_form(request)
        return redirect(f"{reverse('admin:login')}?{urlencode({'next': back})}")

    def send_again(self, request: HttpRequest, draft: QueryDict) -> HttpResponse:
        """Nothing is done by coming back: the person presses the button once more."""
        typed = [
            (name, name.replace("_", " ").strip().capitalize(), value)
            for name, values in draft.lists()
            for value in values
        ]
        return render(
            request,
            "admin/send_again.html",
            self.each_context(request)
            | {"title": "This was not sent yet", "typed": typed},
        )

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Only our own tables.

        Other packages register groups (which stats/staff_groups.py writes), and
        everybody's addresses, second factors and sessions.
        """
        models = (
            [model_or_iterable]
            if isinstance(model_or_iterable, type)
            else model_or_iterable
        )
        ours = [model for model in models if model._meta.app_label in OUR_APPLICATIONS]
        super().register(ours, admin_class, **options)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # Never Django's own form: it knows passwords only, and no limits.
        if request.user.is_authenticated:
            return redirect("admin:index")
        response: HttpResponse = secure_admin_login(super().login)(request)
        return response

    logout = _lead_to("account_logout")
    password_change = _lead_to("account_change_password")
    password_change_done = _lead_to("account_change_password")
