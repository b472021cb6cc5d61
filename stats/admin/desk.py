"""What every page of a version stands on: who may open it, and which version it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from stats.choices import Status
from stats.models import Release

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Release]
else:
    _ModelAdmin = admin.ModelAdmin

View = Callable[..., HttpResponse]


class Desk(_ModelAdmin):
    """The pages around a version are parts of one admin; this is what they share."""

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
