"""`/me/way/`: what was done and what lies ahead, on one line of days."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imgportal.lib import clock
from profiles import member_record, reference_tables
from profiles.forms.as_of import AsOfForm
from profiles.rules.timeline import timeline
from profiles.rules.way import draw_way
from profiles.views.member_requests import SignedInRequest, members_only
from profiles.views.record_verdicts import judged, planned

STEPS_SHOWN = 3


@members_only
@require_safe
def way(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read(request.user)
    now = clock.now()
    as_of = AsOfForm(request.GET, today=stored.today(now))
    reference = reference_tables.everything().reference
    judgement = judged(stored, reference, now=now, as_of=as_of)
    plan = planned(stored, reference, judgement, now=now, as_of=as_of)
    entries = timeline(stored.facts, reference, plan, today=as_of.day)
    return render(
        request,
        "profiles/way.html",
        {
            "part": "dashboard",
            "as_of": as_of,
            "year": stored.profile.season,
            "follows": plan.follows_match,
            "zone": stored.zone,
            "way": draw_way(stored.facts, judgement, entries, zone=stored.zone),
            "steps": plan.steps[:STEPS_SHOWN],
            "further": max(0, len(plan.steps) - STEPS_SHOWN),
        },
    )
