from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from stats.models.releases import Release


class Withdrawal(models.Model):
    """That a published version should not be used any more, or may be used again.

    One person proposes it and another confirms it; from then on it is public and never
    changes (triggers hold that, see `stats.guards`). It hides and changes no figure.
    """

    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="withdrawals"
    )
    # True: it takes the withdrawal before it back.
    lifts = models.BooleanField(default=False)
    reason = models.TextField(help_text="Why, for everybody to read.")

    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    class Meta:
        ordering = ("proposed_at", "pk")
        constraints = (
            models.UniqueConstraint(
                name="stats_withdrawal_one_proposal_a_version",
                fields=["release"],
                condition=Q(confirmed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="stats_withdrawal_by_somebody_at_some_time",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="stats_withdrawal_says_why", condition=~Q(reason="")
            ),
        )

    def __str__(self) -> str:
        return f"{'lifted ' if self.lifts else ''}withdrawal of {self.release_id}"
