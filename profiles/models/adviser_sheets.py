from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from profiles.models.owned import Owned

# Characters.
LONGEST_TITLE = 60
# What can be shown; each is a field.
PARTS = ("exams", "scores", "certification", "steps", "season", "notes")


class AdviserSheet(Owned):
    """What a member shows to somebody by a secret address that ends by itself.

    The address is stored nowhere: it is shown once, when it is made. Of whoever opens
    it nothing is kept but how often that was, and when last.
    """

    # The member's own words, for their list and for the head of the sheet.
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    # SHA-256 in hex. The token has 256 random bits, so it needs no salt.
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Nothing is shown that was not chosen.
    shows_exams = models.BooleanField(default=False)
    shows_scores = models.BooleanField(default=False)
    shows_certification = models.BooleanField(default=False)
    shows_steps = models.BooleanField(default=False)
    shows_season = models.BooleanField(default=False)
    shows_notes = models.BooleanField(default=False)
    opened_count = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "sheet for an adviser"
        ordering = ("-made_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="profiles_advisersheet_ends_after_it_begins",
                condition=Q(ends_at__gt=F("made_at")),
            ),
            models.CheckConstraint(
                name="profiles_advisersheet_opened_when_it_was",
                condition=Q(opened_count=0, last_opened_at__isnull=True)
                | Q(opened_count__gt=0, last_opened_at__isnull=False),
            ),
        )

    @property
    def parts_shown(self) -> list[str]:
        """The parts that were chosen, in the order of the sheet."""
        return [name for name in PARTS if getattr(self, f"shows_{name}")]

    def is_open(self, now: datetime) -> bool:
        """Does its address still answer?"""
        return now < self.ends_at
