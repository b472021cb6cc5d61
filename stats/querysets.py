"""Which rows a caller may see. The default manager is unfiltered on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from stats.choices import Status

if TYPE_CHECKING:
    from stats.models import Release  # noqa: F401 - in quotes below


class ReleaseQuerySet(models.QuerySet["Release"]):
    def published(self) -> ReleaseQuerySet:
        """Every version that anybody may read, old ones included."""
        return self.filter(status=Status.PUBLISHED)
