from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from profiles.querysets import OwnedManager

# No record reaches further back, or ahead. Also what the rules can add years to.
EARLIEST, LATEST = date(1950, 1, 1), date(2100, 12, 31)
# Characters of a private note.
LONGEST_NOTE = 10_000


class Owned(models.Model):
    """A row that belongs to one member, and that nobody else ever sees."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    # Counts the changes, so that a form shown before the last one is noticed.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OwnedManager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        # May stand in a log, so it tells nothing of the member.
        return f"{self._meta.verbose_name} {self.pk}"


def within(name: str, *fields: str) -> models.CheckConstraint:
    """A constraint that no date of these is further away than a record reaches."""
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__isnull": True}) | Q(
            **{f"{field}__range": (EARLIEST, LATEST)}
        )
    return models.CheckConstraint(name=name, condition=condition)


def not_before(name: str, *, later: str, earlier: str) -> models.CheckConstraint:
    """A constraint that of two dates, when both are there, one is not the earlier."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{later}__isnull": True})
        | Q(**{f"{earlier}__isnull": True})
        | Q(**{f"{later}__gte": F(earlier)}),
    )


def one_of(name: str, field: str, values: list[Any]) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": values}))
