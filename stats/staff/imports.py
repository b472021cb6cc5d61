"""A file into one table of a draft: uploaded, compared, confirmed.

Nothing is written before it is confirmed. Between the steps the file is held for one
person and one draft, so no step needs a second upload.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from imgportal.lib import clock, typed_drafts
from stats import imports
from stats.actions.import_file import import_file
from stats.choices import FigureTable, Missing
from stats.exceptions import ImportRefused, PlanOutdated, UploadGone
from stats.imports import HeldFile, Plan
from stats.staff.forms import AnswersForm, UploadForm
from stats.staff.previews import make_preview
from stats.staff.requests import (
    StaffRequest,
    lead_away_unless_editing,
    lead_to,
    render_page,
    report_done,
    staff_page,
)

MOST_REFUSALS = 200


@staff_page("stats.view_release")
@typed_drafts.shows_held
def import_table(request: StaffRequest) -> HttpResponse:
    if elsewhere := lead_away_unless_editing(request):
        return elsewhere
    is_post = request.method == "POST"
    if is_post and not {"fingerprint", "kept"} & request.POST.keys():
        return _upload(request)
    token = request.POST.get("kept", "") if is_post else _token_asked_for(request)
    if not is_post and not token:
        return _import_page(request)
    try:
        held = _held_file(request, token)
    except UploadGone as gone:
        status = 422 if is_post else 410
        return _import_page(request, gone=str(gone), status=status)
    if "fingerprint" in request.POST:
        return _confirm(request, held, token)
    if is_post:
        return _explain(request, held, token)
    return _show_beside(request, held, token)


def _token_asked_for(request: StaffRequest) -> str:
    """Of the file to look at; empty: none. It may come from before a lost session."""
    draft = typed_drafts.asked_for(request, now=clock.now())
    if draft is None:
        return request.GET.get("kept", "")
    token = draft.get("kept", "")
    if token:
        messages.info(
            request, "You were signed out meanwhile. Your file is still here."
        )
    else:
        messages.warning(
            request,
            "You were signed out before the file arrived, so it could not be kept. "
            "Choose it again.",
        )
    return token


def _held_file(request: StaffRequest, token: str) -> HeldFile:
    """The file of a token. Raises UploadGone, also when it is for another table."""
    held = imports.find_held_file(
        token, user_id=request.user.pk, release_id=request.release.pk
    )
    if held.table != request.table:
        raise UploadGone(
            f"{held.name} was uploaded for {held.table.label}. Upload it there again, "
            "or a file for this table here."
        )
    return held


def _upload(request: StaffRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES, asks_why="missing" in request.POST)
    if not form.is_valid():
        return _import_page(request, form=form, status=422)
    file = form.cleaned_data["file"]
    return _hold(
        request,
        HeldFile(
            name=file.name,
            content=file.read(),
            table=request.table,
            missing_reason=_reason(form),
        ),
    )


def _explain(request: StaffRequest, held: HeldFile, token: str) -> HttpResponse:
    """Somebody answered what the file leaves open; it is compared again."""
    form = _answers_form(_compare(request, held), request.POST)
    if not form.is_valid():
        return _show_beside(request, held, token, answers_form=form, status=422)
    answers = form.cleaned_data
    return _hold(
        request,
        replace(
            held,
            missing_reason=_reason(form)
            if "missing" in answers
            else held.missing_reason,
            takes_hidden=answers.get("hidden", held.takes_hidden),
        ),
    )


def _answers_form(plan: Plan, data: QueryDict | None = None) -> AnswersForm:
    return AnswersForm(
        data, asks_why=plan.asks_why, asks_about_hidden=plan.asks_about_hidden
    )


def _reason(form: UploadForm | AnswersForm) -> Missing | None:
    reason = form.cleaned_data.get("missing")
    return Missing(reason) if reason else None


def _hold(request: StaffRequest, file: HeldFile) -> HttpResponse:
    """Keep a file that can be imported, or that waits for one answer only."""
    plan = _compare(request, file)
    if plan.refusals and not plan.only_asks:
        return _import_page(request, refused=file, plan=plan, status=422)
    token = imports.hold_file(
        file, user_id=request.user.pk, release_id=request.release.pk
    )
    return redirect(f"{request.path}?{urlencode({'kept': token})}")


def _confirm(request: StaffRequest, held: HeldFile, token: str) -> HttpResponse:
    try:
        plan = import_file(
            release_id=request.release.pk,
            parsed=_read(held),
            fingerprint=request.POST.get("fingerprint", ""),
            by=request.user,
            now=clock.now(),
        )
    except PlanOutdated as outdated:
        plan = _compare(request, held)
        if plan.changes or plan.refusals:
            return _show_beside(
                request, held, token, sentence=str(outdated), status=422
            )
        # The form was sent twice, or a colleague imported the same file.
    except ImportRefused:
        return _show_beside(
            request,
            held,
            token,
            sentence="Something changed since these differences were shown, and the "
            "file cannot be imported like this any more.",
            status=422,
        )
    if not plan.changes:
        messages.info(
            request,
            f"The draft says what {held.name} says already. Nothing was written.",
        )
        return lead_to(request.release)
    return report_done(
        request,
        f"Imported from {held.name}: {plan.new} new and {plan.changed} changed "
        f"row{'s' if len(plan.changes) != 1 else ''}.",
        request.release,
    )


def _read(file: HeldFile) -> imports.ParsedFile:
    return imports.read(
        file.name,
        file.content,
        file.table,
        file.missing_reason,
        takes_hidden=file.takes_hidden,
    )


def _compare(request: StaffRequest, file: HeldFile) -> Plan:
    return imports.plan(request.release, _read(file))


def _show_beside(
    request: StaffRequest,
    held: HeldFile,
    token: str,
    *,
    answers_form: AnswersForm | None = None,
    **page: Any,
) -> HttpResponse:
    """The file beside the draft: the question, what is refused, or the differences."""
    plan = _compare(request, held)
    if plan.only_asks:
        page |= {"asking": held, "token": token}
        page["answers_form"] = answers_form or _answers_form(plan)
    elif plan.refusals:
        page["refused"] = held
    else:
        number = request.GET.get("page", "")
        page["preview"] = make_preview(held, token, plan, number)
    return _import_page(request, plan=plan, **page)


def _import_page(
    request: StaffRequest,
    *,
    form: UploadForm | None = None,
    plan: Plan | None = None,
    **page: Any,
) -> HttpResponse:
    release, table = request.release, request.table
    refusals = plan.refusals if plan else ()
    located = [refusal for refusal in refusals if refusal.line is not None]
    hidden = [
        refusal for refusal in refusals if refusal.reason in imports.ASKS_ABOUT_HIDDEN
    ]
    if "asking" in page:
        # What is hidden is a question of its own.
        located = [refusal for refusal in located if refusal not in hidden]
        rows = [it for it in hidden if it.reason == imports.ASK_HIDDEN]
        page["hidden_rows"] = rows[:MOST_REFUSALS]
        page["more_hidden"] = len(rows[MOST_REFUSALS:])
        page["hidden_columns"] = [it for it in hidden if it.column]
        page["hidden_sheets"] = [it for it in hidden if it.line is None]
    return render_page(
        request,
        "import",
        title=f"{release.match_year} v{release.version}, {table.label}: import a file",
        table=table,
        tables=list(FigureTable),
        here=reverse("admin:stats_release_import", args=[release.pk, table]),
        columns=imports.columns_of(table),
        may_be_left_out=imports.ABOUT,
        form=form or UploadForm(asks_why=plan is not None and plan.asks_why),
        plan=plan,
        of_the_file=[refusal for refusal in refusals if refusal.line is None],
        refusals=located[:MOST_REFUSALS],
        more_refusals=len(located[MOST_REFUSALS:]),
        **page,
    )
