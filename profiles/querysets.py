"""Which rows a caller may see. Every view of personal data starts here."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from imgportal.models import User

Row = TypeVar("Row", bound=models.Model)


class OwnedQuerySet(models.QuerySet[Row]):
    def owned_by(self, user: User) -> Self:
        """The rows of one member. Nobody sees another's, staff included."""
        return self.filter(owner=user)

    def of_members(self, owner_ids: Collection[int]) -> Self:
        """The rows of a batch of members, for what is worked out for each of them."""
        return self.filter(owner__in=owner_ids)

    def seen_as(self, version: int) -> Self:
        """Those that are still as they were when somebody looked at them."""
        seen: dict[str, Any] = {"version": version}
        return self.filter(**seen)


OwnedManager = models.Manager.from_queryset(OwnedQuerySet)
