"""What every page of a version stands on: who may open it, and which version it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from imgportal.lib import clock, limits
from stats.admin import held
from stats.choices import Status
from stats.models import Release

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Release]
else:
    _ModelAdmin = admin.ModelAdmin

View = Callable[..., HttpResponse]

MOST_HELD = 30  # forms an hour and address that found their sender signed out


class Desk(_ModelAdmin):
    """The pages around a version are parts of one admin; this is what they share."""

    def for_staff(self, view: View) -> View:
        """Only for staff; what a signed-out person posted is kept until they are back."""

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.admin_site.has_permission(request) and request.method == "POST":
                back = request.path
                # Anybody can post here, so nobody may fill the cache with it.
                if limits.allow(
                    request, "held", most=MOST_HELD, seconds=3600, now=clock.now()
                ):
                    name = held.hold(request.path, request.POST)
                    back = f"{request.path}?{urlencode({'held': name})}"
                return redirect(f"{reverse('admin:login')}?{urlencode({'next': back})}")
            return self.admin_site.admin_view(view)(request, *args, **kwargs)

        return guarded

    def find(self, request: HttpRequest, pk: str | int) -> Release:
        if not request.user.has_perm("stats.view_release"):
            raise PermissionDenied
        try:
            return Release.objects.select_related(
                "opened_by", "submitted_by", "published_by"
            ).get(pk=pk)
        except (Release.DoesNotExist, ValueError):
            raise Http404(
                "There is no such version; it may have been discarded."
            ) from None

    def require(self, request: HttpRequest, permission: str) -> None:
        if not request.user.has_perm(permission):
            raise PermissionDenied

    def unless_editing(
        self, request: HttpRequest, release: Release
    ) -> HttpResponse | None:
        """Where to go when this person cannot change this version now."""
        if release.status == Status.DRAFT and request.user.has_perm(
            "stats.change_release"
        ):
            return None
        messages.info(request, "Only a draft can be changed, by an editor.")
        return self.to(release)

    def to(self, release: Release) -> HttpResponseRedirect:
        return redirect("admin:stats_release_change", release.pk)
