from __future__ import annotations

from django.db import models
from django.db.models import Q


class Edition(models.Model):
    """All figures as they were after one publication, in an archive that never changes.

    A further version of the program would write other bytes, so that the archive is kept
    as it was made: triggers refuse to change or delete it (see `stats.guards`).
    """

    number = models.PositiveIntegerField(primary_key=True)
    published_at = models.DateTimeField()
    # Later than that only where archives were not kept yet.
    made_at = models.DateTimeField()
    archive = models.BinaryField(help_text="A zip; stats.formats.data_package made it.")
    size = models.PositiveIntegerField(help_text="Of the archive, in bytes.")
    sha256 = models.CharField(max_length=64, help_text="Of the archive.")

    class Meta:
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(
                name="stats_edition_counts_from_one", condition=Q(number__gte=1)
            ),
        )

    def __str__(self) -> str:
        return f"Edition {self.number}"
