"""A member's sheet as whoever has its secret address reads it. No session is read.

It is drawn without the request: nothing of who asks, and no address, can come into it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from imgportal.lib import clock
from imgportal.lib.http import read_only
from profiles import member_record, reference_tables
from profiles.actions import adviser_sheet
from profiles.choices import Answer, Exam, Item
from profiles.member_record import StoredRecord
from profiles.models import AdviserSheet
from profiles.record_tables import PATHWAYS
from profiles.rules.judgement import Judgement
from profiles.rules.plan.needs import TrainingPlan
from profiles.rules.plan.visas import VISA_DAYS
from profiles.rules.reference import Reference, eastern_day
from profiles.rules.timeline import timeline
from profiles.rules.verdicts import Verdict
from profiles.views import overview
from profiles.views.exams import show_sittings, show_steps
from profiles.views.record_verdicts import judged, planned
from profiles.views.season import show_entries
from profiles.views.verdict_display import ShownVerdict, Tally, VerdictDisplay

HEADERS = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
# What a browser or a mail program says when it loads a page that nobody reads yet.
OF_VISAS = tuple(f"own/{kind.value}/" for kind in VISA_DAYS)
AHEAD_OF_READING = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


class ReadersDisplay(VerdictDisplay):
    """Verdicts for somebody who cannot fill in what is missing."""

    def verdict(self, verdict: Verdict, *, but: str = "") -> ShownVerdict:
        return replace(super().verdict(verdict, but=but), settles=())


@read_only
def sheet(request: HttpRequest, token: str) -> HttpResponse:
    """The sheet of that address. After its end it is as if it had never been."""
    now = clock.now()
    opened = adviser_sheet.open_at(token, now=now)
    if opened is None:
        page = render_to_string("profiles/sheet_gone.html")
        return HttpResponse(page, status=404, headers=HEADERS)
    if _is_read(request):
        adviser_sheet.count_opening(opened, now=now)
    page = render_to_string("profiles/sheet.html", _contents(opened, now))
    return HttpResponse(page, headers=HEADERS)


def _is_read(request: HttpRequest) -> bool:
    """Was it opened, rather than looked at by a program before somebody opens it?

    Only what such a program says of itself can be told apart; the member's list says
    that some programs open links as a reader does.
    """
    return request.method == "GET" and not any(
        word in request.headers.get(name, "").lower()
        for name in AHEAD_OF_READING
        for word in ("prefetch", "preview")
    )


def _contents(opened: AdviserSheet, now: datetime) -> dict[str, Any]:
    """Only the parts that were chosen are in it, so no template can show another."""
    stored = member_record.read(opened.owner).for_reader(
        scores=opened.shows_scores, notes=opened.shows_notes
    )
    reference = reference_tables.everything().reference
    judgement = judged(stored, reference, now=now)
    plan = planned(stored, reference, judgement, now=now)
    showing = ReadersDisplay()
    contents: dict[str, Any] = {
        "title": opened.title,
        "today": judgement.today,
        "ends_at": opened.ends_at,
        "shows_scores": opened.shows_scores,
        "is_img": plan.is_img,
    }
    if opened.shows_steps:
        contents["next"] = _next(plan, showing, judgement, now)
    if opened.shows_exams:
        contents["exams"] = _exams(stored, judgement, showing)
    if opened.shows_certification:
        contents["certification"] = _certification(stored, judgement, showing)
    if opened.shows_season:
        contents["season"] = _season(stored, reference, judgement, plan, showing)
    if opened.shows_notes:
        contents["notes"] = [
            (item.label, stored.items[item].note)
            for item in Item
            if item in stored.items and stored.items[item].note
        ]
    return contents


def _next(
    plan: TrainingPlan, showing: VerdictDisplay, judgement: Judgement, now: datetime
) -> dict[str, Any]:
    steps = overview.shown_actions(
        plan.steps, today=judgement.today, eastern=eastern_day(now), zone=None
    )
    risks = overview.shown_risks(plan.risks, showing, today=judgement.today)
    # Their pages are the member's own.
    return {
        "steps": [replace(step, url="") for step in steps],
        "risks": [replace(risk, url="") for risk in risks],
        "looks": judgement.needs_look,
    }


def _exams(
    stored: StoredRecord, judgement: Judgement, showing: VerdictDisplay
) -> dict[str, Any]:
    return {
        "sections": show_steps(stored, judgement, showing, day=judgement.today),
        "step3": showing.verdict(judgement.step3),
        "step3_exam": Exam.STEP3,
        "seven_years": showing.verdict(judgement.seven_years),
        "english": showing.verdict(judgement.english),
        "sittings": show_sittings(stored, judgement, showing),
    }


def _certification(
    stored: StoredRecord, judgement: Judgement, showing: VerdictDisplay
) -> dict[str, Any]:
    lines = showing.items(judgement, stored.items)
    # Nothing but that it was not entered can be said of these: one sentence says it.
    unsaid = [
        line
        for line in lines
        if line.shown.verdict.answer == Answer.NOT_KNOWN
        and not (line.more or line.shown.verdict.needs_look)
        and not (line.row and line.row.state)
    ]
    return {
        "lines": [line for line in lines if line not in unsaid],
        "unsaid": [line.item.label for line in unsaid],
        "tally": Tally(lines=lines),
        "verdict": showing.verdict(judgement.certificate),
        "certificate": stored.certificate,
        "route": showing.verdict(judgement.route),
        "applications": [(row, PATHWAYS.sentences(row)) for row in stored.pathways],
    }


def _season(
    stored: StoredRecord,
    reference: Reference,
    judgement: Judgement,
    plan: TrainingPlan,
    showing: VerdictDisplay,
) -> dict[str, Any]:
    entries = timeline(stored.facts, reference, plan, today=judgement.today)
    lines = show_entries(entries, stored, showing, today=judgement.today, is_own=False)
    return {
        "year": stored.profile.season,
        "match": showing.verdict(judgement.match),
        # Days of a visa are not an adviser's business.
        "ahead": [
            line
            for line in lines
            if not line.is_past and not line.entry.key.startswith(OF_VISAS)
        ],
    }
