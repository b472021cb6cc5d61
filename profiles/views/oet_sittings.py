"""`/me/exams/oet/`: the forms of sittings of OET Medicine."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from imgportal.lib import clock
from profiles import member_record
from profiles.actions import save_entry
from profiles.forms.english import EnglishForm
from profiles.member_record import Stored
from profiles.models import EnglishSitting
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

either = require_http_methods(["GET", "HEAD", "POST"])


@members_only
@either
def sitting_add(request: SignedInRequest) -> HttpResponse:
    form = _sitting_form(request, member_record.read(request.user))
    return entry(
        request,
        form,
        write=lambda: save_entry.add(
            EnglishSitting, owner=request.user, values=form.values
        ),
        onward=request.path if "another" in request.POST else _list(),
        saved="Saved: OET Medicine.",
        title="Add OET Medicine",
        hint="Planned or taken. All four parts on one day.",
        back=_list(),
        part="exams",
    )


@members_only
@either
def sitting_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    stored = member_record.read(request.user)
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
        write=lambda: save_entry.change(
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


@members_only
@either
def sitting_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    row = EnglishSitting.objects.owned_by(request.user).filter(pk=pk).first()
    if row is None:
        raise not_here()
    name = f"OET Medicine, {in_words(row.on)}"
    return removal(
        request,
        remove=partial(
            save_entry.remove, EnglishSitting, owner=request.user, row_id=pk
        ),
        onward=_list(),
        removed=f"Removed: {name}.",
        title=f"Remove {name}?",
        loses="the sitting with its four scores",
        back=_list(),
        part="exams",
    )


def _list() -> str:
    return f"{reverse('profiles:exam_list')}#oet"


def _sitting_form(
    request: SignedInRequest, stored: Stored, row: EnglishSitting | None = None
) -> EnglishForm:
    return EnglishForm(typed(request), row=row, today=stored.today(clock.now()))
