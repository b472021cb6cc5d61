from __future__ import annotations

from django.db import models

from stats.choices import FigureTable
from stats.models.releases import Release


class Footnote(models.Model):
    """A caveat bound to a table of a release, or to one row or column of it."""

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="footnotes"
    )
    table = models.CharField(max_length=12, choices=FigureTable)
    row = models.CharField(
        max_length=60,
        blank=True,
        help_text="An applicant type or a specialty's slug; empty for every row.",
    )
    column = models.CharField(
        max_length=40, blank=True, help_text="A column's name; empty for every column."
    )
    text = models.TextField()

    class Meta:
        ordering = ("release", "table", "pk")

    def __str__(self) -> str:
        return self.text[:80]
