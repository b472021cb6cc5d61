"""What members may be reminded of, and whom it may concern.

An occasion is one day of one kind: the same for everybody whom it may concern. So members
are found by the hundred, in the database, in a number of queries that does not depend on
how many they are. Whom it concerns indeed is decided by the plan of each member and by
nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from profiles import member_record
from profiles.models.owned import Owned
from profiles.rules.days import add_days
from profiles.rules.plan.needs import TrainingPlan
from profiles.rules.reference import Reference, eastern_day

NEVER = date.max

Rows = QuerySet[Any]
Check = Callable[[Collection[int]], set[int]]


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """One dated thing, and the rows of the members whom it may concern."""

    kind: str
    on: date
    title: str
    rows: Rows
    at: time | None = None
    is_firm: bool = True
    after: int | None = None  # due so many days after; None: before, as members chose
    # Of these members, those in whose plan the day stands; None: asked on composing.
    check: Check | None = None


@dataclass(frozen=True, kw_only=True)
class OccasionSearch:
    """Where occasions are looked for: from today, among everybody or some members."""

    reference: Reference
    now: datetime
    horizon: int  # days ahead
    owner_ids: frozenset[int] | None = None  # None: everybody

    @property
    def today(self) -> date:
        """In New York."""
        return eastern_day(self.now)

    @property
    def until(self) -> date:
        return add_days(self.today, self.horizon)

    def rows(self, model: type[Owned]) -> Rows:
        rows = model.objects.all()
        return rows if self.owner_ids is None else rows.of_members(self.owner_ids)

    def plans(self, owner_ids: Collection[int]) -> Mapping[int, TrainingPlan]:
        """Of some members the plans are made once, however many days they have."""
        if self.owner_ids is None:
            return self._plans_of(owner_ids)
        return {owner_id: self._plans[owner_id] for owner_id in owner_ids}

    @cached_property
    def _plans(self) -> Mapping[int, TrainingPlan]:
        return self._plans_of(self.owner_ids or ())

    def _plans_of(self, owner_ids: Collection[int]) -> Mapping[int, TrainingPlan]:
        return member_record.plans(owner_ids, self.reference, today=self.today)


def days_in(rows: Rows, field: str) -> list[date]:
    """Each day once, the earliest first."""
    return list(rows.order_by(field).values_list(field, flat=True).distinct())


def days_by(
    rows: Rows, later: Callable[[date], date]
) -> Iterator[tuple[date, list[date]]]:
    """The days of rows (`on`) by the day that follows from them."""
    for later_day, days in groupby(days_in(rows, "on"), key=later):
        yield later_day, list(days)
