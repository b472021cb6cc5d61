"""`/me/`: how far everything is, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from imgportal.lib import clock
from profiles import reading, record
from profiles.choices import Exam
from profiles.rules.judgement import Judgement
from profiles.rules.verdicts import Verdict
from profiles.views.judging import judged
from profiles.views.links import field_link
from profiles.views.notices import unread
from profiles.views.reminders import returned_address
from profiles.views.requests import SignedInRequest, members_only
from profiles.views.showing import Showing, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """Something to do, and where the reason for it is told."""

    verdict: Verdict
    about: str
    url: str


@members_only
@require_safe
def dashboard(request: SignedInRequest) -> HttpResponse:
    stored = record.read(request.user)
    now = clock.now()
    judgement = judged(stored, reading.everything().reference, now=now)
    showing = Showing()
    lines = showing.items(judgement, stored.items)
    return render(
        request,
        "profiles/dashboard.html",
        {
            "part": "dashboard",
            "stored": stored,
            "unread": unread(request.user),
            "returned": returned_address(request.user),
            "tally": Tally(lines=lines),
            "looks": judgement.needs_look,
            "steps": _in_order(_next_steps(judgement)),
            "exams": [
                (exam, showing.verdict(verdict))
                for exam, verdict in judgement.steps.items()
                if exam != Exam.STEP2CS
                or any(row.exam == exam for row in stored.attempts)
            ],
            "match": showing.verdict(judgement.match),
            "img_class": showing.verdict(judgement.img_class),
            "seven_years": showing.verdict(judgement.seven_years),
            "settles": tuple(
                dict.fromkeys(
                    field_link(name)
                    for line in lines
                    for name in line.shown.verdict.settles
                )
            ),
        },
    )


def _next_steps(judgement: Judgement) -> Iterator[NextStep]:
    exams = reverse("profiles:exam_list")
    certification = reverse("profiles:certification")
    yield NextStep(
        verdict=judgement.seven_years, about="Seven years", url=f"{exams}#seven-years"
    )
    for exam, verdict in judgement.steps.items():
        yield NextStep(verdict=verdict, about=exam.label, url=f"{exams}#{exam.value}")
    for item, verdict in judgement.items.items():
        yield NextStep(
            verdict=verdict, about=item.label, url=f"{certification}#{item.value}"
        )
    yield NextStep(
        verdict=judgement.pathways_season,
        about="The Pathways season",
        url=f"{certification}#pathways",
    )


def _in_order(steps: Iterator[NextStep]) -> list[NextStep]:
    """What there is to do, each once, the nearest date first."""
    found: dict[str, NextStep] = {}
    for step in steps:
        if step.verdict.next_step:
            found.setdefault(step.verdict.next_step, step)
    return sorted(found.values(), key=lambda step: step.verdict.next_date or date.max)
