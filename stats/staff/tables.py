"""The tables of a draft: filled in row by row, and exported."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict

from imgportal.lib import clock, typed_drafts
from stats import drafts
from stats.actions import edit_draft
from stats.choices import FigureTable
from stats.exceptions import EditRefused, WorkflowRefused
from stats.imports import export as founding_export
from stats.models import MODELS, Source
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


def _show_unsaved(request: StaffRequest) -> HttpResponse:
    """What was typed into a version that was discarded: nothing else has it any more."""
    return _unsaved_page(request, request.POST, status=410)


def _unsaved_page(
    request: StaffRequest, typed: QueryDict, *, status: int = 409
) -> HttpResponse:
    """What was typed and cannot be saved, to be copied from."""
    return render_page(
        request,
        "unsaved",
        title=f"{request.table.label}: not saved",
        table=request.table,
        typed=grid_forms.typed_rows(request.table, typed),
        status=status,
    )


@staff_page("stats.view_release", when_gone=_show_unsaved)
@typed_drafts.shows_held
def fill_in_table(request: StaffRequest) -> HttpResponse:
    is_post = request.method == "POST"
    draft = None if is_post else typed_drafts.asked_for(request, now=clock.now())
    if elsewhere := lead_away_unless_editing(request):
        if is_post and grid_forms.typed_rows(request.table, request.POST):
            return _keep_unsaved(request)
        return elsewhere if draft is None else _unsaved_page(request, draft)
    if is_post:
        return _save(request, request.POST)
    if draft is not None:
        messages.info(request, "Your values are still here. Look, then save.")
    return _grid_page(request, draft)


def _keep_unsaved(request: StaffRequest) -> HttpResponse:
    """Should the version come back as a draft, the values are in their fields again."""
    typed_drafts.hold(request, now=clock.now())
    return _unsaved_page(request, request.POST)


def _save(request: StaffRequest, typed: QueryDict) -> HttpResponse:
    """What was typed into rows that somebody else removed waits for a decision first."""
    table, release = request.table, request.release
    removed = grid_forms.typed_into_removed(table, release, typed)
    for row in removed:
        if typed.get("leave_out") == str(row.row_id):
            typed = grid_forms.without(table, typed, row)
        elif typed.get("put_back") == str(row.row_id) and (
            stored := _put_back(request, row)
        ):
            typed = grid_forms.moved(table, typed, row, stored)
    if removed:
        is_decided = not grid_forms.typed_into_removed(table, release, typed)
        if is_decided:
            messages.info(request, "Nothing is saved yet. Look, then save.")
        return _grid_page(request, typed, status=200 if is_decided else 422)
    if "undo" in typed:
        typed = grid_forms.undone(table, release, typed, typed.get("undo", ""))
        messages.info(request, "The public value is back. Look, then save.")
        return _grid_page(request, typed)
    common_sources = typed.get("common_sources", "").strip()
    grid = grid_forms.build_grid(table, release, typed, now=clock.now())
    if not grid.is_valid():
        return _grid_page(request, typed, grid=grid, status=422)
    try:
        changed = edit_draft.change_rows(
            release_id=release.pk,
            table=table,
            edits=grid.edits(common_sources),
            by=request.user,
            now=clock.now(),
        )
    except EditRefused as refused:
        grid.refuse(refused)
        return _grid_page(request, typed, grid=grid, status=422)
    except WorkflowRefused as refused:
        messages.error(request, str(refused))
        return _keep_unsaved(request)
    request.session[_TYPED_LAST] = [release.pk, common_sources]
    return report_done(
        request,
        f"{changed} value{'s' if changed != 1 else ''} saved."
        if changed
        else "Nothing was different, so nothing was saved.",
        release,
        *([] if "_page" in typed else [table]),
    )


# In the session: of which version, and the keys of sources that were typed for it.
_TYPED_LAST = "common_sources"


def _typed_last(request: StaffRequest) -> str:
    """The keys of sources that this person typed last for this version."""
    of, keys = request.session.get(_TYPED_LAST, (None, ""))
    return str(keys) if of == request.release.pk else ""


def _put_back(request: StaffRequest, row: grid_forms.TypedRow) -> Any:
    """The row that somebody removed, stored anew and empty. None: there can be none."""
    table, release = request.table, request.release
    identity = grid_forms.identity_of(table, row.key)
    if identity is None:
        return None
    # Where somebody has added it again meanwhile, it is that one.
    with suppress(EditRefused):
        edit_draft.add_row(
            release_id=release.pk,
            table=table,
            identity=identity,
            by=request.user,
            now=clock.now(),
        )
    return MODELS[table].objects.filter(release=release, **identity).first()


def _grid_page(
    request: StaffRequest,
    typed: QueryDict | None,
    *,
    grid: grid_forms.DraftGrid | None = None,
    status: int = 200,
) -> HttpResponse:
    """The table with what was typed into it, if anything waits to be saved."""
    table, release = request.table, request.release
    grid = grid or grid_forms.build_grid(table, release, typed, now=clock.now())
    last_year, last_rows = edit_draft.find_last_rows(release, table)
    return render_page(
        request,
        "grid",
        title=f"{release.match_year} v{release.version}: {table.label}",
        grid=grid,
        add_form=AddRowForm(table=table),
        tables=list(FigureTable),
        warning=drafts.warn_publisher(release, request.user),
        common_sources=typed.get("common_sources", "")
        if typed
        else _typed_last(request),
        sources=Source.objects.order_by("key").values_list("key", "title"),
        last_year=last_year,
        last_rows=len(last_rows),
        is_unsaved=typed is not None,
        removed=grid_forms.typed_into_removed(table, release, typed) if typed else (),
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
def add_last_rows(request: StaffRequest) -> HttpResponse:
    year, added = edit_draft.add_last_rows(
        release_id=request.release.pk,
        table=request.table,
        by=request.user,
        now=clock.now(),
    )
    return report_done(
        request,
        f"{added} row{'s' if added != 1 else ''} of {year} added, empty."
        if added
        else "The draft has all of these rows already.",
        request.release,
        request.table,
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
