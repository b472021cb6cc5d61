"""The plan of a record by the founding tables."""

from __future__ import annotations

from datetime import date, datetime

from profiles.rules.facts import Record
from profiles.rules.judge_record import judge
from profiles.rules.plan import make_plan
from profiles.rules.plan.needs import TrainingPlan
from profiles.rules.reference import Reference
from tests.profiles.rules.given import TODAY, tables


def plan_of(
    record: Record,
    *,
    today: date = TODAY,
    eastern: date | None = None,
    now: datetime | None = None,
    reference: Reference | None = None,
) -> TrainingPlan:
    reference = tables() if reference is None else reference
    judgement = judge(record, reference, today, eastern_today=eastern)
    return make_plan(record, reference, judgement, eastern=eastern or today, now=now)
