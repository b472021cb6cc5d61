"""Which rows a caller may see. The default manager is unfiltered on purpose."""

from __future__ import annotations

from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, ProtectedError, Subquery
from django.db.models.functions import Coalesce

from stats.choices import Status

if TYPE_CHECKING:
    from stats.models import Release, Source  # noqa: F401 - in quotes below


class ReleaseQuerySet(models.QuerySet["Release"]):
    def published(self) -> ReleaseQuerySet:
        """Every version that anybody may read, old ones included."""
        return self.filter(status=Status.PUBLISHED)


class SourceQuerySet(models.QuerySet["Source"]):
    def used(self) -> SourceQuerySet:
        """Those that a row of figures rests on, be it in a draft."""
        links = [Exists(link.filter(source=OuterRef("pk"))) for link in self._links()]
        return self.filter(reduce(or_, links))

    def with_row_counts(self) -> SourceQuerySet:
        """Each with `row_count`: how many rows of all versions rest on it."""
        counts = [
            Coalesce(
                Subquery(
                    link.filter(source=OuterRef("pk"))
                    .order_by()
                    .values("source")
                    .annotate(rows=Count("pk"))
                    .values("rows")
                ),
                0,
            )
            for link in self._links()
        ]
        return self.annotate(row_count=reduce(add, counts))

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete all of them. Raises ProtectedError when a figure rests on one, or
        another document does.

        Django itself would first cut the links of drafts to a source, silently.
        """
        if used := list(self.used()):
            keys = ", ".join(source.key for source in used)
            raise ProtectedError(
                f"A source that figures rest on cannot be deleted: {keys}.", set(used)
            )
        going = {source.key for source in self}
        resting = [
            other
            for source in self
            for other in source.resting_on_it()
            if other.key not in going
        ]
        if resting:
            keys = ", ".join(sorted({other.key for other in resting}))
            raise ProtectedError(
                f"A source that others rest on cannot be deleted: {keys}.", set(resting)
            )
        return super().delete()

    def _links(self) -> list[models.QuerySet[Any]]:
        """The tables that join rows of figures to their sources."""
        return [
            relation.through._default_manager.all()
            for relation in self.model._meta.related_objects
            if isinstance(relation, models.ManyToManyRel) and relation.through
        ]
