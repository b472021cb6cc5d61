"""`/me/exams/`: attempts at the Steps and sittings of OET."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from imgportal.lib import clock
from profiles import reading, record
from profiles.actions import keeping
from profiles.choices import Exam
from profiles.forms.asof import AsOfForm
from profiles.forms.exams import AttemptForm, EnglishForm
from profiles.models import EnglishSitting, ExamAttempt
from profiles.record import Stored
from profiles.rules import numbers
from profiles.rules.days import in_words
from profiles.views.requests import (
    SignedInRequest,
    entry,
    gone,
    not_here,
    posted,
    removal,
)

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


@login_required
@require_safe
def exam_list(request: SignedInRequest) -> HttpResponse:
    stored = record.read(request.user)
    as_of = AsOfForm(request.GET, today=stored.today(clock.now()))
    return render(
        request,
        "profiles/exam_list.html",
        {"as_of": as_of, "stored": stored, "kinds": KINDS.values(), "part": "exams"},
    )


@login_required
@require_safe
def exam_add(request: SignedInRequest) -> HttpResponse:
    """Which exam? Asked first, so that the form after it asks only what it needs."""
    return render(
        request, "profiles/exam_add.html", {"kinds": KINDS.values(), "part": "exams"}
    )


@login_required
@either
def attempt_add(request: SignedInRequest, slug: str) -> HttpResponse:
    kind = KINDS.get(slug)
    if kind is None:
        raise not_here()
    form = _attempt_form(request, record.read(request.user), kind)
    return entry(
        request,
        form,
        write=lambda: keeping.add(ExamAttempt, owner=request.user, values=form.values),
        onward=request.path if "another" in request.POST else _list(),
        saved=f"Saved: {kind.exam.label}.",
        title=f"Add {kind.label}",
        hint=kind.hint,
        back=_list(),
        part="exams",
    )


@login_required
@either
def attempt_edit(request: SignedInRequest, exam: str, pk: int) -> HttpResponse:
    stored = record.read(request.user)
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
        write=lambda: keeping.change(
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


@login_required
@either
def attempt_remove(request: SignedInRequest, exam: str, pk: int) -> HttpResponse:
    row = ExamAttempt.objects.owned_by(request.user).filter(exam=exam, pk=pk).first()
    if row is None:
        raise not_here()
    name = f"{Exam(row.exam).label}, {in_words(row.on)}"
    return removal(
        request,
        remove=partial(keeping.remove, ExamAttempt, owner=request.user, row_id=pk),
        onward=_list(),
        removed=f"Removed: {name}.",
        title=f"Remove {name}?",
        loses="the attempt with its result and score",
        back=_list(),
        part="exams",
    )


@login_required
@either
def sitting_add(request: SignedInRequest) -> HttpResponse:
    form = _sitting_form(request, record.read(request.user))
    return entry(
        request,
        form,
        write=lambda: keeping.add(
            EnglishSitting, owner=request.user, values=form.values
        ),
        onward=request.path if "another" in request.POST else _list(),
        saved="Saved: OET Medicine.",
        title="Add OET Medicine",
        hint="Planned or taken. All four parts on one day.",
        back=_list(),
        part="exams",
    )


@login_required
@either
def sitting_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    stored = record.read(request.user)
    row = next((row for row in stored.sittings if row.pk == pk), None)
    if row is None:
        if request.method != "POST":
            raise not_here()
        return gone(
            request,
            _sitting_form(request, stored),
            action=reverse("profiles:sitting_add"),
            title="OET Medicine",
            back=_list(),
            part="exams",
        )
    form = _sitting_form(request, stored, row)
    return entry(
        request,
        form,
        write=lambda: keeping.change(
            EnglishSitting,
            owner=request.user,
            row_id=pk,
            seen=form.seen_version,
            values=form.values,
        ),
        onward=_list(),
        saved="Saved: OET Medicine.",
        title=f"OET Medicine, {in_words(row.on)}",
        back=_list(),
        part="exams",
        remove=reverse("profiles:sitting_remove", args=[pk]),
    )


@login_required
@either
def sitting_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    row = EnglishSitting.objects.owned_by(request.user).filter(pk=pk).first()
    if row is None:
        raise not_here()
    name = f"OET Medicine, {in_words(row.on)}"
    return removal(
        request,
        remove=partial(keeping.remove, EnglishSitting, owner=request.user, row_id=pk),
        onward=_list(),
        removed=f"Removed: {name}.",
        title=f"Remove {name}?",
        loses="the sitting with its four scores",
        back=_list(),
        part="exams",
    )


def _list() -> str:
    return reverse("profiles:exam_list")


def _kind_of(row: ExamAttempt) -> Kind:
    if row.exam == Exam.STEP1 and record.attempt_has_number(row):
        return KINDS["step1-with-score"]
    return KINDS[row.exam]


def _attempt_form(
    request: SignedInRequest, stored: Stored, kind: Kind, row: ExamAttempt | None = None
) -> AttemptForm:
    key = row.pk if row else None
    return AttemptForm(
        posted(request),
        row=row,
        exam=kind.exam,
        scored=kind.scored,
        others=[other for other in stored.facts.attempts if other.key != key],
        reference=reading.reference(),
        today=stored.today(clock.now()),
    )


def _sitting_form(
    request: SignedInRequest, stored: Stored, row: EnglishSitting | None = None
) -> EnglishForm:
    return EnglishForm(posted(request), row=row, today=stored.today(clock.now()))
