from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse

from stats.choices import SourceKind
from stats.fields import NEVER_EDITED
from stats.querysets import SourceQuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceUse:
    """A version of a Match year with figures that rest on a source."""

    match_year: int
    version: int
    rows: int

    def __str__(self) -> str:
        rows = f"{self.rows} row{'' if self.rows == 1 else 's'}"
        return f"{self.match_year}, version {self.version}: {rows}"


class Source(models.Model):
    """One document that figures or rules rest on."""

    key = models.SlugField(
        max_length=40,
        unique=True,
        help_text="Short and lasting, e.g. nrmp-rd2025. It is part of an address and "
        "of every download, so it can never be changed.",
    )
    title = models.CharField(
        max_length=300, help_text="As the document itself is called."
    )
    publisher = models.CharField(
        max_length=200, help_text="Who answers for it, e.g. NRMP."
    )
    url = models.URLField(
        "address", max_length=300, blank=True, help_text="Empty when it is not online."
    )
    # Sources date themselves as loosely as "2025-2026 copy", so this is text.
    published = models.CharField(
        max_length=60, help_text="As the document says, e.g. 2024-03-15 or 2024."
    )
    accessed_on = models.DateField(
        "read on", help_text="The day on which the figures were read from it."
    )
    kind = models.CharField(
        max_length=12,
        choices=SourceKind,
        help_text="Official: by the body whose figures they are. Secondary: another "
        "institution that repeats them. Third party: anybody else.",
    )
    # Caches of public pages ask for it; the actions set it.
    changed_at = models.DateTimeField(
        "last edited", default=NEVER_EDITED, editable=False
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("stats:source_detail", args=[self.key])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        # The queryset refuses a source in use; a row by itself must as well.
        return Source.objects.filter(pk=self.pk).delete()

    def uses(self) -> list[SourceUse]:
        """Every version that rests on it, drafts included, the oldest first."""
        rows: Counter[tuple[int, int]] = Counter()
        for relation in self._meta.related_objects:
            rows.update(
                getattr(self, relation.get_accessor_name() or "").values_list(
                    "release__match_year", "release__version"
                )
            )
        return [
            SourceUse(match_year=match_year, version=version, rows=count)
            for (match_year, version), count in sorted(rows.items())
        ]
