"""`/me/certification/`: the items in their order, the Pathway, the certificate."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imgportal.lib import clock
from profiles import member_record, reference_tables
from profiles.forms.as_of import AsOfForm
from profiles.record_tables import PATHWAYS
from profiles.views import entry_pages
from profiles.views.entry_pages import ITEM_PAGES
from profiles.views.member_requests import SignedInRequest, members_only, not_here
from profiles.views.record_verdicts import judged
from profiles.views.verdict_display import ShownRoute, Tally, VerdictDisplay


@members_only
@require_safe
def certification(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read(request.user)
    now = clock.now()
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
            "lines": lines,
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
    )


@members_only
def item_edit(request: SignedInRequest, item: str) -> HttpResponse:
    if item not in ITEM_PAGES:
        raise not_here()
    return entry_pages.put_entry(request, page=ITEM_PAGES[item])
