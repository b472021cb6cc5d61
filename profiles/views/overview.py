"""What the dashboard shows of actions, risks and scores, with links and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from profiles.rules.days import days_between, in_words
from profiles.rules.judgement import Judgement
from profiles.rules.own_score import own_score
from profiles.rules.parts import RecordPart
from profiles.rules.plan.needs import Action, Risk
from profiles.rules.reference import EASTERN
from profiles.rules.tables.img_status import ImgClass
from profiles.rules.text.rulebook import RULES, Rule
from profiles.views.verdict_display import ShownVerdict, VerdictDisplay
from profiles.views.verdict_links import Link, official_site
from stats.choices import ApplicantType
from stats.public import Figures, ScorePosition, Strip

PAGES = {
    RecordPart.EXAMS: "profiles:exam_list",
    RecordPart.CERTIFICATION: "profiles:certification",
    RecordPart.SEASON: "profiles:season",
    RecordPart.PROFILE: "profiles:profile",
}
GROUPS: Mapping[str, ApplicantType] = {
    ImgClass.US_IMG: ApplicantType.US_IMG,
    ImgClass.NON_US_IMG: ApplicantType.NON_US_IMG,
}


# In running text, where no sentence begins.
WHOSE = {
    ApplicantType.US_IMG: "US IMGs",
    ApplicantType.NON_US_IMG: "non-US IMGs",
}
# What is further away is read from its date.
MOST_DAYS_COUNTED = 366


def page_of(part: RecordPart, anchor: str) -> str:
    return reverse(PAGES[part]) + (f"#{anchor}" if anchor else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAction:
    """Something to do, and where the reason for it is told."""

    action: Action
    rules: tuple[Rule, ...]
    official: Link | None  # where to confirm what is provisional
    url: str
    distance: str  # in 14 days; empty: it has no day, or is far away
    here: str  # the hour where the member is; empty: no hour, or no place


def shown_actions(
    actions: Iterable[Action], *, today: date, eastern: date, zone: ZoneInfo | None
) -> list[ShownAction]:
    """`eastern`: the day in New York. A deadline lasts until it ends there, though the
    member may have the next day already.
    """
    shown = []
    for action in actions:
        rules = tuple(RULES[name] for name in action.rules if name in RULES)
        here = ""
        if action.on is not None and action.at is not None and zone is not None:
            moment = datetime.combine(action.on, action.at, EASTERN).astimezone(zone)
            # In words here: a template would move it to the zone of the server.
            here = f"{in_words(moment.date())}, {moment:%H:%M}"
        shown.append(
            ShownAction(
                action=action,
                rules=rules,
                official=official_site(rules) if action.is_provisional else None,
                url=page_of(action.part, action.anchor),
                distance=""
                if action.on is None
                else _distance(action.on, today if action.on >= today else eastern),
                here=here,
            )
        )
    return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRisk:
    """What could go wrong, as its template needs it."""

    risk: Risk
    shown: ShownVerdict
    url: str
    distance: str


def shown_risks(
    risks: Iterable[Risk], showing: VerdictDisplay, *, today: date
) -> list[ShownRisk]:
    return [
        ShownRisk(
            risk=risk,
            shown=showing.verdict(risk.verdict),
            url=page_of(risk.part, risk.anchor),
            distance="" if risk.on is None else _distance(risk.on, today),
        )
        for risk in risks
    ]


def _distance(day: date, today: date) -> str:
    days = days_between(today, day)
    if days < 0:
        return "over"
    if days > MOST_DAYS_COUNTED:
        return ""
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


# --- Scores -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedScore:
    """What one edition published, and where the member's score stands in it."""

    strip: Strip
    own_at: float | None  # percent of the axis; None: no score is known
    is_outside: bool  # the axis does not reach it: an arrow points to it
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStanding:
    """One of the specialties that the member chose."""

    standing: ScorePosition
    strips: tuple[PlacedScore, ...]
    elsewhere: tuple[PlacedScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnScores:
    """The member's score among the published ones."""

    score: int | None
    sat_on: date | None
    group: ApplicantType | None  # None: not known which of the two, or neither
    standings: tuple[ShownStanding, ...]
    unknown: tuple[str, ...]  # chosen names that nothing is published under

    @property
    def whose(self) -> str:
        return WHOSE[self.group] if self.group else "IMGs"


def place_scores(
    judgement: Judgement, slugs: Iterable[str], figures: Figures
) -> OwnScores:
    """Of the specialties chosen; of all together when there are none."""
    own = own_score(judgement)
    score = own.attempt.score if own else None
    group = GROUPS.get(judgement.img_class.status)
    chosen = list(slugs)
    placed, unknown = {}, []
    for slug in chosen or [""]:
        standing = figures.score_position(slug, group)
        if standing is None:
            unknown.append(slug)
        else:
            # Two that were merged since are one now.
            placed[standing.specialty.slug] = ShownStanding(
                standing=standing,
                strips=_place_strips(standing.strips, score),
                elsewhere=_place_strips(standing.other_group_strips, score),
            )
    return OwnScores(
        score=score,
        sat_on=own.attempt.on if own else None,
        group=group,
        standings=tuple(placed.values()),
        unknown=tuple(unknown),
    )


def _place_strips(
    strips: Iterable[Strip], score: int | None
) -> tuple[PlacedScore, ...]:
    return tuple(
        PlacedScore(
            strip=strip,
            own_at=None if score is None else strip.drawing.place_of(score),
            is_outside=score is not None and not strip.drawing.holds(score),
            words="" if score is None else strip.words(score),
        )
        for strip in strips
    )
