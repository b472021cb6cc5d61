"""Fees that were paid: ticked off together, and each with its amount and day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from profiles.choices import FEES_OF_SEASON, FeeKind
from profiles.forms.record_form import RecordForm
from profiles.models import FeePayment
from profiles.models.fees import MOST_TURNS
from profiles.models.profile import FIRST_SEASON, LAST_SEASON
from profiles.record_tables import FEE_PAYMENTS
from profiles.rules.member_fees import MemberFee


def is_turn_of(kind: FeeKind, turn: int) -> bool:
    """Can this fee be of that Match, or be paid for that time?"""
    if kind in FEES_OF_SEASON:
        return FIRST_SEASON <= turn <= LAST_SEASON
    return 1 <= turn <= MOST_TURNS


class FeePaymentForm(RecordForm):
    table = FEE_PAYMENTS

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind = FeeKind(self.place["fee"])
        if not is_turn_of(kind, self.place["turn"]):
            self.add_error(
                None,
                f"“{kind.label}” needs the year of its Match in “turn”."
                if kind in FEES_OF_SEASON
                else f"“{kind.label}” needs in “turn” which time it was, from 1 to "
                f"{MOST_TURNS}.",
            )
        return cleaned


@dataclass(frozen=True, slots=True, kw_only=True)
class TickLine:
    """One fee of the page with its box."""

    name: str  # what the form calls it
    fee: MemberFee
    is_ticked: bool


class TickedFees(forms.Form):
    """Which of the fees on the page were paid."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        fees: Iterable[MemberFee],
        payments: Iterable[FeePayment],
    ) -> None:
        """`payments`: what is paid already may be ticked once more, in another tab."""
        super().__init__(data)
        self.fees_by_name = {f"{fee.kind.value}-{fee.turn}": fee for fee in fees}
        # Also of a form that is wrong or waited: nothing ticked is lost.
        self._names_ticked = frozenset(data.getlist("paid") if data else ())
        names = [*self.fees_by_name, *(f"{row.fee}-{row.turn}" for row in payments)]
        self.fields["paid"] = forms.MultipleChoiceField(
            required=False,
            choices=[(name, name) for name in names],
            error_messages={
                "invalid_choice": "One of these is no longer on this page, so nothing "
                "was stored. Look at the list below and tick again."
            },
        )

    @property
    def ticked(self) -> list[MemberFee]:
        """Those that are not stored yet."""
        return [
            self.fees_by_name[name]
            for name in self.cleaned_data["paid"]
            if name in self.fees_by_name
        ]

    @property
    def lines(self) -> list[TickLine]:
        return [
            TickLine(name=name, fee=fee, is_ticked=name in self._names_ticked)
            for name, fee in self.fees_by_name.items()
        ]
