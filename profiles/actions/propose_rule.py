"""A change of the dated tables: proposed by one person, approved by another.

Whoever wrote any of a proposal does not approve it. Only with FIGURES_REQUIRE_TWO_PEOPLE
off may one person do both, and then the public page of changes says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from imgportal.lib.two_people import needs_somebody_else
from profiles import signals
from profiles.actions import change_rule
from profiles.choices import ProposalAct, ProposalState
from profiles.exceptions import ProposalRefused
from profiles.models import RuleProposal
from profiles.models.reference import ReferenceRow
from profiles.models.rule_proposals import WAITING, as_text
from profiles.rule_changes import count_proposals, proposal_effect

if TYPE_CHECKING:
    from imgportal.models import User

GONE = "This proposal has been decided meanwhile. Nothing was changed."


@transaction.atomic
def propose(
    *,
    row: ReferenceRow,
    act: ProposalAct,
    note: str,
    by: User,
    now: datetime,
    columns: Sequence[str] = (),
    doubts: Sequence[str] = (),
    reason: str = "",
    proposal_id: int | None = None,
) -> RuleProposal:
    """Write down what somebody proposes, or what they change in a proposal that waits.

    `row` says what it would be, in the named columns. `doubts` are what was asked, and
    `reason` is the answer. Raises ProposalRefused.
    """
    proposal = _waiting(row, proposal_id)
    if proposal is None:
        proposal = RuleProposal(proposed_by=by, proposed_at=now)
    proposal.act, proposal.table = act, str(row._meta.model_name)
    proposal.row_id, proposal.row_words = row.pk, str(row)
    proposal.values = {name: as_text(row, name) for name in columns}
    proposal.row_stored_at = row.stored_at if row.pk else None
    proposal.note = note
    proposal.doubts, proposal.reason = list(doubts), reason
    proposal.state, proposal.written_at = ProposalState.OPEN, now
    proposal.changed_members, proposal.counted_with = None, ""
    try:
        with transaction.atomic():
            proposal.save()
    except IntegrityError:
        raise ProposalRefused(
            "Somebody else has just proposed a change of this row. Look at theirs first."
        ) from None
    proposal.authors.add(by)
    _hand_on(proposal, by=by, now=now)
    count_proposals.count(proposal, now=now, most=proposal_effect.WHILE_SOMEBODY_WAITS)
    return proposal


def waiting_for(row: ReferenceRow) -> RuleProposal | None:
    """The proposal that waits for a decision on this row."""
    if row.pk is None:
        return None
    return RuleProposal.objects.filter(
        table=row._meta.model_name, row_id=row.pk, state__in=WAITING
    ).first()


def _waiting(row: ReferenceRow, proposal_id: int | None) -> RuleProposal | None:
    if proposal_id is None:
        return waiting_for(row)
    return _locked(proposal_id, *WAITING)


def _locked(proposal_id: int, *states: ProposalState) -> RuleProposal:
    proposals = RuleProposal.objects.select_for_update()
    proposal = proposals.filter(pk=proposal_id, state__in=states).first()
    if proposal is None:
        raise ProposalRefused(GONE)
    return proposal


@transaction.atomic
def return_to_author(
    *, proposal_id: int, remark: str, by: User, now: datetime
) -> RuleProposal:
    """Give it back with what should be changed. Raises ProposalRefused."""
    if not remark.strip():
        raise ProposalRefused(
            "Say what should be changed, so that its author can do it."
        )
    proposal = _locked(proposal_id, ProposalState.OPEN)
    proposal.state, proposal.remark = ProposalState.RETURNED, remark.strip()
    proposal.decided_by, proposal.decided_at = by, now
    proposal.save(update_fields=["state", "remark", "decided_by", "decided_at"])
    _hand_on(proposal, by=by, now=now)
    return proposal


@transaction.atomic
def discard(*, proposal_id: int, by: User, now: datetime) -> RuleProposal:
    """Put it away for good; the rules stay as they are. Raises ProposalRefused."""
    proposal = _locked(proposal_id, *WAITING)
    _decide(proposal, ProposalState.DISCARDED, by=by, now=now)
    return proposal


@transaction.atomic
def approve(*, proposal_id: int, by: User, now: datetime) -> RuleProposal:
    """Make it a rule, listed publicly with its note.

    Raises ProposalRefused, and then nothing has changed.
    """
    proposal = _locked(proposal_id, ProposalState.OPEN)
    if needs_somebody_else(by, proposal.authors):
        raise ProposalRefused(
            "You wrote some of this proposal, so somebody else has to approve it."
        )
    rows = proposal.model._default_manager.select_for_update()
    stored = rows.filter(pk=proposal.row_id).first() if proposal.row_id else None
    if (stored.stored_at if stored else None) != proposal.row_stored_at:
        raise ProposalRefused(
            "The row was changed since this was proposed. Return it, so that its author "
            "looks at the row as it is now."
        )
    is_author = proposal.authors.contains(by)
    row = _write(proposal, stored, now=now, by_one_person=is_author)
    proposal.row_id = row.pk
    _decide(proposal, ProposalState.APPROVED, by=by, now=now)
    authors = ", ".join(map(str, proposal.authors.order_by("pk")))
    LogEntry.objects.create(
        user_id=by.pk,
        content_type_id=ContentType.objects.get_for_model(row).pk,
        object_id=str(row.pk),
        object_repr=str(row)[:200],
        action_flag=ADDITION if proposal.act == ProposalAct.ADD else CHANGE,
        change_message=f"{proposal.get_act_display()}, written by {authors}, approved by "
        f"{by}. Public note: {proposal.note}",
    )
    return proposal


def _write(
    proposal: RuleProposal,
    stored: ReferenceRow | None,
    *,
    now: datetime,
    by_one_person: bool,
) -> ReferenceRow:
    words = {"note": proposal.note, "now": now, "by_one_person": by_one_person}
    if proposal.act == ProposalAct.WITHDRAW and stored is not None:
        change_rule.withdraw(row=stored, **words)  # type: ignore[arg-type]
        return stored
    if proposal.act == ProposalAct.RESTORE and stored is not None:
        change_rule.restore(row=stored, **words)  # type: ignore[arg-type]
        return stored
    row = proposal.proposed_row(stored)
    row.stored_at = now
    try:
        row.full_clean()
    except ValidationError as error:
        raise ProposalRefused(
            f"It cannot stand beside the other rows any more: {' '.join(error.messages)}"
        ) from None
    return change_rule.save(row=row, columns=list(proposal.values), **words)  # type: ignore[arg-type]


def _decide(
    proposal: RuleProposal, state: ProposalState, *, by: User, now: datetime
) -> None:
    proposal.state, proposal.decided_by, proposal.decided_at = state, by, now
    proposal.save(update_fields=["state", "decided_by", "decided_at", "row_id"])
    _hand_on(proposal, by=by, now=now)


def _hand_on(proposal: RuleProposal, *, by: User, now: datetime) -> None:
    signals.proposal_handed_on.send(None, proposal=proposal, by=by, now=now)
