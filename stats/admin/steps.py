"""The steps of a version: opened, submitted, returned, published, discarded."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from imgportal.lib import clock
from stats.actions import open_version, publish_version
from stats.admin.forms import PublishForm, ReturnForm, StartYearForm
from stats.admin.version_page import VersionPage
from stats.choices import ReleaseKind
from stats.exceptions import WorkflowRefused
from stats.models import Release


class Steps(VersionPage):
    def start(self, request: HttpRequest) -> HttpResponse:
        self.require(request, "stats.add_release")
        form = StartYearForm(request.POST or None, this_year=clock.now().year)
        if request.method != "POST" or not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(str(error) for error in errors))
            return redirect("admin:stats_release_changelist")
        return self.attempt(
            request,
            lambda: open_version.start_year(
                match_year=form.cleaned_data["match_year"],
                by=request.user,  # type: ignore[arg-type]
                now=clock.now(),
            ),
            "The year is open. Fill in its tables below.",
        )

    def amend(self, request: HttpRequest, match_year: int) -> HttpResponse:
        self.require(request, "stats.add_release")
        if request.method != "POST":
            return redirect("admin:stats_release_changelist")
        return self.attempt(
            request,
            lambda: open_version.open_amendment(
                match_year=match_year,
                by=request.user,  # type: ignore[arg-type]
                now=clock.now(),
            ),
            "This is a copy of the public version. Change what is wrong, then submit.",
        )

    def submit(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.require(request, "stats.change_release")
        release = self.find(request, pk)
        if request.method != "POST":
            return self.to(release)
        return self.attempt(
            request,
            lambda: publish_version.submit(
                release_id=pk,
                by=request.user,  # type: ignore[arg-type]
                now=clock.now(),
            ),
            "Submitted. Somebody who changed none of its values can publish it now.",
            stay=release,
        )

    def return_(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.require(request, "stats.publish_release")
        release = self.find(request, pk)
        if request.method != "POST":
            return self.to(release)
        form = ReturnForm(request.POST)
        if not form.is_valid():
            return self.release_page(request, release, return_form=form, status=422)
        return self.attempt(
            request,
            lambda: publish_version.return_with_comment(
                release_id=pk,
                comment=form.cleaned_data["comment"],
                by=request.user,  # type: ignore[arg-type]
                now=clock.now(),
            ),
            "Returned to its editors with your comment.",
            stay=release,
        )

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.require(request, "stats.publish_release")
        release = self.find(request, pk)
        if request.method != "POST":
            return self.to(release)
        form = PublishForm(request.POST, is_amendment=release.kind != ReleaseKind.FIRST)
        if not form.is_valid():
            return self.release_page(request, release, publish_form=form, status=422)
        kind = form.cleaned_data.get("kind")
        try:
            publish_version.publish(
                release_id=pk,
                by=request.user,  # type: ignore[arg-type]
                now=clock.now(),
                public_note=form.cleaned_data["public_note"],
                kind=ReleaseKind(kind) if kind else None,
            )
        except WorkflowRefused as refused:
            messages.error(request, str(refused))
            # What was typed into the note is still there.
            fresh = Release.objects.filter(pk=pk).first()
            if fresh is None:
                return redirect("admin:stats_release_changelist")
            return self.release_page(request, fresh, publish_form=form, status=422)
        messages.success(request, "Published. Everybody can read it now.")
        return self.to(release)

    def discard(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.require(request, "stats.change_release")
        release = self.find(request, pk)
        if request.method != "POST":
            return self.to(release)
        try:
            open_version.discard(
                release_id=pk,
                by=request.user,  # type: ignore[arg-type]
                now=clock.now(),
            )
        except WorkflowRefused as refused:
            messages.error(request, str(refused))
            return self.to(release)
        messages.success(request, f"The draft of {release.match_year} was discarded.")
        return redirect("admin:stats_release_changelist")

    def attempt(
        self,
        request: HttpRequest,
        step: Callable[[], Release],
        done: str,
        *,
        stay: Release | None = None,
    ) -> HttpResponse:
        """Take one step; a refusal is shown where the person came from."""
        try:
            release = step()
        except WorkflowRefused as refused:
            messages.error(request, str(refused))
            if stay is None or not Release.objects.filter(pk=stay.pk).exists():
                return redirect("admin:stats_release_changelist")
            return self.to(stay)
        messages.success(request, done)
        return self.to(release)
