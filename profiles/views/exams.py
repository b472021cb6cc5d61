"""`/me/exams/`: the list of all exams, and the forms of attempts at a Step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from imgportal.lib import clock
from profiles import member_record, reference_tables
from profiles.actions import save_entry
from profiles.choices import Exam
from profiles.forms.as_of import AsOfForm
from profiles.forms.exams import AttemptForm
from profiles.member_record import Stored
from profiles.models import ExamAttempt
from profiles.rules import numbers
from profiles.rules.days import in_words
from profiles.views.member_requests import (
    SignedInRequest,
    entry,
    gone,
    members_only,
    not_here,
    removal,
    typed,
)
from profiles.views.record_verdicts import judged
from profiles.views.verdict_display import Showing, Shown, ShownAttempt, ShownSitting

either = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One form to enter an attempt: an exam, and whether it was reported by number."""

    slug: str
    exam: Exam
    scored: bool
    label: str
    hint: str


KINDS = {
    kind.slug: kind
    for kind in (
        Kind(
            slug="step1",
            exam=Exam.STEP1,
            scored=False,
            label="Step 1",
            hint=f"Planned, or taken on or after {in_words(numbers.PASS_FAIL_FROM)}: "
            "Pass or Fail, without a number.",
        ),
        Kind(
            slug="step1-with-score",
            exam=Exam.STEP1,
            scored=True,
            label="Step 1 with a score",
            hint=f"Taken before {in_words(numbers.PASS_FAIL_FROM)}.",
        ),
        Kind(
            slug="step2ck",
            exam=Exam.STEP2CK,
            scored=True,
            label="Step 2 CK",
            hint="Clinical Knowledge, with a three-digit score.",
        ),
        Kind(
            slug="step2cs",
            exam=Exam.STEP2CS,
            scored=False,
            label="Step 2 CS",
            hint="Clinical Skills, given until January 2021. It still counts.",
        ),
        Kind(
            slug="step3",
            exam=Exam.STEP3,
            scored=True,
            label="Step 3",
            hint="Two days; the first one decides.",
        ),
    )
}


# Step 2 CS is over: who never sat it need not see it.
ALWAYS_SHOWN = (Exam.STEP1, Exam.STEP2CK, Exam.STEP3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One Step with its attempts by date."""

    exam: Exam
    standing: Shown
    attempts: list[ShownAttempt]
    kinds: list[Kind]  # ways to add one


@members_only
@require_safe
def exam_list(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read(request.user)
    now = clock.now()
    as_of = AsOfForm(request.GET, today=stored.today(now))
    judgement = judged(
        stored, reference_tables.everything().reference, now=now, as_of=as_of
    )
    showing = Showing()
    rows = {row.pk: row for row in stored.attempts}
    attempts = [
        showing.attempt(rows[judged.attempt.key], judged, as_of.day)
        for judged in judgement.attempts
        if judged.attempt.key is not None
    ]
    parts = [
        Part(
            exam=exam,
            standing=showing.verdict(verdict),
            attempts=[shown for shown in attempts if shown.row.exam == exam],
            kinds=[kind for kind in KINDS.values() if kind.exam == exam],
        )
        for exam, verdict in judgement.steps.items()
        if exam in ALWAYS_SHOWN or any(row.exam == exam for row in stored.attempts)
    ]
    judged_sittings = {one.sitting.key: one for one in judgement.sittings}
    return render(
        request,
        "profiles/exam_list.html",
        {
            "part": "exams",
            "as_of": as_of,
            "parts": parts,
            "step3": showing.verdict(judgement.step3),
            "seven_years": showing.verdict(judgement.seven_years),
            "english": showing.verdict(judgement.english),
            "sittings": [
                ShownSitting(
                    row=row,
                    shown=showing.verdict(judged_sittings[row.pk].verdict)
                    if row.pk in judged_sittings
                    else None,
                    is_best=row.pk in judged_sittings
                    and judged_sittings[row.pk].is_best,
                )
                for row in stored.sittings
            ],
            "season": stored.profile.season,
            "is_empty": not (stored.attempts or stored.sittings),
        },
    )


@members_only
@require_safe
def exam_add(request: SignedInRequest) -> HttpResponse:
    """Which exam? Asked first, so that the form after it asks only what it needs."""
    return render(
        request, "profiles/exam_add.html", {"kinds": KINDS.values(), "part": "exams"}
    )


@members_only
@either
def attempt_add(request: SignedInRequest, slug: str) -> HttpResponse:
    kind = KINDS.get(slug)
    if kind is None:
        raise not_here()
    form = _attempt_form(request, member_record.read(request.user), kind)
    return entry(
        request,
        form,
        write=lambda: save_entry.add(
            ExamAttempt, owner=request.user, values=form.values
        ),
        onward=request.path if "another" in request.POST else _list(),
        saved=f"Saved: {kind.exam.label}.",
        title=f"Add {kind.label}",
        hint=kind.hint,
        back=_list(),
        part="exams",
    )


@members_only
@either
def attempt_edit(request: SignedInRequest, exam: str, pk: int) -> HttpResponse:
    stored = member_record.read(request.user)
    row = next(
        (row for row in stored.attempts if (row.exam, row.pk) == (exam, pk)), None
    )
    if row is None:
        kind = KINDS.get(exam)
        if kind is None or request.method != "POST":
            raise not_here()
        return gone(
            request,
            _attempt_form(request, stored, kind),
            action=reverse("profiles:attempt_add", args=[kind.slug]),
            title=kind.exam.label,
            back=_list(),
            part="exams",
        )
    form = _attempt_form(request, stored, _kind_of(row), row)
    return entry(
        request,
        form,
        write=lambda: save_entry.change(
            ExamAttempt,
            owner=request.user,
            row_id=pk,
            seen=form.seen_version,
            values=form.values,
        ),
        onward=_list(),
        saved=f"Saved: {Exam(row.exam).label}.",
        title=f"{Exam(row.exam).label}, {in_words(row.on)}",
        back=_list(),
        part="exams",
        remove=reverse("profiles:attempt_remove", args=[exam, pk]),
    )


@members_only
@either
def attempt_remove(request: SignedInRequest, exam: str, pk: int) -> HttpResponse:
    row = ExamAttempt.objects.owned_by(request.user).filter(exam=exam, pk=pk).first()
    if row is None:
        raise not_here()
    name = f"{Exam(row.exam).label}, {in_words(row.on)}"
    return removal(
        request,
        remove=partial(save_entry.remove, ExamAttempt, owner=request.user, row_id=pk),
        onward=_list(),
        removed=f"Removed: {name}.",
        title=f"Remove {name}?",
        loses="the attempt with its result and score",
        back=_list(),
        part="exams",
    )


def _list() -> str:
    return reverse("profiles:exam_list")


def _kind_of(row: ExamAttempt) -> Kind:
    if row.exam == Exam.STEP1 and member_record.attempt_has_number(row):
        return KINDS["step1-with-score"]
    return KINDS[row.exam]


def _attempt_form(
    request: SignedInRequest, stored: Stored, kind: Kind, row: ExamAttempt | None = None
) -> AttemptForm:
    key = row.pk if row else None
    return AttemptForm(
        typed(request),
        row=row,
        exam=kind.exam,
        scored=kind.scored,
        others=[other for other in stored.facts.attempts if other.key != key],
        reference=reference_tables.everything().reference,
        today=stored.today(clock.now()),
    )
