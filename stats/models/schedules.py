from __future__ import annotations

from django.conf import settings
from django.db import models

from stats.choices import ReleaseKind
from stats.models.releases import Release


class ScheduledPublication(models.Model):
    """When a version in review becomes public by itself, with what its publisher said.

    The row goes when it is published, called off or returned; the history keeps the steps.
    """

    release = models.OneToOneField(
        Release, on_delete=models.CASCADE, related_name="schedule"
    )
    at = models.DateTimeField(db_index=True)
    # As in `publish_version.publish`; empty for a first version.
    kind = models.CharField(max_length=10, choices=ReleaseKind, blank=True)
    public_note = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return f"{self.release_id} at {self.at:%Y-%m-%d %H:%M}"
