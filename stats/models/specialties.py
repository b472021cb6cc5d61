from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from stats.fields import NEVER_EDITED


class Specialty(models.Model):
    """A specialty (or a preliminary year) as NRMP lists it."""

    slug = models.SlugField(
        max_length=60,
        unique=True,
        help_text="Small letters and hyphens, e.g. internal-medicine. It is part of an "
        "address and of every download, so it can never be changed.",
    )
    name = models.CharField(
        "official name", max_length=80, unique=True, help_text="As NRMP prints it now."
    )
    short_name = models.CharField(
        max_length=40,
        unique=True,
        help_text="What pages call it. A new name shows everywhere at once; the "
        "address stays.",
    )
    is_preliminary = models.BooleanField(
        "preliminary or transitional",
        default=False,
        help_text="A single training year that another specialty continues.",
    )
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name="merged into",
        help_text="Only when NRMP lists it under another name from now on. Its address "
        "then leads there, new years leave it out, and its published figures stay.",
    )
    # Caches of public pages ask for it; the actions set it.
    changed_at = models.DateTimeField(
        "last edited", default=NEVER_EDITED, editable=False
    )

    class Meta:
        verbose_name_plural = "specialties"
        ordering = ("short_name",)
        constraints = (
            models.CheckConstraint(
                name="stats_specialty_not_its_own_successor",
                condition=Q(successor__isnull=True) | ~Q(successor=F("pk")),
                violation_error_message="A specialty cannot be merged into itself.",
            ),
        )

    def __str__(self) -> str:
        return self.short_name

    def get_absolute_url(self) -> str:
        return reverse("stats:specialty_detail", args=[self.slug])

    def clean(self) -> None:
        """Refuse a successor that was itself merged, by some way, into this one."""
        later, seen = self.successor, {self.pk}
        while later is not None and self.pk is not None:
            if later.pk in seen:
                raise ValidationError(
                    {
                        "successor": f"{self.successor} was merged into {self}, so "
                        "this would go round in a circle. Choose another one."
                    }
                )
            seen.add(later.pk)
            later = later.successor
