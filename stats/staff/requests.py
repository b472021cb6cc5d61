"""What every staff page of a version shares: who may open it, and which version it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from stats.choices import Status, Table
from stats.exceptions import WorkflowRefused
from stats.models import Release

if TYPE_CHECKING:
    from imgportal.models import User

    class StaffRequest(HttpRequest):
        """A request that `staff_page` has let through."""

        user: User
else:
    StaffRequest = HttpRequest

View = Callable[..., HttpResponse]


def staff_page(permission: str, *, acts: bool = False) -> Callable[[View], View]:
    """Lets in who has the permission, and hands over what the address names.

    The admin site asks first whether somebody is staff and has used a second factor. Then
    `pk` becomes the argument `release`, or a 404, and `table` a Table. A page that only
    `acts` is posted to; whoever asks for it by a link is led to what it acts on. When an
    action refuses, the reason is shown there as well.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(
            request: HttpRequest, *, pk: str | int = "", table: str = "", **place: Any
        ) -> HttpResponse:
            _require(request, permission)
            if pk:
                place["release"] = _find_release(request, pk)
            if table:
                place["table"] = Table(table)
            if acts and request.method != "POST":
                return lead_to(place.get("release"), place.get("table"))
            try:
                return view(request, **place)
            except WorkflowRefused as refusal:
                messages.error(request, str(refusal))
                return lead_to(_if_still_there(place.get("release")))

        guarded: View = admin.site.admin_view(answer)
        return guarded

    return decorate


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _find_release(request: HttpRequest, pk: str | int) -> Release:
    _require(request, "stats.view_release")
    people = ("opened_by", "submitted_by", "published_by")
    try:
        return Release.objects.select_related(*people).get(pk=pk)
    except (Release.DoesNotExist, ValueError):
        raise Http404("There is no such version; it may have been discarded.") from None


def _if_still_there(release: Release | None) -> Release | None:
    return release and Release.objects.filter(pk=release.pk).first()


def render_page(
    request: HttpRequest,
    name: str,
    *,
    release: Release,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page of a version, within the frame of the staff pages."""
    return render(
        request,
        f"admin/stats/release/{name}.html",
        admin.site.each_context(request)
        | {"opts": Release._meta, "release": release, **context},
        status=status,
    )


def lead_to(release: Release | None = None, table: Table | None = None) -> HttpResponse:
    """To a table of a version, to the version, or to the list of all."""
    if release is None:
        return redirect("admin:stats_release_changelist")
    if table is None:
        return redirect("admin:stats_release_change", release.pk)
    return redirect("admin:stats_release_grid", release.pk, table.value)


def report(
    request: HttpRequest,
    sentence: str,
    release: Release | None = None,
    table: Table | None = None,
) -> HttpResponse:
    """Say that something was done, and lead to where it can be seen."""
    messages.success(request, sentence)
    return lead_to(release, table)


def lead_away_unless_editing(
    request: StaffRequest, release: Release
) -> HttpResponse | None:
    """Where to go when this person cannot change this version now."""
    if release.status == Status.DRAFT and request.user.has_perm("stats.change_release"):
        return None
    messages.info(request, "Only a draft can be changed, by an editor.")
    return lead_to(release)
