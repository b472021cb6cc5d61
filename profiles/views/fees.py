"""`/me/fees/`: which fees are paid, which are to come on the member's way, and their sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from imgportal.lib import clock, typed_drafts
from profiles import member_record, reference_tables
from profiles.actions.tick_fees import tick_fees
from profiles.choices import Confidence, FeeKind
from profiles.exceptions import TooMany
from profiles.forms.fees import TickedFees, TickLine, is_turn_of
from profiles.models import FeePayment
from profiles.record_tables import FEE_PAYMENTS
from profiles.rules.member_fees import (
    FeeGroup,
    FeeSum,
    MemberFee,
    label_of_fee,
    member_fees,
    sum_of,
)
from profiles.rules.reference import eastern_day
from profiles.rules.text.rulebook import LAST_CHECKED
from profiles.views import entry_pages
from profiles.views.member_requests import (
    WRONG,
    SignedInRequest,
    either,
    members_only,
    not_here,
    typed,
)
from profiles.views.record_verdicts import judged, planned
from profiles.views.verdict_display import VerdictDisplay
from profiles.views.verdict_links import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """One fee as the page shows it: its box, and what the fee table says."""

    line: TickLine
    grade: str  # how far the amount can be trusted; empty: nothing was found
    sources: tuple[Link, ...]

    @property
    def fee(self) -> MemberFee:
        return self.line.fee


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidLine:
    row: FeePayment
    label: str


@members_only
@either
def fee_list(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read_record(request.user)
    payments: list[FeePayment] = stored.rows_of(FEE_PAYMENTS)
    now = clock.now()
    reference = reference_tables.everything().reference
    judgement = judged(stored, reference, now=now)
    plan = planned(stored, reference, judgement, now=now)
    fees = member_fees(
        stored.facts,
        judgement,
        plan,
        reference,
        paid={(FeeKind(row.fee), row.turn) for row in payments},
        eastern=eastern_day(now),
    )
    form = TickedFees(typed(request), fees=fees, payments=payments)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _kept(request, form):
            typed_drafts.forget(request)
            messages.success(request, _saved(len(form.ticked)))
            return redirect("profiles:fee_list")
        status = WRONG
    showing = VerdictDisplay()
    groups: dict[FeeGroup, list[FeeLine]] = {group: [] for group in FeeGroup}
    for line in form.lines:
        groups[line.fee.group].append(_shown(line, showing))
    return render(
        request,
        "profiles/fee_list.html",
        {
            "part": "season",
            "form": form,
            "whose": typed_drafts.mark_for(request.user.pk),
            "is_back": request.method != "POST" and form.is_bound,
            "to_come": groups[FeeGroup.TO_COME],
            "possible": groups[FeeGroup.POSSIBLE],
            "behind": groups[FeeGroup.BEHIND],
            "sum": _sum_to_come(fees),
            "paid": [
                PaidLine(row=row, label=label_of_fee(FeeKind(row.fee), row.turn))
                for row in payments
            ],
            "paid_sum": sum(row.amount for row in payments if row.amount is not None),
            "unsaid": sum(row.amount is None for row in payments),
            "season": plan.season,
            "last_checked": LAST_CHECKED,
        },
        status=status,
    )


def _sum_to_come(fees: tuple[MemberFee, ...]) -> FeeSum:
    return sum_of(fee for fee in fees if fee.group == FeeGroup.TO_COME)


def _shown(line: TickLine, showing: VerdictDisplay) -> FeeLine:
    fee = line.fee.fee
    return FeeLine(
        line=line,
        grade="" if fee is None else str(Confidence(fee.confidence).label),
        sources=() if fee is None else showing.links(fee.sources),
    )


def _kept(request: SignedInRequest, form: TickedFees) -> bool:
    try:
        tick_fees(request.user, [(fee.kind, fee.turn) for fee in form.ticked])
    except TooMany as too_many:
        form.add_error(None, str(too_many))
        return False
    return True


def _saved(count: int) -> str:
    if not count:
        return "Nothing was ticked, so there was nothing to save."
    return f"Saved: {count} fee{'s' if count != 1 else ''} paid."


@members_only
def fee_edit(request: SignedInRequest, fee: str, turn: int) -> HttpResponse:
    """What was paid and when; a fee that is not ticked yet is ticked by saving."""
    kind = _kind(fee, turn)
    page = entry_pages.fee_page(kind, turn)
    stored = member_record.read_record(request.user)
    arguments: dict[str, Any] = {"fee": fee, "turn": turn}
    is_paid = page.row_in(stored) is not None
    removal = entry_pages.address_of("profiles:fee_remove", **arguments)
    return entry_pages.put_entry(
        request, page=page, stored=stored, remove=removal if is_paid else ""
    )


@members_only
def fee_remove(request: SignedInRequest, fee: str, turn: int) -> HttpResponse:
    return entry_pages.remove_entry(
        request, page=entry_pages.fee_page(_kind(fee, turn), turn)
    )


def _kind(fee: str, turn: int) -> FeeKind:
    if fee not in FeeKind.values or not is_turn_of(FeeKind(fee), turn):
        raise not_here()
    return FeeKind(fee)
