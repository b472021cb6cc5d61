"""Versions of Match years: the list, a page for each, and their tables to fill in.

The pages show and ask; everything that writes is an action. Permissions: *add* opens
versions, *change* edits and submits, *publish* publishes and returns.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from imgportal.lib import clock
from stats import converters, drafts, exports
from stats.actions import amending, editing, publishing
from stats.admin import grids, held, imports
from stats.admin.forms import (
    AddRowForm,
    FootnoteFormSet,
    PublishForm,
    ReturnForm,
    StartYearForm,
)
from stats.choices import ReleaseKind, Status, Table
from stats.definitions import COLUMN_NAMES
from stats.differences import Difference
from stats.exceptions import EditRefused, WorkflowRefused
from stats.figures import Row, YearFigures
from stats.importing import export as exporting
from stats.models import Release, ReleaseEvent
from stats.readiness import Finding

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Release]
else:
    _ModelAdmin = admin.ModelAdmin

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSummary:
    """One table of a version, as its page sums it up."""

    table: Table
    rows: Sequence[Row]
    columns: Sequence[tuple[str, str]]  # column and its name
    waiting: int  # rows that are not entered yet
    changed: Mapping[tuple[str, str], Difference]  # by row key and column


def anchor(key: str) -> str:
    """The place of a row on its page; a key may contain slashes."""
    return f"row-{key.replace('/', '-')}"


@admin.register(Release)
class ReleaseAdmin(_ModelAdmin):
    list_display = (
        "__str__",
        "status",
        "is_current",
        "kind",
        "opened_by",
        "published_by",
        "published_at",
    )
    list_filter = ("status", "kind", "is_current")
    search_fields = ("match_year",)
    list_select_related = ("opened_by", "published_by")
    ordering = ("-match_year", "-version")
    list_per_page = 60
    actions = None
    change_list_template = "admin/stats/release/list.html"

    # Versions are opened, changed and discarded by actions with their own pages.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Release | None = None
    ) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        converters.register()

        def page(route: str, view: View, name: str) -> URLPattern:
            return path(route, self.for_staff(view), name=f"stats_release_{name}")

        return [
            page("start/", self.start, "start"),
            page("amend/<int:match_year>/", self.amend, "amend"),
            page("<int:pk>/submit/", self.submit, "submit"),
            page("<int:pk>/return/", self.return_, "return"),
            page("<int:pk>/publish/", self.publish, "publish"),
            page("<int:pk>/discard/", self.discard, "discard"),
            page("<int:pk>/footnotes/", self.footnotes, "footnotes"),
            page("<int:pk>/<table:table>/", self.grid, "grid"),
            page("<int:pk>/<table:table>/add-row/", self.add_row, "add_row"),
            page(
                "<int:pk>/<table:table>/remove-row/<int:row_id>/",
                self.remove_row,
                "remove_row",
            ),
            page("<int:pk>/<table:table>/import/", self.import_, "import"),
            page("<int:pk>/<table:table>.csv", self.export, "export"),
            page("<int:pk>/<table:table>.xlsx", self.export_workbook, "workbook"),
            *super().get_urls(),
        ]

    def for_staff(self, view: View) -> View:
        """Only for staff; what a signed-out person posted is kept until they are back."""

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.admin_site.has_permission(request) and request.method == "POST":
                name = held.hold(request.path, request.POST)
                back = f"{request.path}?{urlencode({'held': name})}"
                return redirect(f"{reverse('admin:login')}?{urlencode({'next': back})}")
            return self.admin_site.admin_view(view)(request, *args, **kwargs)

        return guarded

    # --- Reading ------------------------------------------------------------------

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = (extra_context or {}) | {
            "start_form": StartYearForm(this_year=clock.now().year),
            "may_open": request.user.has_perm("stats.add_release"),
            "open_releases": Release.objects.exclude(status=Status.PUBLISHED),
        }
        return super().changelist_view(request, context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        release = self.find(request, object_id)
        return self.release_page(request, release)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        # Django's own log knows nothing of the steps of a version.
        change = reverse(
            "admin:stats_release_change", args=[self.find(request, object_id).pk]
        )
        return redirect(f"{change}#events-title")

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

    def release_page(
        self,
        request: HttpRequest,
        release: Release,
        *,
        publish_form: PublishForm | None = None,
        return_form: ReturnForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        figures = drafts.figures_of(release)
        checklist = drafts.checklist(release, figures)
        changes = drafts.changes(release, figures)
        is_amendment = release.kind != ReleaseKind.FIRST
        user = request.user
        return render(
            request,
            "admin/stats/release/page.html",
            self.admin_site.each_context(request)
            | {
                "title": f"{release.match_year} Match, version {release.version}",
                "opts": self.opts,
                "release": release,
                "problem_count": len(checklist.problems),
                "remark_count": len(checklist.remarks),
                "problems": self.located(release, checklist.problems),
                "remarks": self.located(release, checklist.remarks),
                "footnotes": figures.footnotes,
                "next_step": drafts.next_step(
                    release, blocked=bool(checklist.problems)
                ),
                "events": ReleaseEvent.objects.filter(
                    match_year=release.match_year, version=release.version
                ).select_related("by"),
                "tables": [self.summary(table, figures, changes) for table in Table],
                "changes": changes,
                "public": drafts.published_beside(release),
                "editors": list(release.editors.order_by("email")),
                "is_draft": release.status == Status.DRAFT,
                "is_in_review": release.status == Status.IN_REVIEW,
                "is_amendment": is_amendment,
                "may_change": user.has_perm("stats.change_release"),
                "may_open": user.has_perm("stats.add_release"),
                "may_publish": user.has_perm("stats.publish_release"),
                "is_editor_of_it": release.editors.filter(pk=user.pk).exists(),
                "publish_form": publish_form or PublishForm(is_amendment=is_amendment),
                "return_form": return_form or ReturnForm(),
            },
            status=status,
        )

    def located(
        self, release: Release, found: Sequence[Finding]
    ) -> dict[Table, list[tuple[Finding, str]]]:
        """The findings by table, each with the address of the row it is about."""
        by_table: dict[Table, list[tuple[Finding, str]]] = {}
        for finding in found:
            url = reverse("admin:stats_release_grid", args=[release.pk, finding.table])
            place = (finding, f"{url}#{anchor(finding.row_key)}")
            by_table.setdefault(finding.table, []).append(place)
        return by_table

    def summary(
        self, table: Table, figures: YearFigures, changes: Sequence[Difference]
    ) -> TableSummary:
        row = editing.ROWS[table]
        rows = [found for found in figures.rows() if found.table == table]
        return TableSummary(
            table=table,
            rows=rows,
            columns=[
                (name, COLUMN_NAMES[name]) for name in (*row.counts, *row.printed)
            ],
            waiting=sum(found.provenance.missing == "not_entered" for found in rows),
            changed={
                (change.row_key, change.column): change
                for change in changes
                if change.table == table
            },
        )

    # --- Opening and the steps of a version -----------------------------------------

    def start(self, request: HttpRequest) -> HttpResponse:
        self.require(request, "stats.add_release")
        form = StartYearForm(request.POST or None, this_year=clock.now().year)
        if request.method != "POST" or not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(str(error) for error in errors))
            return redirect("admin:stats_release_changelist")
        return self.attempt(
            request,
            lambda: amending.start_year(
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
            lambda: amending.open_amendment(
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
            lambda: publishing.submit(
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
            lambda: publishing.return_with_comment(
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
            publishing.publish(
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
            amending.discard(
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

    def to(self, release: Release) -> HttpResponseRedirect:
        return redirect("admin:stats_release_change", release.pk)

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

    # --- Tables ----------------------------------------------------------------------

    def grid(self, request: HttpRequest, pk: int, table: str) -> HttpResponse:
        release = self.find(request, pk)
        kind = Table(table)
        if (elsewhere := self.unless_editing(request, release)) is not None:
            return elsewhere
        if request.method == "POST":
            return self.save_grid(request, release, kind)
        kept = held.held(request.path, request.GET.get("held", ""))
        if kept is not None:
            messages.info(request, "Your values are still here. Look, then save.")
        return self.grid_page(request, release, self.build(release, kind, kept))

    def save_grid(
        self, request: HttpRequest, release: Release, table: Table
    ) -> HttpResponse:
        grid = self.build(release, table, request.POST)
        if not grid.is_valid():
            return self.grid_page(request, release, grid, status=422)
        edits = self.with_common_source(request, grid)
        try:
            changed = editing.change_rows(
                release_id=release.pk,
                table=table,
                edits=edits,
                by=request.user,  # type: ignore[arg-type]
                now=clock.now(),
            )
        except EditRefused as refused:
            grid.refuse(refused)
            return self.grid_page(request, release, grid, status=422)
        except WorkflowRefused as refused:
            messages.error(request, str(refused))
            kept = f"{request.path}?held={held.hold(request.path, request.POST)}"
            messages.info(
                request,
                format_html('<a href="{}">What you typed</a> is kept for now.', kept),
            )
            return redirect("admin:stats_release_changelist")
        messages.success(
            request,
            f"{changed} value{'s' if changed != 1 else ''} saved."
            if changed
            else "Nothing was different, so nothing was saved.",
        )
        if "_page" in request.POST:
            return self.to(release)
        return redirect("admin:stats_release_grid", release.pk, table.value)

    def with_common_source(
        self, request: HttpRequest, grid: grids.Grid
    ) -> list[editing.RowEdit]:
        """The edits; rows without a source get the common one, if it was given."""
        common = request.POST.get("common_sources", "").strip()
        edits = {edit.row_id: edit for edit in grid.edits()}
        if not common:
            return list(edits.values())
        for line in grid.lines:
            cleaned = line.form.cleaned_data
            if cleaned["sources"] or (
                cleaned["missing"] == "not_entered" and (line.row_id not in edits)
            ):
                continue
            edit = edits.get(line.row_id) or editing.RowEdit(
                row_id=line.row_id, was={}, becomes={}
            )
            edits[line.row_id] = editing.RowEdit(
                row_id=line.row_id,
                was={**edit.was, "sources": ""},
                becomes={**edit.becomes, "sources": common},
            )
        return list(edits.values())

    def build(self, release: Release, table: Table, data: Any = None) -> grids.Grid:
        figures = drafts.figures_of(release)
        checklist = drafts.checklist(release, figures)

        def by_row(found: Sequence[Finding]) -> dict[str, list[str]]:
            texts: dict[str, list[str]] = defaultdict(list)
            for finding in found:
                if finding.table == table:
                    name = f"{finding.column_name}: " if finding.column_name else ""
                    texts[finding.row_key].append(f"{name}{finding.text}")
            return texts

        return grids.build(
            table=table,
            release=release,
            figures=figures,
            before=drafts.year_before(release),
            public=drafts.published_beside(release),
            remarks=by_row(checklist.remarks),
            problems=by_row(checklist.problems),
            data=data,
        )

    def grid_page(
        self,
        request: HttpRequest,
        release: Release,
        grid: grids.Grid,
        *,
        add_form: AddRowForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        return render(
            request,
            "admin/stats/release/grid.html",
            self.admin_site.each_context(request)
            | {
                "title": f"{release.match_year} v{release.version}: {grid.table.label}",
                "opts": self.opts,
                "release": release,
                "grid": grid,
                "add_form": add_form or AddRowForm(table=grid.table),
                "tables": list(Table),
                "common_sources": request.POST.get("common_sources", ""),
                "mistakes": sum(bool(line.form.errors) for line in grid.lines)
                if status == 422
                else 0,
            },
            status=status,
        )

    def add_row(self, request: HttpRequest, pk: int, table: str) -> HttpResponse:
        self.require(request, "stats.change_release")
        release, kind = self.find(request, pk), Table(table)
        if request.method == "POST":
            form = AddRowForm(request.POST, table=kind)
            if not form.is_valid():
                messages.error(request, "Choose which row to add.")
            else:
                try:
                    editing.add_row(
                        release_id=pk,
                        table=kind,
                        identity=form.cleaned_data,
                        by=request.user,  # type: ignore[arg-type]
                        now=clock.now(),
                    )
                    messages.success(request, "The row was added, empty.")
                except EditRefused as refused:
                    messages.error(request, " ".join(bad.reason for bad in refused.bad))
                except WorkflowRefused as refused:
                    messages.error(request, str(refused))
                    return self.to(release)
        return redirect("admin:stats_release_grid", pk, table)

    def remove_row(
        self, request: HttpRequest, pk: int, table: str, row_id: int
    ) -> HttpResponse:
        self.require(request, "stats.change_release")
        release, kind = self.find(request, pk), Table(table)
        if request.method == "POST":
            try:
                editing.remove_row(
                    release_id=pk,
                    table=kind,
                    row_id=row_id,
                    by=request.user,  # type: ignore[arg-type]
                    now=clock.now(),
                )
                messages.success(request, "The row was removed from this draft.")
            except WorkflowRefused as refused:
                messages.error(request, str(refused))
                return self.to(release)
        return redirect("admin:stats_release_grid", pk, table)

    def import_(self, request: HttpRequest, pk: int, table: str) -> HttpResponse:
        release = self.find(request, pk)
        return (
            self.unless_editing(request, release)
            or imports.ImportPage(
                request=request,
                release=release,
                table=Table(table),
                context=self.admin_site.each_context(request) | {"opts": self.opts},
            ).answer()
        )

    def export(self, request: HttpRequest, pk: int, table: str) -> HttpResponse:
        found = self.founding_columns(request, pk, table)
        return self.file(
            exporting.as_csv(found), f"{found.name}.csv", "text/csv; charset=utf-8"
        )

    def export_workbook(
        self, request: HttpRequest, pk: int, table: str
    ) -> HttpResponse:
        found = self.founding_columns(request, pk, table)
        return self.file(
            exporting.as_xlsx(found),
            f"{found.name}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )

    def founding_columns(
        self, request: HttpRequest, pk: int, table: str
    ) -> exports.Export:
        """A table as it can be imported again; the public columns are other ones."""
        release = self.find(request, pk)
        return exporting.table_of(drafts.figures_of(release), Table(table))

    def file(self, content: bytes, name: str, content_type: str) -> HttpResponse:
        return HttpResponse(
            content,
            content_type=content_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def footnotes(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.require(request, "stats.change_release")
        release = self.find(request, pk)
        if release.status != Status.DRAFT:
            messages.info(request, "Only the footnotes of a draft can be changed.")
            return self.to(release)
        figures = drafts.figures_of(release)
        keys: dict[Table, set[str]] = defaultdict(set)
        for row in figures.rows():
            # Scores are annotated by specialty, the other tables by their key.
            keys[row.table].add(row.key.split("/")[0])
        formset = FootnoteFormSet(
            request.POST or None,
            initial=[
                {"table": n.table, "row": n.row, "column": n.column, "text": n.text}
                for n in figures.footnotes
            ],
            form_kwargs={"keys": keys},
        )
        if request.method == "POST" and formset.is_valid():
            refused = self.save_footnotes(request, release, formset)
            if refused is None:
                return self.to(release)
            messages.error(request, refused)
        return render(
            request,
            "admin/stats/release/footnotes.html",
            self.admin_site.each_context(request)
            | {
                "title": f"{release.match_year} v{release.version}: footnotes",
                "opts": self.opts,
                "release": release,
                "formset": formset,
                "row_keys": sorted(set().union(*keys.values()) - {""}),
                "column_names": COLUMN_NAMES.items(),
                # What the editor has seen by now, whatever they saw before.
                "seen": json.dumps(editing.stored_footnotes(release)),
            },
            status=422 if request.method == "POST" else 200,
        )

    def save_footnotes(
        self, request: HttpRequest, release: Release, formset: Any
    ) -> str | None:
        """Save them; a sentence when that is refused, and then nothing changed."""
        kept = [form.cleaned_data for form in formset if form.cleaned_data.get("text")]
        try:
            seen = json.loads(request.POST.get("seen", ""))
        except ValueError:
            seen = None
        if not (isinstance(seen, list) and all(isinstance(n, dict) for n in seen)):
            seen = []
        try:
            editing.change_footnotes(
                release_id=release.pk,
                was=seen,
                footnotes=kept,
                by=request.user,  # type: ignore[arg-type]
                now=clock.now(),
            )
        except EditRefused as refused:
            if refused.conflicts:
                theirs = "; ".join(
                    note["text"] for note in editing.stored_footnotes(release)
                )
                return (
                    "Somebody else changed the footnotes meanwhile. They are now: "
                    f"{theirs or 'none'}. Yours are still below; saving again replaces "
                    "theirs."
                )
            return " ".join(
                f"Footnote {bad.row_id}: {bad.reason}" for bad in refused.bad
            )
        except WorkflowRefused as refused:
            return str(refused)
        messages.success(
            request, f"{len(kept)} footnote{'s' if len(kept) != 1 else ''} saved."
        )
        return None
