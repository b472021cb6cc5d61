from __future__ import annotations

from django.db import models
from django.db.models import Q

from profiles.choices import FEES_OF_SEASON, FeeKind
from profiles.models.owned import Owned, one_of, within
from profiles.models.profile import FIRST_SEASON, LAST_SEASON

# US dollars; far above any fee.
MOST_PAID = 30_000
MOST_TURNS = 99


class FeePayment(Owned):
    """One fee that a member has paid. Without an amount they have not said how much."""

    fee = models.CharField(max_length=16, choices=FeeKind)
    # The Match of a fee that is paid anew for each; of another the first, second, ….
    turn = models.PositiveSmallIntegerField("Match, or which time")
    amount = models.PositiveSmallIntegerField("US dollars", null=True)
    paid_on = models.DateField("paid", null=True)

    class Meta:
        ordering = ("fee", "turn", "pk")
        constraints = (
            models.UniqueConstraint(
                name="profiles_feepayment_one_a_turn", fields=("owner", "fee", "turn")
            ),
            one_of("profiles_feepayment_fee_is_known", "fee", FeeKind.values),
            models.CheckConstraint(
                name="profiles_feepayment_turn_is_counted",
                condition=Q(turn__range=(1, LAST_SEASON)),
            ),
            models.CheckConstraint(
                name="profiles_feepayment_turn_is_possible",
                condition=Q(
                    fee__in=sorted(FEES_OF_SEASON),
                    turn__range=(FIRST_SEASON, LAST_SEASON),
                )
                | (~Q(fee__in=sorted(FEES_OF_SEASON)) & Q(turn__range=(1, MOST_TURNS))),
            ),
            models.CheckConstraint(
                name="profiles_feepayment_amount_has_an_end",
                condition=Q(amount__isnull=True) | Q(amount__lte=MOST_PAID),
            ),
            within("profiles_feepayment_day_is_possible", "paid_on"),
        )
