"""The page of a proposed change, and its steps: approved, returned, discarded."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from imgportal.lib import clock
from imgportal.lib.two_people import needs_somebody_else
from profiles.actions import propose_rule
from profiles.choices import ProposalAct, ProposalState
from profiles.forms.reference_rows import ApprovalForm, NoteForm, RemarkForm
from profiles.models.reference import ReferenceRow
from profiles.reference_tables import STAMPED
from profiles.rule_changes import count_proposals, proposal_effect
from profiles.staff.requests import (
    ProposalRequest,
    lead_to,
    proposal_page,
    render_page,
)
from stats import public

VIEW, APPROVE = "profiles.view_ruleproposal", "profiles.approve_ruleproposal"
CHANGE = "profiles.change_ruleproposal"
TABLES: dict[str, type[ReferenceRow]] = {
    str(model._meta.model_name): model for model in STAMPED
}
# What a row is when it can be withdrawn, and when it can be restored.
ACTS = {"withdraw": ProposalAct.WITHDRAW, "restore": ProposalAct.RESTORE}


@proposal_page(VIEW)
def show(request: ProposalRequest) -> HttpResponse:
    return _page(request)


@proposal_page(APPROVE, acts=True)
def approve(request: ProposalRequest) -> HttpResponse:
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        return _page(request, approval_form=form, status=422)
    propose_rule.approve(
        proposal_id=request.proposal.pk, by=request.user, now=clock.now()
    )
    messages.success(
        request,
        "Approved. It holds from now on and is listed publicly. Members whose answer has "
        "changed are told within the hour.",
    )
    return lead_to(request.proposal)


@proposal_page(APPROVE, acts=True)
def return_to_author(request: ProposalRequest) -> HttpResponse:
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return _page(request, remark_form=form, status=422)
    propose_rule.return_to_author(
        proposal_id=request.proposal.pk,
        remark=form.cleaned_data["remark"],
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, "Returned with your remark.")
    return lead_to(request.proposal)


@proposal_page(CHANGE, acts=True)
def discard(request: ProposalRequest) -> HttpResponse:
    propose_rule.discard(
        proposal_id=request.proposal.pk, by=request.user, now=clock.now()
    )
    messages.success(request, "Discarded. The rules are as they were.")
    return lead_to(request.proposal)


@proposal_page(CHANGE)
def propose_act(
    request: ProposalRequest, *, table: str, row_id: int, act: str
) -> HttpResponse:
    """Ask for the public note of withdrawing a row, or of restoring one."""
    model = TABLES.get(table)
    row = model._default_manager.filter(pk=row_id).first() if model else None
    if row is None or (row.withdrawn_at is None) != (act == "withdraw"):
        raise Http404("There is no such row.")
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        proposal = propose_rule.propose(
            row=row,
            act=ACTS[act],
            note=form.cleaned_data["why"],
            by=request.user,
            now=clock.now(),
        )
        messages.success(request, PROPOSED)
        return redirect("admin:profiles_ruleproposal_change", proposal.pk)
    return render_page(
        request,
        "act",
        title=f"Propose to {act}: {row}",
        form=form,
        row=row,
        values=[
            (row.label_of(name), row.in_words(name))
            for name in row.columns
            if row.in_words(name)
        ],
        act=act,
        back=address_of_row(row),
        status=422 if request.method == "POST" else 200,
    )


PROPOSED = "Proposed. Somebody who wrote none of it has to approve it."


def address_of_row(row: Model) -> str:
    return reverse(f"admin:profiles_{row._meta.model_name}_change", args=[row.pk])


def _page(
    request: ProposalRequest,
    *,
    approval_form: ApprovalForm | None = None,
    remark_form: RemarkForm | None = None,
    status: int = 200,
) -> HttpResponse:
    proposal = request.proposal
    context: dict[str, Any] = {}
    stored = proposal.stored_row()
    if proposal.is_waiting:
        compared = proposal_effect.comparison(proposal)
        if proposal.counted_with != proposal_effect.digest(compared):
            # The tables changed since, or it takes longer than somebody waits.
            count_proposals.count(
                proposal, now=clock.now(), most=proposal_effect.WHILE_SOMEBODY_WAITS
            )
        context = {
            "table": proposal_effect.compare_table(proposal),
            "examples": proposal_effect.changed_examples(compared),
            "members": ""
            if proposal.changed_members is None
            else proposal_effect.members_in_words(proposal.changed_members),
            "is_outdated": (stored.stored_at if stored else None)
            != proposal.row_stored_at,
        }
    row = proposal.proposed_row(stored)
    sources = public.everything().sources
    authors = list(proposal.authors.order_by("pk"))
    return render_page(
        request,
        "page",
        title=str(proposal),
        proposal=proposal,
        values=[
            (
                row.label_of(name),
                stored.in_words(name) if stored else "",
                row.in_words(name),
            )
            for name in row.columns
            if proposal.is_waiting
            and name in proposal.values
            and (stored is not None or row.in_words(name))
        ],
        documents=[sources[key] for key in row.source_keys if key in sources],
        authors=authors,
        needs_somebody_else=needs_somebody_else(request.user, proposal.authors),
        may_approve=proposal.state == ProposalState.OPEN
        and request.user.has_perm(APPROVE),
        mend=_address_to_mend(proposal, stored),
        approval_form=approval_form or ApprovalForm(),
        remark_form=remark_form or RemarkForm(),
        status=status,
        **context,
    )


def _address_to_mend(proposal: Any, stored: ReferenceRow | None) -> str:
    """Where its author changes it. Empty: there is nothing but its note."""
    if proposal.act == ProposalAct.CHANGE and stored is not None:
        return address_of_row(stored)
    if proposal.act == ProposalAct.ADD and stored is None:
        add = reverse(f"admin:profiles_{proposal.table}_add")
        return f"{add}?proposal={proposal.pk}"
    return ""
