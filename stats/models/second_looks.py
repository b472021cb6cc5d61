from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from stats.models.releases import Release


class SecondLook(models.Model):
    """A version that one of its editors had to publish, because nobody else could, and
    that somebody else is to compare with its sources afterwards.
    """

    release = models.OneToOneField(
        Release, on_delete=models.PROTECT, related_name="second_look"
    )
    reason = models.TextField(help_text="Why it could not wait, for everybody to read.")
    looked_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="stats_secondlook_by_somebody_at_some_time",
                condition=Q(looked_at__isnull=True, looked_by__isnull=True)
                | Q(looked_at__isnull=False, looked_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"second look at {self.release_id}"
