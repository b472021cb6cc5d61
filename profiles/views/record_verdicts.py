"""The verdicts and the plan that a personal page shows, of today or of the day asked for."""

from __future__ import annotations

from datetime import datetime

from profiles.forms.as_of import AsOfForm
from profiles.member_record import StoredRecord
from profiles.rules.judge_record import judge
from profiles.rules.judgement import Judgement
from profiles.rules.plan import make_plan
from profiles.rules.plan.needs import TrainingPlan
from profiles.rules.reference import Reference, eastern_day


def judged(
    stored: StoredRecord,
    reference: Reference,
    *,
    now: datetime,
    as_of: AsOfForm | None = None,
) -> Judgement:
    """`as_of` None: of today, which may be another day in New York."""
    # Another day has no hour, so it is the same one in New York.
    has_hour = as_of is None or not as_of.is_another_day
    return judge(
        stored.facts,
        reference,
        stored.today(now) if as_of is None else as_of.day,
        eastern_today=eastern_day(now) if has_hour else None,
    )


def planned(
    stored: StoredRecord,
    reference: Reference,
    judgement: Judgement,
    *,
    now: datetime,
    as_of: AsOfForm | None = None,
) -> TrainingPlan:
    """The plan that follows from the judgement, of the same day."""
    has_hour = as_of is None or not as_of.is_another_day
    return make_plan(
        stored.facts,
        reference,
        judgement,
        eastern=eastern_day(now) if has_hour else judgement.today,
        now=now if has_hour else None,
    )
