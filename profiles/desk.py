"""What of the rules waits for somebody of the staff, came back to them, or is new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from imgportal.lib.desk_items import LATELY, DeskItem, DeskPart
from imgportal.lib.two_people import needs_somebody_else
from profiles import reference_tables
from profiles.choices import ProposalState
from profiles.models import RuleProposal
from profiles.models.rule_proposals import WAITING
from profiles.rules.days import in_words
from profiles.rules.reference import eastern_day

if TYPE_CHECKING:
    from imgportal.models import User


def items(user: User, *, now: datetime) -> Iterator[DeskItem]:
    """In the order in which they should be looked at."""
    if not user.has_perm("profiles.view_ruleproposal"):
        return
    yield from _proposals(user, now)
    yield from _reviews(now)


def _proposals(user: User, now: datetime) -> Iterator[DeskItem]:
    proposals = (
        RuleProposal.objects.filter(
            Q(state__in=WAITING)
            | Q(state=ProposalState.APPROVED, decided_at__gte=now - LATELY)
        )
        .select_related("proposed_by", "decided_by")
        .prefetch_related("authors")
    )
    for proposal in proposals:
        is_author = proposal.authors.contains(user)
        may_approve = user.has_perm(
            "profiles.approve_ruleproposal"
        ) and not needs_somebody_else(user, proposal.authors)
        url = reverse("admin:profiles_ruleproposal_change", args=[proposal.pk])
        match proposal.state:
            case ProposalState.APPROVED:
                part = DeskPart.LATELY
                why = f"Approved by {proposal.decided_by}. {proposal.note}"
            case ProposalState.RETURNED if is_author:
                part = DeskPart.CAME_BACK
                why = f"{proposal.decided_by} returned it: {proposal.remark}"
            case ProposalState.OPEN if may_approve:
                part = DeskPart.WAITS
                why = f"{proposal.proposed_by} proposes it. Approve or return it."
            case _:
                part = DeskPart.WITH_OTHERS
                why = f"{proposal.get_state_display()}."
        yield DeskItem(
            part=part,
            words=str(proposal),
            url=url,
            why=why,
            since=proposal.decided_at or proposal.written_at,
        )


def _reviews(now: datetime) -> Iterator[DeskItem]:
    today = eastern_day(now)
    days = sorted(
        row.next_review
        for row in reference_tables.stored_rows()
        if row.next_review is not None
    )
    due = sum(day <= today for day in days)
    address = reverse("admin:profiles_ruleproposal_due")
    if due:
        yield DeskItem(
            part=DeskPart.REVIEWS,
            words=f"{due} row{'s' if due != 1 else ''} of the rules to compare with their "
            "sources",
            url=address,
        )
    elif days:
        yield DeskItem(
            part=DeskPart.REVIEWS,
            words=f"Nothing is due before {in_words(days[0])}",
            url=f"{address}?within=quarter",
        )
