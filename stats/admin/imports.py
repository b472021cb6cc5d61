"""A file into one table of a draft: uploaded, compared, confirmed.

Nothing is written before it is confirmed. Between the steps the file is held for one
person and one draft, so no step needs a second upload.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from imgportal.lib import clock, typed_drafts
from stats import imports
from stats.actions.import_file import import_file
from stats.admin.forms import ReasonForm, UploadForm
from stats.admin.previews import preview
from stats.choices import Missing, Table
from stats.exceptions import (
    ImportRefused,
    PlanOutdated,
    Refusal,
    UploadGone,
    WorkflowRefused,
)
from stats.imports import Held, Plan
from stats.models import Release

MOST_REFUSALS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage:
    """One request for the page on which a file comes into a table of a draft."""

    request: HttpRequest
    release: Release
    table: Table
    context: Mapping[str, Any]  # what every staff page needs

    def answer(self) -> HttpResponse:
        posted = self.request.POST
        if self.request.method != "POST":
            return self.look()
        if "fingerprint" in posted:
            return self.confirm()
        if "kept" in posted:
            return self.explain()
        return self.upload()

    # --- Steps --------------------------------------------------------------------

    def look(self) -> HttpResponse:
        """The empty page, or a held file beside the draft as it is now."""
        asked = self.request.GET
        # What was posted when the session had ended; a file cannot be kept then.
        before = typed_drafts.asked_for(self.request, now=clock.now())
        token = asked.get("kept", "")
        if before is not None:
            token = before.get("kept", "")
            if not token:
                messages.warning(
                    self.request,
                    "You were signed out before the file arrived, so it could not be "
                    "kept. Choose it again.",
                )
                return self.page()
            messages.info(
                self.request, "You were signed out meanwhile. Your file is still here."
            )
        if not token:
            return self.page()
        try:
            kept = self.held(token)
        except UploadGone as gone:
            return self.page(gone=str(gone), status=410)
        return self.beside(kept, token, self.compare(kept))

    def upload(self) -> HttpResponse:
        form = UploadForm(
            self.request.POST,
            self.request.FILES,
            asks_why="missing" in self.request.POST,
        )
        if not form.is_valid():
            return self.page(form=form, status=422)
        file = form.cleaned_data["file"]
        reason = form.cleaned_data.get("missing")
        return self.keep(
            Held(
                name=file.name,
                content=file.read(),
                table=self.table,
                missing_reason=Missing(reason) if reason else None,
            )
        )

    def explain(self) -> HttpResponse:
        """Somebody said why values are missing; the file is compared again."""
        token = self.request.POST.get("kept", "")
        form = ReasonForm(self.request.POST)
        try:
            kept = self.held(token)
        except UploadGone as gone:
            return self.page(gone=str(gone), status=422)
        if not form.is_valid():
            plan = self.compare(kept)
            return self.beside(kept, token, plan, reason_form=form, status=422)
        return self.keep(
            Held(
                name=kept.name,
                content=kept.content,
                table=self.table,
                missing_reason=Missing(form.cleaned_data["missing"]),
            )
        )

    def keep(self, file: Held) -> HttpResponse:
        """Hold a file that can be imported, or that waits for one answer only."""
        plan = self.compare(file)
        if plan.refusals and not plan.only_asks_why:
            return self.page(refused=file, plan=plan, status=422)
        token = imports.hold(file, user_id=self.user_id, release_id=self.release.pk)
        return redirect(f"{self.request.path}?{urlencode({'kept': token})}")

    def confirm(self) -> HttpResponse:
        token = self.request.POST.get("kept", "")
        try:
            kept = self.held(token)
        except UploadGone as gone:
            return self.page(gone=str(gone), status=422)
        try:
            plan = import_file(
                release_id=self.release.pk,
                parsed=self.read(kept),
                fingerprint=self.request.POST.get("fingerprint", ""),
                by=self.request.user,  # type: ignore[arg-type]
                now=clock.now(),
            )
        except WorkflowRefused as refused:
            messages.error(self.request, str(refused))
            if Release.objects.filter(pk=self.release.pk).exists():
                return redirect("admin:stats_release_change", self.release.pk)
            return redirect("admin:stats_release_changelist")
        except PlanOutdated as outdated:
            plan = self.compare(kept)
            if plan.changes or plan.refusals:
                return self.beside(
                    kept, token, plan, sentence=str(outdated), status=422
                )
            # The form was sent twice, or a colleague imported the same file.
        except ImportRefused:
            return self.beside(
                kept,
                token,
                self.compare(kept),
                sentence="Something changed since these differences were shown, and the "
                "file cannot be imported like this any more.",
                status=422,
            )
        return self.done(kept, plan)

    def done(self, kept: Held, plan: Plan) -> HttpResponse:
        if plan.changes:
            messages.success(
                self.request,
                f"Imported from {kept.name}: {plan.new} new and {plan.changed} changed "
                f"row{'s' if len(plan.changes) != 1 else ''}.",
            )
        else:
            messages.info(
                self.request,
                f"The draft says what {kept.name} says already. Nothing was written.",
            )
        return redirect("admin:stats_release_change", self.release.pk)

    # --- Parts --------------------------------------------------------------------

    @property
    def user_id(self) -> int:
        return int(self.request.user.pk or 0)

    def held(self, token: str) -> Held:
        kept = imports.held(token, user_id=self.user_id, release_id=self.release.pk)
        if kept.table != self.table:
            raise UploadGone(
                f"{kept.name} was uploaded for {kept.table.label}. Upload it there "
                "again, or a file for this table here."
            )
        return kept

    def read(self, file: Held) -> imports.Parsed:
        return imports.read(file.name, file.content, self.table, file.missing_reason)

    def compare(self, file: Held) -> Plan:
        return imports.plan(self.release, self.read(file))

    def beside(
        self,
        kept: Held,
        token: str,
        plan: Plan,
        *,
        sentence: str = "",
        reason_form: ReasonForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The file beside the draft: the question, what is refused, or the differences."""
        if plan.refusals and not plan.only_asks_why:
            return self.page(refused=kept, plan=plan, sentence=sentence, status=status)
        if plan.refusals:
            return self.page(
                asking=kept,
                plan=plan,
                token=token,
                reason_form=reason_form or ReasonForm(),
                status=status,
            )
        return self.page(
            preview=preview(kept, token, plan, self.request.GET.get("page", "")),
            plan=plan,
            sentence=sentence,
            status=status,
        )

    def page(
        self,
        *,
        form: UploadForm | None = None,
        plan: Plan | None = None,
        status: int = 200,
        **parts: Any,
    ) -> HttpResponse:
        refusals: Sequence[Refusal] = plan.refusals if plan else ()
        located = [refusal for refusal in refusals if refusal.line is not None]
        asks_why = plan is not None and plan.asks_why
        return render(
            self.request,
            "admin/stats/release/import.html",
            {
                **self.context,
                "title": f"{self.release.match_year} v{self.release.version}, "
                f"{self.table.label}: import a file",
                "release": self.release,
                "table": self.table,
                "tables": list(Table),
                "here": reverse(
                    "admin:stats_release_import", args=[self.release.pk, self.table]
                ),
                "columns": imports.columns_of(self.table),
                "may_be_left_out": imports.ABOUT,
                "form": form or UploadForm(asks_why=asks_why),
                "plan": plan,
                "of_the_file": [found for found in refusals if found.line is None],
                "refusals": located[:MOST_REFUSALS],
                "more_refusals": len(located[MOST_REFUSALS:]),
                **parts,
            },
            status=status,
        )
