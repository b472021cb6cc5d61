"""Says of a published version that it should not be used, or that it may be again.

Two people each time: one proposes with a public reason, another confirms. No figure
changes by it, and none is hidden; whoever knows better figures publishes a correction.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction

from imgportal.lib.two_people import needs_somebody_else
from stats.actions import record_history
from stats.actions.share_publication import SHORTEST_REASON
from stats.choices import ReleaseStep, Status
from stats.exceptions import NoteMissing, SamePerson, WrongStatus
from stats.models import Release, Withdrawal

if TYPE_CHECKING:
    from imgportal.models import User


def propose(
    *, release_id: int, lifts: bool, reason: str, by: User, now: datetime
) -> Withdrawal:
    """Propose to withdraw a published version, or to lift its withdrawal.

    Raises NoteMissing or WrongStatus, and then nothing has changed.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise NoteMissing("Say why, in a sentence for everybody to read.")
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.PUBLISHED)
        if open_proposal(release):
            raise WrongStatus(
                "There is a proposal already. Confirm it, or take it back first."
            )
        if is_withdrawn(release) != lifts:
            raise WrongStatus(
                "This version is not withdrawn, so there is nothing to lift."
                if lifts
                else "This version is withdrawn already."
            )
        proposal = Withdrawal.objects.create(
            release=release,
            lifts=lifts,
            reason=reason.strip(),
            proposed_at=now,
            proposed_by=by,
        )
        record_history.record(
            release, ReleaseStep.PROPOSED, by=by, now=now, detail=_in_words(proposal)
        )
    return proposal


def confirm(*, release_id: int, seen: int, by: User, now: datetime) -> Withdrawal:
    """Make the proposal public. `seen` is the id of the one that was looked at.

    Raises WrongStatus, or SamePerson for who proposed it.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.PUBLISHED)
        proposal = _wanted(release, seen)
        proposers = get_user_model().objects.filter(pk=proposal.proposed_by_id)
        if needs_somebody_else(by, proposers):
            raise SamePerson("You proposed this. Somebody else has to confirm it.")
        proposal.confirmed_at, proposal.confirmed_by = now, by
        proposal.save(update_fields=["confirmed_at", "confirmed_by"])
        record_history.record(
            release,
            ReleaseStep.REINSTATED if proposal.lifts else ReleaseStep.WITHDRAWN,
            by=by,
            now=now,
            detail=proposal.reason,
        )
    return proposal


def take_back(*, release_id: int, seen: int, by: User, now: datetime) -> Release:
    """Drop a proposal that nobody has confirmed. Raises WrongStatus."""
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.PUBLISHED)
        proposal = _wanted(release, seen)
        words = _in_words(proposal)
        proposal.delete()
        record_history.record(
            release, ReleaseStep.DROPPED, by=by, now=now, detail=words
        )
    return release


def open_proposal(release: Release) -> Withdrawal | None:
    """What waits for somebody else; None: nothing does."""
    waiting = Withdrawal.objects.filter(release=release, confirmed_at=None)
    return waiting.select_related("proposed_by").first()


def is_withdrawn(release: Release) -> bool:
    confirmed = Withdrawal.objects.filter(release=release).exclude(confirmed_at=None)
    last = confirmed.order_by("confirmed_at", "pk").last()
    return last is not None and not last.lifts


def _wanted(release: Release, seen: int) -> Withdrawal:
    proposal = open_proposal(release)
    if proposal is None or proposal.pk != seen:
        raise WrongStatus(
            "This proposal was confirmed or taken back meanwhile. Look again."
        )
    return proposal


def _in_words(proposal: Withdrawal) -> str:
    what = "Lift the withdrawal" if proposal.lifts else "Withdraw"
    return f"{what}: {proposal.reason}"
