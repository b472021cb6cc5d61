from __future__ import annotations

from django.db import models
from django.urls import reverse


class Specialty(models.Model):
    """A specialty (or a preliminary year) as NRMP lists it."""

    slug = models.SlugField(
        max_length=60, unique=True, help_text="Part of an address: it never changes."
    )
    name = models.CharField(
        "official name", max_length=80, unique=True, help_text="As NRMP prints it."
    )
    short_name = models.CharField(max_length=40, unique=True)
    is_preliminary = models.BooleanField(
        "preliminary or transitional",
        default=False,
        help_text="A single training year that another specialty continues.",
    )
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )

    class Meta:
        verbose_name_plural = "specialties"
        ordering = ("short_name",)

    def __str__(self) -> str:
        return self.short_name

    def get_absolute_url(self) -> str:
        return reverse("stats:specialty_detail", args=[self.slug])
