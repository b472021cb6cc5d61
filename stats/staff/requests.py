"""What every staff page of a version shares: who may open it, and which version it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from stats.choices import FigureTable, Status
from stats.exceptions import WorkflowRefused
from stats.models import Release

if TYPE_CHECKING:
    from imgportal.models import User

    class StaffRequest(HttpRequest):
        """A request that `staff_page` has let through, with what its address names."""

        user: User
        release: Release  # where the address has the number of one
        table: FigureTable  # where the address has the name of one
else:
    StaffRequest = HttpRequest

View = Callable[..., HttpResponse]


def staff_page(
    permission: str, *, acts: bool = False, when_gone: View | None = None
) -> Callable[[View], View]:
    """Lets in who has the permission, and finds the version that the address names, or 404.

    The admin site asks first whether somebody is staff and has used a second factor. A page
    that only `acts` is posted to: whoever asks for it by a link is led to what it acts on,
    and so is, with the reason, whose action was refused. What is posted to a version that
    is there no more is answered by `when_gone`, so that nothing typed is lost.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(
            request: StaffRequest,
            *,
            pk: str | int | None = None,
            table: str = "",
            **place: Any,
        ) -> HttpResponse:
            _require(request, permission)
            if table:
                request.table = FigureTable(table)
            try:
                release = None if pk is None else _find_release(request, pk)
            except Http404:
                if when_gone is None or request.method != "POST":
                    raise
                return when_gone(request)
            if release:
                request.release = release
            if acts and request.method != "POST":
                return lead_to(release, FigureTable(table) if table else None)
            try:
                return view(request, **place)
            except WorkflowRefused as refusal:
                messages.error(request, str(refusal))
                is_left = release and Release.objects.filter(pk=release.pk).exists()
                return lead_to(release if is_left else None)

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


def render_page(
    request: StaffRequest, name: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of the version, within the frame of the staff pages."""
    frame = admin.site.each_context(request)
    context |= {"opts": Release._meta, "release": getattr(request, "release", None)}
    template = f"admin/stats/release/{name}.html"
    return render(request, template, frame | context, status=status)


def lead_to(
    release: Release | None = None, table: FigureTable | None = None
) -> HttpResponse:
    """To a table of a version, to the version, or to the list of all."""
    if release is None:
        return redirect("admin:stats_release_changelist")
    if table is None:
        return redirect("admin:stats_release_change", release.pk)
    return redirect("admin:stats_release_grid", release.pk, table.value)


def report_done(
    request: StaffRequest, sentence: str, *place: Release | FigureTable
) -> HttpResponse:
    """Say that something was done, and lead to where it can be seen."""
    messages.success(request, sentence)
    return lead_to(*place)  # type: ignore[arg-type]


def lead_away_unless_editing(request: StaffRequest) -> HttpResponse | None:
    """Where to go when this person cannot change this version now."""
    is_draft = request.release.status == Status.DRAFT
    if is_draft and request.user.has_perm("stats.change_release"):
        return None
    messages.info(request, "Only a draft can be changed, by an editor.")
    return lead_to(request.release)
