"""`/me/data/import/`: bring a record back from a file, or exams from a spreadsheet.

Nothing of the file is kept on the server between the preview and the answer to it: the
page carries the entries, and the answer is read and compared once more as if it were
new. So nothing waits for somebody who never comes back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import (
    require_POST,
    require_safe,
)

from imgportal.lib import clock, rate_limits, typed_drafts
from profiles import member_record, signals
from profiles.actions import import_record as actions
from profiles.exceptions import FileRefused, NotKept
from profiles.forms import record_import, record_upload
from profiles.forms.record_import import ImportEntry, ImportPlan, ImportStanding
from profiles.forms.record_upload import Brought, PastedRowsForm, RecordFileForm
from profiles.portable import parse_sheet
from profiles.views import printed_record
from profiles.views.member_requests import (
    CONFLICT,
    WRONG,
    SignedInRequest,
    either,
    members_only,
    typed,
)

EXAMPLE = Path(__file__).resolve().parent.parent / "data" / "exams_example.csv"
# Ticked beforehand. What differs is replaced only when somebody says so.
TICKED = (ImportStanding.NEW,)
# Files of one member an hour; a preview and the answer to it are two.
MOST_FILES, WINDOW = 60, 3600
CHOOSE = "Choose at least one entry, or leave this page: nothing was written."
CHANGED = (
    "Your record was changed since this was shown, perhaps in another tab. Nothing was "
    "written. Below is what the file holds beside your record as it is now."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownImport:
    """An entry of the file in words."""

    entry: ImportEntry
    title: str
    pairs: list[tuple[str, str]]  # of what is new: label, value
    changes: list[tuple[str, str, str]]  # of what differs: label, now, in the file
    is_ticked: bool


@members_only
@either
def upload(request: SignedInRequest) -> HttpResponse:
    file_form, rows_form = RecordFileForm(), _rows_form(typed(request))
    sent: RecordFileForm | PastedRowsForm | None = None
    if request.method == "POST":
        if _is_over_the_limit(request):
            return _wait(request)
        if "pasted" in request.POST:
            sent = rows_form = PastedRowsForm(request.POST)
        else:
            sent = file_form = RecordFileForm(request.POST, request.FILES)
        if sent.is_valid():
            typed_drafts.forget(request)
            if sent.brought.hidden:
                return _ask_about_hidden(request, sent.brought)
            return _preview(request, sent.brought)
    return _page(
        request, file_form, rows_form, status=WRONG if sent and sent.errors else 200
    )


@login_required
@require_safe
def example(request: SignedInRequest) -> HttpResponse:
    """A spreadsheet to begin with."""
    return HttpResponse(
        EXAMPLE.read_bytes(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="exams-example.csv"'},
    )


@login_required
@require_POST
def confirm(request: SignedInRequest) -> HttpResponse:
    """Take over what was ticked, all of it or nothing."""
    if _is_over_the_limit(request):
        return _wait(request)
    try:
        brought = record_upload.read_again(
            request.POST.get("content", ""),
            is_sheet=request.POST.get("kind") == "sheet",
        )
    except FileRefused:
        # Not what the preview sent: begin again.
        messages.error(request, "That answer could not be read. Choose the file again.")
        return redirect("profiles:import")
    plan = _plan(request, brought)
    taken = set(request.POST.getlist("take"))
    if request.POST.get("token") != plan.token:
        return _preview(request, brought, notice=CHANGED, taken=taken, status=CONFLICT)
    chosen = [
        entry
        for entry in plan.entries
        if entry.name in taken
        and entry.standing in (ImportStanding.NEW, ImportStanding.DIFFERENT)
    ]
    if not chosen:
        return _preview(request, brought, notice=CHOOSE, taken=taken, status=WRONG)
    try:
        actions.take_over([entry.change for entry in chosen], owner=request.user)
    except NotKept as not_kept:
        notice = f"Nothing was written. {not_kept}"
        return _preview(request, brought, notice=notice, taken=taken, status=CONFLICT)
    signals.record_imported.send(None, request=request, user=request.user)
    number = len(chosen)
    messages.success(
        request,
        f"Taken over: {number} {'entry' if number == 1 else 'entries'}.",
    )
    return redirect("profiles:exam_list" if brought.is_sheet else "profiles:data")


def _ask_about_hidden(request: SignedInRequest, brought: Brought) -> HttpResponse:
    """Each answer carries its rows, as if they had been pasted: the file is not kept."""
    return render(
        request,
        "profiles/import_hidden.html",
        {
            "part": "data",
            "brought": brought,
            "shown_only": brought.shown_only,
            "whose": typed_drafts.mark_for(request.user.pk),
        },
    )


def _rows_form(sent: QueryDict | None) -> PastedRowsForm:
    """With the rows in the box that were sent, now or when the session had ended."""
    pasted = "" if sent is None else sent.get("pasted", "")
    return PastedRowsForm(initial={"pasted": pasted})


def _page(
    request: SignedInRequest,
    file_form: RecordFileForm,
    rows_form: PastedRowsForm,
    *,
    status: int = 200,
    minutes: int = 0,
) -> HttpResponse:
    rows_form.whose = typed_drafts.mark_for(request.user.pk)
    return render(
        request,
        "profiles/import.html",
        {
            "part": "data",
            "file_form": file_form,
            "rows_form": rows_form,
            "minutes": minutes,
            "most_rows": parse_sheet.MOST_ROWS,
        },
        status=status,
    )


def _is_over_the_limit(request: SignedInRequest) -> bool:
    """To read a file is work, so it is counted before the file is looked at."""
    return not rate_limits.allow(
        request,
        "import",
        most=MOST_FILES,
        seconds=WINDOW,
        now=clock.now(),
        per_member=True,
    )


def _wait(request: SignedInRequest) -> HttpResponse:
    wait = rate_limits.seconds_left(seconds=WINDOW, now=clock.now())
    # What was pasted stays in the box, and is not looked at.
    response = _page(
        request,
        RecordFileForm(),
        _rows_form(request.POST),
        status=429,
        minutes=-(-wait // 60),
    )
    response.headers["Retry-After"] = str(wait)
    return response


def _plan(request: SignedInRequest, brought: Brought) -> ImportPlan:
    # The file may come from a zone that is ahead of where the member says to be now.
    return record_import.plan_import(
        brought.rows,
        member_record.read_all(request.user),
        today=member_record.latest_today(clock.now()),
    )


def _preview(
    request: SignedInRequest,
    brought: Brought,
    *,
    notice: str = "",
    taken: Collection[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    plan = _plan(request, brought)
    shown = {
        standing.value: [
            _shown(entry, taken) for entry in plan.entries_that_are(standing)
        ]
        for standing in ImportStanding
    }
    return render(
        request,
        "profiles/import_preview.html",
        {
            "part": "data",
            "notice": notice,
            "shown": shown,
            "something_to_do": bool(shown["new"] or shown["different"]),
            "only_here": plan.only_here,
            "content": brought.content,
            "is_sheet": brought.is_sheet,
            "unread": brought.unread,
            "token": plan.token,
        },
        status=status,
    )


def _shown(entry: ImportEntry, taken: Collection[str] | None) -> ShownImport:
    table = entry.table
    here = {} if entry.twin is None else table.values(entry.twin)
    ticked = entry.standing in TICKED if taken is None else entry.name in taken
    return ShownImport(
        entry=entry,
        title=printed_record.title_of(table, entry.values),
        pairs=printed_record.pairs_of(table, entry.values),
        changes=[
            (
                printed_record.label_of(table, name),
                printed_record.value_in_words(table, name, here[name]) or "–",
                printed_record.value_in_words(table, name, entry.values[name]) or "–",
            )
            for name in entry.differing
        ],
        is_ticked=ticked,
    )
