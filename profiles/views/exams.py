"""`/me/exams/`: the list of all exams, and the forms of attempts at a Step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imgportal.lib import clock
from profiles import member_record, reference_tables
from profiles.choices import Exam
from profiles.forms.as_of import AsOfForm
from profiles.member_record import StoredRecord
from profiles.rules.judgement import Judgement
from profiles.views import entry_pages
from profiles.views.entry_pages import STEP_PAGES, StepPage
from profiles.views.member_requests import SignedInRequest, members_only, not_here
from profiles.views.record_verdicts import judged
from profiles.views.verdict_display import (
    ShownAttempt,
    ShownSitting,
    ShownVerdict,
    VerdictDisplay,
)

# Step 2 CS is over: who never sat it need not see it.
ALWAYS_SHOWN = (Exam.STEP1, Exam.STEP2CK, Exam.STEP3)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSection:
    """One Step with its attempts by date."""

    exam: Exam
    standing: ShownVerdict
    attempts: list[ShownAttempt]
    kinds: list[StepPage]  # ways to add one


@members_only
@require_safe
def exam_list(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read(request.user)
    now = clock.now()
    as_of = AsOfForm(request.GET, today=stored.today(now))
    judgement = judged(
        stored, reference_tables.everything().reference, now=now, as_of=as_of
    )
    showing = VerdictDisplay()
    return render(
        request,
        "profiles/exam_list.html",
        {
            "part": "exams",
            "as_of": as_of,
            "parts": show_steps(stored, judgement, showing, day=as_of.day),
            "step3": showing.verdict(judgement.step3),
            "seven_years": showing.verdict(judgement.seven_years),
            "english": showing.verdict(judgement.english),
            "sittings": show_sittings(stored, judgement, showing),
            "season": stored.profile.season,
            "is_empty": not (stored.attempts or stored.sittings),
        },
    )


def show_steps(
    stored: StoredRecord, judgement: Judgement, showing: VerdictDisplay, *, day: date
) -> list[StepSection]:
    """Every Step with its attempts; `day` is the one that is asked about."""
    rows = {row.pk: row for row in stored.attempts}
    attempts = [
        showing.attempt(rows[judged.attempt.key], judged, day)
        for judged in judgement.attempts
        if judged.attempt.key is not None
    ]
    return [
        StepSection(
            exam=exam,
            standing=showing.verdict(verdict),
            attempts=[shown for shown in attempts if shown.row.exam == exam],
            kinds=[kind for kind in STEP_PAGES.values() if kind.exam == exam],
        )
        for exam, verdict in judgement.steps.items()
        if exam in ALWAYS_SHOWN or any(row.exam == exam for row in stored.attempts)
    ]


def show_sittings(
    stored: StoredRecord, judgement: Judgement, showing: VerdictDisplay
) -> list[ShownSitting]:
    """Every sitting of OET; one whose day has not come has no verdict."""
    judged_sittings = {judged.sitting.key: judged for judged in judgement.sittings}
    return [
        ShownSitting(
            row=row,
            shown=showing.verdict(judged_sittings[row.pk].verdict)
            if row.pk in judged_sittings
            else None,
            is_best=row.pk in judged_sittings and judged_sittings[row.pk].is_best,
        )
        for row in stored.sittings
    ]


@members_only
@require_safe
def exam_add(request: SignedInRequest) -> HttpResponse:
    """Which exam? Asked first, so that the form after it asks only what it needs."""
    return render(
        request,
        "profiles/exam_add.html",
        {"kinds": STEP_PAGES.values(), "part": "exams"},
    )


@members_only
def attempt_add(request: SignedInRequest, exam: str) -> HttpResponse:
    return entry_pages.add_entry(request, page=_page(exam))


@members_only
def attempt_edit(request: SignedInRequest, exam: str, pk: int) -> HttpResponse:
    return entry_pages.change_entry(request, page=_page(exam), pk=pk)


@members_only
def attempt_remove(request: SignedInRequest, exam: str, pk: int) -> HttpResponse:
    return entry_pages.remove_entry(request, page=_page(exam), pk=pk)


def _page(slug: str) -> StepPage:
    if slug not in STEP_PAGES:
        raise not_here()
    return STEP_PAGES[slug]
