"""The tables of a draft: filled in row by row, imported, exported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html

from imgportal.lib import clock, typed_drafts
from imgportal.lib.typed_drafts import shows_held
from stats import drafts, exports
from stats.actions import edit_draft
from stats.admin import grids, imports
from stats.admin.desk import Desk
from stats.admin.forms import AddRowForm
from stats.choices import Table
from stats.exceptions import EditRefused, WorkflowRefused
from stats.imports import export as exporting
from stats.models import Release
from stats.readiness import Finding

# How long values wait that could not be saved because the draft was gone.
KEEP_SECONDS = 4 * 3600


class Tables(Desk):
    @shows_held
    def grid(self, request: HttpRequest, pk: int, table: str) -> HttpResponse:
        release = self.find(request, pk)
        kind = Table(table)
        if (elsewhere := self.unless_editing(request, release)) is not None:
            return elsewhere
        if request.method == "POST":
            return self.save_grid(request, release, kind)
        kept = typed_drafts.asked_for(request, now=clock.now())
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
            changed = edit_draft.change_rows(
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
            messages.info(
                request,
                format_html(
                    '<a href="{}">What you typed</a> is kept for now.',
                    typed_drafts.hold(
                        request, seconds=KEEP_SECONDS, now=clock.now()
                    ),
                ),
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
    ) -> list[edit_draft.RowEdit]:
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
            edit = edits.get(line.row_id) or edit_draft.RowEdit(
                row_id=line.row_id, was={}, becomes={}
            )
            edits[line.row_id] = edit_draft.RowEdit(
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
                    edit_draft.add_row(
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
                edit_draft.remove_row(
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

    @shows_held
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
