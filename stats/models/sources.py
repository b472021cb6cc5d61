from __future__ import annotations

from django.db import models
from django.urls import reverse

from stats.choices import SourceKind


class Source(models.Model):
    """One document that figures or rules rest on."""

    key = models.SlugField(
        max_length=40,
        unique=True,
        help_text="Short and lasting, e.g. nrmp-rd2025. It is part of an address.",
    )
    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=200)
    url = models.URLField(
        "address", max_length=300, blank=True, help_text="Empty when it is not online."
    )
    # Sources date themselves as loosely as "2025-2026 copy", so this is text.
    published = models.CharField(
        max_length=60, help_text="As the document says, e.g. 2024-03-15 or 2024."
    )
    accessed_on = models.DateField("read on")
    kind = models.CharField(max_length=12, choices=SourceKind)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("stats:source_detail", args=[self.key])
