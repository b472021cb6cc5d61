"""The tables of a draft: filled in row by row, and exported."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.html import format_html

from imgportal.lib import clock, typed_drafts
from stats import drafts
from stats.actions import edit_draft
from stats.choices import FigureTable
from stats.exceptions import EditRefused, WorkflowRefused
from stats.imports import export as founding_export
from stats.staff import grid_forms
from stats.staff.forms import AddRowForm
from stats.staff.requests import (
    StaffRequest,
    lead_away_unless_editing,
    lead_to,
    render_page,
    report_done,
    staff_page,
)


@staff_page("stats.view_release")
@typed_drafts.shows_held
def fill_in_table(request: StaffRequest) -> HttpResponse:
    if elsewhere := lead_away_unless_editing(request):
        return elsewhere
    if request.method == "POST":
        return _save(request)
    draft = typed_drafts.asked_for(request, now=clock.now())
    if draft is not None:
        messages.info(request, "Your values are still here. Look, then save.")
    return _grid_page(
        request, grid_forms.build_grid(request.table, request.release, draft)
    )


def _save(request: StaffRequest) -> HttpResponse:
    grid = grid_forms.build_grid(request.table, request.release, request.POST)
    if not grid.is_valid():
        return _grid_page(request, grid, status=422)
    try:
        changed = edit_draft.change_rows(
            release_id=request.release.pk,
            table=request.table,
            edits=grid.edits(request.POST.get("common_sources", "").strip()),
            by=request.user,
            now=clock.now(),
        )
    except EditRefused as refused:
        grid.refuse(refused)
        return _grid_page(request, grid, status=422)
    except WorkflowRefused as refused:
        messages.error(request, str(refused))
        kept_at = typed_drafts.hold(request, now=clock.now())
        messages.info(
            request,
            format_html('<a href="{}">What you typed</a> is kept for now.', kept_at),
        )
        return lead_to()
    return report_done(
        request,
        f"{changed} value{'s' if changed != 1 else ''} saved."
        if changed
        else "Nothing was different, so nothing was saved.",
        request.release,
        *([] if "_page" in request.POST else [request.table]),
    )


def _grid_page(
    request: StaffRequest, grid: grid_forms.DraftGrid, *, status: int = 200
) -> HttpResponse:
    return render_page(
        request,
        "grid",
        title=f"{request.release.match_year} v{request.release.version}: {grid.table.label}",
        grid=grid,
        add_form=AddRowForm(table=grid.table),
        tables=list(FigureTable),
        warning=drafts.warn_publisher(request.release, request.user),
        common_sources=request.POST.get("common_sources", ""),
        mistakes=sum(bool(line.form.errors) for line in grid.lines)
        if status == 422
        else 0,
        status=status,
    )


@staff_page("stats.change_release", acts=True)
def add_row(request: StaffRequest) -> HttpResponse:
    form = AddRowForm(request.POST, table=request.table)
    if not form.is_valid():
        messages.error(request, "Choose which row to add.")
        return lead_to(request.release, request.table)
    try:
        edit_draft.add_row(
            release_id=request.release.pk,
            table=request.table,
            identity=form.cleaned_data,
            by=request.user,
            now=clock.now(),
        )
    except EditRefused as refused:
        messages.error(request, " ".join(bad.reason for bad in refused.bad))
        return lead_to(request.release, request.table)
    return report_done(
        request, "The row was added, empty.", request.release, request.table
    )


@staff_page("stats.change_release", acts=True)
def remove_row(request: StaffRequest, row_id: int) -> HttpResponse:
    edit_draft.remove_row(
        release_id=request.release.pk,
        table=request.table,
        row_id=row_id,
        by=request.user,
        now=clock.now(),
    )
    return report_done(
        request, "The row was removed from this draft.", request.release, request.table
    )


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff_page("stats.view_release")
def export_table(request: StaffRequest, extension: str) -> HttpResponse:
    """A table as it can be imported again; the public columns are other ones."""
    columns = founding_export.table_of(
        drafts.figures_of(request.release), request.table
    )
    name = f"{columns.name}.{extension}"
    is_workbook = extension == "xlsx"
    return HttpResponse(
        founding_export.as_xlsx(columns)
        if is_workbook
        else founding_export.as_csv(columns),
        content_type=WORKBOOK if is_workbook else "text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
