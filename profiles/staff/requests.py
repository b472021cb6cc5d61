"""What every staff page of a proposed change shares: who may open it, and which one it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from profiles.exceptions import ProposalRefused
from profiles.models import RuleProposal

if TYPE_CHECKING:
    from imgportal.models import User

    class ProposalRequest(HttpRequest):
        """A request that `proposal_page` has let through, with what its address names."""

        user: User
        proposal: RuleProposal  # where the address has the number of one
else:
    ProposalRequest = HttpRequest

View = Callable[..., HttpResponse]


def proposal_page(permission: str, *, acts: bool = False) -> Callable[[View], View]:
    """Lets in who has the permission, and finds the proposal that the address names, or
    404. A page that only `acts` is posted to; whoever asks for it by a link, or whose
    action was refused, is led to the proposal.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(
            request: ProposalRequest, *, pk: str | int | None = None, **place: Any
        ) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            if pk is not None:
                request.proposal = _find(pk)
            if acts and request.method != "POST":
                return lead_to(request.proposal)
            try:
                return view(request, **place)
            except ProposalRefused as refusal:
                messages.error(request, str(refusal))
                return lead_to(request.proposal if pk is not None else None)

        guarded: View = admin.site.admin_view(answer)
        return guarded

    return decorate


def _find(pk: str | int) -> RuleProposal:
    try:
        return RuleProposal.objects.select_related("proposed_by", "decided_by").get(
            pk=pk
        )
    except (RuleProposal.DoesNotExist, ValueError, OverflowError):
        raise Http404("There is no such proposal.") from None


def lead_to(proposal: RuleProposal | None = None) -> HttpResponse:
    if proposal is None:
        return redirect("admin:profiles_ruleproposal_changelist")
    return redirect("admin:profiles_ruleproposal_change", proposal.pk)


def render_page(
    request: HttpRequest, name: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page within the frame of the staff pages."""
    frame = admin.site.each_context(request)
    context |= {"opts": RuleProposal._meta}
    template = f"admin/profiles/ruleproposal/{name}.html"
    return render(request, template, frame | context, status=status)
