"""`/me/certification/`: the items in their order, the Pathway, the certificate."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from imgportal.lib import clock, typed_drafts
from profiles import member_record, reference_tables
from profiles.actions.report_items import report_items
from profiles.exceptions import ItemsChangedMeanwhile
from profiles.forms.as_of import AsOfForm
from profiles.forms.item_reports import ItemReports
from profiles.record_tables import PATHWAYS
from profiles.views import entry_pages
from profiles.views.entry_pages import ITEM_PAGES
from profiles.views.member_requests import (
    CONFLICT,
    WRONG,
    SignedInRequest,
    either,
    members_only,
    not_here,
    typed,
)
from profiles.views.record_verdicts import judged
from profiles.views.verdict_display import ShownRoute, Tally, VerdictDisplay


@members_only
@either
def certification(request: SignedInRequest) -> HttpResponse:
    """All items are reported where they stand, and saved together."""
    stored = member_record.read(request.user)
    now = clock.now()
    reports = ItemReports(typed(request), rows=stored.items, today=stored.today(now))
    status = 200
    if request.method == "POST":
        if reports.is_valid() and _kept(request, reports):
            typed_drafts.forget(request)
            messages.success(request, _saved(len(reports.reports)))
            return redirect(request.get_full_path())
        status = CONFLICT if reports.is_stale else WRONG
    as_of = AsOfForm(request.GET, today=stored.today(now))
    judgement = judged(
        stored, reference_tables.everything().reference, now=now, as_of=as_of
    )
    showing = VerdictDisplay()
    lines = showing.items(judgement, stored.items)
    return render(
        request,
        "profiles/certification.html",
        {
            "part": "certification",
            "as_of": as_of,
            "stored": stored,
            "lines": [(line, reports.forms[line.item]) for line in lines],
            "reports": reports,
            "whose": typed_drafts.mark_for(request.user.pk),
            "is_back": request.method != "POST" and reports.is_bound,
            "tally": Tally(lines=lines),
            "season": stored.profile.season,
            "applications": [(row, PATHWAYS.sentences(row)) for row in stored.pathways],
            "route": showing.verdict(judgement.route),
            "routes": [
                ShownRoute(
                    pathway=judged.pathway, shown=showing.verdict(judged.verdict)
                )
                for judged in judgement.pathways
            ],
            "pathways_season": showing.verdict(judgement.pathways_season),
            "english": showing.verdict(judgement.english),
        },
        status=status,
    )


def _kept(request: SignedInRequest, reports: ItemReports) -> bool:
    try:
        report_items(request.user, reports.reports)
    except ItemsChangedMeanwhile as meanwhile:
        reports.show_beside(meanwhile.rows)
        return False
    return True


def _saved(count: int) -> str:
    if not count:
        return "Nothing was changed, so there was nothing to save."
    return f"Saved: {count} item{'s' if count != 1 else ''}."


@members_only
def item_edit(request: SignedInRequest, item: str) -> HttpResponse:
    if item not in ITEM_PAGES:
        raise not_here()
    return entry_pages.put_entry(request, page=ITEM_PAGES[item])
