from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
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


def _keys_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key.strip() for key in text.split(";") if key.strip()))


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
        "read on",
        null=True,
        blank=True,
        help_text="The day on which the figures were read from it. Empty: nobody here "
        "has read it, and it is known only through documents that rest on it.",
    )
    kind = models.CharField(
        max_length=16,
        choices=SourceKind,
        help_text="Official: by the body whose figures they are. Reposted: the same text "
        "word for word at another address. Transcription: numbers typed or extracted "
        "from an official document. Report: an account in somebody's own words. "
        "Calculation: numbers that somebody calculated. Grades follow from it.",
    )
    rests_on = models.CharField(
        max_length=300,
        blank=True,
        help_text="Keys of the documents that it repeats, transcribes or reports, "
        "separated by semicolons. Two sources that rest on one document are one "
        "reading. Add a document that nobody has read as well, without “read on”.",
    )
    sums = models.TextField(
        "how its sums were checked",
        blank=True,
        max_length=600,
        help_text="Of a whole table whose rows add up to totals known from elsewhere: "
        "which rows, and which totals. Empty: not checked.",
    )
    # Caches of public pages ask for it; the actions set it.
    changed_at = models.DateTimeField(
        "last edited", default=NEVER_EDITED, editable=False
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ("key",)
        constraints = (
            # A copy that nobody can look up proves nothing: a transcription, at best.
            models.CheckConstraint(
                name="stats_source_repost_has_an_address",
                condition=~models.Q(kind=SourceKind.REPOST) | ~models.Q(url=""),
                violation_error_message="A reposted text needs its address. Without one, "
                "call it a transcription.",
            ),
        )

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("stats:source_detail", args=[self.key])

    def clean(self) -> None:
        """Raises ValidationError for documents that are not there, and for circles."""
        self.rests_on = ";".join(self.rests_on_keys)
        if not self.rests_on:
            return
        rests_on = {
            key: _keys_in(keys)
            for key, keys in Source.objects.values_list("key", "rests_on")
        }
        unknown = [key for key in self.rests_on_keys if key not in rests_on]
        if unknown and unknown != [self.key]:
            raise ValidationError(
                {
                    "rests_on": f"{', '.join(unknown)}: no source has this key. Add it first."
                }
            )
        waiting, reached = list(self.rests_on_keys), set[str]()
        while waiting:
            key = waiting.pop()
            if key == self.key:
                raise ValidationError(
                    {
                        "rests_on": "A document cannot rest on itself, nor on one that rests on it."
                    }
                )
            if key not in reached:
                reached.add(key)
                waiting += rests_on.get(key, ())

    @property
    def rests_on_keys(self) -> tuple[str, ...]:
        return _keys_in(self.rests_on)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        # The queryset refuses a source in use; a row by itself must as well.
        return Source.objects.filter(pk=self.pk).delete()

    def resting_on_it(self) -> list[Source]:
        """Other documents that say to rest on it."""
        return [
            source
            for source in Source.objects.exclude(rests_on="")
            if self.key in source.rests_on_keys
        ]

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
