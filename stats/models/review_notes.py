from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from stats.models.releases import Release


class ReviewNote(models.Model):
    """That one reviewer looked at one difference or remark of a version, or what they
    say of it.

    It belongs to the words that were looked at: when a value changes, so do they, and the
    difference waits again.
    """

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="review_notes"
    )
    mark = models.CharField(
        max_length=64, help_text="The SHA-256 of what was looked at, in words."
    )
    is_ticked = models.BooleanField()
    comment = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("at", "pk")
        constraints = (
            models.UniqueConstraint(
                name="stats_reviewnote_one_a_person", fields=["release", "mark", "by"]
            ),
            models.CheckConstraint(
                name="stats_reviewnote_says_something",
                condition=Q(is_ticked=True) | ~Q(comment=""),
            ),
        )

    def __str__(self) -> str:
        return f"note of {self.by_id} on {self.release_id}"
