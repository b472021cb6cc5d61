"""The footnotes of a draft."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse

from imgportal.lib import clock
from stats import drafts
from stats.actions import edit_draft
from stats.choices import FigureTable, Status
from stats.columns import COLUMN_NAMES
from stats.exceptions import EditRefused, WorkflowRefused
from stats.staff.forms import FootnoteFormSet
from stats.staff.requests import StaffRequest, lead_to, render_page, staff_page


@staff_page("stats.change_release")
def change_footnotes(request: StaffRequest) -> HttpResponse:
    release = request.release
    if release.status != Status.DRAFT:
        messages.info(request, "Only the footnotes of a draft can be changed.")
        return lead_to(release)
    figures = drafts.figures_of(release)
    keys: dict[FigureTable, set[str]] = defaultdict(set)
    for row in figures.rows():
        # Scores are annotated by specialty, the other tables by their key.
        keys[row.table].add(row.key.split("/")[0])
    formset = FootnoteFormSet(
        request.POST or None,
        initial=[
            {column: getattr(note, column) for column in edit_draft.FOOTNOTE}
            for note in figures.footnotes
        ],
        form_kwargs={"keys": keys},
    )
    if request.method == "POST" and formset.is_valid():
        refused = _save(request, formset)
        if not refused:
            return lead_to(release)
        messages.error(request, refused)
    return render_page(
        request,
        "footnotes",
        title=f"{release.match_year} v{release.version}: footnotes",
        formset=formset,
        row_keys=sorted(set().union(*keys.values()) - {""}),
        column_names=COLUMN_NAMES.items(),
        # What the editor has seen by now, whatever they saw before.
        seen=json.dumps(edit_draft.stored_footnotes(release)),
        status=422 if request.method == "POST" else 200,
    )


def _save(request: StaffRequest, formset: Any) -> str:
    """Save them; a sentence when that is refused, and then nothing changed."""
    notes = [form.cleaned_data for form in formset if form.cleaned_data.get("text")]
    try:
        edit_draft.change_footnotes(
            release_id=request.release.pk,
            was=_seen(request),
            footnotes=notes,
            by=request.user,
            now=clock.now(),
        )
    except EditRefused as refused:
        if not refused.conflicts:
            return " ".join(
                f"Footnote {bad.row_id}: {bad.reason}" for bad in refused.bad
            )
        stored = edit_draft.stored_footnotes(request.release)
        theirs = [note["text"] for note in stored]
        return (
            "Somebody else changed the footnotes meanwhile. They are now: "
            f"{'; '.join(theirs) or 'none'}. Yours are still below; saving again "
            "replaces theirs."
        )
    except WorkflowRefused as refused:
        return str(refused)
    messages.success(
        request, f"{len(notes)} footnote{'s' if len(notes) != 1 else ''} saved."
    )
    return ""


def _seen(request: StaffRequest) -> list[dict[str, str]]:
    """The footnotes that the page showed; none of them when the form was tampered with."""
    try:
        seen = json.loads(request.POST.get("seen", ""))
    except (ValueError, RecursionError):
        return []
    is_list = isinstance(seen, list) and all(isinstance(note, dict) for note in seen)
    return seen if is_list else []
