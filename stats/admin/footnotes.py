"""The footnotes of a draft."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from imgportal.lib import clock
from stats import drafts
from stats.actions import edit_draft
from stats.admin.desk import Desk
from stats.admin.forms import FootnoteFormSet
from stats.choices import Status, Table
from stats.definitions import COLUMN_NAMES
from stats.exceptions import EditRefused, WorkflowRefused
from stats.models import Release


class Footnotes(Desk):
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
                "seen": json.dumps(edit_draft.stored_footnotes(release)),
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
            edit_draft.change_footnotes(
                release_id=release.pk,
                was=seen,
                footnotes=kept,
                by=request.user,  # type: ignore[arg-type]
                now=clock.now(),
            )
        except EditRefused as refused:
            if refused.conflicts:
                theirs = "; ".join(
                    note["text"] for note in edit_draft.stored_footnotes(release)
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
