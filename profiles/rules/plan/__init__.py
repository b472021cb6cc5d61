"""One plan of the way to training, from which everything that a member reads follows."""

from __future__ import annotations

from datetime import date, datetime

from profiles.rules.facts import Record
from profiles.rules.judgement import Judgement
from profiles.rules.plan.certification import (
    awaits_pathway,
    beginning_need,
    item_needs,
    needs_pathway,
)
from profiles.rules.plan.exams import (
    english_need,
    exam_days,
    seven_years_need,
    step_needs,
)
from profiles.rules.plan.match import follows_match, match_need, season_need
from profiles.rules.plan.needs import NeedKind, TrainingNeed, TrainingPlan
from profiles.rules.plan.situation import Situation
from profiles.rules.reference import Reference

ORDER = {kind: place for place, kind in enumerate(NeedKind)}


def make_plan(
    record: Record,
    reference: Reference,
    judgement: Judgement,
    *,
    eastern: date,
    now: datetime | None = None,
) -> TrainingPlan:
    """Every need of one member, for any record, without raising.

    `eastern` is the day in New York, with which deadlines end. `now` adds the hour; None:
    another day is asked about, and the whole of it counts.
    """
    member = Situation(
        record=record,
        reference=reference,
        judgement=judgement,
        eastern=eastern,
        now=now,
    )
    needs: list[TrainingNeed] = [
        beginning_need(member),
        *step_needs(member),
        match_need(member),
        season_need(member),
    ]
    if member.is_img:
        needs += [
            seven_years_need(member),
            english_need(member),
            *item_needs(member),
        ]
    return TrainingPlan(
        today=judgement.today,
        season=member.season,
        needs=tuple(sorted(needs, key=lambda need: ORDER[need.kind])),
        near=member.near,
        follows_match=follows_match(member),
        needs_pathway=needs_pathway(member),
        awaits_pathway=awaits_pathway(member),
        is_img=member.is_img,
        exam_days=exam_days(member),
        services=member.services,
        done=record.done_in_season(judgement.today),
    )
