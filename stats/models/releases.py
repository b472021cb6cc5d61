from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from stats.choices import (
    FIRST_MATCH_YEAR,
    LAST_MATCH_YEAR,
    ReleaseKind,
    ReleaseStep,
    Status,
)
from stats.querysets import ReleaseQuerySet

if TYPE_CHECKING:
    from imgportal.models import User


def _person_or_nobody() -> models.ForeignKey[User | None, User | None]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )


class Release(models.Model):
    """One version of the figures of one Match year.

    Published versions never change (triggers hold that, see `stats.guards`):
    a figure is changed by publishing a further version beside them.
    """

    match_year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=ReleaseKind)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    is_current = models.BooleanField(
        default=False, help_text="The newest published version of its year."
    )
    public_note = models.TextField(
        blank=True, help_text="What changed and why, for everybody to read."
    )
    # Loaded with the program, so nobody of the staff entered or published it.
    founding = models.BooleanField(default=False)

    opened_at = models.DateTimeField()
    opened_by = _person_or_nobody()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = _person_or_nobody()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = _person_or_nobody()
    edition = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="The number of the edition of all figures that it was published with.",
    )
    editors = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        help_text="Everyone who changed a value.",
    )

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = "version"
        ordering = ("match_year", "version")
        permissions = (("publish_release", "Can publish a release"),)
        constraints = (
            models.UniqueConstraint(
                name="stats_release_one_per_version", fields=["match_year", "version"]
            ),
            models.UniqueConstraint(
                name="stats_release_one_current_per_year",
                fields=["match_year"],
                condition=Q(is_current=True),
            ),
            models.UniqueConstraint(
                name="stats_release_one_open_per_year",
                fields=["match_year"],
                condition=~Q(status="published"),
                violation_error_message="This year already has an open version.",
            ),
            models.CheckConstraint(
                name="stats_release_year_in_range",
                condition=Q(match_year__range=(FIRST_MATCH_YEAR, LAST_MATCH_YEAR)),
            ),
            models.CheckConstraint(
                name="stats_release_versions_count_from_one",
                condition=Q(version__gte=1),
            ),
            models.CheckConstraint(
                name="stats_release_only_version_one_is_first",
                condition=Q(version=1, kind="first")
                | (Q(version__gt=1) & ~Q(kind="first")),
            ),
            models.CheckConstraint(
                name="stats_release_published_says_when_and_by_whom",
                condition=(
                    Q(status="published", published_at__isnull=False)
                    & (Q(founding=True) | Q(published_by__isnull=False))
                )
                | (
                    ~Q(status="published")
                    & Q(published_at__isnull=True, published_by__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="stats_release_edition_when_published",
                condition=Q(status="published", edition__isnull=False, edition__gte=1)
                | (~Q(status="published") & Q(edition__isnull=True)),
            ),
            models.CheckConstraint(
                name="stats_release_current_is_published",
                condition=Q(is_current=False) | Q(status="published"),
            ),
            models.CheckConstraint(
                name="stats_release_change_has_a_public_note",
                condition=Q(kind="first") | ~Q(status="published") | ~Q(public_note=""),
                violation_error_message="Say what changed and why, for everybody to read.",
            ),
            models.CheckConstraint(
                name="stats_release_published_after_opened",
                condition=Q(published_at__isnull=True)
                | Q(published_at__gte=F("opened_at")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.match_year} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("stats:version_detail", args=[self.match_year, self.version])


class ReleaseEvent(models.Model):
    """Who did what to a version, and when. Rows are only ever added.

    No foreign key to the release: the story outlives a draft that was discarded.
    """

    match_year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=10, choices=ReleaseStep)
    detail = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(
                fields=["match_year", "version"], name="stats_event_of_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.match_year} v{self.version}: {self.get_step_display()}"
