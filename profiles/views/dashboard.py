"""`/me/`: what is next and by when, what could go wrong, how far everything is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imgportal.lib import clock, typed_drafts
from profiles import member_record, reference_tables
from profiles.choices import Exam
from profiles.forms.as_of import AsOfForm
from profiles.forms.record_form import RecordForm
from profiles.models import AnswerChange, ReminderChoice
from profiles.rules.reference import eastern_day
from profiles.views import overview
from profiles.views.entry_pages import START
from profiles.views.member_requests import SignedInRequest, members_only
from profiles.views.notices import unread
from profiles.views.record_verdicts import judged, planned
from profiles.views.verdict_display import Tally, VerdictDisplay
from profiles.views.verdict_links import field_link

if TYPE_CHECKING:
    from imgportal.models import User

# What is next is a short list: the rest waits behind it.
MOST = 5


@members_only
@require_safe
def dashboard(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read(request.user)
    now = clock.now()
    as_of = AsOfForm(request.GET, today=stored.today(now))
    if stored.is_empty:
        return render(
            request,
            "profiles/welcome.html",
            {
                "part": "dashboard",
                "form": _start_form(request, stored),
                **_notices(request.user),
            },
        )
    reference = reference_tables.everything().reference
    judgement = judged(stored, reference, now=now, as_of=as_of)
    showing = VerdictDisplay()
    lines = showing.items(judgement, stored.items)
    eastern = as_of.day if as_of.is_another_day else eastern_day(now)
    plan = planned(stored, reference, judgement, now=now, as_of=as_of)
    return render(
        request,
        "profiles/dashboard.html",
        {
            "part": "dashboard",
            "as_of": as_of,
            "stored": stored,
            **_notices(request.user),
            "is_img": plan.is_img,
            "tally": Tally(lines=lines),
            # What would settle it stands in the fold below, once.
            "certificate": replace(showing.verdict(judgement.certificate), settles=()),
            "looks": judgement.needs_look
            if plan.is_img
            # What only ECFMG asks for is nothing to look at.
            else [row.needs_look for row in judgement.attempts if row.needs_look],
            "steps": overview.shown_actions(
                plan.steps[:MOST],
                today=as_of.day,
                eastern=eastern,
                zone=stored.zone,
            ),
            "further": len(plan.steps[MOST:]),
            "risks": overview.shown_risks(plan.risks, showing, today=as_of.day),
            "exams": [
                (exam, showing.verdict(verdict))
                for exam, verdict in judgement.steps.items()
                if exam != Exam.STEP2CS
                or any(row.exam == exam for row in stored.attempts)
            ],
            "english": showing.verdict(judgement.english),
            "match": showing.verdict(judgement.match),
            "img_class": showing.verdict(judgement.img_class),
            "scores": overview.place_scores(
                judgement, stored.profile.specialties, showing.figures
            ),
            "settles": tuple(
                dict.fromkeys(
                    field_link(name)
                    for line in lines
                    for name in line.shown.verdict.settles
                )
            ),
        },
    )


def _notices(user: User) -> dict[str, Any]:
    """Answers that changed rules have changed, and whether messages come back. Mostly
    there is neither, and both are asked for in one query.
    """
    unread_rows = AnswerChange.objects.owned_by(user).filter(dismissed_at__isnull=True)
    returned = ReminderChoice.objects.owned_by(user).filter(bounced=user.email)
    there_are = {
        kind
        for (kind,) in unread_rows.order_by()
        .values_list(Value("unread", CharField()))
        .union(returned.order_by().values_list(Value("returned", CharField())))
    }
    return {
        "unread": unread(user) if "unread" in there_are else None,
        "returned": user.address if "returned" in there_are else "",
    }


def _start_form(
    request: SignedInRequest, stored: member_record.StoredRecord
) -> RecordForm:
    """Three questions, each of which may stay open, then the first answers."""
    form = START.form_for(request, stored, START.row_in(stored))
    form.whose = typed_drafts.mark_for(request.user.pk)
    return form
