"""`/me/certification/`: the items in their order, the Pathway, the certificate."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from imgportal.lib import clock
from profiles import member_record, reference_tables
from profiles.actions import save_entry
from profiles.choices import Item
from profiles.forms.as_of import AsOfForm
from profiles.forms.certification import CertificateForm, ItemForm, PathwayForm
from profiles.forms.profile import PathwayFactsForm
from profiles.models import (
    Certificate,
    CertificationItem,
    PathwayApplication,
    Profile,
)
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
from profiles.views.verdict_display import Showing, ShownRoute, Tally

either = require_http_methods(["GET", "HEAD", "POST"])


@members_only
@require_safe
def certification(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read(request.user)
    now = clock.now()
    as_of = AsOfForm(request.GET, today=stored.today(now))
    judgement = judged(
        stored, reference_tables.everything().reference, now=now, as_of=as_of
    )
    showing = Showing()
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
@either
def item_edit(request: SignedInRequest, item: str) -> HttpResponse:
    if item not in Item.values:
        raise not_here()
    about = Item(item)
    stored = member_record.read(request.user)
    form = ItemForm(
        typed(request),
        row=stored.items.get(about),
        item=about,
        today=stored.today(clock.now()),
    )
    return entry(
        request,
        form,
        write=lambda: save_entry.put(
            CertificationItem,
            owner=request.user,
            key={"item": about.value},
            seen=form.seen_version,
            values=form.values,
        ),
        onward=f"{_page()}#{about.value}",
        saved=f"Saved: {about.label}.",
        title=about.label,
        back=_page(),
        part="certification",
    )


@members_only
@either
def pathway_add(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read(request.user)
    form = PathwayForm(typed(request), row=None, today=stored.today(clock.now()))
    return entry(
        request,
        form,
        write=lambda: save_entry.add(
            PathwayApplication, owner=request.user, values=form.values
        ),
        onward=_page(),
        saved="Saved: your Pathway application.",
        title="Add a Pathway application",
        back=_page(),
        part="certification",
    )


@members_only
@either
def pathway_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    stored = member_record.read(request.user)
    today = stored.today(clock.now())
    row = next((row for row in stored.pathways if row.pk == pk), None)
    if row is None:
        if request.method != "POST":
            raise not_here()
        return gone(
            request,
            PathwayForm(request.POST, row=None, today=today),
            action=reverse("profiles:pathway_add"),
            title="Pathway application",
            back=_page(),
            part="certification",
        )
    form = PathwayForm(typed(request), row=row, today=today)
    return entry(
        request,
        form,
        write=lambda: save_entry.change(
            PathwayApplication,
            owner=request.user,
            row_id=pk,
            seen=form.seen_version,
            values=form.values,
        ),
        onward=_page(),
        saved="Saved: your Pathway application.",
        title=f"Pathway application, {row.season} Match",
        back=_page(),
        part="certification",
        remove=reverse("profiles:pathway_remove", args=[pk]),
    )


@members_only
@either
def pathway_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    row = PathwayApplication.objects.owned_by(request.user).filter(pk=pk).first()
    if row is None:
        raise not_here()
    return removal(
        request,
        remove=partial(
            save_entry.remove, PathwayApplication, owner=request.user, row_id=pk
        ),
        onward=_page(),
        removed="Removed: your Pathway application.",
        title=f"Remove the Pathway application of the {row.season} Match?",
        loses="the application with its dates",
        back=_page(),
        part="certification",
    )


@members_only
@either
def pathway_facts(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read(request.user)
    form = PathwayFactsForm(typed(request), row=stored.profile)
    return entry(
        request,
        form,
        write=lambda: save_entry.put(
            Profile, owner=request.user, seen=form.seen_version, values=form.values
        ),
        onward=f"{_page()}#pathways",
        saved="Saved.",
        title="Which Pathway fits?",
        hint="What decides it. Leave empty what you do not know: the answer then says so.",
        back=_page(),
        part="certification",
    )


@members_only
@either
def certificate_edit(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read(request.user)
    form = CertificateForm(
        typed(request), row=stored.certificate, today=stored.today(clock.now())
    )
    return entry(
        request,
        form,
        write=lambda: save_entry.put(
            Certificate, owner=request.user, seen=form.seen_version, values=form.values
        ),
        onward=f"{_page()}#certificate",
        saved="Saved: your certificate.",
        title="Your certificate",
        hint="Once ECFMG has issued it.",
        back=_page(),
        part="certification",
        remove=reverse("profiles:certificate_remove") if stored.certificate else "",
    )


@members_only
@either
def certificate_remove(request: SignedInRequest) -> HttpResponse:
    row = Certificate.objects.owned_by(request.user).first()
    if row is None:
        raise not_here()
    return removal(
        request,
        remove=partial(
            save_entry.remove, Certificate, owner=request.user, row_id=row.pk
        ),
        onward=_page(),
        removed="Removed: your certificate.",
        title="Remove the certificate from your record?",
        loses="the dates of your certificate",
        back=_page(),
        part="certification",
    )


def _page() -> str:
    return reverse("profiles:certification")
