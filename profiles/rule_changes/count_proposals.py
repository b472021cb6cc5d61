"""Keeps with each proposal of how many members it would change an answer."""

from __future__ import annotations

from datetime import datetime

from profiles.choices import ProposalState
from profiles.models import RuleProposal
from profiles.rule_changes import proposal_effect


def count(proposal: RuleProposal, *, now: datetime, most: int | None = None) -> None:
    """Count of how many members an answer changes, and keep it with the proposal.

    With more than `most` members concerned it stays uncounted: `count_waiting` does it.
    """
    compared = proposal_effect.comparison(proposal)
    counted = proposal_effect.count_members(compared, now=now, most=most)
    # While it was counted somebody may have written it anew.
    RuleProposal.objects.filter(pk=proposal.pk, written_at=proposal.written_at).update(
        changed_members=counted,
        counted_with="" if counted is None else proposal_effect.digest(compared),
    )
    proposal.refresh_from_db()


def count_waiting(*, now: datetime) -> int:
    """Count what was not counted with the tables as they are; how many proposals."""
    done = 0
    for proposal in RuleProposal.objects.filter(state=ProposalState.OPEN):
        compared = proposal_effect.comparison(proposal)
        if proposal.counted_with != proposal_effect.digest(compared):
            count(proposal, now=now)
            done += 1
    return done
